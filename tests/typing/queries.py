"""Queries, pages and streams keep their types in both colours. Nothing here is run: mypy and pyright read it."""

from collections.abc import AsyncIterator, Iterator
from typing import assert_type

from tradecore import AsyncTrade, Due, Event, Item, ItemKind, OrderState, Partner, SalesOrder, Shipment, Trade
from tradecore.changes import HistoryRecord
from tradecore.commands.checking import CheckReport
from tradecore.commands.queries import PartnerBalance, StockBalance
from tradecore.query import Page
from tradecore.rules.explaining import Explanation, Option
from tradecore.rules.reserves import Reminder
from tradecore.values import Quantity


def queries_answer(trade: Trade) -> None:
    """Each query gives what it says."""
    assert_type(trade.orders.get("order"), SalesOrder)
    assert_type(trade.shipments.get("shipment"), Shipment)
    assert_type(trade.catalog.item("chair"), Item)
    assert_type(trade.catalog.partner("acme"), Partner)
    assert_type(trade.orders.explain("order"), Explanation)
    assert_type(trade.orders.allowed("order"), tuple[Option, ...])
    assert_type(trade.orders.history("order"), tuple[HistoryRecord, ...])
    assert_type(trade.stock.balance("chair", "main"), StockBalance)
    assert_type(trade.stock.balance("chair", "main").free, Quantity)
    assert_type(trade.partners.balance("acme"), tuple[PartnerBalance, ...])
    assert_type(trade.check(), CheckReport)


def pages_hold_records(trade: Trade) -> None:
    """A page knows what it is a page of."""
    page = trade.orders.find(state=OrderState.SHIPPING, limit=10)
    assert_type(page, Page[SalesOrder])
    assert_type(page.items, tuple[SalesOrder, ...])
    assert_type(page.next, str | None)
    assert_type(trade.orders.find(state=[OrderState.SHIPPING, OrderState.CLOSED], after=page.next), Page[SalesOrder])
    assert_type(trade.shipments.find(where={"order": "order"}), Page[Shipment])
    assert_type(trade.catalog.items(where={"kind": ItemKind.SERVICE, "id": ["chair", "desk"]}), Page[Item])
    assert_type(trade.catalog.items(), Page[Item])


def overviews_hold_figures(trade: Trade) -> None:
    """The parameters of `find`, and a page of explanations."""
    assert_type(trade.orders.overview(due=Due.TOMORROW, limit=10), Page[Explanation])
    assert_type(trade.orders.due_reminders(), Page[Reminder])


def streams_give_one_after_the_other(trade: Trade) -> None:
    """A stream is an iterator of records."""
    assert_type(trade.orders.stream(state=OrderState.SHIPPING), Iterator[SalesOrder])
    for order in trade.orders.stream():
        assert_type(order, SalesOrder)


async def queries_are_awaited(trade: AsyncTrade) -> None:
    """The same for an event loop."""
    assert_type(await trade.orders.get("order"), SalesOrder)
    assert_type(await trade.orders.find(), Page[SalesOrder])
    assert_type(await trade.stock.balances(["chair"], "main"), tuple[StockBalance, ...])
    assert_type(await trade.check(), CheckReport)


async def streams_are_iterated(trade: AsyncTrade) -> None:
    """A stream for an event loop is an asynchronous iterator, not awaited itself."""
    assert_type(trade.orders.stream(), AsyncIterator[SalesOrder])
    async for shipment in trade.shipments.stream():
        assert_type(shipment, Shipment)


def events_are_relayed(trade: Trade) -> None:
    """A handler takes an event."""

    def handle(event: Event) -> None:
        assert_type(event.position, int)

    assert_type(trade.relay(handle), int)


async def events_are_awaited(trade: AsyncTrade) -> None:
    """A handler for an event loop is a coroutine."""

    async def handle(event: Event) -> None:
        assert_type(event.version, int)

    assert_type(await trade.relay(handle), int)
