"""The steps by which a client comes to its owner or pool, and what each says."""

from typing import Final

__all__ = ["STEPS", "STEP_WORDS"]

STEPS: Final = {
    "dealt": "was dealt, the larger clients first, to the book that lacked most",
    "by count": "is worth nothing in any measure and was dealt by number",
    "quota": "moved so that the numbers of clients come out even",
    "exchanged": "came in an exchange that brought two books nearer to their targets",
    "mended": "moved so that no book is envied for its smallest client",
    "named": "goes there by a named exception",
    "kept": "stays with whom it had",
    "moved": "had to move: its old book held more than is due",
    "placed": "had nobody and went to the book that lacked most",
    "picked": "was picked in the draft",
    "bought": "was bought in the auction",
    "fitted": "fits there best within what everybody can serve",
    "key": "is a key client and held out for the branch's manager",
    "dormant": "is dormant and held out, so that all may try",
}
"""The steps by which a client comes to its owner or pool, and what each says."""

STEP_WORDS: Final = tuple(STEPS)
"""The words in their order; a division keeps the place of its word for each client."""
