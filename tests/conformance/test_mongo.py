"""The store on MongoDB passes the suite, blocking and waiting."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pymongo import AsyncMongoClient, MongoClient
from pymongo.read_concern import ReadConcern
from typing_extensions import override

from tradecore.storage.mongo import AsyncMongoStore, MongoStore
from tradecore.storage.protocol import Store
from tradecore.testing import Host, StoreConformance, TradeConformance
from tradecore.values.text import new_id

SNAPSHOT = ReadConcern("snapshot")


class Mongo:
    """A replica set, and threads. Each test is a tenant of its own."""

    joins = True

    @pytest.fixture
    def make_store(self, mongo_url: str) -> Callable[[], Store]:
        """A store of a new tenant."""
        self.url, tenant = mongo_url, new_id()
        return lambda: MongoStore.open(self.url, tenant=tenant)

    @asynccontextmanager
    async def host(self, _: Store) -> AsyncIterator[Host]:
        """A session of the host, with a transaction open."""
        with MongoClient[dict[str, Any]](self.url) as client, client.start_session() as session:
            session.start_transaction(SNAPSHOT)
            yield Host(session, session.commit_transaction, session.abort_transaction)


class TestMongo(Mongo, StoreConformance):
    """The store."""


class TestTradeOnMongo(Mongo, TradeConformance):
    """Commands."""


class WaitingMongo(Mongo):
    """The same, and an event loop."""

    @pytest.fixture
    @override
    def make_store(self, mongo_url: str) -> Callable[[], Store]:
        """A store of a new tenant."""
        self.url, tenant = mongo_url, new_id()
        return lambda: AsyncMongoStore.open(self.url, tenant=tenant)

    @asynccontextmanager
    @override
    async def host(self, _: Store) -> AsyncIterator[Host]:
        """A session of the host, with a transaction open."""
        async with AsyncMongoClient[dict[str, Any]](self.url) as client, client.start_session() as session:
            await session.start_transaction(SNAPSHOT)
            yield Host(session, session.commit_transaction, session.abort_transaction)


class TestWaitingMongo(WaitingMongo, StoreConformance):
    """The store."""


class TestTradeOnWaitingMongo(WaitingMongo, TradeConformance):
    """Commands."""
