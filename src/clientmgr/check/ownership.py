"""Re-checks a ledger: replays what was recorded, one dict per client, and compares every answer."""

import datetime as dt
import itertools
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np

from clientmgr.errors import CheckError
from clientmgr.ownership import Ledger, OwnershipLog
from clientmgr.tables import Id

__all__ = ["Calendar", "answer_on", "replay_log", "verify_ledger"]

Party = tuple[str, Id, str, Fraction, bool]
Word = tuple[str, frozenset[Party], Id]
Calendar = dict[dt.date, Word]

FIRST_KINDS = {"allocated", "opened", "developed"}
SHOWN = 5


def verify_ledger(ledger: Ledger) -> None:
    """Replay a ledger from its rows, and compare what it answers with the plain calendars.

    After each batch every calendar that it touched is checked: it starts with owners, after a closing
    only a reopening follows, a withdrawal takes an existing word back, shares add up to 1. Then the ledger
    is asked about the day of each mark and the day before, as known at each batch that touched the
    client, and all answers must be the calendars'.

    Raises:
        CheckError: something does not hold; the message lists the first cases.

    Example:
        >>> from clientmgr.check.ownership import verify_ledger
        >>> from clientmgr.ownership import Ledger, OwnershipChanges
        >>> verify_ledger(Ledger.start(OwnershipChanges.none(), known="2026-07-01"))
    """
    calendars: dict[Id, Calendar] = {}
    questions: list[tuple[Id, dt.date, int, Word | None]] = []
    for batch, changes in replay_log(ledger.log()):
        _apply(calendars, changes, batch)
        for client in dict.fromkeys(client for client, _ in changes):
            calendar = calendars[client]
            _check_calendar(client, calendar, batch)
            questions += [(client, on, batch, answer_on(calendar, on)) for on in _days(calendar)]
    _compare(ledger, questions)


def replay_log(log: OwnershipLog) -> list[tuple[int, dict[tuple[Id, dt.date], Word]]]:
    """Bring the rows of a log together: for each batch, what it says of which client and day."""
    batches: dict[int, dict[tuple[Id, dt.date], list[dict[str, Any]]]] = {}
    for row in log.to_records():
        cells = batches.setdefault(row["batch"], {})
        cells.setdefault((row["client"], row["valid"]), []).append(row)
    return [
        (batch, {cell: _word(rows, cell, batch) for cell, rows in batches[batch].items()}) for batch in sorted(batches)
    ]


def answer_on(calendar: Calendar, on: dt.date) -> Word | None:
    """Read a calendar: the word of the latest day that is not after the day; None before the first."""
    days = [valid for valid in calendar if valid <= on]
    return calendar[max(days)] if days else None


def _word(rows: list[dict[str, Any]], cell: tuple[Id, dt.date], batch: int) -> Word:
    """Make one word of the rows of a change, and check its shares."""
    kinds, branches = {row["kind"] for row in rows}, {row["branch"] for row in rows}
    _require(len(kinds) == 1 and len(branches) == 1, f"batch {batch} speaks twice of {cell}")
    parties = [_party(row) for row in rows if row["kind"] not in {"closed", "withdrawn"}]
    total = sum((share for *_, share, overlay in parties if not overlay), Fraction(0))
    named = len(set(parties)) == len(parties) and all(share > 0 for *_, share, _ in parties)
    _require(named and total == (1 if parties else 0), f"shares of {cell} add up to {total}")
    return kinds.pop(), frozenset(parties), branches.pop()


def _party(row: dict[str, Any]) -> Party:
    """Read the owner of one row."""
    kind = next(kind for kind in ("manager", "team", "pool") if row[kind] is not None)
    share = Fraction(row["share"], row["of"])
    return kind, row[kind], row["role"], share, row["overlay"]


def _apply(calendars: dict[Id, Calendar], changes: dict[tuple[Id, dt.date], Word], batch: int) -> None:
    """Write a batch into the calendars."""
    for (client, valid), word in changes.items():
        calendar = calendars.setdefault(client, {})
        if word[0] == "withdrawn":
            _require(valid in calendar, f"batch {batch} withdraws nothing of {client} on {valid}")
            del calendar[valid]
        else:
            calendar[valid] = word


def _check_calendar(client: Id, calendar: Calendar, batch: int) -> None:
    """Check that a calendar makes sense."""
    kinds = [calendar[valid][0] for valid in sorted(calendar)]
    where = f"the calendar of {client} after batch {batch}: {', '.join(kinds)}"
    _require(not kinds or kinds[0] in FIRST_KINDS, f"no owner at the start of {where}")
    for before, after in itertools.pairwise(kinds):
        _require((before == "closed") == (after == "reopened"), f"{after} follows {before} in {where}")


def _days(calendar: Calendar) -> Iterable[dt.date]:
    """List the days on which an answer can change, and the days before."""
    day = dt.timedelta(days=1)
    return sorted({valid - step for valid in calendar for step in (day, day * 0)})


def _compare(ledger: Ledger, questions: list[tuple[Id, dt.date, int, Word | None]]) -> None:
    """Ask the ledger everything at once, and compare."""
    if not questions:
        return
    clients, days, batches, expected = zip(*questions, strict=True)
    owners = ledger.owners(list(clients), np.array(days, "datetime64[D]"), known=np.array(batches, np.int64))
    found: list[set[Party]] = [set() for _ in questions]
    shares = owners.shares()
    columns = {name: column.tolist() for name, column in shares.items()}
    for at in range(len(columns["question"])):
        row = {name: values[at] for name, values in columns.items()}
        if any(row[kind] is not None for kind in ("manager", "team", "pool")):
            found[row["question"]].add(_party(row))
    status = owners.status.tolist()
    wrong = [
        f"{client} on {on} as known at batch {batch}: {state} {sorted(map(str, parties))}"
        for client, on, batch, word, state, parties in zip(clients, days, batches, expected, status, found, strict=True)
        if (state, frozenset(parties)) != _answer(word)
    ]
    _require(not wrong, f"{len(wrong)} answers differ: " + "; ".join(wrong[:SHOWN]))


def _answer(word: Word | None) -> tuple[str, frozenset[Party]]:
    """Say what the ledger should answer."""
    if word is None:
        return "not open", frozenset()
    return ("closed" if word[0] == "closed" else "owned"), word[1]


def _require(holds: object, otherwise: str) -> None:
    """Raise unless something holds."""
    if not holds:
        raise CheckError(otherwise)
