"""Where links come from: a host's engine, or one connection of a host. For connections of our own see `pools`."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.util import await_

from tradecore.errors import TradeError, Unsupported
from tradecore.storage.sql import schema
from tradecore.storage.sql.dialects import Dialect, dialect_of
from tradecore.storage.sql.failures import Failure, failure_of, translated
from tradecore.storage.sql.link_psycopg import PsycopgLink
from tradecore.storage.sql.link_pymysql import PymysqlLink
from tradecore.storage.sql.link_sqlite import SqliteLink
from tradecore.storage.sql.links import Link, Wait, at_once

T = TypeVar("T")

LINKS: dict[str, type[Link]] = {"sqlite": SqliteLink, "postgresql": PsycopgLink, "mariadb": PymysqlLink}


class Source(Protocol):
    """Something that has links."""

    def use(self, work: Callable[[Link], T]) -> T:
        """What `work` does with a link; errors of drivers are translated, and a broken connection is dropped."""
        ...

    def create(self) -> None:
        """Create the tables that are missing."""
        ...

    def close(self) -> None:
        """Close what the source opened."""
        ...


def guarded(work: Callable[[Link], T], link: Link, drop: Callable[[], None]) -> T:
    """What `work` does with the link. `drop` is called if the connection must not be used again."""
    try:
        return work(link)
    except Exception as error:
        if link.broken or failure_of(error) is Failure.BROKEN:
            drop()
        raise_translated(error)
        raise
    except BaseException:
        if link.fragile:  # it may be in the middle of a word with the server
            drop()
        raise


def raise_translated(error: Exception) -> None:
    """Raise what a caller should see of an error, if that is something else."""
    found = translated(error)
    if found is not None:
        raise found from error


class HostEngine:
    """The engine of a host: its pool gives the connections and gets them back as they were."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._dialect = dialect_of(engine.dialect)

    def use(self, work: Callable[[Link], T]) -> T:
        """Use a connection of the pool."""
        try:
            connection = self._engine.raw_connection()
        except Exception as error:
            raise_translated(error)
            raise
        try:
            return _visit(work, connection, connection.invalidate, self._dialect, at_once, joined=False)
        finally:
            connection.close()

    def create(self) -> None:
        """Create the tables that are missing."""
        create_tables(self._engine)

    def close(self) -> None:
        """Leave the engine to the host."""


class HostConnection:
    """One connection of a host; if joined, inside the transaction it has."""

    def __init__(self, connection: sa.Connection, *, joined: bool, wait: Wait = at_once) -> None:
        if not isinstance(connection, sa.Connection):
            raise Unsupported(f"{type(connection).__name__} is no connection of SQLAlchemy.")
        self._connection = connection
        self._dialect = dialect_of(connection.dialect)
        self._joined = joined
        self._wait = wait

    def use(self, work: Callable[[Link], T]) -> T:
        """Use the connection."""
        host = self._connection
        if self._joined:
            if not host.in_transaction():
                host.begin()
        elif host.in_transaction():
            raise Unsupported("The connection is in a transaction of its own; use `joining` to take part in it.")
        try:
            connection = host.connection
        except Exception as error:
            raise_translated(error)
            raise
        return _visit(work, connection, host.invalidate, self._dialect, self._wait, joined=self._joined)

    def create(self) -> None:
        """Create the tables that are missing; some databases commit for that, so it is done beside the connection."""
        create_tables(self._connection.engine)

    def close(self) -> None:
        """Leave the connection to the host."""


def create_tables(engine: sa.Engine) -> None:
    """Create the tables that are missing."""
    try:
        with engine.connect() as connection:
            schema.create(connection.execution_options(isolation_level="AUTOCOMMIT"))
    except Exception as error:
        raise_translated(error)
        raise


def _visit(
    work: Callable[[Link], T], connection: Any, drop: Callable[[], None], dialect: Dialect, wait: Wait, *, joined: bool
) -> T:
    link = connection.info.get("tradecore")
    if link is None or link.driver is not connection.driver_connection:
        link = connection.info["tradecore"] = LINKS[dialect.name](connection.driver_connection, dialect, wait)
    link.joined = joined

    def visit(link: Link) -> T:
        link.occupy()
        try:
            return work(link)
        finally:
            _leave(link)

    return guarded(visit, link, drop)


def _leave(link: Link) -> None:
    try:
        link.leave()
    except Exception:  # noqa: BLE001  # then nobody shall have it
        link.broken = True


class AsyncSource:
    """
    An engine or a connection that waits. The same work is done over it, inside SQLAlchemy's greenlet.

    Attributes:
        own: Whether the engine is ours to close.

        joined: Whether work is done inside the transaction the connection has.
    """

    def __init__(self, bind: Any) -> None:
        from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

        if not isinstance(bind, (AsyncConnection, AsyncEngine)):
            raise Unsupported(f"{type(bind).__name__} is no asynchronous engine or connection of SQLAlchemy.")
        self._engine: Any = bind if isinstance(bind, AsyncEngine) else bind.engine
        self._connection = None if isinstance(bind, AsyncEngine) else bind
        dialect_of(self._engine.dialect)
        self.own = False
        self.joined = False

    async def use(self, work: Callable[[Link], T]) -> T:
        """What `work` does with a link."""

        def visit(connection: sa.Connection) -> T:
            return HostConnection(connection, joined=self.joined, wait=await_).use(work)

        try:
            if self._connection is not None:
                found: T = await self._connection.run_sync(visit)
            else:
                async with self._engine.connect() as connection:
                    found = await connection.run_sync(visit)
        except TradeError:
            raise
        except Exception as error:
            raise_translated(error)
            raise
        return found

    async def create(self) -> None:
        """Create the tables that are missing."""
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.run_sync(schema.create)
        except Exception as error:
            raise_translated(error)
            raise

    async def close(self) -> None:
        """Close the engine if it is ours."""
        if self.own:
            await self._engine.dispose()
