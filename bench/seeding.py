"""
Many orders in a store quickly, and truthfully: what a seeded order left behind is what its commands would have left.

On each of some days one order is led through its life in memory and every commit is kept. Seeded orders are copies
under new names of what stood there after one of the commands, written many to a commit; so totals, entries, documents
and events agree, and `Trade.check()` is content. Only versions start at one, since nobody saw the steps between.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice

import attrs
from typing_extensions import override

import tradecore as tc
from bench.library import LibraryClient, fill
from bench.work import COMMANDS, Demand, demands
from tradecore.calling import run
from tradecore.changes import Changes, CommandRecord, Committed, Repeated, Save
from tradecore.registers import Entry
from tradecore.storage.memory import MemoryStore
from tradecore.storage.protocol import Store
from tradecore.values.record import Record, Ref
from tradecore.values.text import new_id

#: How many of ten orders stand after which command.
USUAL = ("place", "approve", "pay", "ship", *["close"] * 6)
#: A day like others, in the past of every run.
FIRST_DAY = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
_AT_ONCE = 100


class Recorder(MemoryStore):
    """A store in memory that also remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Changes] = []

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        """Write the changes; remember them."""
        self.told.append(changes)
        return await super().commit(changes)


@dataclass(frozen=True)
class Template:
    """What one order has left behind after a command."""

    saves: tuple[Save, ...]
    changes: Changes

    @property
    def ids(self) -> tuple[str, ...]:
        """The names that copies must not share."""
        return tuple(save.after.id for save in self.saves)


def templates(days: int) -> Iterator[dict[str, Template]]:
    """For each of some days: command -> what its order has left behind after it."""
    now = FIRST_DAY
    store = Recorder()
    trade = tc.Trade(store, clock=lambda: now)
    fill(trade)
    wanted = demands(0)
    for number in range(days):
        now = FIRST_DAY + timedelta(days=number)
        yield _lived(LibraryClient(trade, own=False), store, next(wanted))


def _lived(client: LibraryClient, store: Recorder, demand: Demand) -> dict[str, Template]:
    store.told.clear()
    order = client.place(demand)
    found = {"place": _template(store)}
    for name in COMMANDS[1:]:
        getattr(client, name)(order)
        found[name] = _template(store)
    return found


def _template(store: Recorder) -> Template:
    series = {save.ref: save.series for changes in reversed(store.told) for save in changes.saves}
    records = run(store.get_many(list(series)))
    saves = tuple(Save(attrs.evolve(records[ref], version=0), None, series[ref]) for ref in series)
    return Template(saves, sum(store.told, Changes()))


def seed(store: Store, orders: int, *, mix: Sequence[str] = USUAL, days: int = 60) -> None:
    """Write orders to a store that `fill` has filled: in turns after each command of `mix`, over so many days."""
    known = list(templates(days))
    numbers = count()
    copies = (_copy(known[n // len(mix) % days][mix[n % len(mix)]], n) for n in islice(numbers, orders))
    while several := list(islice(copies, _AT_ONCE)):
        run(store.commit(_joined(several)))


def _joined(several: Iterable[Changes]) -> Changes:
    parts = list(several)
    record = CommandRecord(new_id(), "seed", "bench", FIRST_DAY)
    return Changes(
        tuple(save for part in parts for save in part.saves),
        tuple(entry for part in parts for entry in part.entries),
        (),
        tuple(event for part in parts for event in part.events),
        record,
    )


def _copy(template: Template, number: int) -> Changes:
    names = {id: f"seed-{number:08d}-{index}" for index, id in enumerate(template.ids)}
    saves = tuple(Save(_renamed(save.after, names), None, save.series) for save in template.saves)
    entries = tuple(_entry(entry, names) for entry in template.changes.entries)
    events = tuple(_event(event, names) for event in template.changes.events)
    return Changes(saves, entries, (), events)


def _event(event: tc.Event, names: dict[str, str]) -> tc.Event:
    data = dict(event.data)
    for old, new in names.items():
        data = {name: value.replace(old, new) for name, value in data.items()}
    return attrs.evolve(event, document=_ref(event.document, names), data=data)


def _ref(ref: Ref, names: dict[str, str]) -> Ref:
    return Ref(ref.kind, names[ref.id])


def _entry(entry: Entry, names: dict[str, str]) -> Entry:
    key = tuple(names.get(part, part) for part in entry.key)
    attributes = tuple(names.get(part, part) for part in entry.attributes)
    return attrs.evolve(entry, key=key, attributes=attributes, document=_ref(entry.document, names))


def _renamed(record: Record, names: dict[str, str]) -> Record:
    id = names[record.id]
    match record:
        case tc.Shipment():
            return attrs.evolve(record, id=id, order=names[record.order])
        case tc.IncomingPayment():
            parts = tuple(attrs.evolve(each, order=names[each.order]) for each in record.allocations)
            return attrs.evolve(record, id=id, allocations=parts)
        case _:
            return attrs.evolve(record, id=id)
