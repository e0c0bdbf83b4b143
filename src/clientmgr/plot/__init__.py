"""Pictures with matplotlib, which the extra `clientmgr[plot]` brings.

Every function takes an axis and gives it back.
"""

try:
    import matplotlib as _matplotlib  # noqa: F401, ICN001 - asked for here, so that one message says what is missing
except ImportError as _missing:  # pragma: no cover - needs an environment without matplotlib
    raise ImportError("clientmgr.plot needs matplotlib: pip install 'clientmgr[plot]'") from _missing

from clientmgr.plot.allocation import plot_loads

__all__ = ["plot_loads"]
