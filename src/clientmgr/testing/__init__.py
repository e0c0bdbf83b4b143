"""Hypothesis strategies that give valid facts, and laws of what the library makes of them.

Everything here needs hypothesis, which the extra `clientmgr[testing]` brings. Each subject has a
module of its own (`clientmgr.testing.facts`, `clientmgr.testing.tables` ...); what most tests start
from is named here. Importing registers nothing; `register_strategies()` does::

    from hypothesis import given
    from clientmgr.testing import branches


    @given(branches(max_clients=20))
    def test_my_rule_decides_about_every_client(facts): ...
"""

try:
    import hypothesis  # noqa: F401 - asked for here, so that one message says what is missing
except ImportError as _missing:  # pragma: no cover - needs an environment without hypothesis
    raise ImportError("clientmgr.testing needs hypothesis: pip install 'clientmgr[testing]'") from _missing

from clientmgr.testing.facts import (
    branches,
    clients,
    firms,
    managers,
    register_strategies,
    shuffle_rows,
)
from clientmgr.testing.tables import check_table
from clientmgr.testing.values import amounts, days, id_lists

__all__ = [
    "amounts",
    "branches",
    "check_table",
    "clients",
    "days",
    "firms",
    "id_lists",
    "managers",
    "register_strategies",
    "shuffle_rows",
]
