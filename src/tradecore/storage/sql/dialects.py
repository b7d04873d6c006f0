"""The three families of databases: how each writes JSON, takes a lock, begins a transaction. Statements become text here."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.dialects.mysql import mariadb
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.engine import Dialect as Compiler

from tradecore.errors import Unsupported
from tradecore.storage.sql.tables import sequence
from tradecore.storage.sql.types import Exact, Moment


@attrs.frozen
class Statement:
    """
    A text, and where its parameters come from.

    Attributes:
        places: For each parameter, which of the given values it is; None if they are given in its order.
    """

    text: str
    places: tuple[int, ...] | None = None

    def arranged(self, values: Sequence[Any]) -> Sequence[Any]:
        """The values in the order of the parameters."""
        return values if self.places is None else [values[place] for place in self.places]


@attrs.frozen(eq=False)
class Dialect:
    """
    What differs between the families.

    Attributes:
        compiler: SQLAlchemy's dialect that writes the text, with positional parameters.

        begin: What begins a transaction that writes.

        array, group: The functions that make a JSON array of columns, and of rows.

        locks: Whether rows are locked one by one; otherwise there is one writer at a time.

        compares_rows: Whether `(a, b) > (x, y)` is found by an index.

        upserts_rows: Whether many changed rows are cheapest written by one INSERT that updates.

        number, moment: How a number and a moment become parameters.

        prefix: What a statement with long JSON begins with.
    """

    name: str
    compiler: Compiler
    begin: str
    array: str
    group: str
    insert: Callable[[sa.Table], Any]
    number: Callable[[Any], Any]
    moment: Callable[[Any], Any]
    locks: bool = True
    compares_rows: bool = True
    upserts_rows: bool = False
    prefix: str = ""

    def text(self, statement: Any) -> tuple[str, tuple[str, ...]]:
        """A statement as text, and the names of its parameters in their order."""
        compiled = statement.compile(dialect=self.compiler)
        return str(compiled), tuple(compiled.positiontup or ())

    def statement(self, statement: Any, given: Sequence[str]) -> Statement:
        """A statement whose parameters are given in another order than they may stand in its text."""
        text, names = self.text(statement)
        place = {name: index for index, name in enumerate(given)}
        return Statement(text, None if names == tuple(given) else tuple(place[name] for name in names))

    def json(self, columns: Iterable[Any]) -> Any:
        """An expression that makes a JSON array of columns."""
        return self._as_text(getattr(sa.func, self.array)(*columns))

    def json_rows(self, columns: Iterable[Any]) -> Any:
        """An expression that makes a JSON array of the rows, each an array of columns."""
        return self._as_text(getattr(sa.func, self.group)(getattr(sa.func, self.array)(*columns)))

    def _as_text(self, value: Any) -> Any:
        # psycopg would parse JSON itself, and floats are not exact.
        return sa.cast(value, sa.Text) if self.name == "postgresql" else value

    def nothing(self, kind: Any = sa.Text) -> Any:
        """NULL, where other parts of a union have something of a type."""
        return sa.cast(sa.null(), kind) if self.name == "postgresql" else sa.null()

    def locking(self, select: Any) -> Any:
        """The same rows, locked until the transaction ends."""
        return select.with_for_update() if self.locks else select

    @staticmethod
    def limited(select: Any) -> Any:
        """The first rows; how many is the parameter `limit`."""
        # SQLAlchemy would write a parameter for an offset of zero in some dialects only.
        return select.limit(sa.bindparam("limit", type_=sa.Integer)).offset(sa.literal_column("0"))

    def next_seq(self) -> Any:
        """The next place in the order of commits; SQLite is given it as a parameter."""
        return sequence.next_value() if self.locks else sa.bindparam("seq")

    def upsert(self, table: sa.Table, values: dict[str, Any], update: Callable[[Any], dict[str, Any]]) -> Any:
        """An INSERT that updates the row of the same primary key; `update` is given the row that was meant to come."""
        insert = self.insert(table).values(values)
        if self.name == "mariadb":
            return insert.on_duplicate_key_update(**update(insert.inserted))
        return insert.on_conflict_do_update(
            index_elements=list(table.primary_key.columns), set_=update(insert.excluded)
        )


def _as_it_is(value: Any) -> Any:
    return value


_ENCODERS = {
    name: (Exact().encoder(name) or _as_it_is, Moment().encoder(name) or _as_it_is)
    for name in ("sqlite", "postgresql", "mariadb")
}
SQLITE = Dialect(
    "sqlite",
    pysqlite.dialect(),
    "BEGIN IMMEDIATE",
    "json_array",
    "json_group_array",
    sqlite.insert,
    *_ENCODERS["sqlite"],
    locks=False,
)
POSTGRESQL = Dialect(
    "postgresql",
    psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]
    "BEGIN ISOLATION LEVEL READ COMMITTED",
    "json_build_array",
    "json_agg",
    postgresql.insert,
    *_ENCODERS["postgresql"],
)
MARIADB = Dialect(
    "mariadb",
    mariadb.loader("pymysql")(paramstyle="format"),
    "START TRANSACTION",
    "json_array",
    "json_arrayagg",
    mysql.insert,
    *_ENCODERS["mariadb"],
    compares_rows=False,
    upserts_rows=True,
    # An order of thousands of lines is longer than what it allows by itself.
    prefix="SET STATEMENT group_concat_max_len = 1073741824 FOR ",
)
_DRIVERS = {
    "pysqlite": SQLITE,
    "aiosqlite": SQLITE,
    "psycopg": POSTGRESQL,
    "psycopg_async": POSTGRESQL,
    "pymysql": MARIADB,
}


def dialect_of(compiler: Compiler) -> Dialect:
    """
    The family an engine belongs to.

    Raises:
        Unsupported: No adapter was written for its driver.
    """
    found = _DRIVERS.get(compiler.driver)
    if found is None:
        known = "sqlite, sqlite+aiosqlite, postgresql+psycopg, mysql+pymysql"
        raise Unsupported(f"The driver {compiler.name}+{compiler.driver} is not offered; use one of: {known}.")
    return found


@attrs.frozen
class Insert:
    """An INSERT for one row or for many, as text."""

    head: str
    row: str
    tail: str

    @classmethod
    def of(cls, text: str) -> "Insert":
        """Take the text of an INSERT for one row apart."""
        start = text.index(" VALUES (") + len(" VALUES ")
        depth, end = 0, start
        while True:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
            if depth == 0:
                return cls(text[:start], text[start:end], text[end:])

    def text(self, rows: int = 1) -> str:
        """The statement for this many rows."""
        return self.head + ", ".join([self.row] * rows) + self.tail


@attrs.frozen
class Delete:
    """A DELETE of one row or of many, as text."""

    head: str
    row: str

    @classmethod
    def of(cls, text: str) -> "Delete":
        """Take the text of a DELETE of one row apart."""
        head, word, row = text.partition(" WHERE ")
        return cls(head + word, row)

    def text(self, rows: int = 1) -> str:
        """The statement for this many rows."""
        return self.head + " OR ".join([f"({self.row})"] * rows)
