"""The same life through the public calls of tradecore, over any store."""

from datetime import date
from decimal import Decimal
from typing import Any

import tradecore as tc
from bench.work import CUSTOMERS, ITEMS, STOCK, Demand, Unsound, price, require
from tradecore.calling import run
from tradecore.registers import SETTLEMENTS
from tradecore.registers import STOCK as STOCK_REGISTER
from tradecore.storage.protocol import Store

WAREHOUSE = "main"
_EVENTS_AT_ONCE = 1000


class LibraryClient:
    """One connection that trades by the library."""

    def __init__(self, trade: tc.Trade, *, own: bool) -> None:
        self.trade = trade
        self._own = own

    def place(self, demand: Demand) -> tc.SalesOrder:
        """Place."""
        lines = [tc.NewLine(item=item_id(each.item), quantity=each.quantity) for each in demand.lines]
        return self.trade.orders.place(customer=customer_id(demand.customer), warehouse=WAREHOUSE, lines=lines)

    def approve(self, order: tc.SalesOrder) -> None:
        """Approve, start the execution and reserve, in one command."""
        self.trade.orders.approve(order.id, execute=True, fill=True)

    def pay(self, order: tc.SalesOrder) -> None:
        """Receive the whole amount."""
        self.trade.payments.receive(order=order.id, amount=order.money(order.total))

    def ship(self, order: tc.SalesOrder) -> None:
        """Ship everything."""
        self.trade.orders.ship(order.id)

    def close(self, order: tc.SalesOrder) -> None:
        """Close."""
        self.trade.orders.close(order.id)

    def finish(self) -> None:
        """Give back the connection, if it is this client's own."""
        if self._own:
            self.trade.close()


class Library:
    """tradecore over the store of a URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._trade: tc.Trade | None = None

    @property
    def trade(self) -> tc.Trade:
        """The trade value of this process."""
        if self._trade is None:
            self._trade = tc.Trade.open(self.url)
        return self._trade

    def prepare(self) -> None:
        """Create what is missing; fill in the catalogue and the stock."""
        self.trade.init()
        fill(self.trade)

    def client(self, number: int) -> LibraryClient:  # noqa: ARG002  # ids are made, not counted
        """Connect; in memory there is only one shop to connect to."""
        if self.url.startswith("memory:"):
            return LibraryClient(warmed(self.trade), own=False)
        return LibraryClient(warmed(tc.Trade.open(self.url)), own=True)

    def check(self, lives: int) -> None:
        """Compare what is stored with the lives that were lived."""
        check_figures(self.trade, lives)

    def prove(self) -> None:
        """Let the library's own check look at everything; it takes its time."""
        report = self.trade.check()
        if not report.sound:
            raise Unsound("; ".join(str(fault) for fault in report.faults[:5]))

    def finish(self) -> None:
        """Give back the connection."""
        if self._trade is not None:
            self._trade.close()
            self._trade = None


def item_id(number: int) -> str:
    """How the catalogue names an item."""
    return f"item-{number}"


def customer_id(number: int) -> str:
    """How the catalogue names a customer."""
    return f"customer-{number}"


def fill(trade: tc.Trade) -> None:
    """Fill in 1,000 items with prices, the customers, one agreement (30 % prepaid, 70 % on credit), and the stock."""
    day = date(2020, 1, 1)
    stages = (
        tc.StageTerms(kind=tc.StageKind.PREPAYMENT, share=tc.Percent(30)),
        tc.StageTerms(kind=tc.StageKind.CREDIT, share=tc.Percent(70), days=30, base=tc.DueBase.SHIPMENT),
    )
    records: list[Any] = [
        tc.Warehouse(id=WAREHOUSE, name="Main"),
        tc.PriceKind(id="wholesale", name="Wholesale", currency="EUR"),
        tc.Agreement(id="usual", name="Usual", price_kind="wholesale", stages=stages),
    ]
    records += [tc.Partner(id=customer_id(n), name=f"Customer {n}") for n in range(CUSTOMERS)]
    records += [tc.Item(id=item_id(n), name=f"Item {n}", tax_rate=tc.Percent(20)) for n in range(ITEMS)]
    records += [tc.Price.of("wholesale", item_id(n), Decimal(price(n)).scaleb(-2), day) for n in range(ITEMS)]
    trade.catalog.save(records)
    lines = [tc.NewStockLine(item=item_id(n), quantity=STOCK) for n in range(ITEMS)]
    trade.stock_receipts.receive(warehouse=WAREHOUSE, lines=lines)


def warmed(trade: tc.Trade) -> tc.Trade:
    """The trade value after it has read the catalogue once, as any that has worked for a while; nothing is written."""
    everything = [tc.NewLine(item=item_id(n), quantity=1) for n in range(ITEMS)]
    for number in range(CUSTOMERS):
        lines = everything if number == 0 else everything[:1]
        trade.orders.place.plan(customer=customer_id(number), warehouse=WAREHOUSE, lines=lines)
    return trade


def check_figures(trade: tc.Trade, lives: int) -> None:
    """Raise `Unsound` unless orders, stock, money and events are what so many finished lives leave behind."""
    closed = list(trade.orders.stream(state=tc.OrderState.CLOSED, limit=500))
    pieces = sum((line.quantity for order in closed for line in order.lines), Decimal(0))
    require("closed orders", expected=lives, found=len(closed))
    stock = run(trade.store.turnovers(STOCK_REGISTER, ("warehouse",)))
    amounts = [each.amounts for each in stock]
    require("pieces on hand and reserved", expected=[(ITEMS * STOCK - pieces, Decimal(0))], found=amounts)
    for each in run(trade.store.turnovers(SETTLEMENTS, ("currency",))):
        require(f"money in {each.group[0]}", expected=each.amounts[0], found=each.amounts[1])
    told = count_events(trade.store, {order.id for order in closed})
    require("closed orders among the events", expected=lives, found=told)


def count_events(store: Store, orders: set[str]) -> int:
    """How many of these orders the outbox says were closed, after its positions were seen to have no gap."""
    position, closed = 0, set()
    while events := run(store.events_after(position, _EVENTS_AT_ONCE)):
        for event in events:
            require("position of an event", expected=position + 1, found=event.position)
            position = event.position
            if event.type is tc.EventType.ORDER_CLOSED:
                closed.add(event.document.id)
    return len(closed & orders)
