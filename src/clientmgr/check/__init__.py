"""Public verifiers: they recompute decisions from facts, rule and decision alone, with code of their own.

Each returns None if everything holds and raises `CheckError` at the first number that does not. They share no
arithmetic with what they verify, so that a fault in the engine cannot hide itself.
"""

from clientmgr.check.allocation import verify_allocation
from clientmgr.check.claims import verify_claims
from clientmgr.check.commission import verify_credits
from clientmgr.check.dormancy import verify_dormancy
from clientmgr.check.measures import verify_measures
from clientmgr.check.ownership import verify_ledger
from clientmgr.check.pay import verify_reviews, verify_settlement
from clientmgr.check.scoring import verify_scores

__all__ = [
    "verify_allocation",
    "verify_claims",
    "verify_credits",
    "verify_dormancy",
    "verify_ledger",
    "verify_measures",
    "verify_reviews",
    "verify_scores",
    "verify_settlement",
]
