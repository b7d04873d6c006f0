"""The floor on pymysql: InnoDB, read committed, row locks."""

from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pymysql

from bench.floor.sql import NEW_STOCK, SqlClient, check_facts, tables, written
from bench.work import ITEMS


class MariadbFloor:
    """A database of a MariaDB server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def connect(self) -> "pymysql.Connection[Any]":
        """Open a connection that commits when it is told to."""
        parts = urlsplit(self.url)
        connection: pymysql.Connection[Any] = pymysql.connect(
            host=parts.hostname,
            port=parts.port or 3306,
            user=parts.username,
            password=parts.password or "",
            database=parts.path.lstrip("/"),
            charset="utf8mb4",
            autocommit=True,
        )
        with connection.cursor() as cursor:
            cursor.execute("set session transaction isolation level read committed")
        return connection

    def prepare(self) -> None:
        """Create the tables; fill the stock."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            for statement in tables("id bigint auto_increment primary key", " engine=innodb"):
                cursor.execute(statement)
            cursor.executemany(written(NEW_STOCK, "%s"), [(item,) for item in range(ITEMS)])

    def client(self, number: int) -> SqlClient:
        """Connect."""
        connection = self.connect()
        cursor: Any = connection.cursor()
        return SqlClient(cursor, connection.close, number)

    def check(self, lives: int) -> None:
        """Ask for the facts."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:

            def ask(query: str) -> Any:
                cursor.execute(query)
                return cursor.fetchone()[0]

            check_facts(ask, lives)

    def finish(self) -> None:
        """Nothing is open."""
