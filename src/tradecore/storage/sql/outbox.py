"""
The outbox: events are written with their commit, and get their positions when they are first read.

A position given by the commit would be taken before the commit is seen by others, so that a reader that goes on from the
last last position it saw could miss one. Here positions are given to events that are there to be seen, by one reader at a
time: they grow without gaps, and nothing ever appears behind one that was read. Only SQLite, where commits come one
after the other, gives them with the commit.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

import sqlalchemy as sa

from tradecore.changes import CommandRecord
from tradecore.errors import Corrupt
from tradecore.events import Event, EventType
from tradecore.storage.sql.columns import Moment
from tradecore.storage.sql.counters import POSITIONS, count
from tradecore.storage.sql.dialects import Dialect, Statement
from tradecore.storage.sql.links import Link, Row
from tradecore.storage.sql.tables import events as table
from tradecore.storage.sql.transactions import transaction
from tradecore.values.record import Record, Ref

_MOMENT = Moment()
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def event_rows(
    events: Iterable[Event],
    written: Mapping[Ref, Record],
    record: CommandRecord | None,
    tenant: str,
    first: int,
    dialect: Dialect,
) -> list[Row]:
    """The events of a commit; `first` is the position of the first, where positions are given now."""
    at, actor = (dialect.cell_moment(record.at), record.actor) if record else (None, "")
    rows = []
    for position, event in enumerate(events, first):
        document = written.get(event.document)
        version, data = document.version if document else 0, _dump(event.data) if event.data else "{}"
        ref = event.document
        row = (tenant, ref.kind, ref.id, version, str.__str__(event.type), at, actor, data)
        rows.append(row if dialect.locks else (*row, position, position))
    return rows


def events_after(link: Link, tenant: str, position: int, limit: int) -> list[Event]:
    """The next events after a position, in order."""
    found = link.query(_after(link.dialect), (tenant, position, limit))
    if link.dialect.locks and len(found) < limit and link.query(_pending(link.dialect), (tenant, 1)):
        give_positions(link, tenant)
        found = link.query(_after(link.dialect), (tenant, position, limit))
    return [_event(row, link.dialect) for row in found]


def give_positions(link: Link, tenant: str) -> None:
    """Give the next positions to all events that are there to be seen and have none."""
    with transaction(link):
        last = count(link, tenant, {POSITIONS: 0})  # its row is locked from here on
        link.settle()
        statement = _positioning(link.dialect)
        given = link.send(statement.text, statement.arranged([tenant, tenant, last.rows[0][1]]))
        link.settle()
        count(link, tenant, {POSITIONS: given.count})


def _event(row: Row, dialect: Dialect) -> Event:
    position, kind, id, version, name, at, actor, data = row
    try:
        moment = None if at is None else _MOMENT.native(at, dialect.name)
        return Event(EventType(name), Ref(kind, id), json.loads(data), moment, actor, version, position)
    except Exception as error:
        raise Corrupt(f"event {position}", str(error)) from error


@lru_cache(maxsize=8)
def _after(dialect: Dialect) -> str:
    names = ("position", "document_kind", "document_id", "version", "type", "at", "actor", "data")
    place = table.c.position if dialect.locks else table.c.seq
    where = [table.c.tenant == sa.bindparam("tenant"), place > sa.bindparam("p", type_=sa.BigInteger)]
    select = sa.select(*(table.c[name] for name in names)).where(*where).order_by(place)
    return dialect.text(dialect.limited(select))[0]


@lru_cache(maxsize=8)
def _pending(dialect: Dialect) -> str:
    where = [table.c.tenant == sa.bindparam("tenant"), table.c.position.is_(None)]
    return dialect.text(dialect.limited(sa.select(table.c.seq).where(*where)))[0]


@lru_cache(maxsize=8)
def _positioning(dialect: Dialect) -> Statement:
    """
    The UPDATE that numbers the events without a position: as they were inserted, but those of a document by version.

    An event comes no earlier than any event of an earlier version of its document. One without a version, of a commit
    that did not write its document, comes as it was inserted.
    """
    document = (table.c.document_kind, table.c.document_id)
    numbered = sa.case((table.c.version > sa.literal_column("0"), table.c.seq))
    latest = sa.func.max(numbered).over(partition_by=document, order_by=table.c.version)
    earliest = sa.case((table.c.version > sa.literal_column("0"), latest), else_=table.c.seq)
    where = [table.c.tenant == sa.bindparam("tenant"), table.c.position.is_(None)]
    pending = sa.select(table.c.seq, table.c.version, earliest.label("turn")).where(*where).subquery("pending")
    order = (pending.c.turn, pending.c.version, pending.c.seq)
    ranked = sa.select(pending.c.seq, sa.func.row_number().over(order_by=order).label("place")).subquery("ranked")
    own = [table.c.tenant == sa.bindparam("tenant_too"), table.c.seq == ranked.c.seq]
    position = sa.bindparam("base", type_=sa.BigInteger) + ranked.c.place
    return dialect.statement(table.update().values(position=position).where(*own), ("tenant", "tenant_too", "base"))
