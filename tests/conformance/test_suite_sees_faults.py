"""A suite that cannot fail proves nothing: stores with one fault each, and the test that must notice it."""

import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs
import pytest
from typing_extensions import override

from tradecore.changes import Changes, Committed, Guard, Repeated
from tradecore.documents import SalesOrder
from tradecore.errors import Conflict
from tradecore.events import Event
from tradecore.query import In, Query
from tradecore.registers import Balance, Entry, Place
from tradecore.storage.memory import MemoryStore
from tradecore.testing import StoreConformance, TradeConformance
from tradecore.values.record import Record


class KeepsPartOfARefusedCommit(MemoryStore):
    """Writes the events before it looks at the guards."""

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        try:
            return await super().commit(changes)
        except Conflict:
            self._tell(attrs.evolve(changes, record=None), {})
            raise


class UsesUpTheNumberOfARefusedCommit(MemoryStore):
    """Takes the next number outside the transaction, as a sequence of a database does."""

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        try:
            return await super().commit(changes)
        except Conflict:
            for save in changes.saves:
                self._counters[save.series] += 1
            raise


class CountsInFloats(MemoryStore):
    """Keeps balances in binary floating point."""

    @override
    def _moved(self, entries: Any) -> dict[Place, Balance]:
        moved = super()._moved(entries)
        return {place: attrs.evolve(each, amounts=_floats(each.amounts)) for place, each in moved.items()}


def _floats(amounts: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    return tuple(Decimal(float(amount)) for amount in amounts)


class ChecksAndThenWrites(MemoryStore):
    """Looks whether the guards hold, lets others in, and writes."""

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        balances = self._moved(changes.entries)
        lost = (*self._stale(changes.saves), *(g for g in changes.guards if not self._holds(g, balances)))
        if lost:
            raise Conflict(lost)
        time.sleep(0.001)  # noqa: ASYNC251  # between threads
        return self._write(changes, balances)


class GuardsOnlyWhatItMoves(MemoryStore):
    """Locks the balances a commit moves, and reads the others as they were when it began."""

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        moved = {(entry.register, entry.key) for entry in changes.entries}
        before = {guard: self._holds(guard, {}) for guard in changes.guards if _place(guard) not in moved}
        time.sleep(0.001)  # noqa: ASYNC251  # between threads
        lost = [guard for guard, held in before.items() if not held]
        if lost:
            raise Conflict(tuple(lost))
        rest = tuple(guard for guard in changes.guards if guard not in before)
        return await super().commit(attrs.evolve(changes, guards=rest))


def _place(guard: Guard) -> Any:
    return (getattr(guard, "register", ""), getattr(guard, "key", ()))


class GivesPositionsBeforeItCommits(MemoryStore):
    """Takes places in the outbox when a commit begins; a long one becomes readable after shorter ones behind it."""

    def __init__(self) -> None:
        super().__init__()
        self._taken = 0

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        first, self._taken = self._taken + 1, self._taken + len(changes.events)
        time.sleep(0.0001 * len(changes.events))  # noqa: ASYNC251  # between threads
        done = await super().commit(attrs.evolve(changes, events=()))
        told = [attrs.evolve(e, position=first + n, version=1) for n, e in enumerate(changes.events)]
        self._events = sorted([*self._events, *told], key=lambda event: event.position)
        return done

    @override
    async def events_after(self, position: int, limit: int) -> list[Event]:
        return [event for event in self._events if event.position > position][:limit]


class FindsEverythingInNothing(MemoryStore):
    """Leaves out a condition without values."""

    @override
    async def find(self, query: Query[Any]) -> list[Any]:
        where = tuple(each for each in query.where if not isinstance(each, In) or each.values)
        return await super().find(attrs.evolve(query, where=where))


class SortsAsPeopleDo(MemoryStore):
    """Sorts texts without regard to case."""

    @override
    async def find(self, query: Query[Any]) -> list[Any]:
        found = await super().find(attrs.evolve(query, limit=1000, after=None))
        key: Callable[[Any], Any] = lambda r: tuple(str(each).lower() for each in (getattr(r, query.sort), r.id))  # noqa: E731
        return sorted(found, key=key, reverse=query.descending)[: query.limit]


class ForgetsOrderOfParts(MemoryStore):
    """Gives lines back in the order of their ids."""

    @override
    async def get_many(self, refs: Sequence[Any]) -> dict[Any, Record]:
        found = await super().get_many(refs)
        return {ref: _sorted(record) for ref, record in found.items()}


def _sorted(record: Record) -> Record:
    lines = getattr(record, "lines", None)
    changed: Mapping[str, Any] = {"lines": tuple(sorted(lines, key=lambda line: line.id))} if lines else {}
    return attrs.evolve(record, **changed)


class AnswersARepeatedKeyWithTheRecordOfToday(MemoryStore):
    """Looks the answer of a key up again."""

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        done = await super().commit(changes)
        if isinstance(done, Repeated):
            return attrs.evolve(done, result=self._records[done.result.KIND][done.result.id])
        return done


class ListsEntriesAsTheyCame(MemoryStore):
    """Gives entries in the order of commits alone."""

    @override
    async def entries(self, *args: Any, **kwargs: Any) -> list[Entry]:
        return sorted(await super().entries(*args, **kwargs), key=lambda entry: entry.seq)


class WritesPieceByPiece(MemoryStore):
    """Lets readers in between the entries of a commit."""

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        done = await super().commit(attrs.evolve(changes, entries=(), guards=()))
        for entry in changes.entries:
            await super().commit(Changes(entries=(entry,)))
            time.sleep(0.001)  # noqa: ASYNC251  # between threads
        return done


class TakesNothingForAnEmptyText(MemoryStore):
    """Gives an empty text where there was no value, as some databases do."""

    @override
    async def get_many(self, refs: Sequence[Any]) -> dict[Any, Record]:
        found = await super().get_many(refs)
        return {ref: _filled(record) for ref, record in found.items()}


def _filled(record: Record) -> Record:
    names = ("recipient", "contact", "legal_entity", "agreement", "approved_by")
    changed: Mapping[str, Any] = {name: "" for name in names if getattr(record, name, "") is None}
    return attrs.evolve(record, **changed)


class KnowsIdsOfAnyKind(MemoryStore):
    """Looks a record up by its id alone."""

    @override
    async def get_many(self, refs: Sequence[Any]) -> dict[Any, Record]:
        return {ref: records[ref.id] for ref in refs for records in self._records.values() if ref.id in records}


FAULTS: Sequence[tuple[type[MemoryStore], str, Mapping[str, Any]]] = [
    (KeepsPartOfARefusedCommit, "test_nothing_remains_of_a_commit_with_a_stale_save", {"place": 1}),
    (UsesUpTheNumberOfARefusedCommit, "test_nothing_remains_of_a_commit_with_a_stale_save", {"place": 0}),
    (CountsInFloats, "test_a_floor_allows_exactly_itself", {}),
    (CountsInFloats, "test_sums_stay_exact", {}),
    (ChecksAndThenWrites, "test_the_last_unit_has_one_buyer", {}),
    (ChecksAndThenWrites, "test_no_update_is_lost", {}),
    (ChecksAndThenWrites, "test_a_key_has_one_effect", {}),
    (GuardsOnlyWhatItMoves, "test_crossed_guards_of_balances", {}),
    (GivesPositionsBeforeItCommits, "test_a_reader_steps_over_nothing", {}),
    (FindsEverythingInNothing, "test_nothing_is_in_an_empty_choice", {}),
    (SortsAsPeopleDo, "test_texts_are_sorted_by_code_point", {}),
    (SortsAsPeopleDo, "test_pages_meet_without_gap_or_overlap", {"sort": "customer", "descending": False}),
    (ForgetsOrderOfParts, "test_parts_keep_their_order", {}),
    (AnswersARepeatedKeyWithTheRecordOfToday, "test_a_repeated_key_writes_nothing", {}),
    (WritesPieceByPiece, "test_what_is_written_together_is_read_together", {}),
    (TakesNothingForAnEmptyText, "test_every_kind_comes_back_equal", {"kind": SalesOrder}),
    (KnowsIdsOfAnyKind, "test_an_id_of_another_kind_is_not_known", {}),
    (ListsEntriesAsTheyCame, "test_entries_come_in_order_of_moment_and_commit", {}),
]


@pytest.mark.parametrize(("faulty", "name", "given"), FAULTS, ids=[f"{each[0].__name__}-{each[1]}" for each in FAULTS])
def test_fault_is_seen(faulty: type[MemoryStore], name: str, given: Mapping[str, Any]) -> None:
    """The named test passes for the sound store and fails for the one with the fault."""
    _try(MemoryStore, name, given)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        _try(faulty, name, given)


def test_joining_is_shown_and_not_only_said() -> None:
    """A class that says its store joins transactions must show how a host begins one."""
    with pytest.raises(NotImplementedError, match="define `host`"):
        TradeConformance().host(MemoryStore())


def _try(make_store: Callable[[], MemoryStore], name: str, given: Mapping[str, Any]) -> None:
    suite = StoreConformance()
    with suite.driving(make_store) as store:
        getattr(suite, name)(store, **given)
