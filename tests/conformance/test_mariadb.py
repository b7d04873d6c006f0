"""The SQL store passes the suite on MariaDB."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa

from tradecore.storage.protocol import Store
from tradecore.storage.sql import SqlStore
from tradecore.testing import Host, StoreConformance, TradeConformance
from tradecore.values.text import new_id


class MariaDb:
    """A server, and threads. Each test is a tenant of its own."""

    joins = True

    @pytest.fixture
    def make_store(self, mariadb_url: str) -> Callable[[], Store]:
        """A store of a new tenant."""
        self.url, tenant = mariadb_url, new_id()
        return lambda: SqlStore.open(self.url, tenant=tenant)

    @asynccontextmanager
    async def host(self, _: Store) -> AsyncIterator[Host]:
        """A connection of the host."""
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            yield Host(connection, connection.commit, connection.rollback)
        engine.dispose()


class TestMariaDb(MariaDb, StoreConformance):
    """The store."""


class TestTradeOnMariaDb(MariaDb, TradeConformance):
    """Commands."""


class TestAsyncTradeOnMariaDb(MariaDb, TradeConformance):
    """Commands of an event loop, over a store that blocks worker threads."""

    asynchronous = True
