"""What each guard lets pass, to the last millionth."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tradecore.changes import Ceiling, Changes, Floor, Guard, Newest, Unchanged, Version
from tradecore.errors import Conflict, Unsupported
from tradecore.registers import SETTLEMENTS, STOCK, SUPPLY, Balance, Entry, Key
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import Driven, driven
from tradecore.testing.conformance.looking import kept, picture, written
from tradecore.testing.factories import AT, a_commit, an_entry, an_item
from tradecore.values.numbers import Number, exact

_CHAIRS: Key = ("chair", "main")
_DEBT: Key = ("acme", "EUR", "", "")
_TICK = timedelta(milliseconds=1)


def _free(amount: Number = 0, key: Key = _CHAIRS, measure: str = "free") -> Floor:
    return Floor(STOCK.name, key, measure, exact(amount))


def _debt(amount: Number, key: Key = _DEBT) -> Ceiling:
    return Ceiling(SETTLEMENTS.name, key, "debt", exact(amount))


class GuardsConformance(Driven):
    """What must hold for a commit."""

    async def _holds(self, store: Store, guard: Guard, *entries: Entry) -> bool:
        """Whether a commit of these entries is written under the guard; a refusal names the guard."""
        try:
            await written(store, a_commit(entries=entries, guards=[guard]))
        except Conflict as conflict:
            lost = conflict.lost
        else:
            return True
        assert guard in lost
        return False

    async def _balance(self, store: Store, key: Key = _CHAIRS) -> Balance | None:
        return (await store.balances([(STOCK.name, key)])).get((STOCK.name, key))

    @driven
    async def test_a_balance_is_smaller_than_a_million_millions(self, store: Store) -> None:
        """A millionth below is kept exactly; at the limit, above or below zero, the whole commit is refused."""
        for sign, key in (1, _CHAIRS), (-1, ("chair", "spare")):
            first, rest = (sign * Decimal(amount) for amount in ("999999999999", "0.999999"))
            await written(store, a_commit(entries=[an_entry(on_hand=first, key=key), an_entry(on_hand=rest, key=key)]))
            for more in (sign * Decimal("0.000001"), sign * Decimal(999999999999)):
                with pytest.raises(Unsupported):
                    await store.commit(a_commit(an_item(), entries=[an_entry(on_hand=more, key=key)]))
            balance = await self._balance(store, key)
            assert balance is not None
            assert first + rest == balance.amounts[0]
        assert await store.get_many([an_item().ref]) == {}

    @driven
    async def test_a_floor_allows_exactly_itself(self, store: Store) -> None:
        """0.8 less 0.1 less 0.7 is nothing, which is allowed; a millionth less is not."""
        assert await self._holds(store, _free(), an_entry(on_hand="0.8"))
        assert await self._holds(store, _free(), an_entry(on_hand="-0.1"))
        assert await self._holds(store, _free(), an_entry(on_hand="-0.7"))
        assert not await self._holds(store, _free(), an_entry(on_hand="-0.000001"))
        assert await self._holds(store, _free("-0.000001"), an_entry(on_hand="-0.000001"))
        balance = await self._balance(store)
        assert balance is not None
        assert (Decimal("-0.000001"), Decimal(0)) == balance.amounts

    @driven
    async def test_a_floor_is_exact_for_large_numbers(self, store: Store) -> None:
        """A millionth is noticed beside hundreds of billions."""
        assert await self._holds(store, _free(), an_entry(on_hand="999999999999.999999"))
        assert await self._holds(store, _free("0.000001"), an_entry(on_hand="-999999999999.999998"))
        assert not await self._holds(store, _free("0.000001"), an_entry(on_hand="-0.000001"))

    @driven
    async def test_a_floor_measures_what_its_measure_says(self, store: Store) -> None:
        """`free` is on hand less reserved; `on_hand` and `reserved` are measures of their own."""
        assert await self._holds(store, _free(), an_entry(on_hand=3, reserved=3))
        assert not await self._holds(store, _free(), an_entry(reserved="0.000001"))
        assert await self._holds(store, _free(3, measure="on_hand"), an_entry(on_hand=0, reserved=-1))
        assert not await self._holds(store, _free(0, measure="reserved"), an_entry(reserved="-2.000001"))
        assert await self._holds(store, _free(0, measure="reserved"), an_entry(reserved=-2))

    @driven
    async def test_a_ceiling_allows_exactly_itself(self, store: Store) -> None:
        """A debt may reach the limit to the cent, and no further."""
        assert await self._holds(store, _debt(100), an_entry(SETTLEMENTS, _DEBT, charged="99.99"))
        assert await self._holds(store, _debt(100), an_entry(SETTLEMENTS, _DEBT, charged="0.01"))
        assert not await self._holds(store, _debt(100), an_entry(SETTLEMENTS, _DEBT, charged="0.000001"))
        assert await self._holds(store, _debt(100), an_entry(SETTLEMENTS, _DEBT, charged=5, paid=5))

    @driven
    async def test_bounds_see_all_entries_of_their_commit(self, store: Store) -> None:
        """What counts is the balance after the whole commit, not after some of its entries."""
        assert await self._holds(store, _free(), an_entry(on_hand=-5), an_entry(on_hand=5), an_entry(reserved=0))
        assert not await self._holds(store, _free(), an_entry(on_hand=-5), an_entry(on_hand="4.999999"))
        three = [an_entry(SETTLEMENTS, _DEBT, charged=each) for each in (200, -50, -50)]
        assert await self._holds(store, _debt(100), *three)

    @driven
    async def test_bounds_of_keys_that_do_not_move(self, store: Store) -> None:
        """A guard may speak of a balance the commit leaves alone; one that nobody ever moved measures zero."""
        await written(store, a_commit(entries=[an_entry(key=("table", "main"), on_hand=2)]))
        move = an_entry(on_hand=1)
        assert await self._holds(store, _free(2, ("table", "main")), move)
        assert not await self._holds(store, _free("2.000001", ("table", "main")), move)
        assert await self._holds(store, _free(0, ("lamp", "main")), move)
        assert not await self._holds(store, _free("0.000001", ("lamp", "main")), move)
        assert await self._holds(store, _debt(0), move)
        assert not await self._holds(store, _debt("-0.000001"), move)

    @driven
    async def test_a_guarded_key_without_entries_has_no_balance(self, store: Store) -> None:
        """A guard leaves no trace: neither one that held nor one that was lost."""
        guards: list[Guard] = [
            _free(0, ("lamp", "main")),
            _debt(0),
            Newest(STOCK.name, ("sofa", "main"), AT),
            Unchanged(STOCK.name, ("desk", "main"), 0),
        ]
        await written(store, a_commit(guards=guards, entries=[an_entry(on_hand=1)]))
        with pytest.raises(Conflict):
            await store.commit(a_commit(guards=[*guards, _free(1, ("bed", "main"))], entries=[an_entry(on_hand=1)]))
        assert [(STOCK.name, _CHAIRS)] == list((await picture(store)).balances)

    @driven
    async def test_newest_speaks_of_what_moved_before(self, store: Store) -> None:
        """Nothing may have moved the stock later; the same moment is allowed, the commit's own entries do not count."""
        newest = Newest(STOCK.name, _CHAIRS, AT)
        assert await self._holds(store, newest, an_entry(on_hand=5, at=AT))
        assert await self._holds(store, newest, an_entry(on_hand=-1, at=AT))
        assert await self._holds(store, newest, an_entry(on_hand=-1, at=AT + _TICK), an_entry(on_hand=-1, at=AT))
        assert not await self._holds(store, newest, an_entry(on_hand=-1, at=AT))
        assert await self._holds(store, Newest(STOCK.name, _CHAIRS, AT + _TICK), an_entry(on_hand=-1, at=AT + _TICK))

    @driven
    async def test_newest_looks_at_the_timeline_alone(self, store: Store) -> None:
        """A reserve moves no stock in time, however late; an earlier movement does not set the timeline back."""
        await written(store, a_commit(entries=[an_entry(on_hand=5, at=AT)]))
        await written(store, a_commit(entries=[an_entry(reserved=1, at=AT + 9 * _TICK)]))
        await written(store, a_commit(entries=[an_entry(on_hand=1, at=AT - 9 * _TICK)]))
        balance = await self._balance(store)
        assert balance is not None
        assert balance.last_at == AT
        assert not await self._holds(store, Newest(STOCK.name, _CHAIRS, AT - _TICK), an_entry(on_hand=-1))
        assert await self._holds(store, Newest(STOCK.name, _CHAIRS, AT), an_entry(on_hand=-1))

    @driven
    async def test_balances_say_when_stock_last_moved(self, store: Store) -> None:
        """The last moment is kept for registers with a timeline; others, and untouched timelines, have none."""
        supply = an_entry(SUPPLY, ("chair", "main", "2026-02-01", "po", "1"), expected=1)
        late = an_entry(on_hand=1, at=AT + 5 * _TICK)
        table = an_entry(key=("table", "main"), reserved=1)
        await written(store, a_commit(entries=[late, an_entry(on_hand=1, at=AT), supply, table]))
        found = await store.balances([(STOCK.name, ()), (SUPPLY.name, ())])
        times = {key[0] + name: each.last_at for (name, key), each in found.items()}
        assert times == {"chairstock": AT + 5 * _TICK, "tablestock": None, "chairsupply": None}

    @driven
    async def test_unchanged_means_no_entry_at_all(self, store: Store) -> None:
        """An entry of any sort, even one that adds nothing, changes the balance that was read."""
        assert await self._holds(store, Unchanged(STOCK.name, _CHAIRS, 0), an_entry(on_hand=5), an_entry(on_hand=1))
        for entry in (an_entry(on_hand=1), an_entry(reserved=1), an_entry(on_hand=0)):
            seen = await self._balance(store)
            assert seen is not None
            await written(store, a_commit(entries=[an_entry(key=("table", "main"), on_hand=1)]))
            assert await self._holds(store, Unchanged(STOCK.name, _CHAIRS, seen.version), entry)
            assert not await self._holds(store, Unchanged(STOCK.name, _CHAIRS, seen.version), an_entry(on_hand=1))
        assert not await self._holds(store, Unchanged(STOCK.name, _CHAIRS, 0), an_entry(on_hand=1))

    @driven
    async def test_a_version_guard_watches_a_record(self, store: Store) -> None:
        """A record that is not written may be guarded at its version; version 0 means there is none."""
        item = await kept(store, an_item())
        table = an_item("table")
        assert await self._holds(store, Version(item.ref, 1))
        assert await self._holds(store, Version(table.ref, 0))
        for wrong in (Version(item.ref, 0), Version(item.ref, 2), Version(table.ref, 1)):
            assert not await self._holds(store, wrong, an_entry(on_hand=1))

    @driven
    async def test_a_lost_guard_among_many_is_named(self, store: Store) -> None:
        """The error names what was lost, and nothing that held."""
        held: list[Any] = [_free(0), _debt(0), Newest(STOCK.name, _CHAIRS, AT), Unchanged(STOCK.name, _CHAIRS, 0)]
        lost = _free(2)
        with pytest.raises(Conflict) as caught:
            await store.commit(Changes(guards=(*held, lost), entries=(an_entry(on_hand=1),)))
        assert (lost,) == tuple(caught.value.lost)
