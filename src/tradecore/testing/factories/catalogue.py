"""Reference data: single records, and a small catalogue that a trade can be seeded with."""

from collections.abc import Awaitable, Sequence
from datetime import date
from typing import Any, overload

from tradecore.catalog import (
    Agreement,
    CancellationReason,
    Contract,
    DueBase,
    Item,
    ItemKind,
    OrderTemplate,
    Partner,
    PaymentSchedule,
    Price,
    PriceKind,
    StageKind,
    StageTerms,
    TemplateLine,
    Warehouse,
)
from tradecore.documents.inputs import NewStockLine
from tradecore.trade import AsyncTrade, Trade
from tradecore.values.numbers import Number, exact
from tradecore.values.percent import NO_PERCENT, Percent
from tradecore.values.record import Record

STARTS_ON = date(2020, 1, 1)
_PRICES: dict[str, Number] = {"chair": 100, "table": 250, "lamp": "19.90", "delivery": 30}


def an_item(id: str = "chair", *, unit: str = "pcs", tax_rate: Number = 0, **facts: Any) -> Item:
    """Goods, or with `kind=ItemKind.SERVICE` a service."""
    return Item(**{"id": id, "name": id.capitalize(), "unit": unit, "tax_rate": Percent(tax_rate), **facts})


def a_warehouse(id: str = "main", **facts: Any) -> Warehouse:
    """A place where goods are held."""
    return Warehouse(**{"id": id, "name": id.capitalize(), **facts})


def a_partner(id: str = "acme", **facts: Any) -> Partner:
    """Somebody to trade with."""
    return Partner(**{"id": id, "name": id.capitalize(), **facts})


def a_price_kind(id: str = "wholesale", *, currency: str = "EUR", **facts: Any) -> PriceKind:
    """A list of prices."""
    return PriceKind(**{"id": id, "name": id.capitalize(), "currency": currency, **facts})


def a_price(
    item: str = "chair", amount: Number = 100, *, price_kind: str = "wholesale", starts_on: date = STARTS_ON
) -> Price:
    """The price of an item."""
    return Price.of(price_kind, item, exact(amount), starts_on)


def a_stage(
    kind: StageKind = StageKind.PREPAYMENT,
    share: Number = 100,
    *,
    base: DueBase = DueBase.ORDER,
    days: int = 0,
    **facts: Any,
) -> StageTerms:
    """Terms of one payment stage."""
    return StageTerms(kind=kind, share=Percent(share), base=base, days=days, **facts)


def a_schedule(id: str = "halves", *, stages: Sequence[StageTerms] = (), **facts: Any) -> PaymentSchedule:
    """A payment schedule; of no stages in particular: half before shipment, half after it."""
    half = a_stage(StageKind.CREDIT, 50, base=DueBase.SHIPMENT, days=30)
    told = {"id": id, "name": id.capitalize(), "stages": tuple(stages) or (a_stage(share=50), half)}
    return PaymentSchedule(**{**told, **facts})


def an_agreement(
    id: str = "standard", *, discount: Percent = NO_PERCENT, stages: Sequence[StageTerms] = (), **facts: Any
) -> Agreement:
    """Terms for everybody, or with `kind` and `partner` for one partner."""
    told = {"id": id, "name": id.capitalize(), "price_kind": "wholesale", "discount": discount}
    return Agreement(**{**told, "stages": tuple(stages), **facts})


def a_contract(id: str = "contract", *, partner: str = "acme", **facts: Any) -> Contract:
    """A contract in euros, settled by orders."""
    return Contract(**{"id": id, "name": id.capitalize(), "partner": partner, "currency": "EUR", **facts})


def a_template(id: str = "weekly", *, lines: Sequence[TemplateLine] = (), **facts: Any) -> OrderTemplate:
    """Defaults of orders: three chairs from the warehouse main."""
    parts = tuple(lines) or (TemplateLine(item="chair", quantity=exact(3)),)
    return OrderTemplate(**{"id": id, "name": id.capitalize(), "warehouse": "main", "lines": parts, **facts})


def a_reason(id: str = "refused", **facts: Any) -> CancellationReason:
    """Why an ordered quantity is not delivered."""
    return CancellationReason(**{"id": id, "name": id.capitalize(), **facts})


def catalogue() -> tuple[Record, ...]:
    """
    A small catalogue.

    Chairs for 100 EUR, tables for 250, lamps for 19.90, delivery for 30; the customers acme and globex, the supplier
    timber; the warehouses main and second; one agreement for everybody: 30 % before shipment, the rest 30 days after;
    two reasons to cancel.
    """
    kinds = {"delivery": ItemKind.SERVICE}
    thirty_days = a_stage(StageKind.CREDIT, 70, base=DueBase.SHIPMENT, days=30)
    return (
        *(an_item(id, kind=kinds.get(id, ItemKind.GOODS), tax_rate=20) for id in _PRICES),
        *(a_price(id, amount) for id, amount in _PRICES.items()),
        *(a_partner(id) for id in ("acme", "globex", "timber")),
        *(a_warehouse(id) for id in ("main", "second")),
        *(a_reason(id) for id in ("refused", "sold_out")),
        a_price_kind(),
        an_agreement(stages=[a_stage(StageKind.PREPAYMENT, 30), thirty_days]),
    )


@overload
def seed(trade: Trade, *, stock: Number = 100) -> Trade: ...
@overload
def seed(trade: AsyncTrade, *, stock: Number = 100) -> Awaitable[AsyncTrade]: ...
def seed(trade: Trade | AsyncTrade, *, stock: Number = 100) -> Trade | Awaitable[AsyncTrade]:
    """The same trade, with the `catalogue` kept in its store and `stock` of all goods in the warehouse main."""
    if not isinstance(trade, Trade):
        return _seed_async(trade, stock)
    trade.catalog.save(catalogue())
    if exact(stock):
        trade.stock_receipts.receive(warehouse="main", lines=_opening(stock))
    return trade


async def _seed_async(trade: AsyncTrade, stock: Number) -> AsyncTrade:
    await trade.catalog.save(catalogue())
    if exact(stock):
        await trade.stock_receipts.receive(warehouse="main", lines=_opening(stock))
    return trade


def _opening(stock: Number) -> list[NewStockLine]:
    goods = [each for each in catalogue() if isinstance(each, Item) and each.kind is ItemKind.GOODS]
    return [NewStockLine(item=each.id, quantity=exact(stock)) for each in goods]
