"""A checked set of formulas as one flat list of steps."""

from clientmgr.formula import (
    CarryRule,
    FormulaSet,
    back,
    carry,
    count,
    field,
    measure,
    run,
    total,
    value,
)

x = measure("x")
RULES = FormulaSet(
    measures={"x": "money", "f": "flag", "unused": "money"},
    items={"t": {"y": "money", "z": "money"}},
    values={
        "double": x + x,
        "also": x + x,
        "trailing": back("double", last=3, take="mean", short="partial"),
        "rows": total("t", field("y")),
    },
    lines={"paid": value("double") + carry("c"), "kept": (run("f") + count("t")) * value("rows")},
    carries={"c": CarryRule("money", 0, plus=("paid",))},
)


def test_a_program_tells_what_it_needs_and_remembers() -> None:
    """Measures, items, look-backs with their reach, runs, carries."""
    program = RULES.compile()
    assert program.needed == ("x", "f")
    assert program.needed_items == {"t": ("y",)}
    assert program.look_backs == {"double": 2}
    assert program.runs == ("f",)
    assert program.carries == ("c",)
    assert program.stateless == ("double", "also", "rows")
    assert repr(program).startswith("Program(6 names, ")


def test_equal_parts_are_computed_once() -> None:
    """Two names of one formula share a slot."""
    program = RULES.compile()
    assert program.names["double"] == program.names["also"]


def test_the_fingerprint_changes_with_the_rules_and_with_nothing_else() -> None:
    """It identifies the formulas across machines."""
    assert RULES.compile().fingerprint == RULES.compile().fingerprint
    other = FormulaSet(values={"a": 1})
    assert other.compile().fingerprint != RULES.compile().fingerprint


def test_the_path_of_a_line_leads_to_what_was_written() -> None:
    """Not to the rounding around it."""
    program = RULES.compile()
    paths = [step.path for step in program.steps]
    assert "$.lines.paid" in paths
    assert "$.lines.kept.times[0]" in paths
