"""Everything a store holds, as one value that can be compared."""

from collections.abc import Sequence
from typing import Any

import attrs

from tradecore.changes import Changes, Committed, HistoryRecord, Repeated, Save
from tradecore.convert import to_plain
from tradecore.documents import KINDS
from tradecore.events import Event
from tradecore.query import PAGE_LIMIT, Query
from tradecore.registers import REGISTERS, Balance, Entry, Place
from tradecore.storage.protocol import Store
from tradecore.values.record import Record, Ref


@attrs.frozen
class Picture:
    """All that can be read of a store."""

    records: dict[Ref, Record]
    balances: dict[Place, Balance]
    entries: dict[str, list[Entry]]
    history: dict[Ref, list[Any]]
    keys: dict[str, Repeated | None]
    events: list[Event]


async def picture(store: Store, *, refs: Sequence[Ref] = (), keys: Sequence[str] = ()) -> Picture:
    """What a store holds; the histories of these and of all records, and these idempotency keys."""
    records: dict[Ref, Record] = {}
    for kind in KINDS.values():
        query: Query[Any] = Query(kind, limit=PAGE_LIMIT)
        records |= {each.ref: each for each in await store.find(query)}
    kept = [(name, ()) for name, register in REGISTERS.items() if register.totals]
    return Picture(
        records,
        await store.balances(kept),
        {name: await store.entries(register) for name, register in REGISTERS.items()},
        {ref: told(await store.history(ref)) for ref in {*records, *refs}},
        {key: await store.recall(key) for key in keys},
        await all_events(store),
    )


async def all_events(store: Store) -> list[Event]:
    """The whole outbox."""
    events: list[Event] = []
    while more := await store.events_after(events[-1].position if events else 0, 500):
        assert not events or events[-1].position < more[0].position, "the outbox gave the same events again"
        events += more
    return events


def told(history: Sequence[HistoryRecord]) -> list[Any]:
    """A history as data that can be compared whatever the order of the differences is."""
    return [to_plain(attrs.evolve(each, differences=())) | {"differences": _differences(each)} for each in history]


def _differences(record: HistoryRecord) -> dict[str, tuple[Any, Any]]:
    return {each.path: (each.before, each.after) for each in record.differences}


async def written(store: Store, changes: Changes) -> Committed:
    """What a commit wrote; it must not be a repetition."""
    done = await store.commit(changes)
    assert isinstance(done, Committed)
    return done


async def kept(store: Store, record: Record, before: Record | None = None) -> Any:
    """The record as the store has it after it was saved."""
    done = await written(store, Changes((Save(record, before),)))
    return done.records[record.ref]
