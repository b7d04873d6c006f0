"""
From attrs classes to tables, in one place: a field of a document is written down once, in its class.

A record is a row of the table of its kind. Each field that is a tuple of parts is a table of its own, whose rows are
found by the record's id and their position; parts of parts have the positions of both.
"""

import types
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import attrs
import sqlalchemy as sa

from tradecore.documents import KINDS
from tradecore.errors import Unsupported
from tradecore.storage.sql.columns import Choice, Exact, Moment, Share, text
from tradecore.values.percent import Percent
from tradecore.values.record import Record
from tradecore.values.text import ID_LENGTH, TEXT_LENGTH, TextRule

#: Every table of the adapter. A host adds it to the `target_metadata` of its own Alembic environment.
metadata = sa.MetaData()

#: What all tables are made with.
OPTIONS: dict[str, Any] = {
    f"{name}_{option}": value
    for name in ("mysql", "mariadb")
    for option, value in (("engine", "InnoDB"), ("charset", "utf8mb4"), ("collate", "utf8mb4_nopad_bin"))
} | {"sqlite_with_rowid": False}

_PLAIN: dict[type[Any], Any] = {
    str: lambda: text(TEXT_LENGTH),
    int: sa.BigInteger,
    bool: sa.Boolean,
    date: sa.Date,
    datetime: Moment,
    Decimal: Exact,
    Percent: Share,
}


@attrs.frozen(eq=False)
class Part:
    """
    One attrs class and its table.

    Attributes:
        cls: The class of a record, or of the parts in a tuple of it.

        table: Where it stands.

        names: The fields kept in columns of the same names.

        owner: The column that holds the record's id.

        path: The columns of the positions, from the outermost; empty for a record.

        children: Field -> part, for the fields that are tuples of parts.
    """

    cls: type[Any]
    table: sa.Table
    names: tuple[str, ...]
    owner: str
    path: tuple[str, ...]
    children: "dict[str, Part]"

    @property
    def columns(self) -> list[sa.Column[Any]]:
        """The columns of the fields."""
        return [self.table.c[name] for name in self.names]

    @property
    def path_columns(self) -> list[sa.Column[Any]]:
        """The columns of the positions."""
        return [self.table.c[name] for name in self.path]

    @property
    def key(self) -> list[sa.Column[Any]]:
        """The columns of the primary key."""
        return [self.table.c[name] for name in ("tenant", self.owner, *self.path)]

    def walk(self) -> "Iterator[Part]":
        """This part, then all below it."""
        yield self
        for child in self.children.values():
            yield from child.walk()


def column_type(hint: Any) -> tuple[Any, bool] | None:
    """The column type of a scalar annotation, and whether it may be missing; None for a tuple of parts."""
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (each for each in get_args(hint) if each is not type(None))
        optional = True
    if get_origin(hint) is Annotated:
        rule = next(each for each in hint.__metadata__ if isinstance(each, TextRule))
        return text(rule.limit), optional
    if get_origin(hint) is tuple:
        return None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Choice(hint), optional
    return _PLAIN[hint](), optional


def _part(cls: type[Any], name: str, owner: str, path: tuple[str, ...]) -> Part:
    hints = get_type_hints(cls, include_extras=True)
    columns, children = [], {}
    for field in attrs.fields(cls):
        hint = hints[field.name]
        found = column_type(hint)
        if found:
            columns.append(sa.Column(field.name, found[0], nullable=found[1], primary_key=field.name == owner == "id"))
        else:
            child = field.name.removesuffix("ies") + "y" if field.name.endswith("ies") else field.name.removesuffix("s")
            below = (
                *(each.replace("position", f"{name.rsplit('_', maxsplit=1)[-1]}_position") for each in path),
                "position",
            )
            above = f"{name}_id" if owner == "id" else owner
            children[field.name] = _part(get_args(hint)[0], f"{name}_{child}", above, below)
    return Part(cls, _table(cls, name, owner, path, columns), tuple(c.name for c in columns), owner, path, children)


def _table(cls: type[Any], name: str, owner: str, path: tuple[str, ...], columns: list[sa.Column[Any]]) -> sa.Table:
    keys: list[sa.Column[Any]] = [sa.Column("tenant", text(ID_LENGTH), primary_key=True)]
    if owner != "id":
        keys.append(sa.Column(owner, text(150), primary_key=True))
        keys += [sa.Column(each, sa.Integer, primary_key=True, autoincrement=False) for each in path]
        return sa.Table(name, metadata, *keys, *columns, **OPTIONS)
    table = sa.Table(name, metadata, *keys, *columns, **OPTIONS)
    record: type[Record] = cls
    for fields in record.INDEXES:
        found = [table.c[each] for each in ("tenant", *fields, "id")]
        sa.Index(f"ix_{name}_{'_'.join(fields)}", *found)
    if "number" in table.c:
        # MariaDB has no partial indexes, but knows as everybody does that nothing is not equal to nothing.
        once = sa.Column("number_once", text(40), sa.Computed("nullif(number, '')", persisted=True))
        table.append_column(once)
        sa.Index(f"uq_{name}_number", table.c.tenant, once, unique=True)
    return table


#: Kind -> its table and those below it.
PARTS: dict[str, Part] = {kind: _part(cls, kind, "id", ()) for kind, cls in KINDS.items()}


def part_of(kind: str) -> Part:
    """
    The table of a kind, with those below it.

    Raises:
        Unsupported: There is none.
    """
    if kind not in PARTS:
        raise Unsupported(f"There is no table for {kind}.")
    return PARTS[kind]
