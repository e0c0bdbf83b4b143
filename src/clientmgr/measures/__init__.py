"""Measures (指标): what each manager did in a period, one table out of ledger, credits, records.

`measure_period(facts, ledger, credits, rules, period=...)` takes the measures of a catalogue;
`measure_items(...)` lists the records behind one number.
"""

from clientmgr.measures.catalogue import CATALOGUE, Measured, find_measure
from clientmgr.measures.items import Items
from clientmgr.measures.period import measure_items, measure_period, with_scores
from clientmgr.measures.rules import MeasureRules
from clientmgr.measures.swings import Swings, find_swings

__all__ = [
    "CATALOGUE",
    "Items",
    "MeasureRules",
    "Measured",
    "Swings",
    "find_measure",
    "find_swings",
    "measure_items",
    "measure_period",
    "with_scores",
]
