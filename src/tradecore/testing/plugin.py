"""
pytest fixtures for those who build on tradecore: `trade`, `async_trade`, `factories`.

pytest loads this module in every run of everybody who has tradecore installed, so it imports next to nothing: what a
fixture needs is imported when the fixture is used. A fixture of the same name in a project wins over ours.
"""

from types import ModuleType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tradecore.trade import AsyncTrade, Trade


@pytest.fixture
def trade() -> "Trade":
    """Trade in memory with a small catalogue and 100 of all goods in stock; `Trade()` is an empty one."""
    from tradecore.testing.factories import seed
    from tradecore.trade import Trade

    return seed(Trade())


@pytest.fixture
def async_trade() -> "AsyncTrade":
    """The same as `trade`, for an event loop."""
    from tradecore.storage.memory import MemoryStore
    from tradecore.testing.factories import seed
    from tradecore.trade import AsyncTrade, Trade

    store = MemoryStore()
    seed(Trade(store))
    return AsyncTrade(store)


@pytest.fixture
def factories() -> ModuleType:
    """The module `tradecore.testing.factories`: `factories.an_order(lines=[factories.a_line(quantity=3)])`."""
    from tradecore.testing import factories

    return factories
