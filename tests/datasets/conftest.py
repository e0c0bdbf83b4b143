"""What the tests of data sets share: two branches that are made once."""

import numpy as np
import pytest

import clientmgr as cm
from clientmgr.datasets import make_branch
from clientmgr.datasets.accounts import Accounts, open_accounts
from clientmgr.datasets.window import Window


@pytest.fixture(scope="session")
def branch() -> cm.Facts:
    """Give the branch of the documentation: 7,000 clients and 13 managers."""
    return make_branch(rng=7)


@pytest.fixture(scope="session")
def window() -> Window:
    """Give the two years that data sets cover by default."""
    return Window.of("2025-01-01", 24)


@pytest.fixture(scope="session")
def accounts(window: Window) -> Accounts:
    """Give the drafts of two branches' clients: one large, one small."""
    rng = np.random.default_rng(7)
    sizes, managers = np.array([4_000, 30]), np.array([8, 2])
    return open_accounts(sizes, managers, whales=2, window=window, rng=rng)
