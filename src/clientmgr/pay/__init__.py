"""Pay (薪酬): the ladder and its reviews, smooth transition, pay plans and settlements.

`review(measures, scores, standings, ladder, period=...)` decides grades and base salaries;
`settle(measures, standings, plan, period=...)` pays. Neither changes what it is given: the next
standings and the next state come back as values.
"""

from clientmgr.pay.ladder import Bands, Grade, Ladder, Move
from clientmgr.pay.plan import Payout, PayPlan
from clientmgr.pay.review import review
from clientmgr.pay.reviews import Reviews
from clientmgr.pay.settle import settle
from clientmgr.pay.settlement import PayState, Settlement
from clientmgr.pay.transition import Transition, protection, protection_cost
from clientmgr.pay.watch import Watch

__all__ = [
    "Bands",
    "Grade",
    "Ladder",
    "Move",
    "PayPlan",
    "PayState",
    "Payout",
    "Reviews",
    "Settlement",
    "Transition",
    "Watch",
    "protection",
    "protection_cost",
    "review",
    "settle",
]
