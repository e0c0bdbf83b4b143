"""Who owned whom, and when."""

from clientmgr.ownership.accounts import Registration, register_accounts
from clientmgr.ownership.amend import correct_role, end_changes, undo_batch
from clientmgr.ownership.book import Book
from clientmgr.ownership.changes import OwnershipChanges, OwnershipLog
from clientmgr.ownership.history import History
from clientmgr.ownership.kinds import CLOSED, KINDS, NOT_OPEN, OWNER_KINDS, POOLS, UNKNOWN_CLIENT
from clientmgr.ownership.known import Known, Moment
from clientmgr.ownership.ledger import Ledger
from clientmgr.ownership.lookup import look_up, look_up_as_known
from clientmgr.ownership.marks import Marks, Snapshot
from clientmgr.ownership.owners import Owners
from clientmgr.ownership.parties import Owner, Parties
from clientmgr.ownership.sets import OwnerSets

__all__ = [
    "CLOSED",
    "KINDS",
    "NOT_OPEN",
    "OWNER_KINDS",
    "POOLS",
    "UNKNOWN_CLIENT",
    "Book",
    "History",
    "Known",
    "Ledger",
    "Marks",
    "Moment",
    "Owner",
    "OwnerSets",
    "Owners",
    "OwnershipChanges",
    "OwnershipLog",
    "Parties",
    "Registration",
    "Snapshot",
    "correct_role",
    "end_changes",
    "look_up",
    "look_up_as_known",
    "register_accounts",
    "undo_batch",
]
