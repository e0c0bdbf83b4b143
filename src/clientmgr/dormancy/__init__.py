"""Dormant clients (休眠客户): who they are, who wakes them, and what becomes of a leaver's book."""

from clientmgr.dormancy.claim_rule import ClaimRule
from clientmgr.dormancy.claims import ClaimResolution, resolve_claims
from clientmgr.dormancy.find import Dormancy, find_dormant
from clientmgr.dormancy.leaver_rule import LeaverRule
from clientmgr.dormancy.leavers import HandOver, hand_over_book
from clientmgr.dormancy.presets import (
    CSDC_2007,
    RBI_2024,
    UK_2008,
    US_FIVE_YEARS,
    US_THREE_YEARS,
    house_rule,
)
from clientmgr.dormancy.release import Release, release_dormant
from clientmgr.dormancy.rule import DormancyRule

__all__ = [
    "CSDC_2007",
    "RBI_2024",
    "UK_2008",
    "US_FIVE_YEARS",
    "US_THREE_YEARS",
    "ClaimResolution",
    "ClaimRule",
    "Dormancy",
    "DormancyRule",
    "HandOver",
    "LeaverRule",
    "Release",
    "find_dormant",
    "hand_over_book",
    "house_rule",
    "release_dormant",
    "resolve_claims",
]
