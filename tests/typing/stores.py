"""Stores fit the protocol, and the suite fits stores. Nothing here is run: mypy and pyright read it."""

from collections.abc import Callable
from typing import assert_type

import pytest

from tradecore import AsyncTrade, SalesOrder, Trade
from tradecore.opening import open_async_store, open_store
from tradecore.query import Eq, Query
from tradecore.storage.memory import MemoryStore
from tradecore.storage.mongo import AsyncMongoStore, MongoStore
from tradecore.storage.protocol import BlockingStore, Store
from tradecore.storage.sql import AsyncSqlStore, SqlStore
from tradecore.testing import StoreConformance, TradeConformance
from tradecore.testing.factories import a_line, an_order, seed


def stores_fit_the_protocol(url: str) -> None:
    """Each of ours is a store; those that block fit `Trade`."""
    blocking: list[BlockingStore] = [MemoryStore(), SqlStore.open(url), MongoStore.open(url), open_store(url)]
    waiting: list[Store] = [AsyncSqlStore.open(url), AsyncMongoStore.open(url), open_async_store(url), *blocking]
    assert_type([Trade(store) for store in blocking], list[Trade])
    assert_type([AsyncTrade(store) for store in waiting], list[AsyncTrade])


async def finding_keeps_the_kind(store: Store) -> None:
    """A query of orders finds orders."""
    assert_type(await store.find(Query(SalesOrder, (Eq("customer", "acme"),))), list[SalesOrder])


class TestSomebodysStore(StoreConformance):
    """A subclass with one fixture is all it takes."""

    durable = False

    @pytest.fixture
    def make_store(self) -> Callable[[], MemoryStore]:
        """An empty store."""
        return MemoryStore


class TestSomebodysTrade(TradeConformance):
    """The same for commands, over a place that a fixture knows."""

    asynchronous = True

    @pytest.fixture
    def make_store(self, url: str) -> Callable[[], Store]:
        """A store at the place."""
        return lambda: open_store(url)


async def factories_and_seeds_are_typed(trade: Trade, other: AsyncTrade) -> None:
    """Seeding gives the trade it was given, in its colour."""
    assert_type(an_order(lines=[a_line(quantity=3)]), SalesOrder)
    assert_type(seed(trade), Trade)
    assert_type(await seed(other), AsyncTrade)
