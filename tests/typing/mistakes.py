"""Mistakes that type checkers find: mypy, told to warn of ignores that are not needed, proves that each is one."""

from typing import Any

from tradecore import AsyncTrade, Event, Money, NewLine, OrderState, SalesOrder, Trade
from tradecore.calling import Plan
from tradecore.storage.memory import MemoryStore
from tradecore.storage.protocol import BlockingStore, Store

LINES = [NewLine(item="chair", quantity=3)]


def use(*_: object) -> None:
    """Take what would otherwise be an unused name."""


def arguments(trade: Trade) -> None:
    """A name that is none, an argument that is missing, a value of another type."""
    trade.orders.place(customer="acme", warehouse="main", lines=LINES, colour="red")  # type: ignore[call-arg]
    trade.orders.place(warehouse="main", lines=LINES)  # type: ignore[call-arg]
    trade.orders.place("acme", warehouse="main", lines=LINES)  # type: ignore[call-arg]
    trade.orders.place(customer=7, warehouse="main", lines=LINES)  # type: ignore[arg-type]
    trade.orders.place.plan(customer=7, warehouse="main", lines=LINES)  # type: ignore[arg-type]
    trade.payments.receive(order="order", amount=12.5)  # type: ignore[arg-type]
    trade.orders.approve_many("order")  # a text is a sequence of texts to a type checker; the call refuses it
    trade.orders.approve_many([1, 2])  # type: ignore[list-item]
    trade.orders.edit("order", lines=None)  # type: ignore[arg-type]
    trade.orders.find(state="shipping")  # type: ignore[arg-type]
    trade.orders.stream(limit="many")  # type: ignore[arg-type]


def results(trade: Trade) -> None:
    """The result of one command is not that of another."""
    order: SalesOrder = trade.orders.ship("order")  # type: ignore[assignment]
    plan: Plan[SalesOrder] = trade.orders.ship.plan("order")  # type: ignore[assignment]
    total: Money = trade.orders.get("order").total  # type: ignore[assignment]
    state: OrderState = trade.orders.get("order").state  # type: ignore[assignment]
    use(order, plan, total, state)


def names(trade: Trade) -> None:
    """There are no such desks and no such commands."""
    trade.orders.annihilate("order")  # type: ignore[attr-defined]
    trade.orders.get.plan("order")  # type: ignore[attr-defined]


async def colours(trade: Trade, other: AsyncTrade) -> None:
    """What blocks is not awaited; what waits must be."""
    await trade.orders.get("order")  # type: ignore[misc]
    order: SalesOrder = other.orders.get("order")  # type: ignore[assignment]
    for each in other.orders.stream():  # type: ignore[attr-defined]
        use(order, each)


def stores(waiting: Store, blocking: BlockingStore, url: str) -> None:
    """`Trade` takes a store that blocks; `AsyncTrade` takes any."""
    Trade(MemoryStore())
    Trade(blocking)
    Trade(waiting)  # type: ignore[arg-type]
    Trade(url)  # type: ignore[arg-type]
    AsyncTrade(waiting)
    AsyncTrade(blocking)


async def handlers(trade: Trade, other: AsyncTrade) -> None:
    """A handler takes an event; for an event loop it is a coroutine."""

    def of_text(event: str) -> None:
        use(event)

    def at_once(event: Event) -> None:
        use(event)

    trade.relay(of_text)  # type: ignore[arg-type]
    await other.relay(at_once)  # type: ignore[arg-type]


def frozen(order: SalesOrder, anything: Any) -> None:
    """Documents do not change."""
    order.comment = anything  # type: ignore[misc]
