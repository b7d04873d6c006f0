"""
Links: one connection of a driver each, and the cheapest way it has of running texts.

Written once for both colours: what a driver's call answers goes through `wait`, which hands it on or, inside
SQLAlchemy's greenlet, waits for it. A link sends statements; answers may be looked at once it has settled. SQLite runs
each at once, psycopg sends many in one pipeline, pymysql many in one text: that is one round trip.
"""

import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from typing_extensions import override

from tradecore.storage.sql.dialects import Delete, Dialect, Insert

logger = logging.getLogger("tradecore.storage.sql")

Row: TypeAlias = tuple[Any, ...]
Wait: TypeAlias = Callable[[Any], Any]

#: More characters or parameters than this are not sent in one text.
_LONGEST, _MOST = 1_000_000, 20_000
_SAVEPOINT, _RELEASE = "SAVEPOINT tradecore", "RELEASE SAVEPOINT tradecore"
_UNDOING = ("ROLLBACK TO SAVEPOINT tradecore", _RELEASE)


def at_once(answer: Any) -> Any:
    """How blocking drivers wait: their answer is there."""
    return answer


def _log(text: str) -> None:
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

        broken: Whether a transaction could not be undone, so that the connection is of no more use.

        fragile: Whether an interrupt may leave the driver and the server in the middle of a word.
    """

    fragile = True

    def __init__(self, driver: Any, dialect: Dialect, wait: Wait = at_once) -> None:
        self.driver = driver
        self.dialect = dialect
        self.joined = False
        self.broken = False
        self._wait = wait

    def query(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement."""
        raise NotImplementedError

    def send(self, text: str, parameters: Sequence[Any] = (), *, rows: bool = False) -> Reply:
        """Run a statement that writes; `rows` says that it returns some."""
        raise NotImplementedError

    def send_many(self, text: str, rows: Sequence[Row]) -> Reply:
        """Run a statement once for each row of parameters; the reply counts what all of them touched."""
        raise NotImplementedError

    def insert(self, insert: Insert, rows: Sequence[Row]) -> None:
        """Insert all rows."""
        self.send_many(insert.text(), rows)

    def delete(self, delete: Delete, rows: Sequence[Row]) -> None:
        """Delete the rows of these keys."""
        self.send_many(delete.text(), rows)

    def settle(self) -> None:
        """Wait for the answers of everything sent."""

    def begin(self) -> None:
        """Begin a transaction, or a part of the host's."""
        for text in (_SAVEPOINT,) if self.joined else self._beginning():
            self.send(text)

    def commit(self) -> None:
        """Commit, and wait until it is done."""
        self.send(_RELEASE if self.joined else "COMMIT")
        self.settle()

    def rollback(self) -> None:
        """Undo everything since `begin`."""
        for text in _UNDOING if self.joined else ("ROLLBACK",):
            self.send(text)
        self.settle()

    def occupy(self) -> None:
        """Prepare a connection that somebody else made."""

    def leave(self) -> None:
        """Give such a connection back as it was."""

    def _beginning(self) -> tuple[str, ...]:
        return (self.dialect.begin,)


class SqliteLink(Link):
    """The module sqlite3, and aiosqlite over it."""

    fragile = False

    def __init__(self, driver: Any, dialect: Dialect, wait: Wait = at_once) -> None:
        super().__init__(driver, dialect, wait)
        self._cursor = wait(driver.cursor())

    @override
    def query(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement."""
        _log(text)
        self._wait(self._cursor.execute(text, parameters))
        rows: list[Row] = self._wait(self._cursor.fetchall())
        return rows

    @override
    def send(self, text: str, parameters: Sequence[Any] = (), *, rows: bool = False) -> Reply:
        """Run a statement that writes."""
        if rows:
            return Reply(rows=self.query(text, parameters))
        _log(text)
        self._wait(self._cursor.execute(text, parameters))
        return Reply(self._cursor.rowcount)

    @override
    def send_many(self, text: str, rows: Sequence[Row]) -> Reply:
        """Run a statement for each row of parameters."""
        _log(text)
        if len(rows) == 1:
            self._wait(self._cursor.execute(text, rows[0]))
        else:
            self._wait(self._cursor.executemany(text, rows))
        return Reply(self._cursor.rowcount)

    @override
    def rollback(self) -> None:
        """Undo everything since `begin`; SQLite may have done so itself."""
        if self.driver.in_transaction:
            super().rollback()

    @override
    def occupy(self) -> None:
        """Begin the host's transaction: the module would not before a SAVEPOINT, whose release would then commit."""
        if self.joined and not self.driver.in_transaction:
            self.send("BEGIN")


class PsycopgLink(Link):
    """psycopg, blocking or not. A transaction is a pipeline: nothing is waited for until it settles."""

    def __init__(self, driver: Any, dialect: Dialect, wait: Wait = at_once) -> None:
        super().__init__(driver, dialect, wait)
        self._enter, self._exit = ("__enter__", "__exit__") if wait is at_once else ("__aenter__", "__aexit__")
        self._context: Any = None
        self._pipeline: Any = None
        self._sent: list[tuple[Any, Reply, bool]] = []
        self._texts: list[str] = []
        self._restore = False

    @override
    def query(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement."""
        _log(text)
        cursor = self.driver.cursor()
        self._wait(cursor.execute(text, parameters))
        rows: list[Row] = self._wait(cursor.fetchall())
        return rows

    @override
    def send(self, text: str, parameters: Sequence[Any] = (), *, rows: bool = False) -> Reply:
        """Put a statement into the pipeline."""
        cursor, reply = self.driver.cursor(), Reply()
        self._texts.append(text)
        self._wait(cursor.execute(text, parameters))
        self._sent.append((cursor, reply, rows))
        return reply

    @override
    def send_many(self, text: str, rows: Sequence[Row]) -> Reply:
        """Put a statement into the pipeline for each row of parameters."""
        cursor, reply = self.driver.cursor(), Reply()
        self._texts.append(text)
        self._wait(cursor.execute(text, rows[0]) if len(rows) == 1 else cursor.executemany(text, rows))
        self._sent.append((cursor, reply, False))
        return reply

    @override
    def settle(self) -> None:
        """Wait for the answers of the pipeline."""
        self._log_all()
        self._wait(self._pipeline.sync())
        self._collect()

    @override
    def begin(self) -> None:
        """Open the pipeline and begin."""
        self._context = self.driver.pipeline()
        self._pipeline = self._wait(getattr(self._context, self._enter)())
        super().begin()

    @override
    def commit(self) -> None:
        """Commit; the end of the pipeline waits until it is done."""
        self.send(_RELEASE if self.joined else "COMMIT")
        self._log_all()
        self._close()
        self._collect()

    @override
    def rollback(self) -> None:
        """Close the pipeline, whatever it says, and undo."""
        self._texts.clear()
        self._sent.clear()
        with contextlib.suppress(Exception):  # what failed in it is known already
            self._close()
        for text in _UNDOING if self.joined else ("ROLLBACK",):
            _log(text)
            self._wait(self.driver.execute(text))

    def _close(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            self._wait(getattr(context, self._exit)(None, None, None))

    def _collect(self) -> None:
        for cursor, reply, rows in self._sent:
            reply.count = cursor.rowcount
            if rows:
                reply.rows = self._wait(cursor.fetchall())
        self._sent.clear()

    def _log_all(self) -> None:
        _log("; ".join(self._texts))
        self._texts.clear()

    @override
    def occupy(self) -> None:
        """Let every statement stand for itself, unless the host has a transaction."""
        self._restore = not self.joined and not self.driver.autocommit
        if self._restore:
            self._wait(self.driver.set_autocommit(True))

    @override
    def leave(self) -> None:
        """Take that back."""
        if self._restore:
            self._wait(self.driver.set_autocommit(False))


class PymysqlLink(Link):
    """pymysql. If the connection allows several statements in one text, all that is sent goes in one."""

    def __init__(self, driver: Any, dialect: Dialect, wait: Wait = at_once) -> None:
        super().__init__(driver, dialect, wait)
        from pymysql.constants import CLIENT

        self._cursor = driver.cursor()
        self._several = bool(driver.client_flag & CLIENT.MULTI_STATEMENTS)
        self._texts: list[str] = []
        self._parameters: list[Any] = []
        self._replies: list[Reply] = []
        self._length = 0

    @override
    def query(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement."""
        _log(text)
        self._cursor.execute(text, tuple(parameters))
        return list(self._cursor.fetchall())

    @override
    def send(self, text: str, parameters: Sequence[Any] = (), *, rows: bool = False) -> Reply:
        """Add a statement to what will be sent."""
        reply = Reply()
        self._add(text, parameters, reply)
        return reply

    @override
    def send_many(self, text: str, rows: Sequence[Row]) -> Reply:
        """Add a statement for each row of parameters."""
        reply = Reply()
        for row in rows:
            self._add(text, row, reply)
        return reply

    @override
    def insert(self, insert: Insert, rows: Sequence[Row]) -> None:
        """Add an INSERT of all rows, or several of many."""
        self._in_parts(insert, rows, _MOST // len(rows[0]))

    @override
    def delete(self, delete: Delete, rows: Sequence[Row]) -> None:
        """Add a DELETE of all rows, or several of many."""
        self._in_parts(delete, rows, _MOST // 20)

    def _in_parts(self, statement: Insert | Delete, rows: Sequence[Row], most: int) -> None:
        for start in range(0, len(rows), most):
            part = rows[start : start + most]
            self.send(statement.text(len(part)), [value for row in part for value in row])

    @override
    def settle(self) -> None:
        """Send everything and read the answers."""
        if not self._texts:
            return
        text, parameters, replies = "; ".join(self._texts), self._parameters, self._replies
        self._forget()
        _log(text)
        cursor = self._cursor
        cursor.execute(text, tuple(parameters))
        for index, reply in enumerate(replies):
            if index:
                cursor.nextset()
            reply.count += cursor.rowcount
            reply.rows = cursor.fetchall() if cursor.description else ()

    @override
    def rollback(self) -> None:
        """Forget what was not sent, and undo."""
        self._forget()
        super().rollback()

    @override
    def leave(self) -> None:
        """End the transaction the driver began for a read."""
        if not self.joined and not self.driver.get_autocommit():
            self.driver.rollback()

    def _add(self, text: str, parameters: Sequence[Any], reply: Reply) -> None:
        if self._length + len(text) > _LONGEST or len(self._parameters) + len(parameters) > _MOST:
            self.settle()
        self._texts.append(text)
        self._parameters += parameters
        self._replies.append(reply)
        self._length += len(text)
        if not self._several:
            self.settle()

    def _forget(self) -> None:
        self._texts, self._parameters, self._replies, self._length = [], [], [], 0

    @override
    def _beginning(self) -> tuple[str, ...]:
        return ("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", self.dialect.begin)


LINKS: dict[str, type[Link]] = {"sqlite": SqliteLink, "postgresql": PsycopgLink, "mariadb": PymysqlLink}
