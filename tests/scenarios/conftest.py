"""Every story is told on every store."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.builders import Clock, a_shop
from tradecore import Trade
from tradecore.opening import open_store
from tradecore.storage.protocol import BlockingStore
from tradecore.values.text import new_id

Shop = Callable[..., Trade]


@pytest.fixture(params=["memory", "sqlite", "postgres", "mariadb", "mongo"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store of each kind."""
    if request.param == "memory":
        return "memory://"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shop.db'}"
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def store(url: str) -> Iterator[BlockingStore]:
    """An empty store."""
    store = open_store(url, tenant=new_id())
    with Trade(store) as trade:
        trade.init()
        yield store


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at noon of a Monday until it is moved."""
    return Clock()


@pytest.fixture
def shop(store: BlockingStore, clock: Clock) -> Iterator[Shop]:
    """Opens the shop of the story: its payment stages, its settings, its stock. Its books are proved when it closes."""
    trades: list[Trade] = []

    def opened(**facts: Any) -> Trade:
        trades.append(a_shop(store=store, clock=clock, **facts))
        return trades[-1]

    yield opened
    assert all(trade.check().sound for trade in trades)
