"""Days, forward month arithmetic, named periods, values with editions, and business days.

A day is a `datetime64[D]`; a scalar may be given as ISO text. A month later is the same day number,
or the last day of a shorter month. No function reads a clock: every day is an argument.
"""

from clientmgr.periods.business import Calendar, business_days
from clientmgr.periods.dates import DayLike, add_months, day, months_between
from clientmgr.periods.editions import Dated, Edition
from clientmgr.periods.named import Kind, Period

__all__ = [
    "Calendar",
    "Dated",
    "DayLike",
    "Edition",
    "Kind",
    "Period",
    "add_months",
    "business_days",
    "day",
    "months_between",
]
