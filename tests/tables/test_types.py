"""The names of the kinds of array are those that annotations use."""

from typing import get_args

import numpy as np

from clientmgr.tables import types


def test_each_name_says_the_type_of_its_values() -> None:
    """Money and counts are int64, codes int32, days days."""
    kinds = {name: get_args(get_args(getattr(types, name))[1])[0] for name in types.__all__[1:-1]}
    assert kinds == {
        "Codes": np.int32,
        "Days": np.datetime64,
        "Fen": np.int64,
        "Flags": np.bool_,
        "Floats": np.float64,
        "Int64": np.int64,
    }
