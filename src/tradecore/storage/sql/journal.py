"""What commands did: the history of records, and the answers given under idempotency keys."""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

import attrs
import sqlalchemy as sa

from tradecore.changes import (
    CommandRecord,
    Difference,
    HistoryRecord,
    Repeated,
    Save,
    plain_told,
    told_again,
    value_types,
)
from tradecore.convert import restore
from tradecore.documents import KINDS
from tradecore.errors import Corrupt
from tradecore.storage.sql.columns import Moment
from tradecore.storage.sql.comparing import Compare, comparison
from tradecore.storage.sql.conditions import storable
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.links import Link, Row
from tradecore.storage.sql.parts import PARTS
from tradecore.storage.sql.tables import commands
from tradecore.storage.sql.tables import history as history_table
from tradecore.values.percent import Percent
from tradecore.values.record import Record, Ref

_MOMENT = Moment()


def history_rows(
    saves: Iterable[tuple[Save, Record]], record: CommandRecord, tenant: str, dialect: Dialect
) -> list[Row]:
    """The history of the records of one commit."""
    by = (record.id, record.command, record.actor, dialect.cell_moment(record.at))
    told = _dump(plain_told(record.told)) if record.told else None
    return [
        (tenant, after.KIND, after.id, after.version, *by, _difference_text(save.before, after), told)
        for save, after in saves
    ]


#: Where, what kind of value, and the values before and after as JSON has them.
_Told = tuple[str, str, Any, Any]


def _difference_text(before: Record | None, after: Record) -> str:
    if before is None:
        return "[]"
    found: list[_Told] = []
    _differ(before, after, "", found)
    return _dump(found)


def _differ(before: Any, after: Any, path: str, found: list[_Told]) -> None:
    """What `tradecore.changes.differences` finds, in less time."""
    for name, is_tuple in _comparison(type(before))(before, after):  # type: ignore[arg-type]  # classes are hashable
        old, new = getattr(before, name), getattr(after, name)
        if is_tuple:
            _differ_in_parts(old, new, path + name, found)
        else:
            found.append(_told(path + name, old, new))


def _differ_in_parts(olds: tuple[Any, ...], news: tuple[Any, ...], path: str, found: list[_Told]) -> None:
    before, after = _by_id(olds), _by_id(news)
    for name in before | after:
        old, new = before.get(name), after.get(name)
        if old is new:
            continue
        if old is None or new is None:
            found.append(_told(f"{path}[{name}]", old, new))
        else:
            _differ(old, new, f"{path}[{name}].", found)


def _by_id(parts: tuple[Any, ...]) -> dict[Any, Any]:
    if parts and hasattr(parts[0], "id"):
        return {part.id: part for part in parts}
    return dict(enumerate(parts))


@cache
def _comparison(cls: type[Any]) -> Compare:
    """Which fields differ, and whether each is a tuple of parts."""
    part = next(part for top in PARTS.values() for part in top.walk() if part.cls is cls)
    names = [field.name for field in attrs.fields(cls) if field.name != "version"]
    return comparison(names, [(name, name in part.children) for name in names], part.children)


def _told(path: str, old: Any, new: Any) -> _Told:
    kind, write = _written(type(old if new is None else new))  # type: ignore[arg-type]  # classes are hashable
    if write is None:
        return path, kind, old, new
    return path, kind, None if old is None else write(old), None if new is None else write(new)


@cache
def _written(cls: type[Any]) -> tuple[str, Callable[[Any], Any] | None]:
    """The name of a type of values, and how one is put into JSON; None if as it is."""
    if issubclass(cls, StrEnum):
        return cls.__name__, attrgetter("_value_")  # `value` is a slow property
    if attrs.has(cls):
        return cls.__name__, lambda value: {name: _inner(found) for name, found in _own_fields(value)}
    return _TEXTS.get(cls, ("", None))


def _inner(value: Any) -> Any:
    if isinstance(value, tuple):
        return ["tuple", [_inner(part) for part in value]]
    kind, write = _written(type(value))  # type: ignore[arg-type]  # classes are hashable
    return value if write is None else [kind, write(value)]


def _own_fields(value: Any) -> list[tuple[str, Any]]:
    """The fields that are not what they are by default."""
    return [(name, found) for name, default in _defaults(type(value)) if (found := getattr(value, name)) != default]  # type: ignore[arg-type]  # classes are hashable


@cache
def _defaults(cls: type[Any]) -> list[tuple[str, Any]]:
    return [(field.name, field.default) for field in attrs.fields(cls)]


_TEXTS: dict[type[Any], tuple[str, Callable[[Any], Any]]] = {
    Decimal: ("number", str),
    datetime: ("moment", datetime.isoformat),
    date: ("day", date.isoformat),
}


def _reader(cls: type[Any]) -> Callable[[Any], Any]:
    return cls if issubclass(cls, StrEnum) else lambda fields: cls(**_fields_of(fields))


_READ: dict[str, Callable[[Any], Any]] = {
    "": lambda value: value,
    "number": Decimal,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "tuple": lambda parts: tuple(_outer(part) for part in parts),
} | {name: _reader(cls) for name, cls in value_types().items() if attrs.has(cls) or issubclass(cls, StrEnum)}


def _fields_of(found: dict[str, Any]) -> dict[str, Any]:
    return {name: _outer(value) for name, value in found.items()}


def _outer(value: Any) -> Any:
    return _READ[value[0]](value[1]) if isinstance(value, list) else value


def _difference(told: list[Any]) -> Difference:
    path, kind, old, new = told
    read = _READ[kind]
    return Difference(path, None if old is None else read(old), None if new is None else read(new))


def history(link: Link, tenant: str, document: Ref) -> list[HistoryRecord]:
    """What commands did to a record, the oldest first."""
    if not (storable(document.kind) and storable(document.id)):
        return []
    return [
        _history_record(document, row, link.dialect)
        for row in link.query(_history(link.dialect), (tenant, document.kind, document.id))
    ]


def _history_record(document: Ref, row: Row, dialect: Dialect) -> HistoryRecord:
    version, command, actor, at, text, told = row
    try:
        changed = tuple(map(_difference, json.loads(text)))
        known = told_again(json.loads(told)) if told else ()
        return HistoryRecord(document, version, command, actor, _MOMENT.native(at, dialect.name), changed, known)
    except Exception as error:
        raise Corrupt(f"history of {document}, version {version}", str(error)) from error


@lru_cache(maxsize=8)
def _history(dialect: Dialect) -> str:
    table = history_table
    columns = [table.c[name] for name in ("version", "command", "actor", "at", "differences", "told")]
    where = [table.c[name] == sa.bindparam(name) for name in ("tenant", "document_kind", "document_id")]
    return dialect.text(sa.select(*columns).where(*where).order_by(table.c.version))[0]


def answer_text(record: Record) -> str:
    """The answer of a command: what `tradecore.convert.to_plain` makes of it, without what is so by default."""
    return _dump(record)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Percent):
        return f"{value.value:f}"
    return dict(_own_fields(value))


_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode


def command_row(record: CommandRecord, answer: str, tenant: str, dialect: Dialect) -> Row:
    """The row that takes an idempotency key."""
    assert record.result is not None  # noqa: S101  # for the type checker: asked before
    told = (record.id, record.command, record.actor, dialect.moment(record.at), record.fingerprint)
    return (tenant, record.key, *told, record.result.kind, answer)


@lru_cache(maxsize=8)
def take_key(dialect: Dialect) -> str:
    """The INSERT of a command; where it is cheap, one that touches nothing if the key is taken."""
    values = {column.name: sa.bindparam(f"p_{column.name}", type_=column.type) for column in commands.c}
    insert = dialect.insert(commands).values(values)
    return dialect.text(insert if dialect.name == "mariadb" else insert.on_conflict_do_nothing())[0]


@lru_cache(maxsize=8)
def complete_answer(dialect: Dialect) -> str:
    """The UPDATE that adds the answer, where it was not known when the key was taken."""
    where = [commands.c[name] == sa.bindparam(f"k_{name}") for name in ("tenant", "key")]
    return dialect.text(commands.update().values(result=sa.bindparam("answer")).where(*where))[0]


def recall(link: Link, tenant: str, key: str) -> Repeated | None:
    """What an idempotency key was used for."""
    rows = link.query(_recall(link.dialect), (tenant, key)) if storable(key) else []
    if not rows:
        return None
    fingerprint, kind, text = rows[0]
    place = f"answer of key {key!r}"
    try:
        data, cls = json.loads(text), KINDS[kind]
    except (ValueError, KeyError) as error:
        raise Corrupt(place, f"{type(error).__name__}: {error}") from error
    return Repeated(key, fingerprint, restore(data, cls, place))


@lru_cache(maxsize=8)
def _recall(dialect: Dialect) -> str:
    columns = [commands.c[name] for name in ("fingerprint", "result_kind", "result")]
    where = [commands.c[name] == sa.bindparam(name) for name in ("tenant", "key")]
    return dialect.text(sa.select(*columns).where(*where))[0]
