"""Events: told once, in order, with no gap that a reader could step over."""

from collections.abc import Callable, Coroutine
from typing import Any

import attrs

from tradecore.changes import Save
from tradecore.events import Event, EventType
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import Driven, driven
from tradecore.testing.conformance.looking import all_events, kept, written
from tradecore.testing.factories import AT, a_commit, an_entry, an_event, an_item, an_order
from tradecore.testing.strategies import HOSTILE
from tradecore.values.record import Ref


class OutboxConformance(Driven):
    """The outbox."""

    @driven
    async def test_an_event_tells_what_happened(self, store: Store) -> None:
        """Type, document and figures come from the command; moment, actor, version and position from the commit."""
        order = an_order(id="😀")
        data = {"total": "12.50 EUR", "given": [{"line": "1", "n": "2"}], "": None, "$a.b": "%"}
        await written(store, a_commit(order, actor="Я", events=[an_event(order.ref, EventType.ORDER_PLACED, **data)]))
        expected = Event(EventType.ORDER_PLACED, order.ref, data, AT, "Я", version=1, position=1)
        assert [expected] == await store.events_after(0, 10)

    @driven
    async def test_hostile_texts_in_events_are_only_texts(self, store: Store) -> None:
        """Figures of events are kept as they were told, names and values."""
        data = {text: [text, {text: text}] for text in HOSTILE}
        await written(store, a_commit(an_item(), events=[attrs.evolve(an_event(), data=data)]))
        assert [data] == [each.data for each in await store.events_after(0, 10)]

    @driven
    async def test_positions_count_from_one(self, store: Store) -> None:
        """Events of a commit stand in the order they were told, commits in the order they were written."""
        for number in range(3):
            told = [an_event(n=f"{number}.{part}") for part in range(number + 1)]
            await written(store, a_commit(an_item(f"i{number}"), events=told))
        events = await all_events(store)
        assert [each.position for each in events] == [1, 2, 3, 4, 5, 6]
        assert [each.data["n"] for each in events] == ["0.0", "1.0", "1.1", "2.0", "2.1", "2.2"]

    @driven
    async def test_a_reader_gets_as_many_as_it_wants(self, store: Store) -> None:
        """A page of the outbox has at most `limit` events and starts right behind the position."""
        await written(store, a_commit(events=[an_event(n=str(n)) for n in range(1, 8)]))
        assert [each.position for each in await store.events_after(0, 3)] == [1, 2, 3]
        assert [each.position for each in await store.events_after(3, 3)] == [4, 5, 6]
        assert [each.position for each in await store.events_after(6, 3)] == [7]
        assert await store.events_after(7, 3) == []
        assert await store.events_after(100, 3) == []

    @driven
    async def test_an_event_once_read_stays_where_it_is(self, store: Store) -> None:
        """Reading again, in between or later, gives the same events at the same positions."""
        seen: list[Event] = []
        for number in range(4):
            await written(store, a_commit(events=[an_event(n=str(number)), an_event(n=f"{number}+")]))
            if number % 2:
                seen += await store.events_after(len(seen), 100)
                assert seen == await store.events_after(0, 100)
        assert len(seen) == 8

    @driven
    async def test_events_of_a_document_follow_its_versions(self, store: Store) -> None:
        """Each event bears the version its commit made, in order."""
        item = an_item()
        for version in range(1, 5):
            before = (await store.get_many([item.ref])).get(item.ref)
            await written(store, a_commit(Save(item, before), events=[an_event(item.ref), an_event(item.ref)]))
            assert 2 * version == len(await store.events_after(0, 100))
        assert [each.version for each in await all_events(store)] == [1, 1, 2, 2, 3, 3, 4, 4]

    @driven
    async def test_a_reader_steps_over_nothing(self, store: Store) -> None:
        """
        While several write, long commits among short ones, readers that follow the outbox meet every event, alike.

        A store that gives positions before it commits fails here: a short commit becomes readable with a position
        behind that of a long one still open, the reader moves on, and the events of the long one are never told.
        """
        self.needs("concurrent")
        item = await kept(store, an_item("counted"))
        writing = [_short(store, 40), _short(store, 40, item.ref), _long(store, 3)]
        left = [True] * len(writing)

        def working(call: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], Coroutine[Any, Any, None]]:
            async def work() -> None:
                try:
                    await call()
                finally:
                    left.pop()

            return work

        async def follow() -> list[Event]:
            seen: list[Event] = []
            more: list[Event] = []
            while left or more:
                await self.breathe()
                more = await store.events_after(seen[-1].position if seen else 0, 20)
                assert not more or not seen or seen[-1].position < more[0].position
                seen.extend(more)
            return [*seen, *await store.events_after(seen[-1].position, 1000)]

        seen, other, *rest = await self.together(follow, follow, *(working(each) for each in writing))
        assert [None] * len(writing) == rest
        assert isinstance(seen, list)
        assert list(range(1, len(seen) + 1)) == [each.position for each in seen]
        assert await all_events(store) == seen == other
        expected = [f"short {n}" for n in range(40)] * 2 + [f"long {n}.{m}" for n in range(3) for m in range(150)]
        assert sorted(expected) == sorted(each.data["n"] for each in seen)
        assert list(range(2, 42)) == [each.version for each in seen if each.document == item.ref]


def _short(store: Store, count: int, ref: Ref | None = None) -> Callable[[], Coroutine[Any, Any, None]]:
    async def write() -> None:
        for number in range(count):
            saves = []
            if ref:
                before = (await store.get_many([ref]))[ref]
                saves = [Save(before, before)]
            event = an_event(ref, n=f"short {number}") if ref else an_event(n=f"short {number}")
            await written(store, a_commit(*saves, events=[event]))

    return write


def _long(store: Store, count: int) -> Callable[[], Coroutine[Any, Any, None]]:
    """Commits of many parts, which take a database a while."""

    async def write() -> None:
        for number in range(count):
            events = [an_event(n=f"long {number}.{part}") for part in range(150)]
            entries = [an_entry(key=(f"item {part}", "main"), on_hand=1) for part in range(150)]
            orders = [an_order() for _ in range(30)]
            await written(store, a_commit(*orders, events=events, entries=entries))

    return write
