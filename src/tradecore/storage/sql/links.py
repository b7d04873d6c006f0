"""
Links: one connection of a driver each, and the cheapest way it has of running texts.

Written once for both colours: what a driver's call answers goes through `wait`, which hands it on or, inside
SQLAlchemy's greenlet, waits for it. A link sends statements; answers may be looked at once it has settled. SQLite runs
each at once, psycopg sends many in one pipeline, pymysql many in one text: that is one round trip.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from tradecore.storage.sql.bulk import Bulk
from tradecore.storage.sql.dialects import Dialect

logger = logging.getLogger("tradecore.storage.sql")

Row: TypeAlias = tuple[Any, ...]
Wait: TypeAlias = Callable[[Any], Any]

#: What a transaction inside the host's is made of.
SAVEPOINT, RELEASE = "SAVEPOINT tradecore", "RELEASE SAVEPOINT tradecore"
UNDOING = ("ROLLBACK TO SAVEPOINT tradecore", RELEASE)


def at_once(answer: Any) -> Any:
    """How blocking drivers wait: their answer is there."""
    return answer


def log(text: str) -> None:
    """Tell what goes to the database, for those who count it."""
    if logger.isEnabledFor(logging.DEBUG):
        logger.debug("%s", text)


class Reply:
    """What a statement answered, once the link has settled."""

    __slots__ = ("count", "rows")

    def __init__(self, count: int = 0, rows: Sequence[Row] = ()) -> None:
        self.count = count
        self.rows = rows


class Link:
    """
    A connection with the texts of its dialect.

    Attributes:
        joined: Whether the transaction belongs to the host; then ours are savepoints in it.

        own: Whether the connection is ours, with the settings that `engines` makes.

        broken: Whether a transaction could not be undone, so that the connection is of no more use.

        fragile: Whether an interrupt may leave the driver and the server in the middle of a word.
    """

    fragile = True

    def __init__(self, driver: Any, dialect: Dialect, wait: Wait = at_once) -> None:
        self.driver = driver
        self.dialect = dialect
        self.joined = False
        self.own = False
        self.broken = False
        self._wait = wait

    def query(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement."""
        raise NotImplementedError

    def query_json(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement, which may hold JSON of any length."""
        return self.query(text, parameters)

    def send(self, text: str, parameters: Sequence[Any] = (), *, rows: bool = False) -> Reply:
        """Run a statement that writes; `rows` says that it returns some."""
        raise NotImplementedError

    def send_many(self, text: str, rows: Sequence[Row]) -> Reply:
        """Run a statement once for each row of parameters; the reply counts what all of them touched."""
        raise NotImplementedError

    def write(self, bulk: Bulk, rows: Sequence[Row]) -> None:
        """Run a statement over rows. Nobody asks what it touched."""
        self.send_many(bulk.text(), rows)

    def settle(self) -> None:
        """Wait for the answers of everything sent."""

    def begin(self) -> None:
        """Begin a transaction, or a part of the host's."""
        for text in (SAVEPOINT,) if self.joined else self._beginning():
            self.send(text)

    def commit(self) -> None:
        """Commit, and wait until it is done."""
        self.send(RELEASE if self.joined else "COMMIT")
        self.settle()

    def rollback(self) -> None:
        """Undo everything since `begin`."""
        for text in UNDOING if self.joined else ("ROLLBACK",):
            self.send(text)
        self.settle()

    def occupy(self) -> None:
        """Prepare a connection that somebody else made."""

    def leave(self) -> None:
        """Give such a connection back as it was."""

    def _beginning(self) -> tuple[str, ...]:
        return (self.dialect.begin,)
