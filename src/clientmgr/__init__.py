"""The client-manager system (客户经理制) of a securities brokerage: facts x rules -> decisions.

Facts are tables of columns, rules are small frozen values, and a pure function of both gives a
decision that carries its numbers, says why, and can be re-checked. Names load at first use, so that
importing the library costs no more than importing attrs, cattrs and numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clientmgr.errors import (
        CheckError,
        ClientMgrError,
        ConservationError,
        DataError,
        Finding,
        Findings,
        InfeasibleError,
        RuleError,
        UndecidedError,
    )
    from clientmgr.facts import (
        AccountEvents,
        Clients,
        Facts,
        Flows,
        Incidents,
        Managers,
        Memberships,
        ServiceRecords,
        Trades,
        Valuations,
    )

__version__: str

__all__ = [
    "AccountEvents",
    "CheckError",
    "ClientMgrError",
    "Clients",
    "ConservationError",
    "DataError",
    "Facts",
    "Finding",
    "Findings",
    "Flows",
    "Incidents",
    "InfeasibleError",
    "Managers",
    "Memberships",
    "RuleError",
    "ServiceRecords",
    "Trades",
    "UndecidedError",
    "Valuations",
]

_HOME = {
    "errors": (
        "CheckError",
        "ClientMgrError",
        "ConservationError",
        "DataError",
        "Finding",
        "Findings",
        "InfeasibleError",
        "RuleError",
        "UndecidedError",
    ),
    "facts": (
        "AccountEvents",
        "Clients",
        "Facts",
        "Flows",
        "Incidents",
        "Managers",
        "Memberships",
        "ServiceRecords",
        "Trades",
        "Valuations",
    ),
}
_ROOM_OF = {name: room for room, names in _HOME.items() for name in names}
_ROOMS = (
    "allocation",
    "appreciation",
    "check",
    "commission",
    "datasets",
    "dormancy",
    "errors",
    "facts",
    "formula",
    "measures",
    "money",
    "ownership",
    "pay",
    "periods",
    "plot",
    "scheme",
    "scoring",
    "segments",
    "service",
    "simulate",
    "tables",
    "teams",
    "testing",
    "workflow",
)


def __getattr__(name: str) -> Any:
    """Load a public name, or a room of the house, at its first use."""
    if name in _ROOM_OF:
        value = getattr(import_module(f"clientmgr.{_ROOM_OF[name]}"), name)
    elif name in _ROOMS:
        value = import_module(f"clientmgr.{name}")
    elif name == "__version__":
        value = import_module("importlib.metadata").version("clientmgr")
    else:
        raise AttributeError(f"module 'clientmgr' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted([*__all__, *_ROOMS])
