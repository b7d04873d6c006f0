"""A simulation that cannot fail proves nothing: stores, commands and clients with one fault each, which it finds."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
import pytest
from typing_extensions import override

from tests.docs.blocks import ROOT
from tradecore import AsyncTrade, Event, Money, Trade
from tradecore.changes import Changes, Committed, Floor, Repeated, Save
from tradecore.colours import C, Desk, command
from tradecore.commands.session import Outcome, Session
from tradecore.documents import SalesOrder, StockReceipt
from tradecore.errors import Conflict
from tradecore.registers import STOCK, Entry
from tradecore.storage.memory import MemoryStore
from tradecore.testing import NO_FAULTS, Simulation, SimulationFailed, replay, simulate
from tradecore.testing.factories import an_entry, seed
from tradecore.testing.simulation.moves import Action, read
from tradecore.values.record import Ref

SEEDS = range(300)


async def buys(trade: AsyncTrade, name: str, quantity: int = 2) -> None:
    """Buy chairs, from placing to shipping."""
    line = {"item": "chair", "quantity": quantity}
    await trade.once(f"{name} place").orders.place(id=name, customer="acme", warehouse="main", lines=[line])
    await trade.once(f"{name} approve").orders.approve(name, execute=True, fill=True)
    await trade.once(f"{name} pay").payments.receive(order=name, amount=Money(quantity * 100, "EUR"))
    await trade.once(f"{name} ship").orders.ship(name)


def shoppers(shop: Simulation) -> None:
    """Three who want two chairs each, of three that are there."""
    seed(shop.trade, stock=3)
    for name in ("anna", "boris", "clara"):
        shop.client(buys, name)


class ForgetsFloors(MemoryStore):
    """Lets stock be taken that is not there."""

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        guards = tuple(each for each in changes.guards if not isinstance(each, Floor))
        return await super().commit(attrs.evolve(changes, guards=guards))


class ForgetsVersions(MemoryStore):
    """Writes over what others have written."""

    @override
    def _stale(self, saves: Any) -> Any:
        return ()


class ForgetsKeys(MemoryStore):
    """Carries every command out again."""

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        done = await super().commit(changes)
        self._keys.clear()
        return done


class LosesEveryTenthCommit(MemoryStore):
    """Says that it has written, and has not."""

    count = 0

    @override
    def _write(self, changes: Changes, balances: Any) -> Committed:
        self.count += 1
        if self.count % 10:
            return super()._write(changes, balances)
        return Committed({each.ref: attrs.evolve(each.after, version=each.expected + 1) for each in changes.saves})


class DropsTheLastEntry(MemoryStore):
    """Keeps a part of a commit: all but its last entry."""

    @override
    def _write(self, changes: Changes, balances: Any) -> Committed:
        return super()._write(attrs.evolve(changes, entries=changes.entries[:-1]), balances)


class MixesUpItsOutbox(MemoryStore):
    """Tells the newest event first."""

    @override
    async def events_after(self, position: int, limit: int) -> list[Event]:
        return (await super().events_after(position, limit))[::-1]


@pytest.mark.parametrize(
    ("store", "laws"),
    [
        (ForgetsFloors, {"floors"}),
        (ForgetsKeys, {"keys", "answers"}),
        (LosesEveryTenthCommit, {"records", "entries", "outbox", "updates"}),
        (DropsTheLastEntry, {"entries"}),
        (MixesUpItsOutbox, {"outbox"}),
    ],
)
def test_a_faulty_store_is_found(store: Callable[[], MemoryStore], laws: set[str]) -> None:
    """By the law that it breaks; and what it breaks is broken again by the moves that are shown."""
    with pytest.raises(SimulationFailed) as failed:
        simulate(shoppers, SEEDS, store=store)
    assert failed.value.law in laws
    with pytest.raises(SimulationFailed) as again:
        replay(shoppers, failed.value.seed, failed.value.moves, store=store)
    assert (failed.value.law, failed.value.trace) == (again.value.law, again.value.trace)


async def take_stock(session: Session, quantity: int) -> Outcome[StockReceipt]:
    """Take from the shelf what was seen there, and trust that it still is: no guard."""
    receipt = await session.get(StockReceipt, "gifts")
    seen = (await session.balances((STOCK, [("chair", "main")])))[STOCK.name, ("chair", "main")]
    taken = min(Decimal(quantity), seen.amounts[0])
    entries = (an_entry(key=("chair", "main"), on_hand=-taken),) if taken else ()
    return Outcome(receipt, Changes((), entries))


class Gifts(Desk[C]):
    """A desk of somebody who extends the library."""

    take = command(take_stock)


async def gives(trade: AsyncTrade, quantity: int) -> None:
    """Give chairs away."""
    await Gifts(trade._context).take(quantity)


def gifts(shop: Simulation) -> None:
    """Several who give the last chairs away."""
    seed(shop.trade, stock=3)
    shop.trade.stock_receipts.receive(
        id="gifts", warehouse="main", lines=[{"item": "chair", "quantity": 1}], draft=True
    )
    for _ in range(4):
        shop.client(gives, 2)


def test_a_command_without_a_guard_is_found() -> None:
    """Two who saw the same chairs gave them away, and the shortest story of it has two clients and no fault."""
    with pytest.raises(SimulationFailed, match="floors: stock chair/main: free is -1") as failed:
        simulate(gifts, SEEDS)
    moves = read(failed.value.moves)
    steps = [move for move in moves if move.action is not Action.LEAVE]
    assert {Action.STEP} == {move.action for move in steps}
    assert 2 == len({move.client for move in steps})
    assert 8 == len(steps), "each starts, looks twice and writes"
    assert "commit take_stock" in failed.value.trace[-1]
    assert f'replay(story, {failed.value.seed}, "{failed.value.moves}")' in str(failed.value)


def test_a_seed_fails_at_the_same_step_again() -> None:
    """Alone and without the moves; here and in another process, where texts have other hashes."""
    with pytest.raises(SimulationFailed) as failed:
        simulate(shoppers, SEEDS, store=ForgetsFloors)
    where = failed.value.seed
    first = _failing(where)
    assert first == _failing(where)
    program = f"from tests.simulation.test_simulation_sees_faults import _failing; print(_failing({where}), end='')"
    for number in "12":
        told = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"PYTHONPATH": "src:.", "PYTHONHASHSEED": number},
            capture_output=True,
            text=True,
            check=True,
        )
        assert first == told.stdout


def _failing(where: int) -> str:
    with pytest.raises(SimulationFailed) as failed:
        replay(shoppers, where, store=ForgetsFloors)
    return str(failed.value)


def test_a_run_that_holds_can_be_looked_at() -> None:
    """Every move is told, and the same seed gives the same."""
    told = replay(shoppers, 7)
    assert told == replay(shoppers, 7)
    assert told != replay(shoppers, 8)
    assert any("commit place_order: sales_order anna" in line for line in told)


def test_laws_of_ones_own_are_proved_after_every_commit() -> None:
    """The message of the assertion is the reason."""

    def story(shop: Simulation) -> None:
        def nobody_orders_more_than_one(trade: Trade) -> None:
            assert 1 >= len(trade.orders.find()), "two orders"

        shoppers(shop)
        shop.always(nobody_orders_more_than_one)

    with pytest.raises(SimulationFailed, match="nobody_orders_more_than_one: two orders") as failed:
        simulate(story)
    assert failed.value.law == "nobody_orders_more_than_one"


async def counts(trade: AsyncTrade, seen: list[str]) -> None:
    """Order as much as was ever seen: each delivery wants something else under one key."""
    seen.append("once more")
    given: dict[str, Any] = {"customer": "acme", "warehouse": "main"}
    lines = [{"item": "chair", "quantity": len(seen)}]
    await trade.once("the key").orders.place(lines=lines, **given)


async def waits(trade: AsyncTrade) -> None:
    """Wait for something that is no command."""
    await asyncio.sleep(0)


async def divides(trade: AsyncTrade) -> None:
    """Fail as programs do."""
    await trade.orders.find()
    raise ZeroDivisionError("there is nobody to share with")


async def swallows(trade: AsyncTrade) -> None:
    """Order twice, and catch everything."""
    lines = [{"item": "chair", "quantity": 1}]
    for _ in range(2):
        with contextlib.suppress(Exception):
            await trade.once("the key").orders.place(customer="acme", warehouse="main", lines=lines)


@pytest.mark.parametrize(
    ("job", "store", "law", "why"),
    [
        (counts, MemoryStore, "keys", "was used before with other input"),
        (waits, MemoryStore, "awaits", "awaits something that is no command"),
        (divides, MemoryStore, "ZeroDivisionError", "nobody to share with"),
        (swallows, ForgetsKeys, "keys", "was carried out twice"),
    ],
)
def test_a_faulty_client_is_found(job: Any, store: Any, law: str, why: str) -> None:
    """One whose input changes, one that waits for other things, one that fails, one that catches everything."""

    def story(shop: Simulation) -> None:
        seed(shop.trade, stock=3)
        shop.client(job, *([[]] if job is counts else []))

    with pytest.raises(SimulationFailed, match=why) as failed:
        simulate(story, SEEDS, store=store)
    assert law == failed.value.law


def test_a_story_that_is_not_the_same_twice_is_found() -> None:
    """Moves that are played again must fail again."""
    told: list[int] = []

    def story(shop: Simulation) -> None:
        told.append(1)
        shoppers(shop)
        if len(told) == 1:
            shop.client(divides)

    with pytest.raises(SimulationFailed, match="not the same twice"):
        simulate(story)


async def tries_for_ever(trade: AsyncTrade) -> None:
    """Ask again and again."""
    while True:
        await trade.orders.find()


def test_whoever_tries_for_ever_is_found() -> None:
    """A run has an end."""

    def story(shop: Simulation) -> None:
        shop.client(tries_for_ever)

    with pytest.raises(SimulationFailed, match="somebody still tries"):
        simulate(story, [3], faults=NO_FAULTS)


def test_moves_are_read_as_they_are_written() -> None:
    """What is no move is refused."""
    with pytest.raises(ValueError, match="hello"):
        read("0 hello")


def test_a_client_that_cleans_up_is_stopped_there_too() -> None:
    """What a dead process would do in `finally` is not done."""

    async def cleans(trade: AsyncTrade) -> None:
        try:
            await trade.orders.find()
        finally:
            await trade.orders.place(customer="acme", warehouse="main", lines=[{"item": "chair", "quantity": 1}])

    def story(shop: Simulation) -> None:
        seed(shop.trade)
        shop.client(cleans)
        shop.client(buys, "anna")

    told = replay(story, 0, "0 0- 1*3")
    assert any("dies for good" in line for line in told)
    assert not any(line.startswith("     0") for line in told[2:])


def test_every_read_of_a_store_can_be_simulated() -> None:
    """Each verb of the protocol is a step of its own."""
    shown: list[Any] = []

    async def reads(trade: AsyncTrade) -> None:
        store = trade.store
        await store.init()
        ref = Ref(SalesOrder.KIND, "anna")
        shown.append(await store.turnovers(STOCK, ["item"]))
        shown.append(await store.entries(STOCK))
        shown.append(await store.history(ref))
        shown.append(await store.get_many([ref]))
        shown.append(await store.events_after(0, 10))
        shown.append(await store.recall("nobody knows it"))
        await store.close()

    def story(shop: Simulation) -> None:
        seed(shop.trade, stock=3)
        shop.client(reads)

    assert 8 == len(replay(story, 0, ""))
    assert all(isinstance(each, Entry) for each in shown[1])
    assert 3 == len(shown[0])
    assert shown[5] is None


def test_unguarded_saves_lose_updates() -> None:
    """A save over another version is seen even where the store says that it is fine."""

    async def renames(trade: AsyncTrade, name: str) -> None:
        item = await trade.catalog.item("chair")
        with contextlib.suppress(Conflict):
            await trade.store.commit(Changes((Save(attrs.evolve(item, name=name), item),)))

    def story(shop: Simulation) -> None:
        seed(shop.trade)
        for name in ("stool", "armchair"):
            shop.client(renames, name)

    assert simulate(story, range(50)).conflicts
    with pytest.raises(SimulationFailed, match="updates: item chair was version 2, not 1"):
        simulate(story, range(50), store=ForgetsVersions)
