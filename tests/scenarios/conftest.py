"""Every story is told on every store."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.builders import Clock, a_shop
from tradecore import Trade
from tradecore.opening import open_store
from tradecore.storage.memory import MemoryStore
from tradecore.storage.protocol import BlockingStore
from tradecore.values.text import new_id

Shop = Callable[..., Trade]


@pytest.fixture(params=["memory", "sqlite", "postgres", "mariadb", "mongo"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlockingStore]:
    """An empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    url = (
        f"sqlite:///{tmp_path / 'shop.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue(f"{request.param}_url")
    )
    store = open_store(url, tenant=new_id())
    with Trade(store) as trade:
        trade.init()
        yield store


@pytest.fixture
def clock() -> Clock:
    """A clock that stands at noon of a Monday until it is moved."""
    return Clock()


@pytest.fixture
def shop(store: BlockingStore, clock: Clock) -> Shop:
    """Opens the shop of the story: its payment stages, its settings, its stock."""

    def opened(**facts: Any) -> Trade:
        return a_shop(store=store, clock=clock, **facts)

    return opened
