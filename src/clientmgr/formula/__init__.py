"""The formula: a small closed algebra in which measures, payouts, scores and guards are written.

A formula is a frozen tree of nodes, written in Python (`measure("net") * "15%"`) or read from JSON. A `FormulaSet`
names formulas over declared measures and item tables; `compile` checks kinds, grain and order, and gives a `Program`,
which computes all names for all managers: exactly, or in floats for simulation. What is undefined is a value with a
reason until it reaches a line.
"""

# The nodes come first: the base and its operators import each other (see `base`).
from clientmgr.formula import nodes  # isort: skip
from clientmgr.formula import base, choices, rows, words  # isort: skip
from clientmgr.formula.base import Formula
from clientmgr.formula.declare import CarryRule, Declared, FormulaSet, ItemTable, LineRounding
from clientmgr.formula.evaluating import evaluate
from clientmgr.formula.explain import Explanation
from clientmgr.formula.faults import Fault, RuleFaults
from clientmgr.formula.figures import Figures
from clientmgr.formula.grids import loose_names
from clientmgr.formula.inputs import Inputs
from clientmgr.formula.kinds import Kind
from clientmgr.formula.memory import Memory
from clientmgr.formula.names import Names
from clientmgr.formula.outcome import Outcome
from clientmgr.formula.plain_json import loads_plain
from clientmgr.formula.program import Program
from clientmgr.formula.reading import (
    from_json,
    loads,
    loads_set,
    make_converter,
    register,
    structure_set,
)
from clientmgr.formula.surface import (
    age,
    all_of,
    any_of,
    at,
    back,
    band,
    calendar,
    carry,
    count,
    curve,
    date,
    field,
    first_known,
    greatest,
    label,
    least,
    literal,
    lookup,
    measure,
    money,
    none_of,
    peers,
    run,
    tiers,
    total,
    value,
    when,
)
from clientmgr.formula.writing import dumps, dumps_set, to_json, unstructure_set

__all__ = [
    "CarryRule",
    "Declared",
    "Explanation",
    "Fault",
    "Figures",
    "Formula",
    "FormulaSet",
    "Inputs",
    "ItemTable",
    "Kind",
    "LineRounding",
    "Memory",
    "Names",
    "Outcome",
    "Program",
    "RuleFaults",
    "age",
    "all_of",
    "any_of",
    "at",
    "back",
    "band",
    "base",
    "calendar",
    "carry",
    "choices",
    "count",
    "curve",
    "date",
    "dumps",
    "dumps_set",
    "evaluate",
    "field",
    "first_known",
    "from_json",
    "greatest",
    "label",
    "least",
    "literal",
    "loads",
    "loads_plain",
    "loads_set",
    "lookup",
    "loose_names",
    "make_converter",
    "measure",
    "money",
    "nodes",
    "none_of",
    "peers",
    "register",
    "rows",
    "run",
    "structure_set",
    "tiers",
    "to_json",
    "total",
    "unstructure_set",
    "value",
    "when",
    "words",
]
