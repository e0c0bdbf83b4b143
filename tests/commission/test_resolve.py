"""Tests of who is credited in one case."""

from fractions import Fraction
from typing import Any

import numpy as np

from clientmgr.commission import Crediting, Declining, HandOver, Override, Treatment
from clientmgr.commission.people import People
from clientmgr.commission.resolve import Case, Party, Resolver, Share, weigh_roles

M1, M2, T1, KEY = Party(0, "M1"), Party(0, "M2"), Party(1, "T1"), Party(2, "key", "B1")
PEOPLE = People(
    by_team={"T1": [("M1", 2, True, 0, 100), ("M2", 1, False, 0, 50)]},
    by_branch={"B1": [("H1", 0, 100), ("H2", 10, 100)]},
    changes=np.array([0, 10, 50, 100]),
)


def conserved(rule: Any, **case: Any) -> Any:
    """Give who shares the net commission, and the treatment."""
    entries, name = Resolver(rule, PEOPLE).conserved(Case(**case))
    assert sum(entry.part for entry in entries) == 1
    return [(e.party.id, e.role, e.kind, e.part, e.team) for e in entries], name


def alone(party: Any, role: Any = "") -> Any:
    """Make a lone owner."""
    return (Share(party, role, Fraction(1)),)


def test_the_owners_of_the_day_share_by_default() -> None:
    """The ledger's own shares are taken, in the order of parties."""
    owners = (Share(M2, "servicer", Fraction(3, 5)), Share(M1, "developer", Fraction(2, 5)))
    made, name = conserved(Crediting(), owners=owners)
    assert made == [
        ("M1", "developer", "share", Fraction(2, 5), None),
        ("M2", "servicer", "share", Fraction(3, 5), None),
    ]
    assert name == ""


def test_shares_of_roles_replace_those_of_the_ledger_where_all_roles_are_named() -> None:
    """A role that is not there leaves its part to the others; an unnamed one leaves the set as it is."""
    rule = Crediting(roles={"developer": "30%", "servicer": "60%", "guide": "10%"})
    owners = (Share(M1, "developer", Fraction(1, 2)), Share(M2, "servicer", Fraction(1, 2)))
    assert [s.share for s in weigh_roles(owners, rule)] == [Fraction(1, 3), Fraction(2, 3)]
    assert weigh_roles(alone(M1), rule) == alone(M1)
    twice = (Share(M1, "servicer", Fraction(1, 4)), Share(M2, "servicer", Fraction(3, 4)))
    assert [s.share for s in weigh_roles(twice, rule)] == [Fraction(1, 4), Fraction(3, 4)]


def test_a_former_owner_keeps_a_declining_part() -> None:
    """Step by step, then nothing; only after the kinds named."""
    rule = Crediting(declining=[Declining(kinds="transferred", shares=["50%", "20%"], every=6)])
    case = {"owners": alone(M2), "former": alone(M1), "kind": "transferred"}
    assert conserved(rule, **case)[0] == [
        ("M1", "", "declining", Fraction(1, 2), None),
        ("M2", "", "share", Fraction(1, 2), None),
    ]
    assert conserved(rule, **case, age=6)[0][0][3] == Fraction(1, 5)
    assert conserved(rule, **case, age=12)[0] == [("M2", "", "share", Fraction(1), None)]
    assert len(conserved(rule, **{**case, "kind": "claimed"})[0]) == 1
    assert len(conserved(rule, **{**case, "former": ()})[0]) == 1


def test_pools_go_where_the_rule_sends_them() -> None:
    """To the branch managers of the day, to the house, or they stay pools."""
    case = {"owners": alone(KEY), "day": 5}
    assert conserved(Crediting(), **case)[0] == [("key", "", "share", Fraction(1), None)]
    assert conserved(Crediting(pools={"key": "house"}), **case)[0][0][0] == "house"
    rule = Crediting(pools={"key": "heads"})
    assert conserved(rule, **case)[0] == [("H1", "", "share", Fraction(1), None)]
    assert [row[3] for row in conserved(rule, owners=alone(KEY), day=10)[0]] == [Fraction(1, 2)] * 2
    assert conserved(rule, owners=alone(KEY), day=100)[0][0][0] == "key"


def test_a_team_is_divided_by_its_memberships_of_the_day() -> None:
    """Members share by their weights; a team that has none on the day stays the team."""
    rule = Crediting(teams="members")
    assert conserved(rule, owners=alone(T1), day=0)[0] == [
        ("M1", "", "share", Fraction(2, 3), "T1"),
        ("M2", "", "share", Fraction(1, 3), "T1"),
    ]
    assert conserved(rule, owners=alone(T1), day=50)[0] == [("M1", "", "share", Fraction(1), "T1")]
    assert conserved(rule, owners=alone(T1), day=100)[0] == [("T1", "", "share", Fraction(1), None)]


def test_the_first_treatment_that_fits_counts_and_the_house_gets_the_rest() -> None:
    """Origin, way of acquisition and months since opening choose; nothing vanishes."""
    rule = Crediting(
        treatments=[
            Treatment(name="new", origin="new", months_below=12),
            Treatment(name="claimed", acquired="claimed", share="40%"),
            Treatment(name="later", months_from=12, share="10%"),
        ]
    )
    assert conserved(rule, owners=alone(M1), origin="new", months=11)[1] == "new"
    made, name = conserved(rule, owners=alone(M1), origin="existing", acquired="claimed")
    assert (name, [row[3] for row in made]) == ("claimed", [Fraction(2, 5), Fraction(3, 5)])
    assert made[1][0] == "house"
    assert conserved(rule, owners=alone(M1), origin="new", months=12)[1] == "later"
    assert conserved(rule, owners=alone(M1), months=3)[1] == ""


def test_overlays_stand_apart_with_their_funder() -> None:
    """The ledger's own, the double credit of a hand-over, and overrides of heads and leaders."""
    rule = Crediting(
        hand_over=HandOver(months=3, share="50%", funder="marketing"),
        overrides=[
            Override(name="head", to="heads", rate="10%"),
            Override(name="lead", to="leads", rate="5%", funder="team"),
        ],
    )
    case = Case(
        owners=alone(M2),
        overlays=(Share(M1, "adviser", Fraction(1, 10)),),
        former=alone(M1),
        kind="handed_over",
        age=2,
        day=10,
        branch="B1",
    )
    made = {(e.party.id, e.kind): (e.part, e.funder) for e in Resolver(rule, PEOPLE).overlays(case)}
    assert made[("M1", "overlay")] == (Fraction(1, 10), "")
    assert made[("M1", "hand_over")] == (Fraction(1, 2), "marketing")
    assert made[("H1", "override")] == made[("H2", "override")] == (Fraction(1, 20), "house")
    assert made[("M1", "override")] == (Fraction(1, 20), "team")


def test_equal_credits_become_one_and_parties_come_in_the_order_of_ties() -> None:
    """A manager who comes in twice has one line; managers come before teams and pools."""
    rule = Crediting(teams="members")
    owners = (Share(KEY, "", Fraction(1, 3)), Share(T1, "", Fraction(1, 3)), Share(M1, "", Fraction(1, 3)))
    made, _ = conserved(rule, owners=owners, day=60)
    assert [(row[0], row[4]) for row in made] == [("M1", None), ("M1", "T1"), ("key", None)]
