"""A link over pymysql: everything that is sent goes in one text, if the connection allows it."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from tradecore.storage.sql.bulk import Bulk
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.links import Link, Reply, Row, Wait, at_once, log

#: The flag of a connection that allows several statements in one text.
MULTI_STATEMENTS = 1 << 16
#: More characters or parameters than this are not sent in one text.
_LONGEST, _MOST = 1_000_000, 20_000


class PymysqlLink(Link):
    """pymysql. If the connection allows several statements in one text, all that is sent goes in one."""

    def __init__(self, driver: Any, dialect: Dialect, wait: Wait = at_once) -> None:
        super().__init__(driver, dialect, wait)
        self._cursor = driver.cursor()
        self._several = bool(driver.client_flag & MULTI_STATEMENTS)
        self._texts: list[str] = []
        self._parameters: list[Any] = []
        self._replies: list[Reply] = []
        self._length = 0

    @override
    def query(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement."""
        log(text)
        self._cursor.execute(text % tuple(map(self._literal, parameters)))
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
        if not bulk.joint:
            self.send_many(bulk.text(), rows)
            return
        most = max(1, _MOST // len(rows[0]) // 4)
        for start in range(0, len(rows), most):
            part = rows[start : start + most]
            self.send(bulk.text(len(part)), [value for row in part for value in row])

    @override
    def settle(self) -> None:
        """Send everything and read the answers."""
        if not self._texts:
            return
        text, parameters, replies = "; ".join(self._texts), self._parameters, self._replies
        self._forget()
        log(text)
        cursor = self._cursor
        cursor.execute(text % tuple(map(self._literal, parameters)))
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

    def _forget(self) -> None:
        self._texts, self._parameters, self._replies, self._length = [], [], [], 0

    @override
    def _beginning(self) -> tuple[str, ...]:
        if self.own:
            return (self.dialect.begin,)
        # A read may have begun a transaction, in which the isolation could not be chosen any more.
        return ("ROLLBACK", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED", self.dialect.begin)
