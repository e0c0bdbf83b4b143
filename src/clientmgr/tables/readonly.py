"""What keeps a value's arrays read-only, also after pickle and deepcopy."""

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np

__all__ = ["ReadOnly", "freeze"]

Array = TypeVar("Array", bound=np.ndarray[Any, Any])


def freeze(array: Array) -> Array:
    """Make an array read-only and give it back."""
    array.flags.writeable = False
    return array


class ReadOnly:
    """Base of frozen values with arrays: pickle and deepcopy give them back read-only."""

    __slots__ = ()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the fields and freeze the arrays among them again."""
        _freeze_within(state)
        self.__dict__.update(state)


def _freeze_within(value: Any) -> None:
    """Freeze an array, or the arrays that a dict, a list or a tuple holds."""
    if isinstance(value, np.ndarray):
        freeze(value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            _freeze_within(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _freeze_within(inner)
