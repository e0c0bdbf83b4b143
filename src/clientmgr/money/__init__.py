"""Money in minor units: exact rates, declared rounding, and the one split that always adds up.

Amounts are int64 in minor units (fen), rates are exact fractions. Two operators only move money:
`apply_rate`, which rounds by a declared mode, and `split`, which gives what was split to the last
fen. Both work on columns, refuse floats, and are exact for every int64; what would overflow raises.
`from_major` brings yuan in, `to_major` and `format_fen` take them out again.
"""

from clientmgr.money.major import format_fen, from_major, to_major
from clientmgr.money.rates import Rate, RateLike
from clientmgr.money.rounding import Rounding, apply_rate
from clientmgr.money.splitting import split

__all__ = [
    "Rate",
    "RateLike",
    "Rounding",
    "apply_rate",
    "format_fen",
    "from_major",
    "split",
    "to_major",
]
