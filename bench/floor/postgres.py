"""The floor on psycopg: read committed, row locks, statements prepared by the driver, no pipeline."""

from typing import Any

import psycopg

from bench.floor.sql import NEW_STOCK, SqlClient, check_facts, tables, written
from bench.work import ITEMS


class PostgresFloor:
    """A database of a PostgreSQL server."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgresql+psycopg://", "postgresql://")

    def connect(self) -> psycopg.Connection[Any]:
        """Open a connection that commits when it is told to."""
        return psycopg.connect(self.url, autocommit=True, prepare_threshold=3)

    def prepare(self) -> None:
        """Create the tables; fill the stock."""
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in tables("id bigserial primary key"):
                cursor.execute(statement.encode())
            cursor.executemany(written(NEW_STOCK, "%s").encode(), [(item,) for item in range(ITEMS)])
            cursor.execute("vacuum analyze")

    def client(self, number: int) -> SqlClient:
        """Connect."""
        connection = self.connect()
        cursor: Any = connection.cursor()
        return SqlClient(cursor, connection.close, number)

    def check(self, lives: int) -> None:
        """Ask for the facts."""
        with self.connect() as connection:
            check_facts(lambda query: _only(connection.execute(query.encode())), lives)

    def finish(self) -> None:
        """Nothing is open."""


def _only(cursor: psycopg.Cursor[Any]) -> Any:
    row = cursor.fetchone()
    return row[0] if row else None
