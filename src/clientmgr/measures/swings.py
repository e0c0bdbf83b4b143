"""What one large client does to a book and to a score: the reason for holding key clients out."""

from fractions import Fraction
from typing import Any

import attrs
import numpy as np

from clientmgr.commission import Credits
from clientmgr.errors import RuleError
from clientmgr.facts import Facts, MeasureColumn, Measures
from clientmgr.measures.catalogue import find_measure
from clientmgr.measures.context import Context
from clientmgr.measures.rules import MeasureRules
from clientmgr.money import apply_rate, format_fen
from clientmgr.ownership import Ledger
from clientmgr.periods import Period
from clientmgr.scoring import Scorecard, score
from clientmgr.scoring.levels import read_number, show
from clientmgr.tables import AnyArray, Coded, Fen, Id, Int64, Result, freeze, text_table

__all__ = ["Swings", "find_swings"]

# Measures that move with what a client owns, and those that move with what it did.
BY_ASSETS = ("assets", "appreciation", "appreciation_existing", "net_new_assets")


@attrs.frozen(eq=False, repr=False, slots=False, kw_only=True)
class Swings(Result):
    """The largest clients of each book: how much of it they are, and what their swings do.

    Attributes:
        period: the period.
        swing: the swing, exact; 1/5 is 20 % up or down.
        manager: whose book.
        client: the client; the largest of each book first.
        assets: its assets on the last day, fen.
        book: the assets of the whole book, fen.
        score: the manager's score as it is.
        down: the score had the client swung down.
        up: the score had it swung up.
    """

    period: Period
    swing: Fraction
    manager: Coded
    client: Coded
    assets: Fen
    book: Fen
    score: AnyArray
    down: AnyArray
    up: AnyArray

    @property
    def share(self) -> MeasureColumn:
        """How much of the book each client is; missing for a book of nothing."""
        pairs = zip(self.assets.tolist(), self.book.tolist(), strict=True)
        return MeasureColumn.ratio([Fraction(a, b) if b > 0 else None for a, b in pairs])

    def __len__(self) -> int:
        """Count the clients."""
        return len(self.assets)

    def __repr__(self) -> str:
        """Name the period, the swing and the largest change of a score."""
        if not len(self):
            return f"Swings({self.period}, nobody)"
        widest = max(up - down for up, down in zip(self.up, self.down, strict=True))
        swing = show(self.swing, "ratio")
        return f"Swings({self.period}, {len(self):,} clients, {swing} moves a score by {widest})"

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row a client."""
        return {
            "manager": np.asarray(self.manager),
            "client": np.asarray(self.client),
            "assets": self.assets,
            "share": np.asarray(self.share),
            "score": self.score,
            "down": self.down,
            "up": self.up,
        }

    def beyond(self, points: Any) -> Coded:
        """Name the clients whose swing moves a score by more than some points, either way."""
        most = read_number(points)
        cells = zip(self.score, self.down, self.up, strict=True)
        far = [max(abs(up - now), abs(now - down)) > most for now, down, up in cells]
        found: Coded = self.client[np.flatnonzero(np.array(far, bool))]
        return found

    def explain(self, manager: Id) -> str:
        """Write what the largest clients of one manager do to his score."""
        rows = np.flatnonzero(self.manager == manager)
        table = text_table(
            {
                "client": self.client[rows].tolist(),
                "assets": [format_fen(amount) for amount in self.assets[rows].tolist()],
                "of the book": [
                    "" if part is None else show(Fraction(part), "ratio") for part in self.share.take(rows).tolist()
                ],
                f"{show(self.swing, 'ratio')} down": self.down[rows].tolist(),
                "score": self.score[rows].tolist(),
                "up": self.up[rows].tolist(),
            },
            indent=2,
        )
        return f"largest clients of {manager} in {self.period}\n{table}"


def find_swings(
    facts: Facts,
    ledger: Ledger,
    credits: Credits | None,  # noqa: A002 - the word of the field
    measures: Measures,
    card: Scorecard,
    rules: MeasureRules | None = None,
    *,
    period: Period | str,
    swing: Any = "20%",
    largest: int = 3,
    known: Any = None,
) -> Swings:
    """Score every manager again as if each of his largest clients had swung, one at a time.

    A swing of x per cent moves assets, appreciation and net new assets by x per cent of what the
    client owns, and commission and turnover by x per cent of what it brought in the period. Other
    measures stay. A card with relative criteria is refused: it would compare the swung books with
    one another. O(managers x largest) scores.

    Args:
        facts: the facts.
        ledger: who answered for whom.
        credits: the attribution of the period, where the card looks at net commission.
        measures: the measures of the period.
        card: the scorecard.
        rules: what counted in the measures.
        period: the period.
        swing: how far a client swings, up and down.
        largest: how many clients of each book are looked at.
        known: ask the ledger as it was known then.

    Raises:
        RuleError: the card is relative.

    Example:
        >>> import numpy as np
        >>> from clientmgr.facts import Clients, Facts, Managers, Measures
        >>> from clientmgr.measures import find_swings
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> from clientmgr.scoring import Criterion, Scorecard
        >>> facts = Facts(
        ...     clients=Clients(id=["C1", "C2"], branch="B1", assets=[900_00, 100_00]),
        ...     managers=Managers(id=["M1"], branch="B1"),
        ... )
        >>> ledger = Ledger.start(
        ...     OwnershipChanges(
        ...         client=["C1", "C2"],
        ...         valid=np.array(["2026-01-01"] * 2, "M8[D]"),
        ...         kind="allocated",
        ...         manager=["M1", "M1"],
        ...         branch="B1",
        ...     ),
        ...     known="2026-01-01",
        ... )
        >>> half = Measures(manager=["M1"], period="2026H1", values={"assets": [1_000_00]})
        >>> card = Scorecard(name="c", criteria=(Criterion("assets", 1, 1_000_00, cap=2),))
        >>> found = find_swings(facts, ledger, None, half, card, period="2026H1", largest=1)
        >>> found
        Swings(2026H1, 1 clients, 20% moves a score by 36.00)
    """
    if card.allow_relative:
        raise RuleError("swings need an absolute card: a relative one compares the swung books")
    when, rate = Period.of(period), read_number(swing)
    context = Context(facts, ledger, credits, rules or MeasureRules(), when, known)
    there = measures.of_period(when)
    chosen = _largest(context, there, largest)
    moved = {
        criterion.measure: _moves(context, criterion.measure, chosen, rate)
        for criterion in card.criteria
        if there[criterion.measure].kind == "money"
    }
    now = score(there, card)
    down, up = (_again(there, card, chosen, moved, sign) for sign in (-1, 1))
    return Swings(
        period=when,
        swing=rate,
        manager=there.manager[chosen.row],
        client=chosen.client,
        assets=freeze(chosen.assets),
        book=freeze(chosen.book),
        score=now.score[chosen.row],
        down=down,
        up=up,
    )


@attrs.frozen(eq=False)
class _Chosen:
    """The largest clients of each book: the row of the manager, the client, assets, the book."""

    row: Int64
    manager: Coded
    client: Coded
    assets: Fen
    book: Fen


def _largest(context: Context, there: Measures, count: int) -> _Chosen:
    """Choose the clients with the largest assets on the last day; ties by id."""
    book = context.at_end
    assets = context.facts.assets(context.period.end)[book.row]
    row = there.rows(book.manager)
    order = np.lexsort((book.client.codes, -assets, row))
    order = order[row[order] >= 0]
    sorted_row = row[order]
    place = np.arange(len(order)) - np.searchsorted(sorted_row, sorted_row, "left")
    kept = order[place < count]
    whole = np.zeros(len(there), np.int64)
    np.add.at(whole, sorted_row, assets[order])
    return _Chosen(
        row[kept].astype(np.int64),
        book.manager[kept],
        book.client[kept],
        assets[kept],
        whole[row[kept]],
    )


def _moves(context: Context, name: str, chosen: _Chosen, rate: Fraction) -> Fen:
    """Say by how much a swing of each client moves a measure, in fen."""
    if name in BY_ASSETS:
        return apply_rate(chosen.assets, rate)
    brought = _by_client(context, name)
    keys = zip(chosen.manager.tolist(), chosen.client.tolist(), strict=True)
    amounts = np.array([brought.get(key, 0) for key in keys], np.int64)
    return apply_rate(amounts, rate)


def _by_client(context: Context, name: str) -> dict[tuple[Any, Any], int]:
    """Add a measure up by manager and client."""
    if name.startswith("net_commission"):
        total = context.given_credits.total(by=("manager", "client"))
        columns = (total.keys["manager"], total.keys["client"], total.amount)
    else:
        items = find_measure(name).items(context)
        client = items.key
        if items.source == "trades":
            client = context.facts.trades.client[context.facts.trades.rows(items.key)]
        columns = (items.manager, client, items.amount)
    sums: dict[tuple[Any, Any], int] = {}
    for manager, client_id, amount in zip(*(column.tolist() for column in columns), strict=True):
        sums[manager, client_id] = sums.get((manager, client_id), 0) + amount
    return sums


def _again(there: Measures, card: Scorecard, chosen: _Chosen, moved: dict[str, Fen], sign: int) -> AnyArray:
    """Score each manager again with one client moved: the swung rows as managers of their own."""
    swung = there.take(chosen.row)
    values: dict[str, Any] = {}
    for name, amounts in moved.items():
        column = swung[name]
        units = np.where(column.missing, 0, column.units + sign * amounts)
        values[name] = MeasureColumn(column.kind, freeze(units), column.missing, column.places)
    # Several rows may be of one manager: each gets a name of its own.
    alone = Measures(manager=np.arange(len(swung)), period=swung.period, values={**swung.values, **values})
    return score(alone, card).score
