"""
The second set of books: what commits were told to write, kept beside the store and compared with it.

After every commit what it touched is proved: records and versions, entries and totals, nothing below zero at any
moment, orders and what follows from them, keys and their answers, events and their positions. At the end everything is.
"""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tradecore.calling import run
from tradecore.changes import Changes, Committed, Repeated
from tradecore.documents import Document, SalesOrder
from tradecore.events import Event
from tradecore.registers import REGISTERS, STOCK, Entry, Place
from tradecore.rules.availability import first_shortage
from tradecore.rules.proving import judged, totals_of
from tradecore.settings import Settings
from tradecore.storage.protocol import BlockingStore
from tradecore.values.numbers import ZERO
from tradecore.values.record import Record, Ref

Sums = dict[Place, tuple[Decimal, ...]]


class Broken(Exception):
    """A law does not hold. `law` is its name, which stays the same while the figures change."""

    def __init__(self, law: str, told: str) -> None:
        super().__init__(f"{law}: {told}")
        self.law = law


class Books:
    """What must be in the store."""

    def __init__(self, store: BlockingStore) -> None:
        self._store = store
        self._records: dict[Ref, Record] = {}
        self._commands: dict[Ref, list[str]] = defaultdict(list)
        self._entries: dict[Place, list[tuple[Any, ...]]] = defaultdict(list)
        self._of: dict[Ref, Sums] = defaultdict(dict)
        self._answers: dict[str, Repeated] = {}
        self._events: list[tuple[Any, ...]] = []
        self._position = 0

    def watched(self) -> "Watched":
        """The store, for those who prepare it: what they commit comes into the books unproved."""
        return Watched(self._store, self.note)

    def note(self, changes: Changes, done: Committed | Repeated) -> None:
        """
        Write down what was committed.

        Raises:
            Broken: The answer itself cannot be.
        """
        record = changes.record
        key = record.key if record else ""
        if isinstance(done, Repeated):
            if done != self._answers.get(key):
                raise Broken("answers", f"key {key!r} answers {done.result!r}")
            return
        if key and key in self._answers:
            raise Broken("keys", f"key {key!r} was carried out twice")
        self._note_records(changes, done)
        for entry in changes.entries:
            self._note_entry(entry)
        for event in changes.events:
            document = done.records.get(event.document)
            self._events.append(_event(event, document.version if document else 0))
        if record and key and record.result:
            self._answers[key] = Repeated(key, record.fingerprint, done.records[record.result])

    def _note_records(self, changes: Changes, done: Committed) -> None:
        for save in changes.saves:
            known = self._records.get(save.ref)
            version = known.version if known else 0
            if save.expected != version:
                raise Broken("updates", f"{save.ref} was version {version}, not {save.expected}")
            after = done.records[save.ref]
            if after.version != version + 1:
                raise Broken("versions", f"{save.ref} has become version {after.version}")
            self._records[save.ref] = after
            self._commands[save.ref].append(changes.record.command if changes.record else "")

    def _note_entry(self, entry: Entry) -> None:
        place = (entry.register, entry.key)
        self._entries[place].append(_entry(entry))
        sums = self._of[entry.document]
        sums[place] = _added(sums.get(place), entry.amounts)

    def prove(self, changes: Changes, settings: Settings) -> None:
        """
        Prove what a commit has touched.

        Raises:
            Broken: A law does not hold.
        """
        self._prove_records([save.ref for save in changes.saves], settings)
        self._prove_places({(entry.register, entry.key) for entry in changes.entries})
        self._prove_events()

    def prove_all(self, settings: Settings) -> None:
        """
        Prove everything that was ever written.

        Raises:
            Broken: A law does not hold.
        """
        self._prove_records(list(self._records), settings)
        self._prove_places(set(self._entries))
        self._position = 0
        self._prove_events()
        for ref, commands in self._commands.items():
            told = [(each.version, each.command) for each in run(self._store.history(ref))]
            expected = [(number, command) for number, command in enumerate(commands, 1) if command]
            if told != expected:
                raise Broken("history", f"{ref}: {told}, committed {expected}")
        for key, answer in self._answers.items():
            if run(self._store.recall(key)) != answer:
                raise Broken("answers", f"key {key!r} is not what it was")

    def _prove_records(self, refs: list[Ref], settings: Settings) -> None:
        found = run(self._store.get_many(refs))
        for ref in refs:
            record = self._records[ref]
            if found.get(ref) != record:
                raise Broken("records", f"{ref} is {found.get(ref)!r}, committed {record!r}")
            if isinstance(record, Document):
                self._prove_document(record)
            if isinstance(record, SalesOrder):
                found_out = judged(record, settings)
                for fault in (*found_out.faults, *found_out.by_settings):
                    raise Broken("states", str(fault))

    def _prove_document(self, document: Document) -> None:
        sums = {(key[0], key[1:]): amounts for key, amounts in totals_of(document).items()}
        entered = {place: amounts for place, amounts in self._of[document.ref].items() if any(amounts)}
        if sums != entered:
            raise Broken("documents", f"{document} stands for {sums}, its entries say {entered}")

    def _prove_places(self, places: set[Place]) -> None:
        kept = run(self._store.balances([place for place in sorted(places) if REGISTERS[place[0]].totals]))
        for place in sorted(places):
            register = REGISTERS[place[0]]
            told = f"{place[0]} {'/'.join(place[1])}"
            entries = run(self._store.entries(register, [place[1]]))
            if sorted(map(_entry, entries)) != sorted(self._entries[place]):
                raise Broken("entries", f"{told}: {len(entries)} are kept, {len(self._entries[place])} were committed")
            sums = (ZERO,) * len(register.resources)
            for entry in entries:
                sums = _added(sums, entry.amounts)
            found = kept[place].amounts if place in kept else ()
            if register.totals and found != sums:
                raise Broken("totals", f"{told}: {_told(found)} is kept, entries say {_told(sums)}")
            for measure in register.floors:
                if (amount := register.measure(measure, sums)) < 0:
                    raise Broken("floors", f"{told}: {measure} is {amount}")
            if register is STOCK and (shortage := first_shortage(sums[0], entries, ())):
                raise Broken("time", f"{told}: {shortage[0]} on hand at {shortage[1].at} by {shortage[1].document}")

    def _prove_events(self) -> None:
        while found := run(self._store.events_after(self._position, 1000)):
            for event in found:
                position, self._position = self._position, event.position
                if event.position != position + 1:
                    raise Broken("outbox", f"event {event.position} comes behind {position}")
                known = self._events[position] if position < len(self._events) else None
                if _event(event, event.version) != known:
                    raise Broken("outbox", f"{event} is told, committed was {known}")
        if self._position != len(self._events):
            raise Broken("outbox", f"{len(self._events)} events were committed, {self._position} are told")


class Watched:
    """A store whose commits somebody is told of. Everything else passes through."""

    def __init__(self, store: BlockingStore, witness: Callable[[Changes, Committed | Repeated], None]) -> None:
        self._store = store
        self._witness = witness

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, changes: Changes) -> Committed | Repeated:
        """Write, and tell."""
        done = await self._store.commit(changes)
        self._witness(changes, done)
        return done


def _added(known: tuple[Decimal, ...] | None, amounts: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    return tuple(map(Decimal.__add__, known, amounts)) if known else amounts


def _entry(entry: Entry) -> tuple[Any, ...]:
    return (entry.at, entry.document, entry.amounts, entry.attributes)


def _event(event: Event, version: int) -> tuple[Any, ...]:
    return (event.type, event.document, event.data, version)


def _told(amounts: tuple[Decimal, ...]) -> str:
    return " and ".join(f"{amount:f}" for amount in amounts) or "nothing"
