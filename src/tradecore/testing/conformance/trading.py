"""Commands give the same figures, refusals and effects over every store, through both façades."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from tradecore.calling import Plan
from tradecore.documents import OrderState, SalesOrder
from tradecore.documents.inputs import LineQuantity, NewLine
from tradecore.errors import Invalid, KeyReused, NotFound, Refused, Unsupported
from tradecore.events import Event
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import Driven, driven
from tradecore.testing.conformance.facades import trade_over
from tradecore.testing.conformance.looking import all_events, picture
from tradecore.testing.factories import AT, seed
from tradecore.trade import AsyncTrade, Trade
from tradecore.values.money import Money

_LINES = (NewLine(item="chair", quantity=3), NewLine(item="lamp", quantity="2.5"), NewLine(item="delivery", quantity=1))


def _ticking() -> Callable[[], datetime]:
    """A clock that goes on by a second with every look at it."""
    seconds = itertools.count()
    return lambda: AT + timedelta(seconds=next(seconds))


class TradingConformance(Driven):
    """One caller after the other."""

    @pytest.fixture
    def trade(self, store: Store) -> AsyncTrade:
        """The façade over the store, in the spelling of `AsyncTrade`; the catalogue and 100 of all goods are there."""
        trade = trade_over(store, asynchronous=self.asynchronous, clock=_ticking())
        self.drive(_seeded(trade))
        return trade

    async def place(self, trade: AsyncTrade, id: str | None = "order", **facts: Any) -> SalesOrder:
        """An order of acme from the warehouse main."""
        return await trade.orders.place(**{"id": id, "customer": "acme", "warehouse": "main", "lines": _LINES, **facts})

    @driven
    async def test_an_order_lives_with_the_same_figures_everywhere(self, trade: AsyncTrade) -> None:
        """Placed, approved, paid in part, shipped in parts, returned, cancelled in part, paid, closed: to the cent."""
        orders = trade.orders
        steps: list[tuple[str, str, Decimal, Decimal, Decimal]] = []

        async def look(step: str) -> None:
            found = await orders.get("order")
            state = found.state.value if found.state else ""
            steps.append((step, state, found.total, found.paid, found.shipped_amount - found.returned_amount))

        await self.place(trade)
        await look("place")
        await orders.approve("order", execute=True, fill=True)
        await look("approve")
        await trade.payments.receive(order="order", amount=Money("113.93", "EUR"))
        await look("pay")
        first = await orders.ship("order", lines=[LineQuantity(line="1", quantity=3)])
        await look("ship")
        await trade.returns.receive(first.id, lines=[LineQuantity(line=first.lines[0].id, quantity=1)])
        await look("return")
        await orders.cancel("order", lines=[{"line": "2", "quantity": "0.5"}], reason="refused")
        await look("cancel")
        await orders.ship("order")
        await look("ship")
        await trade.payments.receive(order="order", amount=Money("155.87", "EUR"))
        await look("pay")
        await orders.close("order")
        await look("close")
        assert [(step, state, *(_plain(each) for each in amounts)) for step, state, *amounts in steps] == [
            ("place", "awaiting_approval", "379.75", "0", "0"),
            ("approve", "awaiting_prepayment", "379.75", "0", "0"),
            ("pay", "ready_to_ship", "379.75", "113.93", "0"),
            ("ship", "ready_to_ship", "379.75", "113.93", "300"),
            ("return", "ready_to_ship", "379.75", "113.93", "200"),
            ("cancel", "ready_to_ship", "369.80", "113.93", "200"),
            ("ship", "awaiting_payment", "369.80", "113.93", "269.80"),
            ("pay", "ready_to_close", "369.80", "269.80", "269.80"),
            ("close", "closed", "369.80", "269.80", "269.80"),
        ]
        await self._lived(trade)

    async def _lived(self, trade: AsyncTrade) -> None:
        """What is left when the order is closed: stock, debt, documents, history, and nothing that disagrees."""
        order = await trade.orders.get("order")
        assert (order.version, order.number) == (9, "SO-2026-000001")
        assert (Money("113.92", "EUR"), Money("255.88", "EUR")) == tuple(
            order.money(each.amount) for each in order.stages
        )
        stock = await trade.stock.balances(["chair", "lamp"], "main")
        assert [f"{each.on_hand}, {each.reserved}" for each in stock] == ["98 pcs, 0 pcs", "98 pcs, 0 pcs"]
        (balance,) = await trade.partners.balance("acme")
        assert (Money("269.80", "EUR"), Money("0", "EUR")) == (balance.charged, balance.debt)
        documents = await trade.orders.documents("order")
        assert [f"{each.SERIES}-{each.number[-1]}" for each in documents] == ["IP-1", "SH-1", "RT-1", "SH-2", "IP-2"]
        commands = [(each.version, each.command) for each in await trade.orders.history("order")]
        assert [*commands[:2], commands[-1]] == [(1, "place_order"), (2, "approve_order"), (9, "close_order")]
        report = await trade.check()
        assert (report.faults, report.documents) == ((), 7)

    @driven
    async def test_a_dry_run_writes_nothing(self, trade: AsyncTrade, store: Store) -> None:
        """A plan tells the result, or every reason against it, and leaves no trace."""
        await self.place(trade)
        before = await picture(store)
        allowed: Plan[SalesOrder] = await trade.orders.approve.plan("order", execute=True, fill=True)
        assert allowed.result is not None
        assert OrderState.AWAITING_PREPAYMENT is allowed.result.state
        assert allowed.allowed
        refused = await trade.orders.place.plan(customer="acme", warehouse="nowhere", recipient="nobody", lines=_LINES)
        unknown = [(each.code, each.place) for each in refused.violations]
        assert unknown == [("UNKNOWN_ID", "recipient"), ("UNKNOWN_ID", "warehouse")]
        assert not refused.allowed
        assert before == await picture(store)

    @driven
    async def test_refusals_carry_every_reason(self, trade: AsyncTrade, store: Store) -> None:
        """Everything that is wrong is said at once, with its place; nothing was written."""
        before = await picture(store)
        lines = [{"item": "sofa", "quantity": 1}, {"item": "chair", "quantity": -1}, {"item": "lamp", "quantity": 1}]
        with pytest.raises(Refused) as caught:
            await self.place(trade, customer="nobody", warehouse="nowhere", lines=lines)
        reasons = {(each.code, each.place) for each in caught.value.violations}
        unknown = {("UNKNOWN_ID", place) for place in ("customer", "warehouse", "lines[0].item")}
        assert {*unknown, ("NOT_POSITIVE", "lines[1].quantity")} <= reasons
        with pytest.raises(Invalid) as caught:
            await self.place(trade, lines=[{"item": "", "quantity": 0.5, "colour": "red"}], customer=7)
        assert len(caught.value.violations) >= 4
        assert before == await picture(store)

    @driven
    async def test_shortages_are_named(self, trade: AsyncTrade) -> None:
        """What is not there cannot be reserved; what was not there yet cannot be shipped in the past."""
        line = NewLine(item="chair", quantity="100.000001")
        await self.place(trade, lines=[line])
        await trade.orders.approve("order", execute=True)
        with pytest.raises(Refused) as caught:
            await trade.orders.provision("order", {"1": [{"action": "reserve", "quantity": "100.000001"}]})
        assert caught.value.codes == ("SHORT_STOCK",)
        await trade.orders.provision("order", {"1": [{"action": "reserve", "quantity": 100}]})
        await trade.payments.receive(order="order", amount=Money("10000", "EUR"))
        with pytest.raises(Refused) as caught:
            await trade.orders.ship("order", lines=[{"line": "1", "quantity": 1}], at=AT - timedelta(days=1))
        assert caught.value.codes == ("NEGATIVE_IN_TIME",)

    @driven
    async def test_a_command_with_a_key_is_done_once(self, trade: AsyncTrade, store: Store) -> None:
        """A repeated key gives the first answer and has no effect, even where the command would now be refused."""
        first = await self.place(trade.once("a"), id=None)
        assert first == await self.place(trade.once("a"), id=None)
        approved = await trade.once("b").orders.approve(first.id, execute=True)
        await trade.orders.fill(first.id)
        before = await picture(store)
        assert approved == await trade.once("b").orders.approve(first.id, execute=True)
        with pytest.raises(KeyReused):
            await trade.once("b").orders.approve(first.id)
        assert before == await picture(store)

    @driven
    async def test_pages_and_streams_agree(self, trade: AsyncTrade) -> None:
        """Orders of a state come a page at a time or one after the other, the same ones in the same order."""
        for number in range(7):
            await self.place(trade, f"o{number}", at=AT + timedelta(days=number % 3))
            if number % 2:
                await trade.orders.approve(f"o{number}", execute=True)
        wanted: dict[str, Any] = {"state": [OrderState.AWAITING_APPROVAL, OrderState.CLOSED], "descending": True}
        pages: list[SalesOrder] = []
        page = await trade.orders.find(**wanted, limit=2)
        while True:
            pages += page.items
            if not page.next:
                break
            page = await trade.orders.find(**wanted, limit=2, after=page.next)
        assert [each.id for each in pages] == ["o2", "o4", "o6", "o0"]
        assert pages == [each async for each in trade.orders.stream(**wanted, limit=3)]

    @driven
    async def test_many_at_once_fail_one_by_one(self, trade: AsyncTrade) -> None:
        """A bulk command does what can be done and says for the rest why not."""
        await self.place(trade, "a")
        await self.place(trade, "b")
        await trade.orders.approve("b")
        done = await trade.orders.approve_many(["a", "b", "c"])
        assert [each.ok for each in done] == [True, False, False]
        assert [type(None), Refused, NotFound] == [type(each.error) for each in done]

    @driven
    async def test_readers_of_the_outbox_get_every_event_once(self, trade: AsyncTrade, store: Store) -> None:
        """Each reader goes on where it stopped; an event whose handler failed comes again."""
        await self.place(trade)
        seen: list[Event] = []

        async def handle(event: Event) -> None:
            seen.append(event)
            if event.position == 2 and len(seen) == 2:
                raise LookupError("not now")

        with pytest.raises(LookupError):
            await trade.relay(handle, batch=1)
        await self.place(trade, "second")
        assert await trade.relay(handle) == 2
        assert [each.position for each in seen] == [1, 2, 2, 3]
        assert await trade.relay(handle) == 0
        assert await trade.relay(handle, reader="other") == 3
        assert await all_events(store) == seen[4:]

    @driven
    async def test_the_history_names_who_acted(self, trade: AsyncTrade) -> None:
        """The actor of each command stands in the history of the order."""
        await self.place(trade.acting_as("olena"))
        await trade.acting_as("petro").orders.approve("order")
        actors = [(each.command, each.actor) for each in await trade.orders.history("order")]
        assert actors == [("place_order", "olena"), ("approve_order", "petro")]

    @driven
    async def test_only_a_blocking_store_fits_the_blocking_facade(self, store: Store) -> None:
        """`Trade` refuses a store that waits when it is made, and takes any other."""
        blocking = cast("Any", store)
        if store.waits:
            with pytest.raises(Unsupported):
                Trade(blocking)
        else:
            assert store is Trade(blocking).store


async def _seeded(trade: AsyncTrade) -> None:
    await seed(trade)


def _plain(number: Decimal) -> str:
    return f"{number:.2f}" if number % 1 else f"{number:.0f}"
