"""The SQL store passes the suite on SQLite: blocking, waiting, and inside a transaction of the host."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from typing_extensions import override

from tradecore.calling import run
from tradecore.storage.protocol import Store
from tradecore.storage.sql import AsyncSqlStore, SqlStore
from tradecore.testing import Host, StoreConformance, TradeConformance
from tradecore.values.text import new_id


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file; each test is a tenant of its own."""
    return tmp_path_factory.mktemp("sqlite") / "shop.db"


class Sqlite:
    """A file, and threads."""

    joins = True

    @pytest.fixture
    def make_store(self, path: Path) -> Callable[[], Store]:
        """A store of a new tenant."""
        self.url, tenant = f"sqlite:///{path}", new_id()
        return lambda: SqlStore.open(self.url, tenant=tenant)

    @asynccontextmanager
    async def host(self, _: Store) -> AsyncIterator[Host]:
        """A connection of the host."""
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            yield Host(connection, connection.commit, connection.rollback)
        engine.dispose()


class TestSqlite(Sqlite, StoreConformance):
    """The store."""


class TestTradeOnSqlite(Sqlite, TradeConformance):
    """Commands."""


class WaitingSqlite(Sqlite):
    """The same file, and an event loop."""

    @pytest.fixture
    @override
    def make_store(self, path: Path) -> Callable[[], Store]:
        """A store of a new tenant."""
        self.url, tenant = f"sqlite+aiosqlite:///{path}", new_id()
        return lambda: AsyncSqlStore.open(self.url, tenant=tenant)

    @asynccontextmanager
    @override
    async def host(self, _: Store) -> AsyncIterator[Host]:
        """A connection of the host."""
        engine = create_async_engine(self.url)
        async with engine.connect() as connection:
            yield Host(connection, connection.commit, connection.rollback)
        await engine.dispose()


class TestWaitingSqlite(WaitingSqlite, StoreConformance):
    """The store."""


class TestTradeOnWaitingSqlite(WaitingSqlite, TradeConformance):
    """Commands."""


class JoinedSqlite:
    """Everything inside one open transaction of the host."""

    durable = False
    concurrent = False

    @pytest.fixture
    def make_store(self, path: Path) -> Iterator[Callable[[], Store]]:
        """A store inside a transaction that is rolled back at the end."""
        engine = sa.create_engine(f"sqlite:///{path}")
        run(SqlStore(engine).init())
        with engine.connect() as connection:
            yield lambda: SqlStore.joining(connection, tenant=new_id())
        engine.dispose()


class TestJoinedSqlite(JoinedSqlite, StoreConformance):
    """The store."""


class TestTradeOnJoinedSqlite(JoinedSqlite, TradeConformance):
    """Commands."""
