"""Writing records: their own rows under the versions that are expected, and the rows below them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import attrs
import sqlalchemy as sa

from tradecore.changes import Save, Version
from tradecore.storage.sql.dialects import Delete, Dialect, Insert
from tradecore.storage.sql.keys import padded
from tradecore.storage.sql.links import Link, Reply, Row
from tradecore.storage.sql.parts import PARTS, Part
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
    return Updates(kind, _update(head.part, dialect, order, versioned=True), rows)


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
    table = PARTS[kind].table
    ids: list[sa.BindParameter[str]] = [sa.bindparam(f"id{each}") for each in range(count)]
    select = sa.select(table.c.id, table.c.version).where(table.c.tenant == sa.bindparam("t"), table.c.id.in_(ids))
    return dialect.text(dialect.locking(select.order_by(table.c.id)) if lock else select)[0]


def insert_records(link: Link, tenant: str, records: Iterable[Record]) -> None:
    """Write records that were not there before."""
    by_kind: dict[str, list[Row]] = {}
    for record in records:
        by_kind.setdefault(record.KIND, []).append((tenant, *writer(record.KIND, link.dialect).row(record)))
    for kind in sorted(by_kind):
        link.insert(_insert(PARTS[kind], link.dialect), by_kind[kind])


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
        part = each.part
        if rows.removed:
            link.delete(_delete(part, dialect), [(tenant, *key) for key in rows.removed])
        if rows.changed:
            columns = tuple(sorted(rows.columns))
            if dialect.upserts_rows:
                link.insert(
                    _upsert(part, dialect, columns), [_whole(tenant, each, key, new) for key, new in rows.changed]
                )
            else:
                link.send_many(
                    _update(part, dialect, columns, versioned=False),
                    [(*each.chosen(new, columns), tenant, *key) for key, new in rows.changed],
                )
        if rows.added:
            link.insert(_insert(part, dialect), [_whole(tenant, each, key, new) for key, new in rows.added])


def _whole(tenant: str, writer: Writer, key: Row, value: Any) -> Row:
    return (tenant, *key, *writer.row(value))


def _names(part: Part) -> list[str]:
    return list(dict.fromkeys(["tenant", *(column.name for column in part.key[1:] if part.path), *part.names]))


def _bound(part: Part) -> dict[str, Any]:
    return {name: sa.bindparam(f"p_{name}", type_=part.table.c[name].type) for name in _names(part)}


@lru_cache(maxsize=256)
def _insert(part: Part, dialect: Dialect) -> Insert:
    return Insert.of(dialect.text(part.table.insert().values(_bound(part)))[0])


@lru_cache(maxsize=1024)
def _upsert(part: Part, dialect: Dialect, columns: tuple[int, ...]) -> Insert:
    names = [part.names[index] for index in columns]
    statement = dialect.upsert(part.table, _bound(part), lambda new: {name: new[name] for name in names})
    return Insert.of(dialect.text(statement)[0])


@lru_cache(maxsize=1024)
def _update(part: Part, dialect: Dialect, columns: tuple[int, ...], *, versioned: bool) -> str:
    values = {part.names[index]: sa.bindparam(f"p{index}", type_=part.columns[index].type) for index in columns}
    where = [column == sa.bindparam(f"k_{column.name}", type_=column.type) for column in part.key]
    if versioned:
        where.append(part.table.c.version == sa.bindparam("expected", type_=sa.BigInteger))
    return dialect.text(part.table.update().values(values).where(*where))[0]


@lru_cache(maxsize=256)
def _delete(part: Part, dialect: Dialect) -> Delete:
    where = [column == sa.bindparam(f"k_{column.name}", type_=column.type) for column in part.key]
    return Delete.of(dialect.text(part.table.delete().where(*where))[0])
