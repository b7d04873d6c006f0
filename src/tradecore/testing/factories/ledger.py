"""Entries, events and commits: what a store is told to write."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from tradecore.changes import Changes, CommandRecord, Guard, Save
from tradecore.events import Event, EventType
from tradecore.registers import STOCK, Entry, Key, Register
from tradecore.testing.factories.documents import AT
from tradecore.values.numbers import Number, exact
from tradecore.values.record import Record, Ref
from tradecore.values.text import new_id

#: The document of entries and events whose factory is told no other.
DOCUMENT = Ref("stock_receipt", "opening")


def an_entry(
    register: Register = STOCK,
    key: Key = ("chair", "main"),
    *,
    at: datetime = AT,
    document: Ref = DOCUMENT,
    attributes: tuple[str, ...] | None = None,
    **amounts: Number,
) -> Entry:
    """An entry, with what it adds to each resource by name: `an_entry(on_hand=3)`."""
    unknown = amounts.keys() - set(register.resources)
    if unknown:
        raise TypeError(f"{register.name} has no resource {min(unknown)!r}")
    values = tuple(exact(amounts[name]) if name in amounts else Decimal(0) for name in register.resources)
    return Entry(register.name, key, values, at, document, attributes or ("",) * len(register.attributes))


def an_event(document: Ref = DOCUMENT, happened: EventType = EventType.DOCUMENT_POSTED, /, **data: Any) -> Event:
    """Something that happened to a document."""
    return Event(happened, document, data)


def a_commit(
    *saves: Record | Save,
    entries: Iterable[Entry] = (),
    guards: Iterable[Guard] = (),
    events: Iterable[Event] = (),
    key: str = "",
    result: Ref | None = None,
    **facts: Any,
) -> Changes:
    """
    What a command decided.

    Args:
        saves: Records to be saved for the first time, or `Save`s.
        key: Idempotency key; `result` is then the first record unless another is named.
    """
    parts = tuple(each if isinstance(each, Save) else Save(each) for each in saves)
    answer = result or (parts[0].ref if key and parts else None)
    told = {"id": new_id(), "command": "place_order", "actor": "clerk", "at": AT, "fingerprint": f"print of {key}"}
    record = CommandRecord(**{**told, "key": key, "result": answer, **facts})
    return Changes(parts, tuple(entries), tuple(guards), tuple(events), record)
