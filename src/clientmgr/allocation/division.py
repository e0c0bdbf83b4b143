"""`Division`: who gets whom, with the reasons and the evidence."""

from functools import cached_property
from typing import Any, Final

import attrs
import numpy as np

from clientmgr.allocation.certificate import Certificate
from clientmgr.allocation.explain import explain_book, explain_client
from clientmgr.allocation.problem import DIVIDED, DORMANT, KEY, Problem
from clientmgr.allocation.rules import AllocationRule
from clientmgr.allocation.steps import STEP_WORDS
from clientmgr.errors import ConservationError, DataError
from clientmgr.facts import Facts
from clientmgr.ownership import OwnershipChanges
from clientmgr.tables import AnyArray, Coded, Codes, Id, Result, freeze, html_table

__all__ = ["Division", "changes_of", "conserve"]

POOL_WORDS: Final = np.array(["dormant", "key"])


@attrs.frozen(eq=False, repr=False, slots=False)
class Division(Result):
    """Who gets whom: the decision of `allocate`.

    Attributes:
        facts: what was divided.
        rule: by which rule.
        on: from which day it holds.
        problem: the arrays that the division was made from.
        place: for each divided client the place of its receiver in `problem.receivers`.
        step_code: for each divided client the place in `STEPS` of the step that gave it there.
        certificate: targets, loads, bounds and verdicts.
        redone: the ownership changes of a re-division; None for a first one.
        prices: what each divided client cost in an auction (budget units); None for other methods.

    Example:
        >>> import clientmgr as cm
        >>> from clientmgr.allocation import AllocationRule, allocate
        >>> facts = cm.Facts(
        ...     clients=cm.Clients(id=["C1", "C2", "C3"], branch="B1", assets=[300, 200, 100]),
        ...     managers=cm.Managers(id=["M1", "M2"], branch="B1"),
        ... )
        >>> rule = AllocationRule(measures=("assets",), key=None)
        >>> division = allocate(facts, rule, on="2026-07-01")
        >>> division.owner.tolist()
        ['M1', 'M2', 'M2']
    """

    facts: Facts
    rule: AllocationRule
    on: np.datetime64
    problem: Problem
    place: Codes
    step_code: AnyArray
    certificate: Certificate
    redone: OwnershipChanges | None = None
    prices: AnyArray | None = None

    def __repr__(self) -> str:
        """Count clients, receivers and pools."""
        receivers = self.problem.receivers
        pools = ", ".join(
            f"{int((self.problem.pool == code).sum()):,} {word}" for code, word in ((KEY, "key"), (DORMANT, "dormant"))
        )
        return f"Division({len(self.place):,} clients among {len(receivers):,} {receivers.kind}s on {self.on}, {pools})"

    @cached_property
    def changes(self) -> OwnershipChanges:
        """The ownership changes that the division asks for; only the caller appends them."""
        if self.redone is not None:
            return self.redone
        rows = np.flatnonzero(self.problem.pool >= DIVIDED)
        kinds = Coded.from_codes(np.array(["allocated"]), np.zeros(len(rows), dtype=np.int32))
        return changes_of(self.facts, self.problem, self.place, self.on, kinds, rows)

    @cached_property
    def owner(self) -> Coded:
        """The receiver of each row of `facts.clients`; missing for pools and for who is no client."""
        ids = self.problem.receivers.id
        codes = np.full(len(self.problem.pool), -1, dtype=np.int32)
        codes[self.problem.rows] = ids.codes[self.place]
        return Coded.from_codes(ids.vocabulary, codes)

    @cached_property
    def pool(self) -> Coded:
        """The pool of each row of `facts.clients`: key, dormant, or missing."""
        codes = np.select([self.problem.pool == KEY, self.problem.pool == DORMANT], [1, 0], -1)
        return Coded.from_codes(POOL_WORDS, codes.astype(np.int32))

    @cached_property
    def step(self) -> Coded:
        """The step by which each row of `facts.clients` came to its owner or pool."""
        words = np.array(sorted(STEP_WORDS))
        rank = np.searchsorted(words, STEP_WORDS).astype(np.int32)
        codes = np.full(len(self.problem.pool), -1, dtype=np.int32)
        codes[self.problem.rows] = rank[self.step_code]
        codes[self.problem.pool == KEY] = rank[STEP_WORDS.index("key")]
        codes[self.problem.pool == DORMANT] = rank[STEP_WORDS.index("dormant")]
        return Coded.from_codes(words, codes)

    def to_columns(self) -> dict[str, AnyArray]:
        """Give one row for everyone who is a client: branch, owner or pool, and the step."""
        there = np.flatnonzero(self.problem.pool >= DIVIDED)
        clients = self.facts.clients
        return {
            "client": np.asarray(clients.id[there]),
            "branch": np.asarray(clients.branch[there]),
            self.problem.receivers.kind: np.asarray(self.owner[there]),
            "pool": np.asarray(self.pool[there]),
            "step": np.asarray(self.step[there]),
        }

    def _repr_html_(self) -> str:
        """Show the books in a notebook."""
        books = self.certificate.books.to_columns()
        return html_table({name: col[:40] for name, col in books.items()}, caption=repr(self))

    def book(self, owner: Id) -> Coded:
        """List the clients of a manager or team, in the order of `facts.clients`.

        Raises:
            DataError: it is no receiver of this division.
        """
        self._receiver(owner)
        held: Coded = self.facts.clients.id[np.flatnonzero(self.owner == owner)]
        return held

    def explain(self, client: Id) -> str:
        """Say where a client goes, by which step, and what the runner-up would have meant.

        Raises:
            DataError: there is no such client.
        """
        return explain_client(self, client)

    def explain_book(self, owner: Id) -> str:
        """Say what a book is made of, against its target and against the others.

        Raises:
            DataError: it is no receiver of this division.
        """
        return explain_book(self, owner)

    def _receiver(self, owner: Id) -> int:
        """Find the place of a receiver."""
        found = np.flatnonzero(self.problem.receivers.id == owner)
        if not len(found):
            raise DataError(f"{owner!r} receives no clients in this division")
        return int(found[0])


def changes_of(
    facts: Facts, problem: Problem, place: Codes, on: np.datetime64, kinds: Coded, rows: AnyArray
) -> OwnershipChanges:
    """Write the ownership changes of some rows of `facts.clients` down.

    Args:
        facts: whose clients.
        problem: their pools and receivers.
        place: the receiver of each divided client.
        on: the first day on which the changes hold.
        kinds: the kind of each change, a word.
        rows: the rows of `facts.clients` that change.
    """
    receivers = problem.receivers
    code = np.full(len(problem.pool), -1, dtype=np.int32)
    code[problem.rows] = receivers.id.codes[place]
    owner = Coded.from_codes(receivers.id.vocabulary, freeze(code[rows]))
    pool = np.select([problem.pool[rows] == KEY, problem.pool[rows] == DORMANT], [1, 0], -1)
    return OwnershipChanges(
        client=facts.clients.id[rows],
        valid=np.full(len(rows), on, dtype="datetime64[D]"),
        kind=kinds,
        pool=Coded.from_codes(POOL_WORDS, pool.astype(np.int32)),
        branch=facts.clients.branch[rows],
        **{receivers.kind: owner},
    )


def conserve(problem: Problem, place: Any) -> None:
    """Raise unless every divided client has exactly one receiver, of its own branch."""
    good = len(place) == len(problem) and bool(
        ((place >= 0) & (place < len(problem.receivers))).all()
        and (problem.receivers.branch[place] == problem.branch).all()
    )
    if not good:
        raise ConservationError("a client would be lost or go to another branch; nothing is returned")
