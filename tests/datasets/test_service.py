"""Account events, acts of service, incidents."""

import numpy as np

import clientmgr as cm


def test_interest_is_paid_each_quarter_and_nobody_asked_for_it(branch: cm.Facts) -> None:
    """On the 21st of March, June, September and December; log-ins are the client's own."""
    events = branch.events
    interest = events.kind == "interest"
    assert (events.initiated == ~interest).all()
    days = {str(day)[5:] for day in np.unique(events.date[interest])}
    assert days == {"03-21", "06-21", "09-21", "12-21"}
    assert (events.kind == "login").sum() > 10_000


def test_events_are_of_the_client_s_own_time(branch: cm.Facts) -> None:
    """Neither before opening nor after closing."""
    row = branch.clients.rows(branch.events.client)
    assert (branch.events.date >= branch.clients.opened[row]).all()
    assert not (branch.events.date >= branch.clients.closed[row]).any()


def test_managers_serve_clients_of_their_branch_while_both_are_there() -> None:
    """The rich more often; meetings and study are without a client."""
    facts = cm.datasets.make_firm(2, clients=[300, 200], managers=[11, 3], rng=3)
    records = facts.records
    with_client = ~records.client.missing
    assert set(records.kind[~with_client]) == {"meeting", "study"}
    assert set(records.outcome[with_client]) == {"reached", "declined"}
    manager = facts.managers.rows(records.manager)
    client = facts.clients.rows(records.client)[with_client]
    assert (facts.branch_of_manager()[manager][with_client] == facts.branch_of_client()[client]).all()
    date = records.date[with_client]
    assert (date >= facts.clients.opened[client]).all()
    assert not (date >= facts.clients.closed[client]).any()
    assert not (records.date < facts.managers.joined[manager]).any()
    assert not (records.date >= facts.managers.left[manager]).any()
    assert not facts.managers.head[manager].any()
    assert records.minutes.min() >= 1
    served = np.bincount(client, minlength=500)
    richer = facts.clients.assets > np.median(facts.clients.assets)
    assert served[richer].mean() > 1.3 * served[~richer].mean()


def test_a_branch_without_clients_still_meets_and_studies() -> None:
    """Its managers are at work."""
    records = cm.datasets.make_branch(clients=0, managers=2, rng=1).records
    assert records.client.missing.all()
    assert len(records) > 20


def test_incidents_are_few_and_some_are_grave(branch: cm.Facts) -> None:
    """Complaints weigh one, breaches of compliance three."""
    incidents = branch.incidents
    assert 2 <= len(incidents) <= 40
    assert (incidents.weight == np.where(incidents.kind == "compliance", 3, 1)).all()
