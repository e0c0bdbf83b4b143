"""Two public sets of real records read into facts: purchases (CDNOW) and accounts (Berka).

Reading files is the caller's work, so it stands here and not in the library.
"""

import csv
from pathlib import Path

import numpy as np

import clientmgr as cm
from clientmgr import money, periods
from clientmgr.tables import AnyArray, Days, Fen, Int64

BRANCHES = 10
MANAGERS_A_BRANCH = 5


def read_cdnow(path: Path) -> cm.Facts:
    """Read 69,659 purchases of 23,570 customers as the trades of a brokerage.

    A purchase is a trade; its row number is the id, dollars are the turnover and 0.3 % of them the
    commission. The dollars of the trailing twelve months stand for assets, valued at each month
    end. The last digit of a customer's number says to which of ten branches it is dealt.
    """
    lines = path.read_text().splitlines()[1:]
    rows = [line.split() for line in lines if line.strip()]
    customer = np.array([row[0] for row in rows])
    date = np.array([f"{r[1][:4]}-{r[1][4:6]}-{r[1][6:]}" for r in rows], "datetime64[D]")
    turnover = money.from_major([row[3] for row in rows])
    ids, who = np.unique(customer, return_inverse=True)
    first = np.full(len(ids), np.datetime64("9999-12-31"))
    np.minimum.at(first, who, date)
    branch = np.char.add("B", [text[-1] for text in ids.tolist()])
    names = [f"B{b}-M{m}" for b in range(BRANCHES) for m in range(1, MANAGERS_A_BRANCH + 1)]
    return cm.Facts(
        clients=cm.Clients(id=ids, branch=branch, opened=first),
        managers=cm.Managers(
            id=names,
            branch=[name[:2] for name in names],
            ability=[1 + 0.125 * int(name[-1]) for name in names],
        ),
        trades=cm.Trades(
            id=np.arange(1, len(rows) + 1),
            client=customer,
            date=date,
            turnover=turnover,
            commission=money.apply_rate(turnover, "0.3%"),
        ),
        valuations=trailing_year(ids, who, date, turnover, "1997-01", "1998-06"),
        as_of="1998-06-30",
    )


def trailing_year(ids: AnyArray, who: Int64, date: Days, turnover: Fen, since: str, until: str) -> cm.Valuations:
    """Value each client at each month end by what it bought in the twelve months before."""
    month = np.datetime64(since, "M")
    last = np.datetime64(until, "M")
    opened = np.full(len(ids), np.datetime64("9999-12-31"))
    np.minimum.at(opened, who, date)
    tables = []
    while month <= last:
        end = (month + 1).astype("datetime64[D]") - 1
        within = (date <= end) & (date > periods.add_months(end, -12))
        dollars = np.zeros(len(ids), np.int64)
        np.add.at(dollars, who[within], turnover[within])
        there = opened <= end
        tables.append(cm.Valuations(client=ids[there], date=end, assets=dollars[there]))
        month += 1
    return cm.Valuations.concat(tables)


def read_berka(folder: Path) -> cm.Facts:
    """Read the accounts of a Czech bank: a district is a branch, its last balance the assets.

    The turnover of an account (number of transactions x mean amount) is kept as an extra column.
    Each branch gets one manager for forty accounts, at least three and at most twelve.
    """
    with (folder / "account_features.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    branch = np.array([f"D{int(row['district_id']):02d}" for row in rows])
    names, accounts = np.unique(branch, return_counts=True)
    staff = np.clip(-(-accounts // 40), 3, 12)
    where = np.repeat(names, staff)
    number = np.concatenate([np.arange(1, n + 1) for n in staff])
    amounts = [int(r["tx_count"]) * float(r["tx_amount_mean"]) for r in rows]
    return cm.Facts(
        clients=cm.Clients(
            id=[int(row["account_id"]) for row in rows],
            branch=branch,
            assets=money.from_major([row["balance_last"] for row in rows]),
            extra={"turnover": np.rint(np.array(amounts) * 100).astype(np.int64)},
        ),
        managers=cm.Managers(
            id=[f"{b}-M{n:02d}" for b, n in zip(where, number, strict=True)],
            branch=where,
            ability=1 + 0.1 * (number % 5),
        ),
    )
