"""The table of clients: who is new, who brought whom, who belongs together."""

import numpy as np

import clientmgr as cm

START = np.datetime64("2025-01-01")


def test_new_clients_are_brought_by_a_manager_at_work_or_walk_in(branch: cm.Facts) -> None:
    """A manager of their own branch who was there that day, never a head."""
    clients, managers = branch.clients, branch.managers
    new = clients.opened >= START
    brought = ~clients.introducer.missing
    assert not (brought & ~new).any()
    assert 0.35 < brought[new].mean() < 0.6
    row = managers.rows(clients.introducer)[brought]
    opened = clients.opened[brought]
    assert not (managers.joined[row] > opened).any()
    assert not (managers.left[row] <= opened).any()
    assert not managers.head[row].any()
    assert 0.07 < new.mean() < 0.13


def test_families_are_pairs_of_one_branch() -> None:
    """Under the id of the first of them."""
    facts = cm.datasets.make_firm(3, clients=[400, 1, 300], managers=[2, 1, 2], rng=3)
    family = facts.clients.family
    sizes = np.bincount(family.codes[~family.missing])
    assert set(sizes.tolist()) == {2}
    for id_ in family.vocabulary.tolist():
        rows = np.flatnonzero(family == id_)
        assert facts.clients.id[int(rows[0])] == id_
        assert len(set(facts.clients.branch[rows])) == 1


def test_a_few_clients_are_institutions_and_a_few_have_closed(branch: cm.Facts) -> None:
    """About one in a hundred, two in a hundred."""
    assert 0.005 < branch.clients.institution.mean() < 0.02
    assert 0.01 < (~np.isnat(branch.clients.closed)).mean() < 0.03
