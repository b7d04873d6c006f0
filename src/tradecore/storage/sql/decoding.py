"""
From rows to records.

A record comes as one row: its columns as a JSON array, and for each table below it a JSON array of rows, which begin with
their positions. What cannot be read is `Corrupt`, with the place.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import attrs

from tradecore.errors import Corrupt
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.parts import PARTS, Part
from tradecore.storage.sql.types import parsed, reader
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
    """

    part: Part
    names: tuple[str, ...]
    depth: int
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]

    @classmethod
    def of(cls, part: Part, dialect: Dialect) -> "Reader":
        """The reader of a part."""
        found = [(index, reader(column, dialect.name)) for index, column in enumerate(part.columns)]
        return cls(part, part.names, len(part.path), tuple((index, read) for index, read in found if read))

    def make(self, row: list[Any], below: "Sequence[tuple[str, _Found]]") -> Any:
        """The value a row stands for, with the parts found below it."""
        depth = self.depth
        values = row[depth:] if depth else row
        for index, read in self.converted:
            values[index] = read(values[index])
        fields = dict(zip(self.names, values, strict=True))
        if below:
            path = tuple(row[:depth])
            for name, found in below:
                fields[name] = found.pop(path, ())
        return self.part.cls(**fields)


#: Positions of a parent -> its parts, in order.
_Found = dict[tuple[int, ...], tuple[Any, ...]]


@lru_cache(maxsize=None)
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
        if text is not None:
            below[id(readers[index].part)] = _grouped(readers[index], loads(text), below)
    head: Record = readers[0].make(loads(texts[0] or ""), _children(readers[0].part, below))
    for found in below.values():
        if found:
            raise Corrupt("", f"there are rows of parts that are not there: {sorted(found)}")
    return head


def _children(part: Part, below: dict[int, _Found]) -> list[tuple[str, _Found]]:
    return [(name, below.get(id(child)) or {}) for name, child in part.children.items()]


def _grouped(reader: Reader, rows: list[list[Any]], below: dict[int, _Found]) -> _Found:
    rows.sort()  # positions are different, so nothing behind them is compared
    depth, make = reader.depth, reader.make
    children = _children(reader.part, below)
    grouped: dict[tuple[int, ...], list[Any]] = {}
    for row in rows:
        parts = grouped.setdefault(tuple(row[: depth - 1]), [])
        if row[depth - 1] != len(parts):
            raise Corrupt(f".{reader.part.table.name}[{len(parts)}]", "the row is missing")
        parts.append(make(row, children))
    return {path: tuple(parts) for path, parts in grouped.items()}


def _bad_places(readers: Sequence[Reader], texts: Sequence[str | None]) -> Iterator[str]:
    """Where values stand that cannot be read: slow, but asked for only when something is wrong."""
    fields = _field_paths(readers[0].part, ())
    for each, text in zip(readers, texts, strict=False):
        rows = loads(text or "[]")
        for row in rows if each.depth else [rows]:
            place = "".join(f".{name}[{at}]" for name, at in zip(fields[id(each.part)], row, strict=False))
            for index, read in each.converted:
                try:
                    read(row[each.depth + index])
                except Exception:  # noqa: BLE001  # whatever it is, it is here
                    yield f"{place}.{each.names[index]}"


def _field_paths(part: Part, path: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    found = {id(part): path}
    for name, child in part.children.items():
        found |= _field_paths(child, (*path, name))
    return found
