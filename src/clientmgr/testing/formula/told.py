"""What an oracle is told, and what it answers where there is no value."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

__all__ = ["MONTHS", "Spot", "Told", "Undefined"]

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
ITEM_KEYS = Mapping[str, Any]


@attrs.frozen
class Undefined:
    """Why there is no value."""

    reason: str


@attrs.frozen(eq=False)
class Told:
    """What is told of one period, in plain Python values; None is missing, money is in major units.

    `first` is the first day of the period; items hold under `owner` the manager's id.
    """

    first: dt.date
    number: int
    managers: Sequence[Any]
    measures: Mapping[str, Mapping[Any, Any]]
    items: Mapping[str, Sequence[ITEM_KEYS]] = attrs.field(factory=dict)
    trading_days: int | None = None


@attrs.frozen
class Spot:
    """Where a formula is read: period, manager, and the item row if there is one."""

    t: int
    manager: Any
    table: str | None = None
    item: int | None = None
