"""
A link over pymysql: everything that is sent goes in one text, if the connection allows it.

pymysql takes its time to read each answer. So rows that are only written go in one compound statement, which has one
answer, together with the COMMIT that follows them; that works on every connection.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from typing_extensions import override

from tradecore.storage.sql.bulk import Bulk
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.links import RELEASE, Link, Reply, Row, Wait, at_once, log

#: The flag of a connection that allows several statements in one text.
MULTI_STATEMENTS = 1 << 16
#: More characters or parameters than this are not sent in one text.
_LONGEST, _MOST = 1_000_000, 5_000

#: A text as it is logged and as it is sent, and the reply; none if nobody asks.
_Pending = tuple[str, str, Reply | None]


class PymysqlLink(Link):
    """pymysql. What is sent waits until the link settles."""

    def __init__(self, driver: Any, dialect: Dialect, wait: Wait = at_once) -> None:
        super().__init__(driver, dialect, wait)
        self._cursor = driver.cursor()
        self._several = bool(driver.client_flag & MULTI_STATEMENTS)
        self._pending: list[_Pending] = []
        self._length = 0

    @override
    def query(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement."""
        log(text)
        self._cursor.execute(self._filled(text, parameters))
        return list(self._cursor.fetchall())

    @override
    def query_json(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement: an order of thousands of lines is longer than what is allowed by itself."""
        longer = "" if self.own else "SET STATEMENT group_concat_max_len = 1073741824 FOR "
        return self.query(longer + text, parameters)

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
    def write(self, bulk: Bulk, rows: Sequence[Row]) -> None:
        """Add a statement for all rows, or several for many."""
        most = max(1, _MOST // len(rows[0])) if bulk.joint else 1
        for start in range(0, len(rows), most):
            part = rows[start : start + most]
            self._add(bulk.text(len(part)), [value for row in part for value in row], None)

    def _add(self, text: str, parameters: Sequence[Any], reply: Reply | None) -> None:
        filled = self._filled(text, parameters)
        self._length += len(filled)
        if self._length > _LONGEST:
            self.settle()
            self._length = len(filled)
        self._pending.append((text, filled, reply))

    def _filled(self, text: str, parameters: Sequence[Any]) -> str:
        return text % tuple(map(self._literal, parameters))

    def _literal(self, value: Any) -> str:
        """A value in the text of a statement: by ourselves where that is simple, as pymysql takes its time."""
        kind = type(value)
        if kind is str and "'" not in value and "\\" not in value:
            return f"'{value}'"
        if kind is int:
            return str(value)
        if value is None:
            return "NULL"
        return str(self._cursor.mogrify("%s", (value,)))

    @override
    def settle(self) -> None:
        """Send everything and read the answers."""
        pending = self._forget()
        if not pending:
            return
        log("; ".join(each[0] for each in pending))
        texts, replies = zip(*_folded(pending), strict=True)
        if self._several:
            self._run("; ".join(texts), replies)
        else:
            for text, reply in zip(texts, replies, strict=True):
                self._run(text, (reply,))

    def _run(self, text: str, replies: Sequence[Reply]) -> None:
        cursor = self._cursor
        cursor.execute(text)
        for index, reply in enumerate(replies):
            if index:
                cursor.nextset()
            reply.count += cursor.rowcount
            reply.rows = cursor.fetchall() if cursor.description else ()

    @override
    def commit(self) -> None:
        """Commit, together with the rows that were written last."""
        self._add(RELEASE if self.joined else "COMMIT", (), Reply() if self.joined else None)
        self.settle()

    @override
    def rollback(self) -> None:
        """Forget what was not sent, and undo."""
        self._forget()
        super().rollback()

    def _forget(self) -> list[_Pending]:
        pending, self._pending, self._length = self._pending, [], 0
        return pending

    @override
    def leave(self) -> None:
        """End the transaction the driver began for a read."""
        if not self.joined and not self.driver.get_autocommit():
            self.driver.rollback()

    @override
    def _beginning(self) -> tuple[str, ...]:
        if self.own:
            return (self.dialect.begin,)
        # A read may have begun a transaction, in which the isolation could not be chosen any more.
        return ("ROLLBACK", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", self.dialect.begin)


def _folded(pending: Sequence[_Pending]) -> Iterator[tuple[str, Reply]]:
    """The texts to be sent: what nobody asks about is folded into compound statements."""
    for asked, group in groupby(pending, lambda each: each[2] is not None):
        if asked:
            yield from ((filled, reply) for _, filled, reply in group if reply is not None)
        else:
            texts = [filled for _, filled, _ in group]
            yield f"BEGIN NOT ATOMIC {'; '.join(texts)}; END" if len(texts) > 1 else texts[0], Reply()
