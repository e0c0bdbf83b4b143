"""The script behind the page on allocation."""

import os
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")

import allocation_page


def write_accounts(folder: Path) -> None:
    """Write forty accounts of two districts, one of them below zero."""
    rng = np.random.default_rng(1)
    lines = ["account_id,district_id,tx_count,tx_amount_mean,balance_last"]
    for i in range(40):
        balance = -5.5 if i == 0 else round(float(rng.lognormal(10, 1)), 1)
        lines.append(f"{i},{1 + i % 2},{rng.integers(9, 99)},{rng.lognormal(8, 1):.6f},{balance}")
    (folder / "account_features.csv").write_text("\n".join(lines), encoding="utf-8")


def test_the_table_has_a_line_a_district(tmp_path: Path) -> None:
    """Size, managers, accounts below zero, and how far books are off; checked on the way."""
    write_accounts(tmp_path)
    division = allocation_page.divide_districts(allocation_page.read_districts(tmp_path))
    lines = list(allocation_page.table(division))
    assert len(lines) == 4
    assert [cell.strip() for cell in lines[2].split("|")[1:5]] == ["1", "20", "3", "1"]


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    """Before and after a manager joins."""
    allocation_page.draw(tmp_path / "picture.svg")
    assert (tmp_path / "picture.svg").stat().st_size > 1000


@pytest.mark.skipif("CLIENTMGR_DATA" not in os.environ, reason="needs the folder of data")
def test_the_real_districts_are_divided_and_checked() -> None:
    """77 districts; counts stand within one client of what is due."""
    facts = allocation_page.read_districts(Path(os.environ["CLIENTMGR_DATA"]) / "berka")
    division = allocation_page.divide_districts(facts)
    assert len(facts.branches) == 77
    books = division.certificate.books
    counts = books.measure == "count"
    assert np.abs(books.load - books.target)[counts].max() < 1
    assert division.certificate.clipped["assets"] == int((facts.clients.assets < 0).sum())
