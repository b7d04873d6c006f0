"""Writing records: their own rows under the versions that are expected, and the rows below them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import attrs
import sqlalchemy as sa

from tradecore.changes import Save, Version
from tradecore.storage.sql.bulk import deleting, inserting, updating, upserting
from tradecore.storage.sql.columns import Choice, Moment
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.keys import padded
from tradecore.storage.sql.links import Link, Reply, Row
from tradecore.storage.sql.parts import PARTS, Part, part_of
from tradecore.storage.sql.rows import Below, Writer, writer
from tradecore.values.record import Record, Ref


@attrs.frozen(eq=False)
class Updates:
    """The UPDATEs of records of one kind: a text, and its parameters for each record."""

    kind: str
    text: str
    rows: list[Row]


@attrs.frozen(eq=False)
class Locks:
    """Records of one kind whose versions must be looked at, and locked until the end."""

    kind: str
    ids: list[str]
    versions: tuple[Version, ...]


def plan_updates(saves: Iterable[tuple[Save, Record]], tenant: str, dialect: Dialect) -> dict[str, Updates]:
    """The UPDATEs of records that were there before, by kind; each kind in the order of ids."""
    by_kind: dict[str, list[tuple[Save, Record]]] = {}
    for save, record in saves:
        by_kind.setdefault(record.KIND, []).append((save, record))
    return {kind: _updates(kind, mine, tenant, dialect) for kind, mine in by_kind.items()}


def _updates(kind: str, saves: list[tuple[Save, Record]], tenant: str, dialect: Dialect) -> Updates:
    head = writer(kind, dialect)
    columns = {_VERSION}.union(*(head.differing(save.before, record) for save, record in saves))
    order = tuple(sorted(columns))
    rows = [
        (*head.chosen(record, order), tenant, record.id, save.expected)
        for save, record in sorted(saves, key=lambda each: each[1].id)
    ]
    return Updates(kind, _update(head.part, dialect, order), rows)


#: The place of the version among the fields of a record: after the id.
_VERSION = 1


def lock_versions(link: Link, tenant: str, locks: Locks) -> Reply:
    """Lock records in the order of their ids, and get their versions."""
    ids = padded(sorted(locks.ids))
    return link.send(_versions(link.dialect, locks.kind, len(ids), lock=True), (tenant, *ids), rows=True)


def versions_of(link: Link, tenant: str, refs: Sequence[Ref]) -> dict[Ref, int]:
    """The versions records have now."""
    found: dict[Ref, int] = {}
    for kind in sorted({ref.kind for ref in refs}):
        ids = padded([ref.id for ref in refs if ref.kind == kind])
        text = _versions(link.dialect, kind, len(ids), lock=False)
        found |= {Ref(kind, id): version for id, version in link.query(text, (tenant, *ids))}
    return found


@lru_cache(maxsize=256)
def _versions(dialect: Dialect, kind: str, count: int, *, lock: bool) -> str:
    table = part_of(kind).table
    ids: list[sa.BindParameter[str]] = [sa.bindparam(f"id{each}") for each in range(count)]
    select = sa.select(table.c.id, table.c.version).where(table.c.tenant == sa.bindparam("t"), table.c.id.in_(ids))
    return dialect.text(dialect.locking(select.order_by(table.c.id)) if lock else select)[0]


def claim_records(link: Link, tenant: str, kind: str, claims: Mapping[str, Record | None]) -> None:
    """
    Insert records, and keep others from being inserted, in the order of their ids.

    A record that must not be there is inserted and deleted again: whoever wants to insert it waits until we are done.
    """
    part, dialect = PARTS[kind], link.dialect
    names = _names(part)
    insert, delete = inserting(part.table, names, dialect).text(), deleting(part.table, _keys(part), dialect).text()
    for id in sorted(claims):
        record = claims[id]
        if record is None:
            link.send(insert, (tenant, id, 0, *_nothing(part)))
            link.send(delete, (tenant, id))
        else:
            link.send(insert, (tenant, *writer(kind, dialect).row(record)))


@cache
def _nothing(part: Part) -> tuple[Any, ...]:
    """Values that the columns after id and version take."""
    return tuple(None if column.nullable else _any_value(column.type) for column in part.columns[2:])


def _any_value(kind: Any) -> Any:
    if isinstance(kind, (Moment, sa.Date)):
        return "2000-01-01"
    return "" if isinstance(kind, (sa.String, Choice)) else False if isinstance(kind, sa.Boolean) else 0


def insert_records(link: Link, tenant: str, records: Iterable[Record]) -> None:
    """Write records that were not there before."""
    by_kind: dict[str, list[Row]] = {}
    for record in records:
        by_kind.setdefault(record.KIND, []).append((tenant, *writer(record.KIND, link.dialect).row(record)))
    for kind in sorted(by_kind):
        link.write(inserting(PARTS[kind].table, _names(PARTS[kind]), link.dialect), by_kind[kind])


def below_records(saves: Iterable[Save], dialect: Dialect) -> Below:
    """What must be written below the records of a commit."""
    below = Below()
    for save in saves:
        head = writer(save.after.KIND, dialect)
        if head.children:
            below.compare(head, (save.after.id,), save.before, save.after)
    return below


def write_below(link: Link, tenant: str, below: Below) -> None:
    """Write the rows below records: one statement for each table and each thing that is done to it."""
    dialect = link.dialect
    for each, rows in below.items():
        table, names, keys = each.part.table, _names(each.part), _keys(each.part)
        if rows.removed:
            link.write(deleting(table, keys, dialect), [(tenant, *key) for key in rows.removed])
        if rows.changed:
            columns = sorted(rows.columns)
            changed = tuple(each.part.names[index] for index in columns)
            if dialect.upserts_rows:
                bulk, cells = upserting(table, names, changed, dialect), _whole(tenant, each, rows.changed)
            else:
                bulk = updating(table, changed, keys, dialect)
                cells = [(*each.chosen(new, columns), tenant, *key) for key, new in rows.changed]
            link.write(bulk, cells)
        if rows.added:
            link.write(inserting(table, names, dialect), _whole(tenant, each, rows.added))


def _whole(tenant: str, writer: Writer, rows: Iterable[tuple[Row, Any]]) -> list[Row]:
    return [(tenant, *key, *writer.row(value)) for key, value in rows]


@cache
def _keys(part: Part) -> tuple[str, ...]:
    return tuple(column.name for column in part.key)


@cache
def _names(part: Part) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(_keys(part) if part.path else ("tenant",)), *part.names]))


@lru_cache(maxsize=1024)
def _update(part: Part, dialect: Dialect, columns: tuple[int, ...]) -> str:
    values = {part.names[index]: sa.bindparam(f"p{index}", type_=part.columns[index].type) for index in columns}
    where = [column == sa.bindparam(f"k_{column.name}", type_=column.type) for column in part.key]
    where.append(part.table.c.version == sa.bindparam("expected", type_=sa.BigInteger))
    return dialect.text(part.table.update().values(values).where(*where))[0]
