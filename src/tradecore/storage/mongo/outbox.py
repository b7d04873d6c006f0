"""
The outbox: events get their positions when they are first asked for, not when they are written.

A position taken by a commit could become visible after a larger one was read, and a reader would skip it; and one
counter would stand in the way of all commits. So a commit writes its events without positions, and whoever reads gives
positions to what is committed by then: in a transaction on one document a tenant, so that one does it at a time, and in
the order of the times the server gave, in which the versions of one document follow each other.
"""

from typing import Any

from tradecore.errors import Corrupt
from tradecore.events import Event, EventType
from tradecore.storage.mongo.codec import moment
from tradecore.storage.mongo.layout import JOURNAL, META, TENANT, WAITING, Document, outbox_id
from tradecore.storage.mongo.port import ALL_AT_ONCE, Port
from tradecore.storage.mongo.transactions import transact
from tradecore.values.record import Ref

#: Commits whose events get positions in one transaction.
_BATCH = 1_000


def write_event(event: Event, version: int) -> Document:
    """An event as a part of its commit."""
    return {
        "type": event.type.value,
        "document": {"kind": event.document.kind, "id": event.document.id},
        "data": event.data,
        "version": version,
    }


async def events_after(port: Port, tenant: str, position: int, limit: int) -> list[Event]:
    """The next events after a position. Those without one get theirs before."""
    if limit < 1:
        return []
    found = await _positioned(port, tenant, position, limit)
    while len(found) < limit and await _waiting(port, tenant):
        await transact(port, lambda session: _give_positions(port, session, tenant))
        found = await _positioned(port, tenant, position, limit)
    return found


async def _positioned(port: Port, tenant: str, position: int, limit: int) -> list[Event]:
    """The events of the commits whose last position lies behind `position`."""
    filter_ = {TENANT: tenant, "position": {"$gt": max(position, WAITING)}}
    shown = dict.fromkeys(("events", "position", "at", "actor"), 1)
    rows = await port.find(JOURNAL, filter_, sort={"position": 1}, limit=limit, projection=shown)
    events: list[Event] = []
    for row in rows:
        events += [event for event in _events(row) if event.position > position]
    return events[:limit]


def _events(row: Document) -> list[Event]:
    try:
        first = row["position"] - len(row["events"]) + 1
        return [
            Event(
                EventType(each["type"]),
                Ref(each["document"]["kind"], each["document"]["id"]),
                each["data"],
                moment(row["at"]) if "at" in row else None,
                row.get("actor", ""),
                each["version"],
                first + index,
            )
            for index, each in enumerate(row["events"])
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Corrupt(f"events of commit {row['_id']['id']}", f"{type(error).__name__}: {error}") from error


async def _waiting(port: Port, tenant: str) -> bool:
    return bool(await port.find(JOURNAL, {TENANT: tenant, "position": WAITING}, limit=1, projection={"_id": 1}))


async def _give_positions(port: Port, session: Any, tenant: str) -> None:
    body: Document = {"find": JOURNAL, "filter": {TENANT: tenant, "position": WAITING}, "sort": {"seq": 1}}
    shown = {"events": {"$size": "$events"}}
    rows = await port.rows(session, {**body, "projection": shown, "limit": _BATCH, "batchSize": ALL_AT_ONCE})
    if not rows:
        return
    counts = [row["events"] for row in rows]
    counted = {"query": {"_id": outbox_id(tenant)}, "update": {"$inc": {"position": sum(counts)}}}
    answer = await port.command(session, {"findAndModify": META, **counted, "new": True, "upsert": True})
    position = answer["value"]["position"] - sum(counts)
    updates = []
    for row, count in zip(rows, counts, strict=True):
        position += count
        updates.append({"q": {"_id": row["_id"]}, "u": {"$set": {"position": position}}})
    await port.write(session, "update", JOURNAL, updates)
