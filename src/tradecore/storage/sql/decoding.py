"""
From rows to records.

A record comes as one row: its columns as a JSON array, and for each table below it a JSON array of rows, which begin with
their positions. What cannot be read is `Corrupt`, with the place.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

import attrs

from tradecore.errors import Corrupt
from tradecore.storage.sql.columns import call, parsed, reader
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.parts import PARTS, Part
from tradecore.values.evolving import setters_of
from tradecore.values.record import Record

#: JSON with exact numbers, and where it ended.
_loads: Callable[[str], tuple[Any, int]] = json.JSONDecoder(parse_float=parsed.__getitem__).raw_decode


#: Where the rows of a part stand: nothing for a record, a tuple below it, by the path of their parent where it is deeper.
_Found = Any
_NOTHING: dict[Any, Any] = {}


@attrs.frozen(eq=False)
class Reader:
    """
    How the rows of one part are read.

    Attributes:
        depth: How many positions a row begins with.

        spans: The cells of a row that stand in arrays of their own; none if all stand in one.

        below: Where the parts of it stand among the parts of the record.

        converted: Index -> conversion, for the columns that are not taken as they are.

        read: The values that rows stand for, given what was found below them.
    """

    part: Part
    depth: int
    spans: tuple[slice, ...]
    below: tuple[int, ...]
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]
    read: Callable[..., _Found]

    @classmethod
    def of(cls, part: Part, below: tuple[int, ...], dialect: Dialect) -> "Reader":
        """The reader of a part."""
        found = [(index, reader(column, dialect.name)) for index, column in enumerate(part.columns)]
        converted = tuple((index, read) for index, read in found if read)
        spans = tuple(dialect.spans([*part.path_columns, *part.columns])) if part.path else ()
        spans = spans if len(spans) > 1 else ()
        return cls(part, len(part.path), spans, below, converted, _written(part, spans, dict(converted)))

    def cells(self, row: list[Any]) -> list[Any]:
        """All cells of a row."""
        return [cell for array in row for cell in array] if self.spans else row


def _written(
    part: Part, spans: Sequence[slice], converted: Mapping[int, Callable[[Any], Any]]
) -> Callable[..., _Found]:
    """
    The reading of a part, written out for its class: a loop over the fields of every row would cost more than the database.

    Values are made as `tradecore.values.evolving` copies them: past constructors that check nothing.
    """
    depth, setters = len(part.path), setters_of(part.cls)
    cells = [f"v{index}" for index in range(len(part.columns))]
    fields = {
        column.name: call(f"read{index}", cells[index], nullable=bool(column.nullable))
        if index in converted
        else cells[index]
        for index, column in enumerate(part.columns)
    }
    path = [f"p{index}" for index in range(depth)]
    fields |= {name: f"below_{name}.pop({_key(path)}, ())" if path else f"below_{name} or ()" for name in part.children}
    if setters is None:
        make = [f"value = cls({', '.join(f'{name}={cell}' for name, cell in fields.items())})"]
    else:
        make = ["value = new(cls)", *(f"set_{name}(value, {cell})" for name, cell in fields.items())]
    names = [*path, *cells]
    source = _SOURCES[min(depth, 2)].format(
        names=", ".join([f"({', '.join(names[span])},)" for span in spans] or names),
        below=", ".join(["", *(f"below_{name}" for name in part.children)]),
        make="\n        ".join(make),
        parent=_key(path[:-1]),
        place=path[-1] if path else "",
    )
    space: dict[str, Any] = {"cls": part.cls, "new": object.__new__, "missing": partial(_missing, part)}
    space |= {f"read{index}": read for index, read in converted.items()}
    space |= {f"set_{name}": setter for name, setter in (setters or {}).items()}
    exec(source, space)  # noqa: S102  # names of our own classes
    read: Callable[..., _Found] = space["read"]
    return read


def _key(path: Sequence[str]) -> str:
    return path[0] if len(path) == 1 else f"({', '.join(path)})"


def _missing(part: Part, place: int) -> Corrupt:
    return Corrupt(f".{part.table.name}[{place}]", "the row is missing")


#: By depth: a record is one row; parts of it make one tuple; parts of parts make one for each parent.
_SOURCES = (
    """
def read(row{below}):
    for {names} in (row,):
        {make}
    return value
""",
    """
def read(rows{below}):
    if len(rows) > 1:
        rows.sort()  # positions are different, so nothing behind them is compared
    parts = []
    for {names} in rows:
        if {place} != len(parts):
            raise missing(len(parts))
        {make}
        parts.append(value)
    return tuple(parts)
""",
    """
def read(rows{below}):
    if len(rows) > 1:
        rows.sort()
    grouped = {{}}
    for {names} in rows:
        parts = grouped.get({parent})
        if parts is None:
            parts = grouped[{parent}] = []
        if {place} != len(parts):
            raise missing(len(parts))
        {make}
        parts.append(value)
    return {{path: tuple(parts) for path, parts in grouped.items()}}
""",
)


@cache
def _readers(kind: str, dialect: Dialect) -> tuple[Reader, ...]:
    parts = [*PARTS[kind].walk()]
    places = {id(part): index for index, part in enumerate(parts)}
    return tuple(
        Reader.of(part, tuple(places[id(child)] for child in part.children.values()), dialect) for part in parts
    )


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
        raise Corrupt(f"{kind} {id}{error.place}", error.why, kind, id) from error
    except Exception as error:
        place = next(_bad_places(readers, texts), "")
        raise Corrupt(f"{kind} {id}{place}", f"{type(error).__name__}: {error}", kind, id) from error


def _assembled(readers: Sequence[Reader], texts: Sequence[str | None]) -> Record:
    found: list[_Found] = [_NOTHING] * len(readers)
    for index in range(len(readers) - 1, -1, -1):  # what is deepest comes first
        text = texts[index]
        if text is not None and text != "[]":
            reader = readers[index]
            found[index] = reader.read(_loads(text)[0], *[found[each] for each in reader.below])
    for reader, left in zip(readers, found, strict=False):
        if left and reader.depth > 1:
            raise Corrupt("", f"there are rows of parts that are not there: {sorted(left)}")
    head: Record = found[0]
    return head


def _bad_places(readers: Sequence[Reader], texts: Sequence[str | None]) -> Iterator[str]:
    """Where values stand that cannot be read: slow, but asked for only when something is wrong."""
    fields = _field_paths(readers[0].part, ())
    for each, text in zip(readers, texts, strict=False):
        rows, _ = _loads(text or "[]")
        for row in map(each.cells, rows) if each.depth else [rows]:
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
