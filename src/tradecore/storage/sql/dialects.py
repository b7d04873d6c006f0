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
from tradecore.storage.sql.columns import Choice, Exact, Moment
from tradecore.storage.sql.tables import sequence


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

        cell_number, cell_moment: How they become cells of rows that are written by a `Bulk`.

        json_rows_in: Whether such rows go to the server as JSON.

        widest: The most characters of JSON that are grouped in memory; where more might come, MariaDB makes a file.
    """

    name: str
    compiler: Compiler
    begin: str
    array: str
    group: str
    insert: Callable[[sa.Table], Any]
    number: Callable[[Any], Any]
    moment: Callable[[Any], Any]
    cell_number: Callable[[Any], Any]
    cell_moment: Callable[[Any], Any]
    json_rows_in: bool = False
    widest: int = 0
    locks: bool = True
    compares_rows: bool = True
    upserts_rows: bool = False

    @property
    def cells(self) -> str:
        """How cells are encoded: the name that `columns.encoder` knows."""
        return "json" if self.json_rows_in else self.name

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

    def json_rows(self, columns: Sequence[Any]) -> Any:
        """An expression that makes a JSON array of the rows, each an array of columns; or of arrays, as `spans` says."""
        array, spans = getattr(sa.func, self.array), self.spans(columns)
        if len(spans) == 1:
            return self._as_text(getattr(sa.func, self.group)(array(*columns)))
        pieces: list[Any] = [sa.literal_column("'['")]
        for span in spans:
            pieces += [array(*columns[span]), sa.literal_column("','")]
        pieces[-1] = sa.literal_column("']'")
        return sa.func.concat(pieces[0], sa.func.group_concat(*pieces), pieces[-1])

    def spans(self, columns: Sequence[Any]) -> list[slice]:
        """The columns of a row in `json_rows` that stand in one array each; all in one where there is no `widest`."""
        spans, width = [slice(0, 0)], 0
        for index, column in enumerate(columns):
            width += _width(column)
            if self.widest and width > self.widest and index:
                spans.append(slice(index, index))
                width = _width(column)
            spans[-1] = slice(spans[-1].start, index + 1)
        return spans

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


def _width(column: Any) -> int:
    """How many characters MariaDB expects of a column in a JSON array at most, with what stands around it."""
    length = 40 if isinstance(column.type, Choice) else getattr(column.type, "length", None)
    return 4 + (2 * length if length else 26)


_ENCODERS = {
    name: (Exact().encoder(name) or _as_it_is, Moment().encoder(name) or _as_it_is)
    for name in ("sqlite", "postgresql", "mariadb", "json")
}
SQLITE = Dialect(
    "sqlite",
    pysqlite.dialect(),
    "BEGIN IMMEDIATE",
    "json_array",
    "json_group_array",
    sqlite.insert,
    *_ENCODERS["sqlite"],
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
    *_ENCODERS["json"],
    json_rows_in=True,
)
MARIADB = Dialect(
    "mariadb",
    mariadb.loader("pymysql")(paramstyle="format"),
    "START TRANSACTION",
    "json_array",
    "json_arrayagg",
    mysql.insert,
    *_ENCODERS["mariadb"],
    *_ENCODERS["mariadb"],
    widest=505,
    compares_rows=False,
    upserts_rows=True,
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
