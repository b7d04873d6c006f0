"""
From records to rows, and which of them must be written.

Below a record that was there before, only rows that were added, changed or removed are written. A row is found by the
record's id and its positions, so what moves to another position is changed, and what is left at the end is removed.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

import attrs

from tradecore.storage.sql.columns import call, encoder
from tradecore.storage.sql.comparing import Compare, comparison
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.links import Row
from tradecore.storage.sql.parts import Part, part_of


@attrs.frozen(eq=False)
class Writer:
    """
    How the rows of one part are written.

    Attributes:
        values: The fields of a value, in the order of the columns.

        encoders: For each column, how it becomes a cell; None as it is.

        row: The cells of all columns of a value.

        differing: The columns in which two values differ.

        children: How to get the parts below a value, and their writers.
    """

    part: Part
    dialect: Dialect
    values: Callable[[Any], Row]
    encoders: tuple[Callable[[Any], Any] | None, ...]
    row: Callable[[Any], Row]
    differing: Compare
    children: "tuple[tuple[Callable[[Any], tuple[Any, ...]], Writer], ...]"

    @classmethod
    def of(cls, part: Part, dialect: Dialect) -> "Writer":
        """The writer of a part and of all below it."""
        encoders = tuple(encoder(column, dialect.cells) for column in part.columns)
        children = tuple((attrgetter(name), cls.of(child, dialect)) for name, child in part.children.items())
        differing = comparison(part.names, range(len(part.names)))
        return cls(part, dialect, _getter(part.names), encoders, _rower(part, encoders), differing, children)

    def chosen(self, value: Any, columns: Sequence[int]) -> list[Any]:
        """The cells of some columns."""
        values, encoders, found = self.values(value), self.encoders, []
        for index in columns:
            value, encode = values[index], encoders[index]
            found.append(value if value is None or encode is None else encode(value))
        return found


def _getter(names: Sequence[str]) -> Callable[[Any], Row]:
    """The fields of a value, as a tuple even if there is only one."""
    if len(names) > 1:
        return attrgetter(*names)
    get = attrgetter(*names)
    return lambda value: (get(value),)


def _rower(part: Part, encoders: Sequence[Callable[[Any], Any] | None]) -> Callable[[Any], Row]:
    """The tuple of all columns, written out once for each class."""
    columns = [
        call(f"encode{index}", f"value.{column.name}", nullable=bool(column.nullable))
        if encode
        else f"value.{column.name}"
        for index, (column, encode) in enumerate(zip(part.columns, encoders, strict=True))
    ]
    space: dict[str, Any] = {f"encode{index}": encode for index, encode in enumerate(encoders)}
    exec(f"def row(value):\n    return ({', '.join(columns)},)\n", space)  # noqa: S102  # names of our own classes
    row: Callable[[Any], Row] = space["row"]
    return row


@cache
def writer(kind: str, dialect: Dialect) -> Writer:
    """
    The writer of a kind of record.

    Raises:
        Unsupported: There is no table for it.
    """
    return Writer.of(part_of(kind), dialect)


@attrs.frozen(eq=False)
class Rows:
    """
    What is to be written to one table below records.

    Attributes:
        added, changed: The key of a row (record's id and positions), and the value that stands there now.

        columns: The columns in which any of the changed rows differs.

        removed: Keys of rows that are no more.
    """

    added: list[tuple[Row, Any]] = attrs.field(factory=list)
    changed: list[tuple[Row, Any]] = attrs.field(factory=list)
    columns: set[int] = attrs.field(factory=set)
    removed: list[Row] = attrs.field(factory=list)


class Below(dict[Writer, Rows]):
    """All that is to be written below the records of a commit, by table."""

    def __missing__(self, writer: Writer) -> Rows:
        rows = self[writer] = Rows()
        return rows

    def compare(self, writer: Writer, key: Row, old: Any, new: Any) -> None:
        """Note what must be written below a value that stands at `key`; `old` is what stood there before, if anything."""
        for get, child in writer.children:
            parts = get(new)
            had = get(old) if old is not None else ()
            if parts is not had:
                self._compare(child, key, had, parts)

    def _compare(self, writer: Writer, above: Row, had: tuple[Any, ...], parts: tuple[Any, ...]) -> None:
        for index, new in enumerate(parts):
            old = had[index] if index < len(had) else None
            if old is new:
                continue
            key = (*above, index)
            if old is None:
                self[writer].added.append((key, new))
            elif columns := writer.differing(old, new):
                self[writer].changed.append((key, new))
                self[writer].columns.update(columns)
            if writer.children:
                self.compare(writer, key, old, new)
        for index in range(len(parts), len(had)):
            self._remove(writer, (*above, index), had[index])

    def _remove(self, writer: Writer, key: Row, old: Any) -> None:
        self[writer].removed.append(key)
        for get, child in writer.children:
            for index, part in enumerate(get(old)):
                self._remove(child, (*key, index), part)
