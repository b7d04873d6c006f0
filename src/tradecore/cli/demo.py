"""The demo: an order's whole life, step by step, on a store of its own."""

import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from tradecore.cli.screen import counted, say, table
from tradecore.cli.shop import REFERENCE, Clock, Shop, show_explanation
from tradecore.documents.inputs import LineQuantity, NewLine, NewPurchaseLine, NewStockLine
from tradecore.opening import open_store
from tradecore.storage.protocol import BlockingStore
from tradecore.trade import Trade
from tradecore.values import Money, Percent
from tradecore.values.text import new_id

CLOSING_LINE = "Next: the quickstart in README.md, then docs/how-it-flows.md; examples/ holds larger programs."


def run_demo(url: str | None, *, keep: bool) -> int:
    """Tell the story on the store of `url`, or on a temporary SQLite file; 1 if the check at its end finds a fault."""
    if url is not None:
        tenant = f"demo-{new_id()[-12:]}"
        return _tell(open_store(url, tenant=tenant), f"{url.partition('://')[0]}, tenant {tenant}")
    if keep:
        path = Path(tempfile.mkdtemp(prefix="tradecore-")) / "demo.db"
        code = _tell(open_store(f"sqlite:///{path}"), f"SQLite, {path}")
        say(f"The database is kept. Look again with: python -m tradecore check sqlite:///{path}")
        return code
    with tempfile.TemporaryDirectory(prefix="tradecore-") as directory:
        path = Path(directory) / "demo.db"
        return _tell(open_store(f"sqlite:///{path}"), "a temporary SQLite file")


def _tell(store: BlockingStore, where: str) -> int:
    clock = Clock()
    with Trade(store, clock=clock) as trade:
        say(f"The life of an order, on {where}.")
        trade.init()
        trade.catalog.save(REFERENCE)
        shop = Shop(trade, clock)
        for number, (moment, title, action) in enumerate(STORY, start=1):
            shop.step(f"{number:2}/{len(STORY)}", moment, title, action)
        return _prove(trade, shop)


def _prove(trade: Trade, shop: Shop) -> int:
    say("\nEverything that was done to the order, from its history:")
    history = trade.orders.history(shop.order)
    rows = [[each.version, f"{each.at:%Y-%m-%d %H:%M}", each.actor, each.command] for each in history]
    for line in table(["version", "when", "who", "command"], rows):
        say(line)
    told = trade.relay(lambda _: None, reader="demo")
    say(f"\n{told} events were waiting for the outside world; `relay` prints them.")
    report = trade.check()
    for fault in report.faults:
        say(f"Fault: {fault}")
    compared = f"{counted(report.documents, 'document')} and {counted(report.balances, 'balance')}"
    verdict = "all agree" if report.sound else counted(len(report.faults), "fault")
    say(f"Check of {compared} against their entries: {verdict}.")
    say(CLOSING_LINE)
    return 0 if report.sound else 1


def _opening(shop: Shop) -> None:
    lines = [NewStockLine(item="chair", quantity=10), NewStockLine(item="desk", quantity=4)]
    shop.trade.stock_receipts.receive(warehouse="main", lines=lines, comment="Opening balance")


def _order_desks(shop: Shop) -> None:
    desks = NewPurchaseLine(item="desk", quantity=6, price="110.00", expected_on=date(2026, 3, 9))
    made = shop.trade.purchases.place(supplier="oakmill", warehouse="main", currency="EUR", lines=[desks])
    shop.purchase = made.id


def _place(shop: Shop) -> None:
    order = shop.trade.acting_as("ben").orders.place(
        customer="acme",
        warehouse="main",
        ship_on=date(2026, 3, 10),
        lines=[
            NewLine(item="chair", quantity=8, discount=Percent(10)),
            NewLine(item="desk", quantity=7),
            NewLine(item="lamp", quantity=5),
            NewLine(item="assembly", quantity=1),
        ],
    )
    shop.order = order.id


def _execute_too_early(shop: Shop) -> None:
    shop.refusal(lambda: shop.trade.acting_as("ben").orders.execute(shop.order))


def _approve(shop: Shop) -> None:
    shop.trade.acting_as("anna").orders.approve(shop.order, comment="An old customer", execute=True, fill=True)


def _pay(amount: str) -> Callable[[Shop], None]:
    def pay(shop: Shop) -> None:
        shop.trade.payments.receive(order=shop.order, amount=Money(amount, "EUR"))

    return pay


def _ship_too_early(shop: Shop) -> None:
    shop.refusal(lambda: shop.trade.orders.ship(shop.order))


def _receive_desks(shop: Shop) -> None:
    shop.trade.receipts.receive(purchase_order=shop.purchase)


def _ship_what_is_there(shop: Shop) -> None:
    shop.shipment = shop.trade.orders.ship(shop.order).id


def _take_back_a_chair(shop: Shop) -> None:
    shop.trade.returns.receive(shop.shipment, lines=[LineQuantity(line="1", quantity=1)])


def _close_too_early(shop: Shop) -> None:
    shop.refusal(lambda: shop.trade.acting_as("ben").orders.close(shop.order))


def _explain(shop: Shop) -> None:
    show_explanation(shop.trade.orders.explain(shop.order))
    allowed = [each.command for each in shop.trade.orders.allowed(shop.order) if each.allowed]
    say(f"    Allowed now: {', '.join(allowed)}.")


def _pay_the_rest(shop: Shop) -> None:
    why = shop.trade.orders.explain(shop.order)
    if why.shipped_debt:
        shop.trade.payments.receive(order=shop.order, amount=why.shipped_debt)


def _close(shop: Shop) -> None:
    shop.trade.acting_as("anna").orders.close_with_cancellation(shop.order, reason="discontinued")


def _march(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


#: When, what a reader is told, and what is done.
STORY: tuple[tuple[datetime, str, Callable[[Shop], None]], ...] = (
    (_march(2, 9), "The shop opens with 10 chairs and 4 desks; it has no lamps.", _opening),
    (_march(2, 10), "It orders 6 desks from Oak Mill, expected on March 9.", _order_desks),
    (_march(3, 9), "Ben writes an order of Acme down, with 10 % off the chairs.", _place),
    (_march(3, 10), "Ben starts its execution; that discount is not in the agreement.", _execute_too_early),
    (_march(3, 15), "Anna approves. Stock is reserved, 3 desks are promised, lamps wait.", _approve),
    (_march(4, 11), "Acme pays a first part of the prepayment.", _pay("300.00")),
    (_march(5, 8), "The warehouse wants to ship all the same.", _ship_too_early),
    (_march(6, 11), "Acme pays the second part.", _pay("239.19")),
    (_march(9, 14), "The desks arrive; 3 of them go to the order they were promised to.", _receive_desks),
    (_march(10, 9), "A partial shipment: everything but the lamps.", _ship_what_is_there),
    (_march(12, 16), "One chair comes back.", _take_back_a_chair),
    (_march(20, 10), "Ben wants to close the order.", _close_too_early),
    (_march(25, 9), "Why is the order where it is, and what may be done?", _explain),
    (_march(25, 12), "Acme pays for all it has received and kept.", _pay_the_rest),
    (_march(26, 9), "There will be no lamps: Anna closes the order and cancels the rest.", _close),
)
