"""The client-manager system (客户经理制) of a securities brokerage: facts x rules -> decisions.

Facts are tables of columns, rules are small frozen values, and a pure function of both gives a
decision that carries its numbers, says why, and can be re-checked. Names load at first use, so that
importing the library costs no more than importing attrs, cattrs and numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clientmgr.allocation import (
        Affinity,
        AllocationRule,
        Auction,
        Balanced,
        Bar,
        Division,
        Draft,
        Limits,
        Measure,
        Moves,
        Named,
        Need,
        Override,
        allocate,
    )
    from clientmgr.commission import (
        ChargeRate,
        CommissionPlan,
        Crediting,
        Credits,
        Declining,
        Deduction,
        HandOver,
        Treatment,
        attribute,
    )
    from clientmgr.dormancy import (
        ClaimRule,
        Dormancy,
        DormancyRule,
        find_dormant,
        release_dormant,
        resolve_claims,
    )
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
        Measures,
        Memberships,
        ServiceRecords,
        Standings,
        Trades,
        Valuations,
    )
    from clientmgr.measures import (
        MeasureRules,
        measure_period,
    )
    from clientmgr.money import (
        Rate,
    )
    from clientmgr.ownership import (
        Ledger,
        OwnershipChanges,
        register_accounts,
    )
    from clientmgr.pay import (
        Bands,
        Grade,
        Ladder,
        Move,
        Payout,
        PayPlan,
        Reviews,
        Settlement,
        Transition,
        Watch,
        review,
        settle,
    )
    from clientmgr.periods import (
        Dated,
        Period,
    )
    from clientmgr.scoring import (
        Bonus,
        Criterion,
        Curve,
        Gate,
        Points,
        Scorecard,
        Scores,
        score,
    )
    from clientmgr.segments import (
        KeyClientRule,
    )
    from clientmgr.tables import (
        Coded,
    )

__all__ = [
    "AccountEvents",
    "Affinity",
    "AllocationRule",
    "Auction",
    "Balanced",
    "Bands",
    "Bar",
    "Bonus",
    "ChargeRate",
    "CheckError",
    "ClaimRule",
    "ClientMgrError",
    "Clients",
    "Coded",
    "CommissionPlan",
    "ConservationError",
    "Crediting",
    "Credits",
    "Criterion",
    "Curve",
    "DataError",
    "Dated",
    "Declining",
    "Deduction",
    "Division",
    "Dormancy",
    "DormancyRule",
    "Draft",
    "Facts",
    "Finding",
    "Findings",
    "Flows",
    "Gate",
    "Grade",
    "HandOver",
    "Incidents",
    "InfeasibleError",
    "KeyClientRule",
    "Ladder",
    "Ledger",
    "Limits",
    "Managers",
    "Measure",
    "MeasureRules",
    "Measures",
    "Memberships",
    "Move",
    "Moves",
    "Named",
    "Need",
    "Override",
    "OwnershipChanges",
    "PayPlan",
    "Payout",
    "Period",
    "Points",
    "Rate",
    "Reviews",
    "RuleError",
    "Scorecard",
    "Scores",
    "ServiceRecords",
    "Settlement",
    "Standings",
    "Trades",
    "Transition",
    "Treatment",
    "UndecidedError",
    "Valuations",
    "Watch",
    "allocate",
    "attribute",
    "find_dormant",
    "measure_period",
    "register_accounts",
    "release_dormant",
    "resolve_claims",
    "review",
    "score",
    "settle",
]

_HOME = {
    "allocation": (
        "Affinity",
        "AllocationRule",
        "Auction",
        "Balanced",
        "Bar",
        "Division",
        "Draft",
        "Limits",
        "Measure",
        "Moves",
        "Named",
        "Need",
        "Override",
        "allocate",
    ),
    "commission": (
        "ChargeRate",
        "CommissionPlan",
        "Crediting",
        "Credits",
        "Declining",
        "Deduction",
        "HandOver",
        "Treatment",
        "attribute",
    ),
    "dormancy": (
        "ClaimRule",
        "Dormancy",
        "DormancyRule",
        "find_dormant",
        "release_dormant",
        "resolve_claims",
    ),
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
        "Measures",
        "Memberships",
        "ServiceRecords",
        "Standings",
        "Trades",
        "Valuations",
    ),
    "measures": (
        "MeasureRules",
        "measure_period",
    ),
    "money": ("Rate",),
    "ownership": (
        "Ledger",
        "OwnershipChanges",
        "register_accounts",
    ),
    "pay": (
        "Bands",
        "Grade",
        "Ladder",
        "Move",
        "PayPlan",
        "Payout",
        "Reviews",
        "Settlement",
        "Transition",
        "Watch",
        "review",
        "settle",
    ),
    "periods": (
        "Dated",
        "Period",
    ),
    "scoring": (
        "Bonus",
        "Criterion",
        "Curve",
        "Gate",
        "Points",
        "Scorecard",
        "Scores",
        "score",
    ),
    "segments": ("KeyClientRule",),
    "tables": ("Coded",),
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
    "scoring",
    "segments",
    "tables",
    "testing",
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
