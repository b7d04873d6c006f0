"""The store in memory passes the suite, also where every call gives way to others."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from typing_extensions import override

from tradecore.changes import Changes, Committed, Repeated
from tradecore.events import Event
from tradecore.query import Query
from tradecore.storage.memory import MemoryStore
from tradecore.testing import StoreConformance, TradeConformance
from tradecore.values.record import Record, Ref


class WaitingMemoryStore(MemoryStore):
    """The same for an event loop: each call lets other tasks run before and after it."""

    @property
    @override
    def waits(self) -> Any:
        return True

    @override
    async def get_many(self, refs: Sequence[Ref]) -> dict[Ref, Record]:
        await asyncio.sleep(0)
        return await super().get_many(refs)

    @override
    async def find(self, query: Query[Any]) -> list[Any]:
        await asyncio.sleep(0)
        return await super().find(query)

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        await asyncio.sleep(0)
        done = await super().commit(changes)
        await asyncio.sleep(0)
        return done

    @override
    async def events_after(self, position: int, limit: int) -> list[Event]:
        await asyncio.sleep(0)
        return await super().events_after(position, limit)


class TestMemoryStore(StoreConformance):
    """In memory, between threads."""

    durable = False

    @pytest.fixture
    def make_store(self) -> Callable[[], MemoryStore]:
        """An empty store."""
        return MemoryStore


class TestWaitingMemoryStore(StoreConformance):
    """In memory, between tasks of an event loop."""

    durable = False

    @pytest.fixture
    def make_store(self) -> Callable[[], MemoryStore]:
        """An empty store."""
        return WaitingMemoryStore


class TestTrade(TradeConformance):
    """`Trade` in memory."""

    durable = False

    @pytest.fixture
    def make_store(self) -> Callable[[], MemoryStore]:
        """An empty store."""
        return MemoryStore


class TestAsyncTrade(TestTrade):
    """`AsyncTrade` in memory: worker threads run what blocks."""

    asynchronous = True


class TestAsyncTradeThatWaits(TradeConformance):
    """`AsyncTrade` in memory, on the event loop."""

    durable = False

    @pytest.fixture
    def make_store(self) -> Callable[[], MemoryStore]:
        """An empty store."""
        return WaitingMemoryStore
