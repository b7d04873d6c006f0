"""
A host with products and customers of its own: tradecore reads them where they are, and keeps no copy.

    python examples/own_catalog.py
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from tradecore import (
    Agreement,
    CancellationReason,
    Contract,
    Item,
    NewLine,
    NewStockLine,
    OrderTemplate,
    Partner,
    PaymentSchedule,
    PriceKind,
    Trade,
    Warehouse,
)

#: The host's own tables, as they were before tradecore came.
SCHEMA = """
create table product (sku text primary key, title text, price text);
create table customer (email text primary key, company text);
insert into product values ('chair', 'Office chair', '49.00'), ('desk', 'Desk', '180.00');
insert into customer values ('ann@acme.example', 'Acme Offices');
"""
RETAIL = PriceKind(id="retail", name="Retail", currency="EUR")
MAIN = Warehouse(id="main", name="Main warehouse")
TERMS = Agreement(id="standard", name="All before shipment", price_kind="retail")
REASON = CancellationReason(id="changed-mind", name="The customer changed their mind")


class HostCatalog:
    """The host's tables, seen as tradecore asks for them: the `tradecore.Catalog` protocol."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    async def partners(self, ids: Sequence[str]) -> Mapping[str, Partner]:
        """Customers are partners; the e-mail address is their id."""
        rows = self._rows("select email, company from customer where email in", ids)
        return {email: Partner(id=email, name=company) for email, company in rows}

    async def items(self, ids: Sequence[str]) -> Mapping[str, Item]:
        """Products are items."""
        rows = self._rows("select sku, title from product where sku in", ids)
        return {sku: Item(id=sku, name=title) for sku, title in rows}

    async def prices(self, price_kind: str, items: Sequence[str], on: date) -> Mapping[str, Decimal]:  # noqa: ARG002
        """The host knows one price of a product."""
        return {sku: Decimal(price) for sku, price in self._rows("select sku, price from product where sku in", items)}

    async def agreements(self, partner: str) -> Sequence[Agreement]:  # noqa: ARG002
        """Everybody buys on the same terms."""
        return [TERMS]

    async def schedules(self, ids: Sequence[str]) -> Mapping[str, PaymentSchedule]:  # noqa: ARG002
        """No agreement of ours names one."""
        return {}

    async def contracts(self, partner: str) -> Sequence[Contract]:  # noqa: ARG002
        """Nobody has a contract, and nobody is asked: the settings do not use them."""
        return []

    async def order_templates(self, ids: Sequence[str]) -> Mapping[str, OrderTemplate]:  # noqa: ARG002
        """There are none."""
        return {}

    async def warehouses(self, ids: Sequence[str]) -> Mapping[str, Warehouse]:
        """There is one."""
        return {MAIN.id: MAIN} if MAIN.id in ids else {}

    async def price_kinds(self, ids: Sequence[str]) -> Mapping[str, PriceKind]:
        """There is one."""
        return {RETAIL.id: RETAIL} if RETAIL.id in ids else {}

    async def reasons(self, ids: Sequence[str]) -> Mapping[str, CancellationReason]:
        """There is one."""
        return {REASON.id: REASON} if REASON.id in ids else {}

    def _rows(self, query: str, ids: Sequence[str]) -> list[tuple[str, str]]:
        marks = ", ".join("?" * len(ids))
        return self._database.execute(f"{query} ({marks})", tuple(ids)).fetchall()


def main() -> None:
    """Sell by the host's own tables, change a price in them, sell again."""
    database = sqlite3.connect(":memory:")
    database.executescript(SCHEMA)
    trade = Trade.open("memory://", catalog=HostCatalog(database)).init()
    trade.stock_receipts.receive(warehouse="main", lines=[NewStockLine(item="chair", quantity=10)])

    for price in ("49.00", "52.50"):
        database.execute("update product set price = ? where sku = 'chair'", [price])
        order = trade.orders.place(
            customer="ann@acme.example", warehouse="main", lines=[NewLine(item="chair", quantity=2)]
        )
        print(f"{order.number}: 2 chairs at {order.lines[0].price} for {order.customer}: {order.money(order.total)}")

    kept = [*trade.catalog.items(), *trade.catalog.partners(), *trade.catalog.prices()]
    print(f"Copies of products, customers and prices in the store: {len(kept)}")
    database.close()


if __name__ == "__main__":
    main()
