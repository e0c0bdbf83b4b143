"""Commission attribution: every fen of every trade, once, and still right after corrections."""

from clientmgr.commission.attribution import attribute
from clientmgr.commission.clawback import (
    ClawbackBand,
    ClawbackEvents,
    ClawbackRule,
    Clawbacks,
    GivenCredits,
    claw_back,
)
from clientmgr.commission.corrections import Correction, correct
from clientmgr.commission.crediting import (
    Crediting,
    Declining,
    HandOver,
    Override,
    Treatment,
)
from clientmgr.commission.postings import Posted, post
from clientmgr.commission.presets import a_share_plan
from clientmgr.commission.result import Credits
from clientmgr.commission.rules import ChargeRate, CommissionPlan, Deduction
from clientmgr.commission.stamps import Fingerprint, Stamp, TradeIndex
from clientmgr.commission.totals import Totals
from clientmgr.commission.trace import Trace, TracedCredit

__all__ = [
    "ChargeRate",
    "ClawbackBand",
    "ClawbackEvents",
    "ClawbackRule",
    "Clawbacks",
    "CommissionPlan",
    "Correction",
    "Crediting",
    "Credits",
    "Declining",
    "Deduction",
    "Fingerprint",
    "GivenCredits",
    "HandOver",
    "Override",
    "Posted",
    "Stamp",
    "Totals",
    "Trace",
    "TracedCredit",
    "TradeIndex",
    "Treatment",
    "a_share_plan",
    "attribute",
    "claw_back",
    "correct",
    "post",
]
