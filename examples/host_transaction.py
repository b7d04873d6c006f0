"""
The host's own rows and a command of tradecore in one SQL transaction: both are kept, or neither.

    python examples/host_transaction.py [URL]

Without a URL it uses a temporary SQLite file.
"""

import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Column, Engine, MetaData, String, Table, create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from tradecore import Agreement, Item, NewLine, Partner, Price, PriceKind, Trade, TradeError, Warehouse

#: The host's own table: carts that have become orders.
host = MetaData()
checkout = Table(
    "checkout",
    host,
    Column("cart", String(40), primary_key=True),
    Column("order_id", String(64), nullable=False),
)


def check_out(engine: Engine, trade: Trade, cart: str, quantity: int) -> str:
    """Place the order of a cart and remember which it became, or do neither."""
    with engine.begin() as connection:
        order = trade.within(connection).orders.place(
            customer="acme", warehouse="main", lines=[NewLine(item="chair", quantity=quantity)]
        )
        connection.execute(checkout.insert().values(cart=cart, order_id=order.id))
    return f"cart {cart} became {order.number}"


def main(url: str, tenant: str = "main") -> None:
    """Check a cart out, then the same one again: the host refuses, and the second order is gone with it."""
    engine = create_engine(url)
    host.create_all(engine)
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
        for cart in ("A-1", "A-2", "A-1"):
            try:
                print(check_out(engine, trade, f"{tenant}/{cart}", quantity=2))
            except (SQLAlchemyError, TradeError) as error:  # whichever side refuses undoes both
                print(f"cart {tenant}/{cart}: {type(error).__name__}, nothing was written")
            with engine.connect() as connection:
                mine = select(func.count()).where(checkout.c.cart.startswith(f"{tenant}/"))
                rows = connection.execute(mine).scalar_one()
            print(f"  rows of the host: {rows}, orders: {len(trade.orders.find())}")
    engine.dispose()


if __name__ == "__main__":
    try:
        if len(sys.argv) > 1:
            main(sys.argv[1])
        else:
            with tempfile.TemporaryDirectory() as directory:
                main(f"sqlite:///{Path(directory) / 'shop.db'}")
    except TradeError as error:
        sys.exit(str(error))
