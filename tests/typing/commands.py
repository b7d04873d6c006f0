"""Commands keep their parameters and results in both colours. Nothing here is run: mypy and pyright read it."""

from collections.abc import Awaitable
from datetime import date
from typing import assert_type

from tradecore import (
    UNSET,
    AsyncTrade,
    GoodsReceipt,
    IncomingPayment,
    Money,
    NewLine,
    OutgoingPayment,
    PurchaseOrder,
    SalesOrder,
    SalesReturn,
    Shipment,
    StockReceipt,
    Trade,
)
from tradecore.calling import Done, Plan
from tradecore.catalog import CatalogRevision
from tradecore.changes import Changes
from tradecore.errors import TradeError, Violation

LINES = [NewLine(item="chair", quantity=3)]
EURO = Money(1, "EUR")


def commands_answer_with_their_document(trade: Trade) -> None:
    """Each command gives the document it is about."""
    assert_type(trade.orders.place(customer="acme", warehouse="main", lines=LINES), SalesOrder)
    assert_type(trade.orders.place(customer="acme", warehouse="main", lines=[{"item": "chair"}]), SalesOrder)
    assert_type(trade.orders.approve("order", execute=True), SalesOrder)
    assert_type(trade.orders.edit("order", contact=None, ship_on=UNSET), SalesOrder)
    assert_type(trade.orders.ship("order"), Shipment)
    assert_type(trade.returns.receive("shipment"), SalesReturn)
    assert_type(trade.payments.receive(amount=EURO, order="order"), IncomingPayment)
    assert_type(trade.outgoing.refund(amount=EURO, order="order"), OutgoingPayment)
    assert_type(trade.purchases.post("order"), PurchaseOrder)
    assert_type(trade.receipts.receive(purchase_order="order"), GoodsReceipt)
    assert_type(trade.stock_receipts.post("receipt"), StockReceipt)
    assert_type(trade.stock.supply("order", "1"), SalesOrder)
    assert_type(trade.catalog.save([]), CatalogRevision)


async def commands_of_an_event_loop_are_awaited(trade: AsyncTrade) -> None:
    """The same desks and the same names, with `await` in front."""
    assert_type(await trade.orders.place(customer="acme", warehouse="main", lines=LINES), SalesOrder)
    assert_type(await trade.orders.ship("order"), Shipment)
    assert_type(await trade.payments.receive(amount=EURO, order="order"), IncomingPayment)
    approving: Awaitable[SalesOrder] = trade.orders.approve("order")
    assert_type(await approving, SalesOrder)


def plans_tell_what_would_happen(trade: Trade) -> None:
    """A dry run has the parameters of the command, and a plan of its result."""
    plan = trade.orders.place.plan(customer="acme", warehouse="main", lines=LINES)
    assert_type(plan, Plan[SalesOrder])
    assert_type(plan.result, SalesOrder | None)
    assert_type(plan.changes, Changes)
    assert_type(plan.violations, tuple[Violation, ...])
    assert_type(trade.orders.ship.plan("order"), Plan[Shipment])


async def plans_are_awaited(trade: AsyncTrade) -> None:
    """A dry run for an event loop."""
    assert_type(await trade.orders.ship.plan("order"), Plan[Shipment])


def bulk_commands_answer_for_each(trade: Trade) -> None:
    """Many ids give as many results or errors."""
    done = trade.orders.approve_many(["a", "b"], execute=True)
    assert_type(done, tuple[Done[SalesOrder], ...])
    assert_type(done[0].result, SalesOrder | None)
    assert_type(done[0].error, TradeError | None)


def sweeps_answer_for_each_they_find(trade: Trade) -> None:
    """A sweep takes what its query takes, and gives a result for each."""
    assert_type(trade.orders.expire_reserves(), tuple[Done[SalesOrder], ...])
    assert_type(trade.orders.expire_reserves(as_of=date(2026, 3, 2)), tuple[Done[SalesOrder], ...])


async def bulk_commands_are_awaited(trade: AsyncTrade) -> None:
    """Many ids, for an event loop."""
    assert_type(await trade.orders.close_many(["a", "b"]), tuple[Done[SalesOrder], ...])
    assert_type(await trade.orders.expire_reserves(), tuple[Done[SalesOrder], ...])


def trades_make_trades(trade: Trade, other: AsyncTrade) -> None:
    """An actor, a key and a transaction make another trade of the same colour."""
    assert_type(trade.acting_as("olena").once("key").within(object()), Trade)
    assert_type(other.acting_as("olena").once("key").within(object()), AsyncTrade)
    assert_type(Trade.open("memory://").init(), Trade)


async def async_trades_open(url: str) -> None:
    """Opening is at once, preparing is awaited."""
    assert_type(await AsyncTrade.open(url).init(), AsyncTrade)
