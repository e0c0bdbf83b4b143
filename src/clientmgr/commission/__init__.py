"""Commission attribution: every fen of every trade, once, and still right after corrections."""

from clientmgr.commission.attribution import attribute
from clientmgr.commission.crediting import (
    Crediting,
    Declining,
    HandOver,
    Override,
    Treatment,
)
from clientmgr.commission.result import Credits
from clientmgr.commission.rules import ChargeRate, CommissionPlan, Deduction
from clientmgr.commission.totals import Totals
from clientmgr.commission.trace import Trace, TracedCredit

__all__ = [
    "ChargeRate",
    "CommissionPlan",
    "Crediting",
    "Credits",
    "Declining",
    "Deduction",
    "HandOver",
    "Override",
    "Totals",
    "Trace",
    "TracedCredit",
    "Treatment",
    "attribute",
]
