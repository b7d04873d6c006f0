"""A link over the module sqlite3, and over aiosqlite: statements run at once."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.links import Link, Reply, Row, Wait, at_once, log


class SqliteLink(Link):
    """The module sqlite3, and aiosqlite over it."""

    fragile = False

    def __init__(self, driver: Any, dialect: Dialect, wait: Wait = at_once) -> None:
        super().__init__(driver, dialect, wait)
        self._cursor = wait(driver.cursor())

    @override
    def query(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement."""
        log(text)
        self._wait(self._cursor.execute(text, parameters))
        rows: list[Row] = self._wait(self._cursor.fetchall())
        return rows

    @override
    def send(self, text: str, parameters: Sequence[Any] = (), *, rows: bool = False) -> Reply:
        """Run a statement that writes."""
        if rows:
            return Reply(rows=self.query(text, parameters))
        log(text)
        self._wait(self._cursor.execute(text, parameters))
        return Reply(self._cursor.rowcount)

    @override
    def send_many(self, text: str, rows: Sequence[Row]) -> Reply:
        """Run a statement for each row of parameters."""
        log(text)
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
