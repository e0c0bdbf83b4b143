"""The certificate."""

from typing import Any

import numpy as np

from clientmgr.allocation import AllocationRule, Limits, allocate
from clientmgr.facts import Clients, Facts, Managers

ON = "2026-07-01"


def divide(assets: Any, managers: Any = 2, **rule: Any) -> Any:
    """Divide one branch by assets."""
    facts = Facts(
        clients=Clients(id=np.arange(len(assets)), branch="B1", assets=assets),
        managers=Managers(id=[f"M{i}" for i in range(managers)], branch="B1"),
    )
    return allocate(facts, AllocationRule(**({"measures": ("assets",), "key": None} | rule)), on=ON)


def test_a_whale_s_book_is_free_and_both_targets_are_told() -> None:
    """What cannot be split is no fault of the division."""
    books = divide([100, 10, 10, 10], 2).certificate.books
    assert books.target.tolist() == [65.0, 65.0]
    assert books.filled.tolist() == [100.0, 30.0]
    assert books.free.tolist() == [True, False]
    assert books.deviation.tolist() == [0.0, 0.0]
    assert books.largest.tolist() == [100, 10]
    assert books.smallest.tolist() == [100, 10]


def test_bounds_say_that_a_whale_leaves_no_better_division() -> None:
    """Lowest and highest ratio stand on their bounds."""
    row = divide([100, 10, 10, 10]).certificate.branches
    assert row.lowest.tolist() == row.max_min.tolist()
    assert row.highest.tolist() == row.min_max.tolist()
    assert row.gap.tolist() == [0.0]
    assert row.wefx.tolist() == [True]


def test_counts_within_limits_are_what_is_due() -> None:
    """The filled target of counts keeps the limits."""
    division = divide(np.arange(1, 13), 2, measures=("count",), equal="1", limits=Limits(minimum=3))
    assert division.certificate.books.filled.tolist() == [6.0, 6.0]


def test_every_table_of_it_can_be_shown() -> None:
    """Short words, columns of equal length, HTML."""
    certificate = divide([5, 4, 3, 2]).certificate
    assert repr(certificate) == "Certificate(2 cells, worst deviation 0 %)"
    assert repr(certificate.books) == "BookRows(2 cells, worst deviation 0 %)"
    assert repr(certificate.branches) == "BranchRows(1 rows, WEFX in 1)"
    assert str(certificate).splitlines()[0].split() == [
        "branch",
        "owner",
        "measure",
        "clients",
        "target",
        "load",
        "off",
        "%",
    ]
    for table in (certificate, certificate.books, certificate.branches):
        assert len({len(column) for column in table.to_columns().values()}) == 1
        assert table._repr_html_().startswith("<table>")


def test_many_cells_are_cut_when_printed() -> None:
    """A firm's certificate does not flood the screen."""
    text = str(divide(np.arange(1, 200), 80).certificate)
    assert text.endswith("... 20 more")


def test_an_empty_division_has_an_empty_certificate() -> None:
    """No branch, no row."""
    facts = Facts(clients=Clients.empty(), managers=Managers(id=["M1"], branch="B1"))
    certificate = allocate(facts, AllocationRule(), on=ON).certificate
    assert certificate.books.load.tolist() == [0, 0]
    assert len(certificate.branches) == 2
