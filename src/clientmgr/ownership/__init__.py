"""Who owned whom, and when: a ledger of marks in each client's calendar, recorded in batches.

What a decision wants recorded is a table of `OwnershipChanges`, one row per owner. `Ledger.start` begins with one,
`append` gives a new ledger with one more batch, and `owners`, `book`, `history`, `origin` and `acquired_as` answer for
any day, as known at any batch.

Kernels that go over millions of rows use the arrays underneath:

    codes = ledger.codes(trades.client)                     # int32 client codes, -1 for an unknown client
    row = ledger.look_up(codes, days, known=batch)          # int32 rows of `ledger.marks`, or a negative answer
    value = ledger.marks.value[row]                         # number of the owner set, where row >= 0

    snapshot = ledger.snapshot(known=batch)                 # all calendars as known at one batch
    place = look_up(snapshot, codes, days)                  # places in `snapshot.marks`
    began = snapshot.marks.kind[snapshot.life[place]]       # kind of the life's first mark: its origin
    spells = snapshot.spells                                # since which mark each owner has held the client

    sets = ledger.sets                                      # each distinct owner set once, in rows
    inside = slice(sets.start[s], sets.inside_end[s])       # conserved members: share / base[s] adds up to 1
    outside = slice(sets.inside_end[s], sets.start[s + 1])  # overlays: a rate share / base[s] each
    owner = sets.parties[sets.party[member]]                # the number of a party is its place in the order of ties

Days are day numbers (int32, days since 1970-01-01). The negative answers are UNKNOWN_CLIENT, NOT_OPEN and CLOSED;
never index with one of them.
"""

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
