"""Where links come from: connections of our own, a host's engine, or one connection of a host."""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.util import await_

from tradecore.errors import TradeError, Unavailable, Unsupported
from tradecore.storage.sql import schema
from tradecore.storage.sql.dialects import Dialect, dialect_of
from tradecore.storage.sql.failures import Failure, failure_of, translated
from tradecore.storage.sql.links import LINKS, Link, Wait, at_once

T = TypeVar("T")

#: How long a link may rest before it is tried, and how long one is waited for.
_REST_SECONDS, _WAIT_SECONDS = 30.0, 30.0
_TRY = "SELECT 1"


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


class OwnPool:
    """
    Connections of our own: they stay as they are made, and links with them.

    SQLAlchemy's pool takes a connection back to where it began each time, which costs more than a small commit in SQLite.
    """

    def __init__(self, engine: sa.Engine, size: int) -> None:
        self._engine = engine
        self._dialect = dialect_of(engine.dialect)
        self._size = size
        self._idle: list[_Rested] = []
        self._made = 0
        self._waiting = 0
        self._freed = threading.Condition()

    def use(self, work: Callable[[Link], T]) -> T:
        """Use the link that rested the shortest time."""
        rested = self._take()
        try:
            return guarded(work, rested.link, rested.drop)
        finally:
            self._give(rested)

    def _take(self) -> "_Rested":
        try:
            rested = self._idle.pop()
        except IndexError:
            return self._wait()
        if rested.fit():
            return rested
        self._give(rested)
        return self._take()

    def _wait(self) -> "_Rested":
        with self._freed:
            self._waiting += 1
            try:
                if not self._freed.wait_for(lambda: self._idle or self._made < self._size, _WAIT_SECONDS):
                    raise Unavailable(f"All {self._size} connections are in use.")
                if self._idle:
                    return self._idle.pop()
                self._made += 1
            finally:
                self._waiting -= 1
        try:
            return _Rested(self._engine.raw_connection(), self._dialect)
        except BaseException as error:
            with self._freed:
                self._made -= 1
                self._freed.notify()
            if isinstance(error, Exception):
                raise_translated(error)
            raise

    def _give(self, rested: "_Rested") -> None:
        if rested.dropped:
            with self._freed:
                self._made -= 1
        else:
            rested.since = time.monotonic()
            self._idle.append(rested)
        if self._waiting:
            with self._freed:
                self._freed.notify()

    def create(self) -> None:
        """Create the tables that are missing."""
        _create(self._engine)

    def close(self) -> None:
        """Close the connections that rest."""
        while self._idle:
            rested = self._idle.pop()
            rested.drop()
            self._give(rested)
        self._engine.dispose()


class _Rested:
    """A link that waits for its next use."""

    __slots__ = ("_connection", "dropped", "link", "since")

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self._connection = connection
        self.link = LINKS[dialect.name](connection.driver_connection, dialect)
        self.since = time.monotonic()
        self.dropped = False

    def fit(self) -> bool:
        """Whether the server still knows us."""
        if time.monotonic() - self.since > _REST_SECONDS:
            try:
                self.link.query(_TRY)
            except Exception:  # noqa: BLE001  # for whatever reason
                self.drop()
        return not self.dropped

    def drop(self) -> None:
        """Close the connection for good."""
        self.dropped = True
        self._connection.invalidate()


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
        _create(self._engine)

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
        _create(self._connection.engine)

    def close(self) -> None:
        """Leave the connection to the host."""


def _create(engine: sa.Engine) -> None:
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
            result = work(link)
        except TradeError:
            link.leave()
            raise
        link.leave()
        return result

    return guarded(visit, link, drop)


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
