"""
A day of a small shop on MongoDB.

    python examples/mongo_script.py "mongodb://127.0.0.1:27017/shop?replicaSet=rs0"

MongoDB must be a replica set: what belongs together is written in one transaction, or not at all.
"""

import sys
from datetime import date
from decimal import Decimal

from tradecore import (
    Agreement,
    Item,
    NewLine,
    NewStockLine,
    Partner,
    Price,
    PriceKind,
    Refused,
    Trade,
    TradeError,
    Warehouse,
)


def main(url: str, tenant: str = "main") -> None:
    """Set the shop up, then sell as many chairs as there are, and try to sell one more."""
    with Trade.open(url, tenant=tenant) as trade:
        trade.init()
        trade.catalog.save(
            [
                Warehouse(id="main", name="Main warehouse"),
                Partner(id="acme", name="Acme Offices"),
                Item(id="chair", name="Office chair"),
                PriceKind(id="retail", name="Retail", currency="EUR"),
                Price.of("retail", "chair", Decimal("49.00"), date(2026, 1, 1)),
                Agreement(id="standard", name="All before shipment", price_kind="retail"),
            ]
        )
        trade.once("opening stock").stock_receipts.receive(
            warehouse="main", lines=[NewStockLine(item="chair", quantity=3)]
        )
        free = trade.stock.balance("chair", "main").free.value
        for quantity in (free, Decimal(1)):
            sell(trade, quantity)
        print("In stock:", trade.stock.balance("chair", "main").on_hand)
        handled = trade.relay(lambda event: print(f"  event {event.position}: {event.type} of {event.document}"))
        print(f"{handled} events handed over; check finds {len(trade.check().faults)} faults.")


def sell(trade: Trade, quantity: Decimal) -> None:
    """Place, reserve, take the money, ship, close."""
    if not quantity:
        print("Nothing is left to sell.")
        return
    order = trade.orders.place(customer="acme", warehouse="main", lines=[NewLine(item="chair", quantity=quantity)])
    trade.orders.execute(order.id, fill=True)
    trade.payments.receive(order=order.id, amount=order.money(order.total))
    try:
        trade.orders.ship(order.id)
    except Refused as refused:
        print(f"Not shipped. {refused}")
        return
    closed = trade.orders.close(order.id)
    print(f"{order.number}: {quantity} chairs for {closed.money(closed.paid)}, {closed.state}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python examples/mongo_script.py URL")
    try:
        main(sys.argv[1])
    except TradeError as error:
        sys.exit(str(error))
