"""The store in SQL databases: SQLite, PostgreSQL and MariaDB, through SQLAlchemy Core. See `SqlStore`."""

from tradecore.storage.sql.parts import metadata
from tradecore.storage.sql.stores import AsyncSqlStore, SqlStore
from tradecore.storage.sql.tables import SCHEMA_VERSION

__all__ = ["SCHEMA_VERSION", "AsyncSqlStore", "SqlStore", "metadata"]
