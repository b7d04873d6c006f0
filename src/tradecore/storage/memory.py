"""
The store in memory: for tests, for demos, and as the measure of the others.

Values are frozen, so a reader holds what it was given whatever happens later. A commit checks everything first and then
only assigns, under one lock: there is nothing in between to be seen or to fail.

Entries and events are kept as plain tuples and made into values when they are read: they are written far more often, and
Python's garbage collector passes by tuples of texts and numbers, of which a busy shop holds very many.
"""

import threading
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias, TypeVar

from tradecore.changes import (
    Ceiling,
    Changes,
    Committed,
    Guard,
    HistoryRecord,
    Newest,
    Repeated,
    Save,
    Unchanged,
    Version,
    committed,
    differences,
)
from tradecore.errors import Conflict, Unsupported, Violation
from tradecore.events import Event, EventType
from tradecore.query import Query, run
from tradecore.registers import REGISTERS, Balance, Entry, Key, Place, Register, Turnover
from tradecore.values.numbers import LIMIT
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)

#: Moment, place in the order of commits, key, amounts, kind and id of the document, attributes.
_Entry: TypeAlias = tuple[datetime, int, Key, tuple[Decimal, ...], str, str, tuple[str, ...]]
#: Type, kind and id of the document, data, moment, actor, version.
_Event: TypeAlias = tuple[str, str, str, dict[str, Any] | None, datetime | None, str, int]
#: Command, actor, moment, what was told, the record before and after.
_Step: TypeAlias = tuple[str, str, datetime, tuple[Violation, ...], Record | None, Record]


class MemoryStore:
    """Keeps everything in dictionaries; gone with the process. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[str, dict[str, Record]] = defaultdict(dict)
        self._balances: dict[str, dict[Key, Balance]] = defaultdict(dict)
        self._entries: dict[str, list[_Entry]] = defaultdict(list)
        self._under: dict[Place, list[_Entry]] = defaultdict(list)
        self._history: dict[Ref, list[_Step]] = defaultdict(list)
        self._keys: dict[str, Repeated] = {}
        self._counters: dict[str, int] = defaultdict(int)
        self._events: list[_Event] = []
        self._seq = 0

    @property
    def waits(self) -> Literal[False]:
        """Never."""
        return False

    async def init(self) -> None:
        """Nothing to create."""

    async def close(self) -> None:
        """Nothing to give back."""

    async def get_many(self, refs: Sequence[Ref]) -> dict[Ref, Record]:
        """The records that are meant."""
        with self._lock:
            found = [(ref, self._records[ref.kind].get(ref.id)) for ref in refs]
        return {ref: record for ref, record in found if record is not None}

    async def find(self, query: Query[R]) -> list[R]:
        """The page of records the query means."""
        query.check()
        with self._lock:
            records: list[Any] = list(self._records[query.kind.KIND].values())
        return run(query, records)

    async def balances(self, prefixes: Sequence[Place]) -> dict[Place, Balance]:
        """The balances under these prefixes."""
        with self._lock:
            return dict(self._under_prefixes(prefixes))

    def _under_prefixes(self, prefixes: Sequence[Place]) -> Iterator[tuple[Place, Balance]]:
        for name, prefix in prefixes:
            known = self._balances[name]
            if len(prefix) < len(REGISTERS[name].dimensions):
                yield from (((name, key), each) for key, each in known.items() if key[: len(prefix)] == prefix)
            elif prefix in known:
                yield (name, prefix), known[prefix]

    async def turnovers(
        self,
        register: Register,
        by: Sequence[str],
        *,
        where: Mapping[str, Sequence[str]] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Turnover]:
        """Sums of entries grouped by dimensions or attributes."""
        sums: dict[tuple[str, ...], tuple[Decimal, ...]] = {}
        for at, _, key, amounts, _, _, attributes in self._all_entries(register):
            fields = dict(zip(register.dimensions + register.attributes, key + attributes, strict=True))
            if (since and at < since) or (until and at >= until):
                continue
            if any(fields[name] not in values for name, values in (where or {}).items()):
                continue
            group = tuple(fields[name] for name in by)
            known = sums.get(group)
            sums[group] = tuple(map(Decimal.__add__, known, amounts)) if known else amounts
        return [Turnover(group, sums[group]) for group in sorted(sums)]

    async def entries(
        self,
        register: Register,
        prefixes: Sequence[Key] = (),
        *,
        document: Ref | None = None,
        since: datetime | None = None,
    ) -> list[Entry]:
        """The entries under these prefixes, in order of moment and commit."""
        found = self._all_entries(register) if not prefixes else self._entries_under(register, prefixes)
        return [
            Entry(register.name, key, amounts, at, Ref(kind, id), attributes, seq)
            for at, seq, key, amounts, kind, id, attributes in sorted(found)
            if (document is None or document == (kind, id)) and (since is None or at >= since)
        ]

    def _all_entries(self, register: Register) -> list[_Entry]:
        with self._lock:
            return list(self._entries[register.name])

    def _entries_under(self, register: Register, prefixes: Sequence[Key]) -> list[_Entry]:
        with self._lock:
            if all(len(prefix) == len(register.dimensions) for prefix in prefixes):
                places = [(register.name, prefix) for prefix in dict.fromkeys(prefixes)]
                return [each for place in places for each in self._under.get(place, ())]
            return [
                each
                for each in self._entries[register.name]
                if any(each[2][: len(prefix)] == prefix for prefix in prefixes)
            ]

    async def history(self, document: Ref) -> list[HistoryRecord]:
        """What commands did to a record."""
        return [
            HistoryRecord(document, after.version, command, actor, at, differences(before, after), told)
            for command, actor, at, told, before, after in list(self._history.get(document, ()))
        ]

    async def recall(self, key: str) -> Repeated | None:
        """What an idempotency key was used for."""
        return self._keys.get(key)

    async def commit(self, changes: Changes) -> Committed | Repeated:
        """Write the changes completely or not at all."""
        with self._lock:
            record = changes.record
            if record and record.key in self._keys:
                return self._keys[record.key]
            balances = self._moved(changes.entries)
            lost = (*self._stale(changes.saves), *(g for g in changes.guards if not self._holds(g, balances)))
            if lost:
                raise Conflict(lost)
            return self._write(changes, balances)

    async def events_after(self, position: int, limit: int) -> list[Event]:
        """The next events of the outbox."""
        with self._lock:
            events = self._events[position : position + limit]
        return [
            Event(EventType(name), Ref(kind, id), _copied(data or {}), at, actor, version, number)
            for number, (name, kind, id, data, at, actor, version) in enumerate(events, start=position + 1)
        ]

    def _moved(self, entries: Iterable[Entry]) -> dict[Place, Balance]:
        moved: dict[Place, Balance] = {}
        for entry in entries:
            register = REGISTERS[entry.register]
            if not register.totals:
                continue
            place = (entry.register, entry.key)
            known = moved.get(place) or self._balances[entry.register].get(entry.key)
            if known is None:
                known = Balance(entry.key, (Decimal(0),) * len(register.resources))
            last_at = known.last_at
            timeline = register.timeline_index
            if timeline is not None and entry.amounts[timeline]:
                last_at = max(last_at, entry.at) if last_at else entry.at
            amounts = tuple(map(Decimal.__add__, known.amounts, entry.amounts))
            if not all(-LIMIT < amount < LIMIT for amount in amounts):
                raise Unsupported(
                    f"{entry.register} {'/'.join(entry.key)}: a balance of 10^12 and more cannot be kept."
                )
            moved[place] = Balance(entry.key, amounts, last_at, known.version + 1)
        return moved

    def _stale(self, saves: Iterable[Save]) -> Iterator[Version]:
        for save in saves:
            found = self._records[save.after.KIND].get(save.after.id)
            if (found.version if found else 0) != save.expected:
                yield Version(save.ref, save.expected)

    def _holds(self, guard: Guard, moved: Mapping[Place, Balance]) -> bool:
        if isinstance(guard, Version):
            found = self._records[guard.ref.kind].get(guard.ref.id)
            return (found.version if found else 0) == guard.version
        before = self._balances[guard.register].get(guard.key)
        if isinstance(guard, Newest):
            return before is None or before.last_at is None or before.last_at <= guard.at
        if isinstance(guard, Unchanged):
            return (before.version if before else 0) == guard.version
        register = REGISTERS[guard.register]
        after = moved.get((guard.register, guard.key)) or before
        measure = register.measure(guard.measure, after.amounts) if after else Decimal(0)
        return measure <= guard.amount if isinstance(guard, Ceiling) else measure >= guard.amount

    def _write(self, changes: Changes, balances: Mapping[Place, Balance]) -> Committed:
        written: dict[Ref, Record] = {}
        record = changes.record
        for save in changes.saves:
            count = 0
            if save.series:
                self._counters[save.series] = count = self._counters[save.series] + 1
            ref, after = save.ref, committed(save, count)
            self._records[ref.kind][ref.id] = written[ref] = after
            if record:
                self._history[ref].append((record.command, record.actor, record.at, record.told, save.before, after))
        for (name, key), balance in balances.items():
            self._balances[name][key] = balance
        for entry in changes.entries:
            self._note(entry)
        self._tell(changes, written)
        if record and record.key and record.result:
            self._keys[record.key] = Repeated(record.key, record.fingerprint, written[record.result])
        return Committed(written)

    def _tell(self, changes: Changes, written: Mapping[Ref, Record]) -> None:
        record = changes.record
        at, actor = (record.at, record.actor) if record else (None, "")
        for event in changes.events:
            kind, id = event.document
            document = written.get(event.document)
            data = _copied(event.data) if event.data else None
            self._events.append((event.type.value, kind, id, data, at, actor, document.version if document else 0))

    def _note(self, entry: Entry) -> None:
        self._seq += 1
        kind, id = entry.document
        noted = (entry.at, self._seq, entry.key, entry.amounts, kind, id, entry.attributes)
        self._entries[entry.register].append(noted)
        under = self._under[entry.register, entry.key]
        if under and under[-1] > noted:
            insort(under, noted)
        else:
            under.append(noted)


def _copied(data: Any) -> Any:
    """The same data in dictionaries and lists of its own: those are all of an event that could be changed."""
    if isinstance(data, dict):
        return {name: _copied(each) for name, each in data.items()}
    return [_copied(each) for each in data] if isinstance(data, list) else data
