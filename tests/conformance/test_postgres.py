"""The SQL store passes the suite on PostgreSQL, blocking and waiting."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from typing_extensions import override

from tradecore.storage.protocol import Store
from tradecore.storage.sql import AsyncSqlStore, SqlStore
from tradecore.testing import Host, StoreConformance, TradeConformance
from tradecore.values.text import new_id


class Postgres:
    """A server, and threads. Each test is a tenant of its own."""

    joins = True

    @pytest.fixture
    def make_store(self, postgres_url: str) -> Callable[[], Store]:
        """A store of a new tenant."""
        self.url, tenant = postgres_url, new_id()
        return lambda: SqlStore.open(self.url, tenant=tenant)

    @asynccontextmanager
    async def host(self, _: Store) -> AsyncIterator[Host]:
        """A connection of the host."""
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            yield Host(connection, connection.commit, connection.rollback)
        engine.dispose()


class TestPostgres(Postgres, StoreConformance):
    """The store."""


class TestTradeOnPostgres(Postgres, TradeConformance):
    """Commands."""


class WaitingPostgres(Postgres):
    """The same server, and an event loop."""

    @pytest.fixture
    @override
    def make_store(self, postgres_url: str) -> Callable[[], Store]:
        """A store of a new tenant."""
        self.url, tenant = postgres_url, new_id()
        return lambda: AsyncSqlStore.open(self.url, tenant=tenant)

    @asynccontextmanager
    @override
    async def host(self, _: Store) -> AsyncIterator[Host]:
        """A connection of the host."""
        engine = create_async_engine(self.url)
        async with engine.connect() as connection:
            yield Host(connection, connection.commit, connection.rollback)
        await engine.dispose()


class TestWaitingPostgres(WaitingPostgres, StoreConformance):
    """The store."""


class TestTradeOnWaitingPostgres(WaitingPostgres, TradeConformance):
    """Commands."""
