"""Commands of many callers at once, and inside a host's own transaction."""

from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest

from tradecore.documents import OrderState, SalesOrder
from tradecore.documents.inputs import NewLine
from tradecore.errors import Conflict, Refused, Unsupported
from tradecore.events import Event
from tradecore.settings import Settings
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import driven, ended
from tradecore.testing.conformance.facades import trade_over
from tradecore.testing.conformance.looking import all_events, picture
from tradecore.testing.conformance.trading import TradingConformance
from tradecore.trade import AsyncTrade
from tradecore.values.money import Money

_ONE_TABLE = (NewLine(item="table", quantity=1),)
_RIVALS = 20


class RivalryConformance(TradingConformance):
    """Many callers."""

    def _patient(self, store: Store) -> AsyncTrade:
        """A trade that tries long enough for everybody to have a turn."""
        return trade_over(store, asynchronous=self.asynchronous, settings=Settings(attempts=100))

    @driven
    async def test_the_last_unit_has_one_buyer_among_many(self, trade: AsyncTrade, store: Store) -> None:
        """Twenty want the one table left: one has it reserved, nineteen are told that there is none."""
        self.needs("concurrent")
        ids = [f"o{n}" for n in range(_RIVALS)]
        for id in ids:
            await self.place(trade, id, lines=_ONE_TABLE)
        await self.place(trade, "before", lines=[NewLine(item="table", quantity=99)])
        await trade.orders.approve("before", execute=True, fill=True)
        assert all(each.ok for each in await trade.orders.approve_many(ids, execute=True))

        patient = self._patient(store)
        wanted = {"1": [{"action": "reserve", "quantity": 1}]}

        def wanting(id: str) -> Callable[[], Coroutine[Any, Any, SalesOrder]]:
            async def want() -> SalesOrder:
                return await patient.orders.provision(id, wanted)

            return want

        done = await self.together(*(wanting(id) for id in ids))
        winners = [each for each in done if isinstance(each, SalesOrder)]
        losers = [each.codes for each in done if isinstance(each, Refused)]
        assert (len(winners), losers) == (1, [("SHORT_STOCK",)] * (_RIVALS - 1)), done
        balance = await trade.stock.balance("table", "main")
        assert (str(balance.free), str(balance.reserved)) == ("0 pcs", "100 pcs")
        assert OrderState.AWAITING_PREPAYMENT is (await trade.orders.get(winners[0].id)).state
        assert (await trade.check()).faults == ()

    @driven
    async def test_payments_on_one_order_all_count(self, trade: AsyncTrade, store: Store) -> None:
        """Six payments for one order at once: each finds the order changed and tries again, none is lost."""
        self.needs("concurrent")
        await self.place(trade)
        patient = self._patient(store)

        async def pay() -> object:
            return await patient.payments.receive(order="order", amount=Money("10.01", "EUR"))

        done = await self.together(*[pay] * 6)
        order = await trade.orders.get("order")
        assert (7, Money("60.06", "EUR")) == (order.version, order.money(order.paid)), done
        assert [f"IP-2026-{n:06d}" for n in range(1, 7)] == sorted(getattr(each, "number", "") for each in done)

    @driven
    async def test_a_key_used_by_many_places_one_order(self, trade: AsyncTrade, store: Store) -> None:
        """The same request arrives several times at once: one order, and everybody is told the same."""
        self.needs("concurrent")
        patient = self._patient(store)

        async def place() -> SalesOrder:
            return await self.place(patient.once("web-1"), id=None, lines=_ONE_TABLE)

        done = await self.together(*[place] * 6)
        assert [done[0]] * 6 == done
        assert [each.number for each in (await trade.orders.find()).items] == ["SO-2026-000001"]
        assert len(await all_events(store)) == 2

    @driven
    async def test_a_lost_race_is_decided_again(self, trade: AsyncTrade, store: Store) -> None:
        """Somebody changes the order between reading and writing: the command reads again, and nothing is lost."""
        await self.place(trade)
        rival = trade_over(store, asynchronous=False)
        slow = self._interrupted(store, rival, 1)  # inside a transaction of the host there is one more try, not many
        done = await slow.orders.edit("order", deliver_to="Kyiv")
        assert (done.version, done.deliver_to, done.comment) == (3, "Kyiv", "rival 1")
        assert done == await trade.orders.get("order")

    @driven
    async def test_a_race_lost_too_often_is_a_conflict(self, trade: AsyncTrade, store: Store) -> None:
        """After as many tries as the settings allow the caller is told, and the last rival has won."""
        await self.place(trade)
        rival = trade_over(store, asynchronous=False)
        slow = self._interrupted(store, rival, 9, attempts=2)
        with pytest.raises(Conflict):
            await slow.orders.edit("order", deliver_to="Kyiv")
        found = await trade.orders.get("order")
        assert (found.version, found.deliver_to, found.comment) == (3, "", "rival 2")

    def _interrupted(self, store: Store, rival: AsyncTrade, times: int, **settings: Any) -> AsyncTrade:
        """A trade that finds, so many times, that somebody edited the order just before it could write."""
        texts = iter([f"rival {n + 1}" for n in range(times)])

        async def interrupt() -> None:
            if (text := next(texts, None)) is not None:
                await rival.orders.edit("order", comment=text)

        interrupted = cast("Store", _Interrupted(store, interrupt))
        return trade_over(interrupted, asynchronous=self.asynchronous, settings=Settings(**settings))

    @driven
    async def test_what_the_host_rolls_back_never_was(self, trade: AsyncTrade, store: Store) -> None:
        """An order placed within a transaction of the host is gone with it, with its number and its events."""
        if not self.joins:
            with pytest.raises(Unsupported):
                trade.within(object())
            return
        before = await picture(store)
        async with self.host(store) as host:
            placed = await self.place(trade.within(host.connection))
            assert placed == await trade.within(host.connection).orders.get("order")
            await ended(host.rollback)
        assert before == await picture(store)
        assert (await self.place(trade)).number == "SO-2026-000001"

    @driven
    async def test_what_the_host_commits_is_there(self, trade: AsyncTrade, store: Store) -> None:
        """Several commands within one transaction of the host are there when it is committed, and not before."""
        if not self.joins:
            pytest.skip(f"{type(self).__name__} declares joins = False")
        async with self.host(store) as host:
            inside = trade.within(host.connection)
            await self.place(inside)
            with pytest.raises(Refused):
                await inside.orders.close("order")
            await inside.orders.approve("order", execute=True, fill=True)
            assert (await trade.orders.find()).items == ()
            await ended(host.commit)
        found = await trade.orders.get("order")
        assert (found.version, found.state) == (2, OrderState.AWAITING_PREPAYMENT)
        assert (await trade.check()).faults == ()

    @driven
    async def test_an_open_transaction_hides_no_event(self, trade: AsyncTrade, store: Store) -> None:
        """While a transaction of the host stays open others go on, or wait for it; a reader steps over nothing."""
        if not self.joins:
            pytest.skip(f"{type(self).__name__} declares joins = False")
        self.needs("concurrent")
        opened: list[bool] = []
        left, seen = [1, 2], list[Event]()

        async def slow() -> None:
            try:
                async with self.host(store) as host:
                    await self.place(trade.within(host.connection), "slow")
                    opened.append(True)
                    await self.breathe(0.3)
                    await ended(host.commit)
            finally:
                opened.append(True)
                left.pop()

        async def quick() -> None:
            try:
                while not opened:
                    await self.breathe()
                await self.place(trade, "quick")
            finally:
                left.pop()

        async def follow() -> None:
            more: list[Event] = []
            while left or more:
                await self.breathe()
                more = await store.events_after(seen[-1].position if seen else 0, 1)
                seen.extend(more)
            seen.extend(await store.events_after(seen[-1].position, 10))

        assert await self.together(slow, quick, follow) == [None] * 3
        assert await all_events(store) == seen
        assert {"slow", "quick"} <= {each.document.id for each in seen}


class _Interrupted:
    """A store in which something happens before each commit."""

    def __init__(self, store: Store, interrupt: Callable[[], Any]) -> None:
        self._store, self._interrupt = store, interrupt

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, changes: Any) -> Any:
        """Write the changes, after the interruption."""
        await self._interrupt()
        return await self._store.commit(changes)
