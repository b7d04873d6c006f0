"""Versions, and commits that are written completely or not at all."""

from datetime import timedelta
from decimal import Decimal

import attrs
import pytest

from tradecore.changes import (
    NO_CHANGES,
    Ceiling,
    Changes,
    Committed,
    Floor,
    Guard,
    Newest,
    Save,
    Unchanged,
    Version,
)
from tradecore.documents import SalesOrder
from tradecore.errors import Conflict
from tradecore.registers import SETTLEMENTS, STOCK
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import Driven, driven
from tradecore.testing.conformance.looking import kept, picture, written
from tradecore.testing.factories import AT, a_commit, a_partner, an_entry, an_event, an_item, an_order
from tradecore.values.record import Record, Ref

_CHAIRS = ("chair", "main")
_DEBT = ("acme", "EUR", "", "")
_LOST: dict[str, Guard] = {
    "version": Version(Ref("partner", "acme"), 7),
    "absence": Version(Ref("partner", "acme"), 0),
    "floor": Floor(STOCK.name, _CHAIRS, "free", Decimal("4.000001")),
    "floor of another key": Floor(STOCK.name, ("table", "main"), "free", Decimal("0.000001")),
    "ceiling": Ceiling(SETTLEMENTS.name, _DEBT, "debt", Decimal(4)),
    "newest": Newest(STOCK.name, _CHAIRS, AT - timedelta(milliseconds=1)),
    "unchanged": Unchanged(STOCK.name, _CHAIRS, 0),
}


class CommitsConformance(Driven):
    """What is written together."""

    @driven
    async def test_versions_count_from_one(self, store: Store) -> None:
        """The first save makes version 1, each further one the next; the answer and the record agree."""
        record = an_item()
        for version in (1, 2, 3):
            before = (await store.get_many([record.ref])).get(record.ref)
            after = attrs.evolve(record, name=f"name {version}", version=99)
            done = await written(store, Changes((Save(after, before),)))
            assert {record.ref: attrs.evolve(after, version=version)} == done.records
            assert done.records == await store.get_many([record.ref])

    @driven
    async def test_a_stale_save_is_a_conflict(self, store: Store) -> None:
        """Who saves over a version that is not the last one is told which record has moved."""
        first = await kept(store, an_item(name="first"))
        second = await kept(store, an_item(name="second"), first)
        with pytest.raises(Conflict) as caught:
            await store.commit(Changes((Save(an_item(name="late"), first),)))
        assert Version(first.ref, 1) in caught.value.lost
        assert {first.ref: second} == await store.get_many([first.ref])

    @driven
    async def test_a_new_record_must_not_exist(self, store: Store) -> None:
        """Who saves a record as new is refused if there is one."""
        first = await kept(store, an_item(name="first"))
        with pytest.raises(Conflict) as caught:
            await store.commit(Changes((Save(an_item(name="late")),)))
        assert Version(first.ref, 0) in caught.value.lost
        assert {first.ref: first} == await store.get_many([first.ref])

    @driven
    async def test_a_record_that_is_replaced_must_exist(self, store: Store) -> None:
        """Who saves over a record that is not there is refused."""
        never = attrs.evolve(an_item(), version=1)
        with pytest.raises(Conflict) as caught:
            await store.commit(Changes((Save(an_item(name="late"), never),)))
        assert Version(never.ref, 1) in caught.value.lost
        assert await store.get_many([never.ref]) == {}

    @driven
    async def test_nothing_to_write_is_written(self, store: Store) -> None:
        """A commit without parts, or of guards that hold, is done."""
        assert Committed({}) == await store.commit(NO_CHANGES)
        item = await kept(store, an_item())
        guards = (Version(item.ref, 1), Version(Ref("item", "table"), 0), Floor(STOCK.name, _CHAIRS, "free"))
        before = await picture(store)
        assert Committed({}) == await store.commit(Changes(guards=guards))
        assert before == await picture(store)

    @driven
    async def test_a_commit_writes_all_its_parts(self, store: Store) -> None:
        """Records, numbers, entries, balances, history, events and the key of one commit are there together."""
        order = an_order(id="first")
        await written(store, _whole(order, an_item()))
        after = await picture(store, keys=["key of first"])
        stored = after.records[order.ref]
        assert attrs.evolve(order, version=1, number="SO-2026-000001") == stored
        assert {order.ref, Ref("item", "chair")} == set(after.records)
        assert (Decimal(3), Decimal(1)) == after.balances[STOCK.name, _CHAIRS].amounts
        assert (Decimal(5), Decimal(0)) == after.balances[SETTLEMENTS.name, _DEBT].amounts
        assert [len(after.entries[name]) for name in (STOCK.name, SETTLEMENTS.name)] == [2, 1]
        assert [len(history) for history in after.history.values()] == [1, 1]
        assert [(1, 1, order.ref), (2, 1, order.ref)] == [(e.position, e.version, e.document) for e in after.events]
        known = after.keys["key of first"]
        assert known is not None
        assert stored == known.result

    @pytest.mark.parametrize("lost", _LOST.values(), ids=_LOST)
    @driven
    async def test_nothing_remains_of_a_commit_whose_guard_is_lost(self, store: Store, lost: Guard) -> None:
        """One lost guard, of whichever sort, and no part of the commit can be found; not even its number is used up."""
        await written(store, _whole(an_order(id="first"), an_item(), a_partner()))
        item = (await store.get_many([Ref("item", "chair")]))[Ref("item", "chair")]
        await self._refused(store, _whole(an_order(id="second"), Save(an_item(name="new"), item), lost=(lost,)), lost)

    @pytest.mark.parametrize("place", [0, 1, 2])
    @driven
    async def test_nothing_remains_of_a_commit_with_a_stale_save(self, store: Store, place: int) -> None:
        """One record that has moved, whether first or last of several, and none is written."""
        item, partner = an_item(), a_partner()
        await written(store, _whole(an_order(id="first"), item, partner))
        known = await store.get_many([item.ref, partner.ref])
        saves = [Save(an_item(name="new"), known[item.ref]), Save(a_partner(name="new"), known[partner.ref])]
        saves.insert(place, Save(an_order(id="first")))
        await self._refused(store, _whole(an_order(id="second"), *saves), Version(Ref("sales_order", "first"), 0))

    async def _refused(self, store: Store, changes: Changes, lost: Guard) -> None:
        assert changes.record is not None
        refs, keys = [save.ref for save in changes.saves], ["key of first", changes.record.key]
        before = await picture(store, refs=refs, keys=keys)
        with pytest.raises(Conflict) as caught:
            await store.commit(changes)
        assert lost in caught.value.lost
        assert before == await picture(store, refs=refs, keys=keys)
        third = an_order(id="third")
        done = await written(store, _whole(third))
        assert attrs.evolve(third, version=1, number="SO-2026-000002") == done.records[third.ref]
        assert [event.position for event in (await picture(store)).events] == [1, 2, 3, 4]


def _whole(order: SalesOrder, *saves: Record | Save, lost: tuple[Guard, ...] = ()) -> Changes:
    """A commit that has something of everything a commit can have. Stock grows by 3 of which 1 is held, debt by 5."""
    entries = [
        an_entry(on_hand=3, document=order.ref),
        an_entry(SETTLEMENTS, _DEBT, charged=5, document=order.ref),
        an_entry(reserved=1, document=order.ref, attributes=(order.id, "1")),
    ]
    return a_commit(
        Save(order, None, "SO-2026"),
        *saves,
        entries=entries,
        guards=[Floor(STOCK.name, _CHAIRS, "free"), *lost],
        events=[an_event(order.ref), an_event(order.ref, total="5.00 EUR")],
        key=f"key of {order.id}",
        result=order.ref,
    )
