"""Small factories: values with only the facts that matter, and a shop that is ready to trade."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs

from tradecore import (
    Agreement,
    CancellationReason,
    Check,
    DueBase,
    Item,
    ItemKind,
    Money,
    NewLine,
    NewStockLine,
    OrderLine,
    OrderStatus,
    Partner,
    PaymentStage,
    Percent,
    Price,
    PriceKind,
    Provision,
    ProvisioningAction,
    SalesOrder,
    Settings,
    StageKind,
    StageTerms,
    Trade,
    Warehouse,
)
from tradecore.catalog import Catalog
from tradecore.documents import Posting
from tradecore.rules.order_state import kept
from tradecore.storage.memory import MemoryStore
from tradecore.storage.protocol import BlockingStore

Number = Decimal | int | str

#: A Monday.
DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
USUAL = Settings()

PREPAID = (StageTerms(kind=StageKind.PREPAYMENT, share=Percent(100)),)
ON_CREDIT = (StageTerms(kind=StageKind.CREDIT, share=Percent(100), days=30, base=DueBase.SHIPMENT),)
WITH_ADVANCE = (
    StageTerms(kind=StageKind.ADVANCE, share=Percent(30)),
    StageTerms(kind=StageKind.PREPAYMENT, share=Percent(30), days=3),
    StageTerms(kind=StageKind.CREDIT, share=Percent(40), days=30, base=DueBase.SHIPMENT),
)


@attrs.define
class Clock:
    """A clock that stands still until somebody moves it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.now

    def pass_(self, **duration: float) -> None:
        """Move on by days, hours or minutes."""
        self.now += timedelta(**duration)


def a_provision(action: ProvisioningAction, quantity: Number, **facts: Any) -> Provision:
    """A part of a line's quantity under one action."""
    return Provision(action=action, quantity=Decimal(quantity), **facts)


def reserved(quantity: Number) -> Provision:
    """A reserve in the warehouse."""
    return a_provision(ProvisioningAction.RESERVE, quantity)


def released(quantity: Number) -> Provision:
    """A reserve that may be shipped."""
    return a_provision(ProvisioningAction.SHIP, quantity)


def waiting(quantity: Number) -> Provision:
    """A place in the queue."""
    return a_provision(ProvisioningAction.TO_PROVISION, quantity)


def promised(quantity: Number, *, source: str = "po", line: str = "1", on: date = DAY) -> Provision:
    """A promise from a line of a purchase order."""
    return a_provision(ProvisioningAction.RESERVE_BY_DATE, quantity, source=source, source_line=line, on=on)


def a_line(id: str = "1", *, quantity: Number = 1, price: Number = 10, **facts: Any) -> OrderLine:
    """A line of an order; it costs quantity times price unless its amount is given."""
    worth = {"amount": Decimal(quantity) * Decimal(price), "list_price": Decimal(price), "item": "chair"}
    known: dict[str, Any] = {**worth, "warehouse": "main", **facts}
    return OrderLine(id=id, quantity=Decimal(quantity), price=Decimal(price), **known)


def a_service(id: str = "2", *, quantity: Number = 1, price: Number = 10, **facts: Any) -> OrderLine:
    """A line of an order that no warehouse holds."""
    return a_line(id, quantity=quantity, price=price, **{"item": "delivery", "kind": ItemKind.SERVICE, **facts})


def a_stage(kind: StageKind, amount: Number, id: str = "1", *, share: Number = 100, **facts: Any) -> PaymentStage:
    """A payment stage of an amount."""
    return PaymentStage(id=id, kind=kind, share=Percent(share), amount=Decimal(amount), **facts)


def an_order(*, lines: Sequence[OrderLine] | None = None, settings: Settings = USUAL, **facts: Any) -> SalesOrder:
    """An order that is executed, with everything it keeps made true."""
    usual: dict[str, Any] = {
        "id": "order",
        "number": "SO-1",
        "at": NOON,
        "posting": Posting.POSTED,
        "status": OrderStatus.TO_EXECUTE,
        "customer": "acme",
        "currency": "EUR",
        "warehouse": "main",
        "lines": tuple(lines if lines is not None else [a_line()]),
    }
    order = SalesOrder(**usual | facts)
    stages = order.stages
    return attrs.evolve(kept(order, settings), stages=stages) if "total" not in facts else order


def reference_data() -> list[Any]:
    """What the shop sells, to whom and on which terms."""
    items = [
        Item(id="chair", name="Chair", tax_rate=Percent(20)),
        Item(id="table", name="Table", tax_rate=Percent(20)),
        Item(id="wire", name="Wire", unit="m"),
        Item(id="delivery", name="Delivery", kind=ItemKind.SERVICE, tax_rate=Percent(20)),
    ]
    prices = {"chair": "10.00", "table": "33.33", "wire": "0.07", "delivery": "15.00"}
    return [
        *items,
        Warehouse(id="main", name="Main"),
        Warehouse(id="spare", name="Spare"),
        PriceKind(id="wholesale", name="Wholesale", currency="EUR"),
        *[Price.of("wholesale", item, Decimal(price), date(2026, 1, 1)) for item, price in prices.items()],
        *[Partner(id=id, name=id.title()) for id in ("acme", "bolt", "mill")],
        CancellationReason(id="refused", name="The customer refused"),
        CancellationReason(id="unpaid", name="Not paid in time"),
    ]


def agreements(*stages: StageTerms, **facts: Any) -> list[Agreement]:
    """The one agreement for everybody, with these payment stages."""
    return [Agreement(**{"id": "std", "name": "Standard", "price_kind": "wholesale", "stages": stages, **facts})]


def a_shop(
    *,
    stages: Sequence[StageTerms] = (),
    settings: Settings = USUAL,
    store: BlockingStore | None = None,
    catalog: Catalog | None = None,
    clock: Clock | None = None,
    checks: Sequence[Check] = (),
    **stock: Number,
) -> Trade:
    """A shop in memory with one agreement of these stages, and this stock in the main warehouse."""
    trade = Trade(store or MemoryStore(), settings=settings, catalog=catalog, clock=clock or Clock(), checks=checks)
    trade.catalog.save([*reference_data(), *agreements(*stages)])
    if stock:
        lines = [NewStockLine(item=item, quantity=Decimal(quantity)) for item, quantity in stock.items()]
        trade.stock_receipts.receive(warehouse="main", lines=lines)
    return trade


def placed(trade: Trade, *, customer: str = "acme", warehouse: str = "main", **quantities: Number) -> SalesOrder:
    """An order of these quantities, by item."""
    lines = [NewLine(item=item, quantity=Decimal(quantity)) for item, quantity in quantities.items()]
    return trade.orders.place(customer=customer, warehouse=warehouse, lines=lines)


def executed(trade: Trade, *, fill: bool = True, customer: str = "acme", **quantities: Number) -> SalesOrder:
    """An order of these quantities whose execution has begun."""
    lines = [NewLine(item=item, quantity=Decimal(quantity)) for item, quantity in quantities.items()]
    order = trade.orders.place(customer=customer, warehouse="main", lines=lines)
    return trade.orders.execute(order.id, fill=fill)


def euro(amount: Number) -> Money:
    """So many euros."""
    return Money(amount, "EUR")
