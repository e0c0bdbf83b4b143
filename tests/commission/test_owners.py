"""Tests of what attribution reads of the ledger."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clientmgr.commission.owners import Owners
from clientmgr.ownership import Ledger
from clientmgr.testing.commission import CommissionCase, cases


@settings(max_examples=30)
@given(cases(), st.data())
def test_origin_acquisition_and_spells_are_those_of_the_ledger(case: CommissionCase, data: st.DataObject) -> None:
    """For every mark at every batch the columns say what the ledger says."""
    ledger = case.ledger
    batch = data.draw(st.integers(0, len(ledger.recorded) - 1))
    owners = Owners.of(ledger, batch)
    for mark in np.flatnonzero(owners.value >= 0).tolist():
        client = ledger.clients[int(owners.snapshot.marks.client[mark])]
        day = np.datetime64(int(owners.valid[mark]), "D")
        assert ledger.origin(client, day, batch) == ("existing" if owners.existing[mark] else "new")
        told = ledger.owners(client, day, batch)
        assert told.acquired_as[0] == KINDS[owners.acquired[mark]]
        assert told.opened[0].astype(int) == owners.life_start[mark]


@settings(max_examples=20)
@given(cases())
def test_some_clients_alone_have_the_calendars_that_they_have_among_all(case: CommissionCase) -> None:
    """Reading a few clients gives the same marks, renumbered."""
    whole = Owners.of(case.ledger, None)
    only = np.arange(len(case.ledger.clients))[::2]
    part = Owners(case.ledger, whole.batch, only)
    mine = np.isin(whole.snapshot.marks.client, only)
    assert part.clients.tolist() == case.ledger.clients[only].tolist()
    for name in ("value", "valid", "kind", "branch", "existing", "acquired", "life_start", "first_life"):
        assert np.array_equal(getattr(part, name), getattr(whole, name)[mine])
    assert part.place_of_code is not None
    assert part.place_of_code[only].tolist() == list(range(len(only)))
    assert whole.place_of_code is None


KINDS = (
    "allocated",
    "opened",
    "developed",
    "claimed",
    "transferred",
    "moved",
    "handed_over",
    "released",
    "returned",
    "left_with_manager",
    "reopened",
)


def test_members_are_given_as_values_in_the_order_of_ties(ledger: Ledger) -> None:
    """Conserved shares and overlays are told apart."""
    owners = Owners.of(ledger, None)
    shared = next(i for i in range(len(owners.value)) if owners.kind[i] == 2)
    inside, on_top = owners.members(int(owners.value[shared]))
    assert [(m.party.id, m.role, str(m.share)) for m in inside] == [
        ("M1", "developer", "2/5"),
        ("M2", "servicer", "3/5"),
    ]
    assert [(m.party.id, str(m.share)) for m in on_top] == [("M3", "1/10")]


def test_the_former_owner_is_the_last_that_was_a_person(ledger: Ledger) -> None:
    """A pool in between is passed over; the first mark has none before it."""
    owners = Owners.of(ledger, None)
    handed = int(np.flatnonzero(owners.kind == 6)[0])
    assert owners.former[handed] == handed - 1
    assert owners.former[handed - 1] == -1
