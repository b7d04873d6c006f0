"""Connections of our own, kept as they are between uses."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa

from tradecore.errors import Unavailable
from tradecore.storage.sql.dialects import Dialect, dialect_of
from tradecore.storage.sql.links import Link
from tradecore.storage.sql.sources import LINKS, create_tables, guarded, raise_translated

T = TypeVar("T")

#: How long a link may rest before it is tried, and how long one is waited for.
_REST_SECONDS, _WAIT_SECONDS = 30.0, 30.0
_TRY = "SELECT 1"


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
            self._drop_idle()  # what broke one has broken the others
        else:
            rested.since = time.monotonic()
            self._idle.append(rested)
        if self._waiting:
            with self._freed:
                self._freed.notify()

    def create(self) -> None:
        """Create the tables that are missing."""
        create_tables(self._engine)

    def close(self) -> None:
        """Close the connections that rest."""
        self._drop_idle()
        self._engine.dispose()

    def _drop_idle(self) -> None:
        while self._idle:
            with contextlib.suppress(IndexError):  # somebody was faster
                rested = self._idle.pop()
                rested.drop()
                with self._freed:
                    self._made -= 1


class _Rested:
    """A link that waits for its next use."""

    __slots__ = ("_connection", "dropped", "link", "since")

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self._connection = connection
        self.link = LINKS[dialect.name](connection.driver_connection, dialect)
        self.link.own = True
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
