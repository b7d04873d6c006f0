"""Making the tables, and knowing whether they are there."""

from collections.abc import Sequence

import sqlalchemy as sa

from tradecore.errors import NotReady, Unsupported
from tradecore.storage.sql.dialects import dialect_of
from tradecore.storage.sql.failures import Failure, failure_of
from tradecore.storage.sql.links import Link, Row
from tradecore.storage.sql.parts import metadata
from tradecore.storage.sql.tables import SCHEMA_VERSION, schema

_VERSION = f"SELECT version FROM {schema.name}"  # noqa: S608  # our own name
#: Two processes may start at once; only one of them makes the tables.
_ALONE = {
    "sqlite": ("BEGIN IMMEDIATE", "COMMIT"),
    "postgresql": ("SELECT pg_advisory_lock(7238201)", "SELECT pg_advisory_unlock(7238201)"),
    "mariadb": ("SELECT GET_LOCK('tradecore', 60)", "SELECT RELEASE_LOCK('tradecore')"),
}


def create(connection: sa.Connection) -> None:
    """
    Create the tables that are missing, on a connection that commits every statement.

    Raises:
        NotReady: There are tables of another version.
    """
    dialect = dialect_of(connection.dialect)
    if dialect.name == "mariadb" and not connection.dialect.is_mariadb:  # type: ignore[attr-defined]  # known by then
        raise Unsupported("The server is MySQL; of this family only MariaDB is offered.")
    if dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    alone, done = _ALONE[dialect.name]
    connection.exec_driver_sql(alone)
    try:
        metadata.create_all(connection)
        known = [row[0] for row in connection.exec_driver_sql(_VERSION)]
        if not known:
            connection.execute(schema.insert().values(version=SCHEMA_VERSION))
    finally:
        connection.exec_driver_sql(done)
    _compare(known or [SCHEMA_VERSION])


def check(link: Link) -> None:
    """
    See whether the tables are there.

    Raises:
        NotReady: They are not, or they are of another version.
    """
    try:
        known = [row[0] for row in (_carefully(link) if link.joined else link.query(_VERSION))]
    except Exception as error:
        if failure_of(error) is Failure.NO_TABLE:
            raise NotReady("The database has no tables of tradecore; call init().") from error
        raise
    _compare(known)


def _carefully(link: Link) -> Sequence[Row]:
    """Ask inside a savepoint: PostgreSQL would end the host's transaction for a missing table."""
    try:
        link.begin()
        reply = link.send(_VERSION, rows=True)
        link.commit()
    except Exception:
        link.rollback()
        raise
    return reply.rows


def _compare(known: list[int]) -> None:
    if known != [SCHEMA_VERSION]:
        found = ", ".join(map(str, known)) or "none"
        raise NotReady(f"The tables are of version {found}, this release needs {SCHEMA_VERSION}.")
