"""What commands did: the history of records, and the answers given under idempotency keys."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import attrs
import sqlalchemy as sa

from tradecore.changes import CommandRecord, Difference, HistoryRecord, Repeated, Save, differences
from tradecore.convert import restore
from tradecore.documents import KINDS
from tradecore.errors import Corrupt
from tradecore.storage.sql.conditions import storable
from tradecore.storage.sql.dialects import Dialect, Insert
from tradecore.storage.sql.links import Link, Row
from tradecore.storage.sql.parts import PARTS
from tradecore.storage.sql.tables import commands
from tradecore.storage.sql.tables import history as history_table
from tradecore.storage.sql.types import Moment
from tradecore.values.percent import Percent
from tradecore.values.record import Record, Ref

_MOMENT = Moment()


def moment(value: datetime, dialect: Dialect) -> Any:
    """A moment as a parameter."""
    encode = _MOMENT.encoder(dialect.name)
    return encode(value) if encode else value


@lru_cache(maxsize=64)
def insert_into(table: sa.Table, dialect: Dialect) -> Insert:
    """The INSERT of whole rows into one of the tables beside those of records."""
    values = {column.name: sa.bindparam(f"p_{column.name}", type_=column.type) for column in table.c}
    if "seq" in values:
        values["seq"] = dialect.next_seq()
    return Insert.of(dialect.text(table.insert().values(values))[0])


def history_rows(
    saves: Iterable[tuple[Save, Record]], record: CommandRecord, tenant: str, dialect: Dialect
) -> list[Row]:
    """The history of the records of one commit."""
    told = (record.id, record.command, record.actor, moment(record.at, dialect))
    return [
        (tenant, after.KIND, after.id, after.version, *told, _difference_text(save.before, after)) for save, after in saves
    ]


def _difference_text(before: Record | None, after: Record) -> str:
    found = differences(before, after)
    return json.dumps([(each.path, each.before, each.after) for each in found], default=_tagged) if found else "[]"


def _tagged(value: Any) -> Any:
    """A value JSON does not know, under the name of its type, so that it can be made again."""
    match value:
        case Decimal():
            return {"number": f"{value:f}"}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case Percent():
            return {"percent": f"{value.value:f}"}
    return {"part": [type(value).__name__, *_fields(value).items()]}


_PARTS = {part.cls.__name__: part.cls for top in PARTS.values() for part in top.walk() if part.path}
_MADE = {"number": Decimal, "moment": datetime.fromisoformat, "day": date.fromisoformat, "percent": Percent}


def _untagged(found: dict[str, Any]) -> Any:
    ((tag, value),) = found.items()
    if tag != "part":
        return _MADE[tag](value)
    name, *fields = value
    return _PARTS[name](**{field: tuple(part) if isinstance(part, list) else part for field, part in fields})


def history(link: Link, tenant: str, document: Ref) -> list[HistoryRecord]:
    """What commands did to a record, the oldest first."""
    if not (storable(document.kind) and storable(document.id)):
        return []
    return [
        _history_record(document, row, link.dialect)
        for row in link.query(_history(link.dialect), (tenant, document.kind, document.id))
    ]


def _history_record(document: Ref, row: Row, dialect: Dialect) -> HistoryRecord:
    version, command, actor, at, text = row
    try:
        found = json.loads(text, object_hook=_untagged)
        changed = tuple(Difference(path, before, after) for path, before, after in found)
        return HistoryRecord(document, version, command, actor, _MOMENT.native(at, dialect.name), changed)
    except Exception as error:
        raise Corrupt(f"history of {document}, version {version}", str(error)) from error


@lru_cache(maxsize=8)
def _history(dialect: Dialect) -> str:
    table = history_table
    columns = [table.c[name] for name in ("version", "command", "actor", "at", "differences")]
    where = [table.c[name] == sa.bindparam(name) for name in ("tenant", "document_kind", "document_id")]
    return dialect.text(sa.select(*columns).where(*where).order_by(table.c.version))[0]


def answer_text(record: Record) -> str:
    """The answer of a command: what `tradecore.convert.to_plain` makes of it, as text."""
    return json.dumps(record, default=_plain)


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case Percent():
            return f"{value.value:f}"
    return _fields(value)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in attrs.fields(type(value))}


def command_row(record: CommandRecord, answer: str, tenant: str, dialect: Dialect) -> Row:
    """The row that takes an idempotency key."""
    assert record.result is not None  # noqa: S101  # for the type checker: asked before
    told = (record.id, record.command, record.actor, moment(record.at, dialect), record.fingerprint)
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
