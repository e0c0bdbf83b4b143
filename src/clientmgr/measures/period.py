"""`measure_period`: what each manager did in a period, and what each number is made of."""

from typing import Any

from clientmgr.commission import Credits
from clientmgr.facts import Facts, Measures
from clientmgr.measures.catalogue import find_measure
from clientmgr.measures.context import Context
from clientmgr.measures.items import Items
from clientmgr.measures.rules import MeasureRules
from clientmgr.ownership import Ledger
from clientmgr.periods import Period
from clientmgr.scoring import Scores
from clientmgr.tables import Id

__all__ = ["measure_items", "measure_period", "with_scores"]


def measure_period(
    facts: Facts,
    ledger: Ledger,
    credits: Credits | None,  # noqa: A002 - the word of the field
    rules: MeasureRules | None = None,
    *,
    period: Period | str,
    known: Any = None,
) -> Measures:
    """Measure a period: one row for each client manager who was there on some day of it.

    Money is in fen, counts are whole, ratios have four decimals (half up) and are missing where
    there is nothing to divide by. What is done for a client counts for who answered for it on
    the day: the responsible manager, or the lead of the team that owns it; what no manager
    answers for counts for nobody. The label "branch" says where each manager works.

    Args:
        facts: trades, valuations, flows, records, incidents.
        ledger: who answered for whom.
        credits: the attribution of the period, for measures of net commission; else None.
        rules: which measures, and what counts in them; by default all that `MeasureRules` lists.
        period: the period.
        known: ask the ledger as it was known then.

    Raises:
        RuleError: a measure that the catalogue does not have.
        DataError: net commission without credits, or credits of another period.

    Example:
        >>> from clientmgr.datasets import make_branch
        >>> from clientmgr.measures import MeasureRules, measure_period
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> facts = make_branch(clients=50, managers=2, rng=7)
        >>> nobody = Ledger.start(OwnershipChanges.none(), known="2026-01-01")
        >>> rules = MeasureRules(names=("turnover", "presence"))
        >>> july = measure_period(facts, nobody, None, rules, period="2026-07")
        >>> july.names, july["turnover"].tolist()
        (('branch', 'turnover', 'presence'), [0, 0])
    """
    context = Context(facts, ledger, credits, rules or MeasureRules(), Period.of(period), known)
    entries = [find_measure(name) for name in context.rules.names]
    managers = facts.managers.take(context.managers)
    columns = {entry.name: entry.column(context, managers.id) for entry in entries}
    return Measures(
        manager=managers.id,
        period=str(context.period),
        values={"branch": managers.branch, **columns},
    )


def measure_items(
    facts: Facts,
    ledger: Ledger,
    credits: Credits | None,  # noqa: A002 - the word of the field
    rules: MeasureRules | None = None,
    *,
    period: Period | str,
    name: str,
    manager: Id,
    known: Any = None,
) -> Items:
    """List the records that one number of a manager comes from; their amounts add up to it.

    For a ratio they are those of the numerator.

    Raises:
        RuleError: a measure that the catalogue does not have.
        DataError: net commission without credits, or credits of another period.
    """
    context = Context(facts, ledger, credits, rules or MeasureRules(), Period.of(period), known)
    return find_measure(name).items(context).of_manager(manager)


def with_scores(measures: Measures, scores: Scores) -> Measures:
    """Make the scores one of the measures, under the name "score".

    Raises:
        DataError: the scores are of other managers or in another order.
    """
    return measures.with_values(score=scores.column().take(scores.rows_for(measures)))
