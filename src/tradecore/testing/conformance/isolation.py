"""A commit is seen whole or not at all: by those who read while it is written, and after it was broken off."""

import asyncio
from decimal import Decimal

from tradecore.changes import Repeated, Save
from tradecore.documents import SalesOrder
from tradecore.query import Eq, Query
from tradecore.registers import STOCK
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import Driven, driven
from tradecore.testing.conformance.looking import kept, picture, written
from tradecore.testing.factories import a_commit, a_line, an_entry, an_event, an_order

_LEFT, _RIGHT = ("left", "main"), ("right", "main")
_TIMES = 40


def _edition(number: int, id: str = "order") -> SalesOrder:
    """An order that says in every part which edition it is; odd ones have fewer parts."""
    lines = [a_line(price=number) for _ in range(1 + 3 * (number % 2))]
    return an_order(id=id, external_ref=str(number), lines=lines)


def _is_whole(order: SalesOrder) -> bool:
    number = int(order.external_ref)
    return _edition(number).lines == order.lines and order.version == number


class IsolationConformance(Driven):
    """Reading while others write."""

    @driven
    async def test_a_record_is_read_whole(self, store: Store) -> None:
        """While an order is saved again and again, readers get one edition of it, with the parts of that edition."""
        self.needs("concurrent")
        order = await kept(store, _edition(1))
        writing = [True]

        async def write() -> None:
            before = order
            try:
                for number in range(2, _TIMES):
                    before = await kept(store, _edition(number), before)
            finally:
                writing.clear()

        async def get() -> list[SalesOrder]:
            seen: list[SalesOrder] = []
            while writing:
                seen += (await store.get_many([order.ref])).values()  # type: ignore[arg-type]  # an order
                await self.breathe(0)
            return seen

        async def find() -> list[SalesOrder]:
            seen: list[SalesOrder] = []
            while writing:
                seen += await store.find(Query(SalesOrder, (Eq("id", "order"),)))
                await self.breathe(0)
            return seen

        for seen in (await self.together(write, get, find))[1:]:
            assert isinstance(seen, list)
            assert [each for each in seen if not _is_whole(each)] == []
            assert [each.version for each in seen] == sorted(each.version for each in seen)

    @driven
    async def test_what_is_written_together_is_read_together(self, store: Store) -> None:
        """While goods move between places, they are at one or the other; two orders saved together are of one age."""
        self.needs("concurrent")
        saves = [Save(_edition(1, id)) for id in ("a", "b")]
        await written(store, a_commit(*saves, entries=[an_entry(key=_LEFT, on_hand=100)]))
        refs = [save.ref for save in saves]
        writing, wrong = [True], list[object]()

        async def write() -> None:
            try:
                for number in range(2, _TIMES):
                    known = await store.get_many(refs)
                    moves = [an_entry(key=_LEFT, on_hand=-3), an_entry(key=_RIGHT, on_hand=3)]
                    both = [Save(_edition(number, ref.id), known[ref]) for ref in refs]
                    await written(store, a_commit(*both, entries=moves))
            finally:
                writing.clear()

        async def read() -> None:
            while writing:
                found = await store.get_many(refs)
                balances = await store.balances([(STOCK.name, _LEFT), (STOCK.name, ("right",))])
                sums = [sum((b.amounts[0] for b in balances.values()), Decimal(0))]
                sums += [each.amounts[0] for each in await store.turnovers(STOCK, ["warehouse"])]
                sums += [sum((e.amounts[0] for e in await store.entries(STOCK)), Decimal(0))]
                if len({each.version for each in found.values()}) > 1 or {Decimal(100)} != set(sums):
                    wrong.append((sums, found))
                await self.breathe(0)

        assert await self.together(write, read, read) == [None] * 3
        assert wrong == []

    @driven
    async def test_a_commit_that_is_broken_off_is_whole_or_nothing(self, store: Store) -> None:
        """A task that is cancelled while it commits has written everything or nothing, and others can go on."""
        for number in range(_TIMES):
            order = an_order(id=f"o{number}")
            entries = [an_entry(key=(f"i{number}", "main"), on_hand=1)]
            changes = a_commit(
                Save(order, None, "SO-2026"), entries=entries, events=[an_event(order.ref)], key=f"k{number}"
            )
            if store.waits:
                task = asyncio.ensure_future(store.commit(changes))
                await asyncio.sleep(0.0004 * number)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            else:
                await store.commit(changes)
        found = await picture(store, keys=[f"k{number}" for number in range(_TIMES)])
        done = {ref.id[1:] for ref in found.records}
        assert done == {key[0][1:] for _, key in found.balances}
        assert done == {event.document.id[1:] for event in found.events}
        assert done == {key[1:] for key, known in found.keys.items() if isinstance(known, Repeated)}
        assert len(done) == len(found.events) == len(found.entries[STOCK.name])
        last = (await written(store, a_commit(Save(an_order(id="last"), None, "SO-2026")))).records
        assert [f"SO-2026-{len(done) + 1:06d}"] == [getattr(each, "number", "") for each in last.values()]
        numbers = sorted(getattr(each, "number", "") for each in found.records.values())
        assert [f"SO-2026-{n + 1:06d}" for n in range(len(done))] == numbers
