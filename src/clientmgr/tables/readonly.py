"""What keeps a value's arrays read-only, also after pickle and deepcopy."""

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
        for value in state.values():
            if isinstance(value, np.ndarray):
                freeze(value)
        self.__dict__.update(state)
