"""Two who want the same at the same time: commits behave as if one came after the other."""

from collections.abc import Callable, Coroutine, Sequence
from decimal import Decimal
from typing import Any

import attrs

from tradecore.changes import Ceiling, Changes, Committed, Floor, Guard, Repeated, Save, Unchanged, Version
from tradecore.errors import Conflict, TradeError
from tradecore.registers import NEEDS, SETTLEMENTS, STOCK, Key
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import Driven, driven
from tradecore.testing.conformance.looking import kept, written
from tradecore.testing.factories import a_commit, a_partner, an_entry, an_event, an_item, an_order

_ROUNDS = 4


class RacesConformance(Driven):
    """Threads over a store that blocks, tasks over one that waits."""

    async def _race(self, store: Store, *contenders: Changes) -> list[Committed | Repeated | TradeError]:
        return await self.together(*(_committing(store, [each]) for each in contenders))

    async def _one_wins(self, store: Store, *contenders: Changes) -> int:
        """Which contender was written; all others must have met a conflict that names what was lost."""
        done = await self._race(store, *contenders)
        winners = [n for n, each in enumerate(done) if isinstance(each, Committed)]
        others = [each for each in done if not isinstance(each, Committed)]
        assert [True] * len(others) == [isinstance(each, Conflict) and bool(each.lost) for each in others], others
        assert len(winners) == 1, f"{len(winners)} commits were written, one was possible"
        return winners[0]

    @driven
    async def test_the_last_unit_has_one_buyer(self, store: Store) -> None:
        """Eight want the last piece: one gets it, and stock is never below zero."""
        self.needs("concurrent")
        for number in range(_ROUNDS):
            key = (f"chair {number}", "main")
            await written(store, a_commit(entries=[an_entry(key=key, on_hand=1)]))
            take, floor = an_entry(key=key, on_hand=-1), Floor(STOCK.name, key, "free")
            await self._one_wins(store, *(a_commit(entries=[take], guards=[floor]) for _ in range(8)))
            assert Decimal(0) == (await store.balances([(STOCK.name, key)]))[STOCK.name, key].amounts[0]

    @driven
    async def test_the_first_of_a_kind_is_made_once(self, store: Store) -> None:
        """Several write a record that was not there: one does."""
        self.needs("concurrent")
        for number in range(_ROUNDS):
            names = [f"name {n}" for n in range(4)]
            contenders = [a_commit(an_item(f"i{number}", name=name)) for name in names]
            winner = await self._one_wins(store, *contenders)
            ref = an_item(f"i{number}").ref
            assert attrs.evolve(an_item(ref.id, name=names[winner]), version=1) == (await store.get_many([ref]))[ref]

    @driven
    async def test_no_update_is_lost(self, store: Store) -> None:
        """Several change the record they have read: one does, the others must read again."""
        self.needs("concurrent")
        item = await kept(store, an_item())
        for _ in range(_ROUNDS):
            winner = await self._one_wins(
                store, *(a_commit(Save(attrs.evolve(item, name=f"{n}"), item)) for n in range(4))
            )
            item = attrs.evolve(item, name=f"{winner}", version=item.version + 1)
            assert {item.ref: item} == await store.get_many([item.ref])

    @driven
    async def test_a_limit_is_not_exceeded_together(self, store: Store) -> None:
        """Each of several sales stays below the limit, together they would not: only so many are written."""
        self.needs("concurrent")
        for number in range(_ROUNDS):
            key = (f"acme {number}", "EUR", "", "")
            limit = Ceiling(SETTLEMENTS.name, key, "debt", Decimal(100))
            sale = an_entry(SETTLEMENTS, key, charged=40)
            done = await self._race(store, *(a_commit(entries=[sale], guards=[limit]) for _ in range(5)))
            assert sum(isinstance(each, Committed) for each in done) == 2
            assert Decimal(80) == (await store.balances([(SETTLEMENTS.name, key)]))[SETTLEMENTS.name, key].amounts[0]

    @driven
    async def test_crossed_guards_of_balances(self, store: Store) -> None:
        """
        Each moves what the other only guards, a write skew: one of them must lose.

        Also where neither balance exists yet.
        """
        self.needs("concurrent")
        for number in range(_ROUNDS * 2):
            left, right = (f"left {number}", "main"), (f"right {number}", "main")
            if number % 2:
                await written(store, a_commit(entries=[an_entry(key=key, on_hand=0) for key in (left, right)]))
            none_of = _no_more if number % 4 < 2 else _untouched
            guards = [(await none_of(store, key),) for key in (right, left)]
            moves = [an_entry(key=key, on_hand=1) for key in (left, right)]
            await self._one_wins(store, *(a_commit(entries=[m], guards=g) for m, g in zip(moves, guards, strict=True)))

    @driven
    async def test_crossed_guards_of_records(self, store: Store) -> None:
        """Each writes the record the other only guards: one of them must lose, also where the records are new."""
        self.needs("concurrent")
        item, partner = an_item(), a_partner()
        for version in range(_ROUNDS):
            known = await store.get_many([item.ref, partner.ref])
            await self._one_wins(
                store,
                a_commit(Save(item, known.get(item.ref)), guards=[Version(partner.ref, version)]),
                a_commit(Save(partner, known.get(partner.ref)), guards=[Version(item.ref, version)]),
            )
            known = await store.get_many([item.ref, partner.ref])
            for record in (item, partner):  # both are one version further before the next round
                if record.ref not in known or known[record.ref].version == version:
                    await kept(store, record, known.get(record.ref))

    @driven
    async def test_crossed_orders_do_not_block_each_other(self, store: Store) -> None:
        """Commits that touch the same things in opposite orders are all written; nobody waits forever."""
        self.needs("concurrent")
        keys: Sequence[Key] = [(f"item {n}", "main") for n in range(6)]

        def moving(keys: Sequence[Key]) -> Changes:
            needs = [an_entry(NEEDS, (*key, "", "", "order", "1"), quantity=1) for key in keys]
            stock = [an_entry(key=key, on_hand=1) for key in keys]
            floors = [Floor(STOCK.name, key, "free") for key in keys]
            return a_commit(entries=[*stock, *needs] if keys[0] < keys[1] else [*needs, *stock], guards=floors)

        ways = [[moving(way) for _ in range(5)] for way in (keys, keys[::-1], keys, keys[::-1])]
        done = await self.together(*(_committing(store, way) for way in ways))
        assert [isinstance(each, Committed) for each in done] == [True] * 4, done
        totals = (await store.balances([(STOCK.name, ()), (NEEDS.name, ())])).values()
        assert {Decimal(20)} == {each.amounts[0] for each in totals}
        assert len(totals) == 12

    @driven
    async def test_numbers_have_no_gaps_and_no_doubles(self, store: Store) -> None:
        """However many write at once, the numbers of a series are one, two, three, to the last."""
        self.needs("concurrent")
        changes = [[a_commit(Save(an_order(), None, f"SO-{year}")) for year in (2026, 2026, 2027)] for _ in range(6)]
        done = await self.together(*(_committing(store, each, everything=True) for each in changes))
        records = [record for each in done if isinstance(each, list) for one in each for record in one.records.values()]
        numbers = sorted(getattr(record, "number", "") for record in records)
        assert [f"SO-2026-{n:06d}" for n in range(1, 13)] + [f"SO-2027-{n:06d}" for n in range(1, 7)] == numbers

    @driven
    async def test_a_key_has_one_effect(self, store: Store) -> None:
        """Several commits of one idempotency key at once: one is written, all others get its answer."""
        self.needs("concurrent")
        for number in range(_ROUNDS):
            key, place = f"key {number}", (f"item {number}", "main")
            entry, order = an_entry(key=place, on_hand=1), an_order()
            save, event = Save(order, None, "SO-2026"), an_event(order.ref)
            tries = [a_commit(save, entries=[entry], events=[event], key=key) for _ in range(5)]
            done = await self._race(store, *tries)
            written_ = [each for each in done if isinstance(each, Committed)]
            repeated = [each for each in done if isinstance(each, Repeated)]
            assert (len(written_), len(repeated)) == (1, 4), done
            stored = written_[0].records[order.ref]
            assert [Repeated(key, f"print of {key}", stored)] * 4 == repeated
            assert Decimal(1) == (await store.balances([(STOCK.name, place)]))[STOCK.name, place].amounts[0]
        assert len(await store.events_after(0, 100)) == _ROUNDS


async def _no_more(_: Store, key: Key) -> Guard:
    return Ceiling(STOCK.name, key, "on_hand", Decimal(0))


async def _untouched(store: Store, key: Key) -> Guard:
    found = (await store.balances([(STOCK.name, key)])).get((STOCK.name, key))
    return Unchanged(STOCK.name, key, found.version if found else 0)


def _committing(
    store: Store, changes: Sequence[Changes], *, everything: bool = False
) -> Callable[[], Coroutine[Any, Any, Any]]:
    """A call that commits these one after the other; its answer is the last, or a list of all."""

    async def call() -> Any:
        answers = [await store.commit(each) for each in changes]
        return answers if everything else answers[-1]

    return call
