"""The floor on sqlite3."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any, ClassVar

from typing_extensions import override

from bench.floor.sql import NEW_STOCK, SqlClient, check_facts, tables
from bench.work import ITEMS


class SqliteClient(SqlClient):
    """A connection to a file."""

    placeholder: ClassVar = "?"
    lock: ClassVar = ""
    begin: ClassVar = "begin immediate"

    @override
    def insert(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows by one prepared statement."""
        self.cursor.executemany(statement, rows)  # type: ignore[attr-defined]  # it is a sqlite3 cursor


class SqliteFloor:
    """A file in WAL mode."""

    def __init__(self, url: str) -> None:
        self.path = url.removeprefix("sqlite:///")

    def connect(self) -> sqlite3.Connection:
        """Open the file."""
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        return connection

    def prepare(self) -> None:
        """Create the tables; fill the stock."""
        with closing(self.connect()) as connection:
            for statement in tables("id integer primary key"):
                connection.execute(statement)
            connection.execute("begin")
            connection.executemany(NEW_STOCK, [(item,) for item in range(ITEMS)])
            connection.execute("commit")

    def client(self, number: int) -> SqliteClient:
        """Connect."""
        connection = self.connect()
        return SqliteClient(connection.cursor(), connection.close, number)

    def check(self, lives: int) -> None:
        """Ask for the facts."""
        with closing(self.connect()) as connection:
            check_facts(lambda query: connection.execute(query).fetchone()[0], lives)

    def finish(self) -> None:
        """Nothing is open."""
