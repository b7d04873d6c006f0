"""
From rows to records.

A record comes as one row: its columns as a JSON array, and for each table below it a JSON array of rows, which begin with
their positions. What cannot be read is `Corrupt`, with the place.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import attrs

from tradecore.errors import Corrupt
from tradecore.storage.sql.columns import call, parsed, reader
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.parts import PARTS, Part
from tradecore.values.record import Record

#: JSON with exact numbers.
loads: Callable[[str], Any] = json.JSONDecoder(parse_float=parsed.__getitem__).decode


@attrs.frozen(eq=False)
class Reader:
    """
    How the rows of one part are read.

    Attributes:
        depth: How many positions a row begins with.

        converted: Index -> conversion, for the columns that are not taken as they are.

        make: The value a row stands for; after the row come the parts found below, field by field.
    """

    part: Part
    depth: int
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]
    make: Callable[..., Any]

    @classmethod
    def of(cls, part: Part, dialect: Dialect) -> "Reader":
        """The reader of a part."""
        depth = len(part.path)
        found = [(index, reader(column, dialect.name)) for index, column in enumerate(part.columns)]
        converted = tuple((index, read) for index, read in found if read)
        return cls(part, depth, converted, _maker(part, depth, dict(converted)))


def _maker(part: Part, depth: int, converted: Mapping[int, Callable[[Any], Any]]) -> Callable[..., Any]:
    """The call of the class, written out once: a loop over the fields of every row would cost more than the database."""
    fields = []
    for index, column in enumerate(part.columns):
        value = f"row[{depth + index}]"
        if index in converted:
            value = call(f"read{index}", value, nullable=bool(column.nullable))
        fields.append(f"{column.name}={value}")
    path = "".join(f"row[{index}], " for index in range(depth))
    fields += [f"{name}=below_{name}.pop(({path}), ())" for name in part.children]
    parameters = ", ".join(["row", *(f"below_{name}" for name in part.children)])
    space: dict[str, Any] = {"cls": part.cls} | {f"read{index}": read for index, read in converted.items()}
    exec(f"def make({parameters}):\n    return cls({', '.join(fields)})\n", space)  # noqa: S102  # names of our own classes
    make: Callable[..., Any] = space["make"]
    return make


#: Positions of a parent -> its parts, in order.
_Found = dict[tuple[int, ...], tuple[Any, ...]]


@cache
def _readers(kind: str, dialect: Dialect) -> tuple[Reader, ...]:
    return tuple(Reader.of(part, dialect) for part in PARTS[kind].walk())


def record_of(dialect: Dialect, kind: str, id: str, texts: Sequence[str | None]) -> Record:
    """
    The record that the JSON texts of its tables stand for.

    Raises:
        Corrupt: They stand for none.
    """
    readers = _readers(kind, dialect)
    try:
        return _assembled(readers, texts)
    except Corrupt as error:
        raise Corrupt(f"{kind} {id}{error.place}", error.why) from error
    except Exception as error:
        place = next(_bad_places(readers, texts), "")
        raise Corrupt(f"{kind} {id}{place}", f"{type(error).__name__}: {error}") from error


def _assembled(readers: Sequence[Reader], texts: Sequence[str | None]) -> Record:
    below: dict[int, _Found] = {}
    for index in range(len(readers) - 1, 0, -1):  # what is deepest comes first
        text = texts[index]
        if text is not None and text != "[]":
            below[id(readers[index].part)] = _grouped(readers[index], loads(text), below)
    head: Record = readers[0].make(loads(texts[0] or ""), *_children(readers[0].part, below))
    for found in below.values():
        if found:
            raise Corrupt("", f"there are rows of parts that are not there: {sorted(found)}")
    return head


def _children(part: Part, below: dict[int, _Found]) -> list[_Found]:
    return [below.get(id(child)) or {} for child in part.children.values()]


def _grouped(reader: Reader, rows: list[list[Any]], below: dict[int, _Found]) -> _Found:
    depth, make = reader.depth, reader.make
    children = _children(reader.part, below)
    if len(rows) > 1:
        rows.sort()  # positions are different, so nothing behind them is compared
    grouped: dict[tuple[int, ...], list[Any]] = {}
    for row in rows:
        parts = grouped.setdefault(tuple(row[: depth - 1]), [])
        if row[depth - 1] != len(parts):
            raise Corrupt(f".{reader.part.table.name}[{len(parts)}]", "the row is missing")
        parts.append(make(row, *children))
    return {path: tuple(parts) for path, parts in grouped.items()}


def _bad_places(readers: Sequence[Reader], texts: Sequence[str | None]) -> Iterator[str]:
    """Where values stand that cannot be read: slow, but asked for only when something is wrong."""
    fields = _field_paths(readers[0].part, ())
    for each, text in zip(readers, texts, strict=False):
        rows = loads(text or "[]")
        for row in rows if each.depth else [rows]:
            place = "".join(f".{name}[{at}]" for name, at in zip(fields[id(each.part)], row, strict=False))
            for index, read in each.converted:
                value = row[each.depth + index]
                try:
                    if value is not None or not each.part.columns[index].nullable:
                        read(value)
                except Exception:  # noqa: BLE001  # whatever it is, it is here
                    yield f"{place}.{each.part.names[index]}"


def _field_paths(part: Part, path: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    found = {id(part): path}
    for name, child in part.children.items():
        found |= _field_paths(child, (*path, name))
    return found
