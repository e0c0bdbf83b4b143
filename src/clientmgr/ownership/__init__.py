"""Who owned whom, and when."""

from clientmgr.ownership.changes import OwnershipChanges, OwnershipLog
from clientmgr.ownership.kinds import KINDS, POOLS
from clientmgr.ownership.parties import Owner, Parties

__all__ = ["KINDS", "POOLS", "Owner", "OwnershipChanges", "OwnershipLog", "Parties"]
