"""Dormant clients (休眠客户): who they are, who wakes them, and what becomes of a leaver's book."""

from clientmgr.dormancy.alive import AliveModel, fit_alive
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
from clientmgr.dormancy.watch import Watch, WatchRule, fit_watch_model, watch

__all__ = [
    "CSDC_2007",
    "RBI_2024",
    "UK_2008",
    "US_FIVE_YEARS",
    "US_THREE_YEARS",
    "AliveModel",
    "ClaimResolution",
    "ClaimRule",
    "Dormancy",
    "DormancyRule",
    "HandOver",
    "LeaverRule",
    "Release",
    "Watch",
    "WatchRule",
    "find_dormant",
    "fit_alive",
    "fit_watch_model",
    "hand_over_book",
    "house_rule",
    "release_dormant",
    "resolve_claims",
    "watch",
]
