"""Entries and what they add up to. The store in memory is the measure."""

import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tradecore.changes import Ceiling, Changes, Committed, Floor, Guard, Newest, Repeated
from tradecore.errors import Conflict
from tradecore.registers import (
    NEEDS,
    ORDER_LINES,
    REGISTERS,
    SETTLEMENTS,
    STOCK,
    SUPPLY,
    Balance,
    Entry,
    Place,
    Register,
    Turnover,
)
from tradecore.storage.memory import MemoryStore
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import Driven, driven
from tradecore.testing.conformance.looking import written
from tradecore.testing.factories import AT, a_commit, an_entry
from tradecore.testing.strategies import IN_CODE_POINT_ORDER
from tradecore.values.record import Ref

_TICK = timedelta(milliseconds=1)
_WORDS = ("a", "B", "ä", "a.b")
_AMOUNTS = ("0", "1", "-1", "0.1", "-0.3", "0.000001", "123456789.654321", "-7.5")


def _some_entry(chance: random.Random, register: Register) -> Entry:
    return Entry(
        register.name,
        tuple(chance.choice(_WORDS[:2] if n else _WORDS) for n in range(len(register.dimensions))),
        tuple(Decimal(chance.choice(_AMOUNTS)) for _ in register.resources),
        AT + _TICK * chance.randrange(6),
        Ref("shipment", chance.choice(_WORDS)),
        tuple(chance.choice(("", *_WORDS)) for _ in register.attributes),
    )


def _some_changes(chance: random.Random) -> list[Changes]:
    """Commits of random entries, some of them under guards that may not hold."""
    changes = []
    for _ in range(8):
        registers = chance.choices(list(REGISTERS.values()), k=chance.randint(1, 6))
        entries = [_some_entry(chance, register) for register in registers]
        guards: list[Guard] = []
        for entry in entries:
            measures = list(REGISTERS[entry.register].measures)
            if REGISTERS[entry.register].totals and chance.random() < 0.4:
                kind, limit = chance.choice([Floor, Ceiling]), Decimal(chance.choice(_AMOUNTS))
                guards.append(kind(entry.register, entry.key, chance.choice(measures), limit))
            if entry.register == STOCK.name and chance.random() < 0.2:
                guards.append(Newest(STOCK.name, entry.key, entry.at))
        changes.append(a_commit(entries=entries, guards=guards))
    return changes


class LedgersConformance(Driven):
    """Registers."""

    @driven
    async def test_any_sequence_of_commits_agrees_with_memory(self, store: Store) -> None:
        """After any commits, written or refused, balances, entries and sums are those of the store in memory."""
        oracle = MemoryStore()
        for seed in range(self.examples):
            chance = random.Random(seed)  # noqa: S311  # no secret
            for changes in _some_changes(chance):
                assert await _verdict(oracle, changes) == await _verdict(store, changes), changes
            await self._agree(store, oracle, chance)

    async def _agree(self, store: Store, oracle: MemoryStore, chance: random.Random) -> None:
        kept = [(name, ()) for name, register in REGISTERS.items() if register.totals]
        assert await _sums(oracle, kept) == await _sums(store, kept)
        for register in REGISTERS.values():
            assert await oracle.entries(register) == await store.entries(register)
            fields = register.dimensions + register.attributes
            by = chance.sample(fields, chance.randint(0, len(fields)))
            where = {name: chance.sample(_WORDS, chance.randint(0, 3)) for name in chance.sample(fields, 1)}
            since, until = (chance.choice([None, AT + _TICK * chance.randrange(7)]) for _ in range(2))
            expected = await oracle.turnovers(register, by, where=where, since=since, until=until)
            assert expected == await store.turnovers(register, by, where=where, since=since, until=until)

    @pytest.mark.parametrize("register", [each for each in REGISTERS.values() if each.totals], ids=lambda r: r.name)
    @driven
    async def test_totals_are_the_sums_of_the_entries(self, store: Store, register: Register) -> None:
        """What is kept for quick reading equals what the entries add up to, key by key."""
        chance = random.Random(1)  # noqa: S311  # no secret
        for _ in range(10):
            await written(store, a_commit(entries=[_some_entry(chance, register) for _ in range(5)]))
        sums: dict[tuple[str, ...], tuple[Decimal, ...]] = {}
        for entry in await store.entries(register):
            known = sums.get(entry.key, (Decimal(0),) * len(entry.amounts))
            sums[entry.key] = tuple(map(Decimal.__add__, known, entry.amounts))
        balances = await store.balances([(register.name, ())])
        assert sums == {key: each.amounts for (_, key), each in balances.items()}
        assert sums == {each.group: each.amounts for each in await store.turnovers(register, register.dimensions)}

    @driven
    async def test_balances_of_keys_and_prefixes_at_once(self, store: Store) -> None:
        """Several registers, whole keys and beginnings of keys are asked for in one go; unknown ones are left out."""
        stock = [an_entry(key=key, on_hand=1) for key in (("a", "x"), ("a", "y"), ("ab", "x"), ("b", "x"))]
        debts = [an_entry(SETTLEMENTS, ("a", currency, "", "o"), charged=7) for currency in ("EUR", "UAH")]
        needs = [an_entry(NEEDS, ("a", "x", source, "", "o", "1"), quantity=1) for source in ("o1", "o2")]
        await written(store, a_commit(entries=[*stock, *debts, *needs]))

        async def keys(*prefixes: Place) -> list[tuple[str, ...]]:
            found = await store.balances(prefixes)
            assert all(place[1] == balance.key for place, balance in found.items())
            return sorted((name, *key) for name, key in found)

        assert await keys(("stock", ("a",))) == [("stock", "a", "x"), ("stock", "a", "y")]
        unknown = ("stock", ("none", "x")), ("needs", ("ab",))
        assert await keys(("stock", ("ab", "x")), *unknown) == [("stock", "ab", "x")]
        assert await keys(("settlements", ("a", "UAH"))) == [("settlements", "a", "UAH", "", "o")]
        mixed = await keys(("stock", ("a", "x")), ("stock", ("a",)), ("needs", ("a", "x", "o2")), ("settlements", ()))
        assert len(mixed) == 5
        assert len(await keys(("stock", ()), ("needs", ()), ("settlements", ()), ("supply", ()))) == 8
        assert await keys() == []
        assert await keys(("stock", ("",)), ("stock", ("A", "x")), ("stock", ("%",))) == []

    @driven
    async def test_a_balance_that_came_to_nothing_is_still_there(self, store: Store) -> None:
        """A key that was moved has a balance, though it be zero, with its last moment and a version that grew."""
        await written(store, a_commit(entries=[an_entry(on_hand=2)]))
        first = (await store.balances([("stock", ("chair", "main"))]))["stock", ("chair", "main")]
        await written(store, a_commit(entries=[an_entry(on_hand=-2)]))
        second = (await store.balances([("stock", ("chair",))]))["stock", ("chair", "main")]
        assert Balance(("chair", "main"), (Decimal(0), Decimal(0)), AT, second.version) == second
        assert 0 < first.version < second.version

    @driven
    async def test_thousands_of_balances_at_once(self, store: Store) -> None:
        """Very many keys are written in one commit and asked for in one request."""
        keys = [(f"i{n}", "main") for n in range(1500)]
        await written(store, a_commit(entries=[an_entry(key=key, on_hand=n) for n, key in enumerate(keys)]))
        asked = [("stock", key) for key in keys] + [("stock", (f"none {n}", "main")) for n in range(1500)]
        assert {("stock", key) for key in keys} == set(await store.balances(asked))
        assert len(await store.entries(STOCK, keys)) == 1500

    @driven
    async def test_entries_come_in_order_of_moment_and_commit(self, store: Store) -> None:
        """Earlier moments first; of one moment, what was committed first, and within a commit in the order given."""
        moments = [(3, 1), (1, 2), (3, 3), (2, 4), (1, 5)]
        for tick, number in moments:
            at = AT + tick * _TICK
            await written(store, a_commit(entries=[an_entry(on_hand=number, at=at), an_entry(reserved=number, at=at)]))
        found = await store.entries(STOCK)
        expected = [n for tick in (1, 2, 3) for t, number in moments if t == tick for n in (number, -number)]
        assert expected == [int(each.amounts[0] - each.amounts[1]) for each in found]
        assert sorted(found, key=lambda e: (e.at, e.seq)) == found
        assert len(found) == len({each.seq for each in found})

    @driven
    async def test_entries_by_key_document_and_moment(self, store: Store) -> None:
        """Entries are chosen by whole keys or beginnings of keys, by document, from a moment on; each comes once."""
        first, second = Ref("shipment", "1"), Ref("sales_return", "1")
        entries = [
            an_entry(key=key, on_hand=n + 1, at=AT + n * _TICK, document=[first, second][n % 2], attributes=("o", "1"))
            for n, key in enumerate((("a", "x"), ("a", "y"), ("ab", "x"), ("a", "x"), ("b", "y")))
        ]
        await written(store, a_commit(entries=entries))

        async def numbers(*args: Any, **kwargs: Any) -> list[int]:
            return [int(each.amounts[0]) for each in await store.entries(STOCK, *args, **kwargs)]

        assert entries == await store.entries(STOCK)
        assert await numbers([("a", "x")]) == [1, 4]
        assert await numbers([("a",)]) == [1, 2, 4]
        assert await numbers([("b", "y"), ("a",), ("a", "x"), ("a", "x")]) == [1, 2, 4, 5]
        assert await numbers([()]) == [1, 2, 3, 4, 5]
        assert await numbers([("A", "x"), ("none",)]) == []
        assert await numbers(document=second) == [2, 4]
        assert await numbers([("a", "x")], document=second, since=AT) == [4]
        assert await numbers(since=AT + 2 * _TICK) == [3, 4, 5]
        assert await numbers(document=Ref("shipment", "2")) == []

    @driven
    async def test_turnovers_group_by_what_is_asked(self, store: Store) -> None:
        """Sums by dimensions or by what entries note; `since` is included and `until` is not."""
        rows = [("o", "1", 0, ""), ("o", "1", 1, "late"), ("o", "2", 1, "late"), ("p", "1", 2, ""), ("p", "1", 3, "")]
        entries = [
            an_entry(ORDER_LINES, (order, line), ordered=1, cancelled="0.1", at=AT + tick * _TICK, attributes=(reason,))
            for order, line, tick, reason in rows
        ]
        await written(store, a_commit(entries=entries))

        async def sums(by: Sequence[str], **kwargs: Any) -> dict[tuple[str, ...], Decimal]:
            found = await store.turnovers(ORDER_LINES, by, **kwargs)
            assert all(Decimal("0.1") * each.amounts[0] == each.amounts[1] for each in found)
            return {each.group: each.amounts[0] for each in found}

        assert await sums(["order"]) == {("o",): 3, ("p",): 2}
        assert await sums(["reason", "order"]) == {("", "o"): 1, ("", "p"): 2, ("late", "o"): 2}
        assert await sums(["line"]) == {("1",): 4, ("2",): 1}
        assert await sums(["order"], where={"reason": ["late", "none"]}) == {("o",): 2}
        assert await sums(["order"], where={"reason": ["late"], "line": ["2"]}) == {("o",): 1}
        assert await sums(["order"], where={"reason": []}) == {}
        assert await sums(["order"], since=AT + _TICK, until=AT + 3 * _TICK) == {("o",): 2, ("p",): 1}
        assert await sums([]) == {(): 5}
        assert await sums([], since=AT + 9 * _TICK) == {}

    @driven
    async def test_turnovers_are_in_order_of_their_group(self, store: Store) -> None:
        """Groups come by code point; a group that adds up to nothing is there."""
        entries = [an_entry(key=(id, "main"), on_hand=1) for id in IN_CODE_POINT_ORDER[::-1]]
        await written(store, a_commit(entries=[*entries, an_entry(key=("B", "main"), on_hand=-1)]))
        found = await store.turnovers(STOCK, ["item"])
        amounts = [(Decimal(id != "B"), Decimal(0)) for id in IN_CODE_POINT_ORDER]
        assert [Turnover((id,), each) for id, each in zip(IN_CODE_POINT_ORDER, amounts, strict=True)] == found

    @driven
    async def test_sums_stay_exact(self, store: Store) -> None:
        """A tenth a thousand times is a hundred; the smallest part is not lost beside the largest number."""
        key = ("chair", "main", "2026-02-01", "po", "1")
        tenths = [an_entry(SUPPLY, key, expected="0.1", promised="-0.000001") for _ in range(1000)]
        await written(store, a_commit(entries=[*tenths, an_entry(SUPPLY, key, expected="999999999000.000001")]))
        expected = (Decimal("999999999100.000001"), Decimal("-0.001"))
        assert expected == (await store.balances([("supply", key)]))["supply", key].amounts
        assert [Turnover(("main",), expected)] == await store.turnovers(SUPPLY, ["warehouse"])


async def _verdict(store: Store, changes: Changes) -> Any:
    """What became of a commit: written, or which guards it lost."""
    try:
        done = await store.commit(changes)
    except Conflict as conflict:
        return bool(conflict.lost)
    assert not isinstance(done, Repeated)
    return Committed({})


async def _sums(store: Store, places: Sequence[Place]) -> dict[Place, Any]:
    """Balances without their versions, which each store counts as it likes."""
    return {place: (each.amounts, each.last_at) for place, each in (await store.balances(places)).items()}
