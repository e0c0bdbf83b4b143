"""Seeded synthetic branches and firms, for examples, prototypes and tests.

Everything is made up, and made to be of one piece: what a client owns at a month's end is what it
owned a month before, plus what it paid in, less what it took out, plus what the market made of it,
to the last fen; nobody trades before the account is opened or with nothing in it.

What `make_branch()`, with its 7,000 clients and 13 managers, gave at the end of its window for a
hundred seeds:

=============================================================  =====  ======  =====
of the clients at the end                                      from   median  to
=============================================================  =====  ======  =====
share of all assets in the hands of the richest fifth          0.900  0.918   0.933
share dormant: no own trade in 18 months, at most 10,000 yuan  0.293  0.310   0.329
whales, who own more than a fair book (all assets / 13)        2      3       3
trades a client and year                                       7.0    7.5     7.9
=============================================================  =====  ======  =====

With `whales=0` the largest client owned 0.21 to 0.50 of a fair book then.
"""

from clientmgr.datasets.firm import make_branch, make_firm

__all__ = ["make_branch", "make_firm"]
