"""The words of the ledger: kinds of change, kinds of owner, pools, and the answers that are no owner."""

from typing import Final, Literal

import numpy as np

from clientmgr.tables import AnyArray, Coded, freeze

__all__ = [
    "CLOSED",
    "KINDS",
    "KIND_COLUMN",
    "NOT_OPEN",
    "OWNERLESS_KINDS",
    "OWNER_KINDS",
    "POOLS",
    "STARTING_KINDS",
    "UNKNOWN_CLIENT",
    "WITHDRAWN",
    "OwnerKind",
    "kind_codes",
]

OwnerKind = Literal["manager", "team", "pool"]

OWNER_KINDS: Final[tuple[OwnerKind, ...]] = ("manager", "team", "pool")
"""What a client can belong to; the order is the order in which ties are broken."""

POOLS: Final = ("key", "dormant", "unassigned")
"""The pools that a branch holds clients in."""

KINDS: Final = (
    "allocated",
    "opened",
    "developed",
    "claimed",
    "transferred",
    "moved",
    "handed_over",
    "released",
    "returned",
    "left_with_manager",
    "reopened",
    "closed",
    "withdrawn",
)
"""Why an owner set holds from a day on; a mark keeps the place of its word here as its kind."""

KIND_COLUMN: Final = Coded.of(np.array(KINDS))
"""`KINDS` as a coded column: row `k` holds the word of kind `k`."""

STARTING_KINDS: Final = ("allocated", "opened", "developed")
"""What a client's first mark can be: before it the client is not open."""

OWNERLESS_KINDS: Final = ("closed", "withdrawn")
"""Changes that name no owner."""

UNKNOWN_CLIENT: Final = -1
"""A look-up's answer for a client that the ledger has never heard of."""

NOT_OPEN: Final = -2
"""A look-up's answer for a day before the client's first mark."""

CLOSED: Final = -3
"""A look-up's answer for a day after the account was closed; also the value of such a mark."""

WITHDRAWN: Final = -4
"""The value of a mark that takes an earlier word on its day back."""

_KIND_WORDS: Final = freeze(np.array(sorted(KINDS)))
_KIND_PLACES: Final = freeze(np.array([KINDS.index(word) for word in sorted(KINDS)], np.int8))


def kind_codes(vocabulary: AnyArray) -> AnyArray:
    """Give the place in `KINDS` of each word of a vocabulary, -1 for a word that is no kind."""
    if vocabulary.dtype.kind != "U":
        return np.full(len(vocabulary), -1, np.int8)
    place = np.searchsorted(_KIND_WORDS, vocabulary).clip(max=len(KINDS) - 1)
    return np.where(_KIND_WORDS[place] == vocabulary, _KIND_PLACES[place], -1).astype(np.int8)
