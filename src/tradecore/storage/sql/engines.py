"""Engines of our own: the settings each database is best used with."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool, StaticPool

from tradecore.errors import Code, Invalid, Unsupported, violation
from tradecore.storage.sql.dialects import dialect_of
from tradecore.storage.sql.link_pymysql import MULTI_STATEMENTS

#: How long a lock is waited for.
_LOCK_SECONDS = 30
_CONNECTIONS = 20

#: The flag of a MariaDB connection that counts the rows an UPDATE finds, not those it changes; SQLAlchemy sets it, too.
_FOUND_ROWS = 1 << 1

_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
_FIRST = {
    "postgresql": (
        f"SELECT set_config('TimeZone', 'UTC', false), set_config('lock_timeout', '{_LOCK_SECONDS}s', false)",
    ),
    "mariadb": (
        f"SET SESSION innodb_lock_wait_timeout = {_LOCK_SECONDS}",
        "SET SESSION group_concat_max_len = 1073741824",
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_TRANS_TABLES')",
    ),
}
_DURABILITY = ("NORMAL", "FULL", "EXTRA", "OFF")


def make_engine(url: str | sa.URL, synchronous: str) -> tuple[sa.Engine, int]:
    """An engine for `OwnPool`, which keeps the connections, and how many there may be."""
    parsed, synchronous = _parsed(url, synchronous)
    options: dict[str, Any] = {"poolclass": NullPool}
    arguments: dict[str, Any] = {}
    size = _CONNECTIONS
    if parsed.get_backend_name() == "sqlite":
        arguments = {"timeout": _LOCK_SECONDS, "check_same_thread": False, "cached_statements": 512}
        if _in_memory(parsed):
            options, size = {"poolclass": StaticPool}, 1
    elif parsed.get_driver_name() == "pymysql":
        arguments = {"client_flag": _FOUND_ROWS | MULTI_STATEMENTS}
    engine = sa.create_engine(
        parsed, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True, connect_args=arguments, **options
    )
    _prepare(engine, synchronous)
    return engine, size


def make_async_engine(url: str | sa.URL, synchronous: str) -> Any:
    """An engine that waits."""
    from sqlalchemy.ext.asyncio import create_async_engine

    parsed, synchronous = _parsed(url, synchronous)
    arguments: dict[str, Any] = {}
    options: dict[str, Any] = {"pool_size": _CONNECTIONS, "max_overflow": 0}
    if parsed.get_backend_name() == "sqlite":
        parsed = parsed.set(drivername="sqlite+aiosqlite")
        arguments = {"timeout": _LOCK_SECONDS, "cached_statements": 512}
        if _in_memory(parsed):
            options = {"pool_size": 1, "max_overflow": 0}
    elif parsed.get_backend_name() != "postgresql":
        raise Unsupported(
            "There is no store that waits for this database; AsyncTrade runs the blocking one in threads."
        )
    engine = create_async_engine(
        parsed, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True, connect_args=arguments, **options
    )
    _prepare(engine.sync_engine, synchronous)
    return engine


def _parsed(url: str | sa.URL, synchronous: str) -> tuple[sa.URL, str]:
    try:
        parsed = sa.make_url(url)
        parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
        parsed.get_dialect()
    except (ArgumentError, ValueError) as error:  # a driver nobody knows is an ArgumentError, too
        raise Invalid(
            (violation(Code.UNKNOWN_VALUE, "url", value=str(url)[:40], known="URLs of SQLAlchemy"),)
        ) from error
    found = parsed.query.get("synchronous", "NORMAL")
    synchronous = (synchronous or str(found)).upper()
    if synchronous not in _DURABILITY:
        raise Unsupported(f"synchronous is one of {', '.join(_DURABILITY)}.")
    return parsed.difference_update_query(["synchronous"]), synchronous


def _in_memory(url: sa.URL) -> bool:
    return url.database in (None, "", ":memory:") or "memory" in str(url.query.get("mode", ""))


def _prepare(engine: sa.Engine, synchronous: str) -> None:
    name = dialect_of(engine.dialect).name
    # Pages that are written again and again are copied into the database file less often than SQLite would.
    pragmas = (f"PRAGMA synchronous = {synchronous}", "PRAGMA wal_autocheckpoint = 4000")
    first = _FIRST.get(name, pragmas)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        if name == "postgresql":
            getattr(connection, "driver_connection", connection).prepared_max = 500
        cursor = connection.cursor()
        for text in first:
            cursor.execute(text)
        cursor.close()
