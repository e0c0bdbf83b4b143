"""Names for the kinds of array that columns are made of."""

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["AnyArray", "Codes", "Days", "Fen", "Flags", "Floats", "Int64", "Values"]

# What a user may bring for a column: an array, a list with gaps, a frame's column, or one value.
Values: TypeAlias = ArrayLike | Iterable[Any]

AnyArray: TypeAlias = NDArray[Any]
Codes: TypeAlias = NDArray[np.int32]
Days: TypeAlias = NDArray[np.datetime64]
Fen: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Int64: TypeAlias = NDArray[np.int64]
