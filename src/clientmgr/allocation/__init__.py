"""Dividing the clients of a branch among its managers: fair, efficient, and with evidence."""

from clientmgr.allocation.allocate import allocate
from clientmgr.allocation.certificate import BookRows, BranchRows, Certificate
from clientmgr.allocation.division import Division
from clientmgr.allocation.rules import (
    Affinity,
    AllocationRule,
    Auction,
    Balanced,
    Bar,
    Draft,
    Limits,
    Measure,
    Method,
    Moves,
    Named,
    Need,
    Override,
)
from clientmgr.allocation.steps import STEPS

__all__ = [
    "STEPS",
    "Affinity",
    "AllocationRule",
    "Auction",
    "Balanced",
    "Bar",
    "BookRows",
    "BranchRows",
    "Certificate",
    "Division",
    "Draft",
    "Limits",
    "Measure",
    "Method",
    "Moves",
    "Named",
    "Need",
    "Override",
    "allocate",
]
