"""
Statements over many rows.

SQLite runs the text of one row many times. pymysql is given one text with all rows in it. PostgreSQL is given all rows
as one JSON array, so that any number of them takes the same text, and several such texts go in one statement.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import attrs
import sqlalchemy as sa

from tradecore.storage.sql.dialects import Dialect


@attrs.frozen(eq=False)
class Bulk:
    """
    A statement for one row or for many.

    Attributes:
        row: The part that is repeated for each row, with `joint` between; no joint if it cannot be.

        json: The statement for all rows in one parameter; empty where there is no such.
    """

    head: str
    row: str
    joint: str = ""
    tail: str = ""
    json: str = ""

    def text(self, rows: int = 1) -> str:
        """The statement for this many rows, whose parameters follow each other."""
        return self.head + self.joint.join([self.row] * rows) + self.tail

    @classmethod
    def insert(cls, text: str, json: str = "") -> "Bulk":
        """Take the text of an INSERT for one row apart."""
        start = text.index(" VALUES (") + len(" VALUES ")
        depth, end = 0, start
        while True:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
            if depth == 0:
                return cls(text[:start], text[start:end], ", ", text[end:], json)


def bound(table: sa.Table, names: Sequence[str]) -> dict[str, Any]:
    """A parameter for each of the columns."""
    return {name: sa.bindparam(f"p_{name}", type_=table.c[name].type) for name in names}


@lru_cache(maxsize=256)
def inserting(table: sa.Table, names: tuple[str, ...], dialect: Dialect) -> Bulk:
    """Insert these columns; `seq` is counted by the database where it can."""
    values = bound(table, names)
    if "seq" in table.c and dialect.locks:
        values["seq"] = dialect.next_seq()
    json = ""
    if dialect.json_rows_in:
        cells = [*(_cell(table.c[name], index, dialect) for index, name in enumerate(names))]
        into = [*names]
        if "seq" in values:
            into.append("seq")
            cells.append("nextval('trade_seq')")
        json = f"INSERT INTO {table.name} ({_quoted(into, dialect)}) SELECT {', '.join(cells)} FROM {_ROWS}"  # noqa: S608
    # Inline, or SQLAlchemy would have the counted numbers returned, which nobody asks for.
    return Bulk.insert(dialect.text(table.insert().inline().values(values))[0], json)


@lru_cache(maxsize=1024)
def updating(table: sa.Table, names: tuple[str, ...], keys: tuple[str, ...], dialect: Dialect) -> Bulk:
    """Set columns of the rows of these keys; the values come before the key."""
    values = bound(table, names)
    where = [table.c[name] == sa.bindparam(f"k_{name}", type_=table.c[name].type) for name in keys]
    json = ""
    if dialect.json_rows_in:
        cells = ", ".join(
            f"{_quoted([name], dialect)} = {_cell(table.c[name], n, dialect)}" for n, name in enumerate(names)
        )
        json = f"UPDATE {table.name} AS t SET {cells} FROM {_ROWS} WHERE {_same(table, keys, len(names), dialect)}"  # noqa: S608
    return Bulk("", dialect.text(table.update().values(values).where(*where))[0], json=json)


@lru_cache(maxsize=256)
def deleting(table: sa.Table, keys: tuple[str, ...], dialect: Dialect) -> Bulk:
    """Delete the rows of these keys."""
    where = [table.c[name] == sa.bindparam(f"k_{name}", type_=table.c[name].type) for name in keys]
    head, word, row = dialect.text(table.delete().where(*where))[0].partition(" WHERE ")
    json = f"DELETE FROM {table.name} AS t USING {_ROWS} WHERE {_same(table, keys, 0, dialect)}"  # noqa: S608
    return Bulk(head + word, f"({row})", " OR ", json=json if dialect.json_rows_in else "")


@lru_cache(maxsize=1024)
def upserting(table: sa.Table, names: tuple[str, ...], changed: tuple[str, ...], dialect: Dialect) -> Bulk:
    """Insert whole rows, or where the key is there already set some of their columns."""
    statement = dialect.upsert(table, bound(table, names), lambda new: {name: new[name] for name in changed})
    return Bulk.insert(dialect.text(statement)[0])


_ROWS = "jsonb_array_elements(%s::jsonb) AS e(v)"


def _cell(column: sa.Column[Any], index: int, dialect: Dialect) -> str:
    """A column of a row that is a JSON array; text is fitted to the column by the database."""
    name = dialect.compiler.type_compiler_instance.process(column.type.dialect_impl(dialect.compiler))
    return f"(v ->> {index})" if "CHAR" in name or "TEXT" in name else f"(v ->> {index})::{name}"


def _same(table: sa.Table, keys: Sequence[str], first: int, dialect: Dialect) -> str:
    named = [(table.c[name], _quoted([name], dialect), first + index) for index, name in enumerate(keys)]
    return " AND ".join(f"t.{quoted} = {_cell(column, index, dialect)}" for column, quoted, index in named)


def _quoted(names: Sequence[str], dialect: Dialect) -> str:
    return ", ".join(map(dialect.compiler.identifier_preparer.quote, names))


@lru_cache(maxsize=256)
def together(texts: tuple[str, ...]) -> str:
    """Several statements over rows in JSON as one; each sees what was there before all of them."""
    if len(texts) == 1:
        return texts[0]
    return f"WITH {', '.join(f'w{index} AS ({text})' for index, text in enumerate(texts))} SELECT 1"
