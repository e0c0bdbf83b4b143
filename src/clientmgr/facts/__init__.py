"""The facts: tables of what is known, and `Facts`, which bundles and cross-checks them."""

from clientmgr.facts.bundle import Facts
from clientmgr.facts.clients import AccountEvents, Clients, Flows, Valuations
from clientmgr.facts.managers import Incidents, Managers, Memberships, ServiceRecords
from clientmgr.facts.measured import MeasureColumn
from clientmgr.facts.measures import Measures
from clientmgr.facts.standings import Standings
from clientmgr.facts.trades import Trades

__all__ = [
    "AccountEvents",
    "Clients",
    "Facts",
    "Flows",
    "Incidents",
    "Managers",
    "MeasureColumn",
    "Measures",
    "Memberships",
    "ServiceRecords",
    "Standings",
    "Trades",
    "Valuations",
]
