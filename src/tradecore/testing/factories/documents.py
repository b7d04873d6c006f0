"""Documents and their parts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

import attrs

from tradecore.catalog import BusinessOperation, StageTerms
from tradecore.documents import (
    Allocation,
    ConsignmentReport,
    GoodsReceipt,
    GoodsReceiptLine,
    IncomingPayment,
    OrderLine,
    OutgoingPayment,
    OwnershipLine,
    OwnershipTransfer,
    Posting,
    Provision,
    ProvisioningAction,
    PurchaseOrder,
    PurchaseOrderLine,
    Reassignment,
    ReassignmentLine,
    SalesOrder,
    SalesReturn,
    SalesReturnLine,
    Shipment,
    ShipmentLine,
    StockAllocation,
    StockAllocationLine,
    StockReceipt,
    StockReceiptLine,
)
from tradecore.rules.order_state import kept
from tradecore.rules.payment_terms import ALL_BEFORE_SHIPMENT
from tradecore.rules.placing import with_stages
from tradecore.rules.pricing import price_line
from tradecore.settings import Settings
from tradecore.values.numbers import Number, exact, total
from tradecore.values.percent import NO_PERCENT, Percent
from tradecore.values.text import new_id

#: The moment of documents whose factory is told no other.
AT = datetime(2026, 1, 15, 9, tzinfo=UTC)


class _Part(Protocol):
    @property
    def id(self) -> str: ...


P = TypeVar("P", bound=_Part)


def _numbered(lines: Sequence[P]) -> tuple[P, ...]:
    """The lines, with numbers for ids where they have none."""
    return tuple(
        line if line.id else attrs.evolve(line, id=str(n))  # type: ignore[misc]  # every part is an attrs value
        for n, line in enumerate(lines, start=1)
    )


def a_provision(
    quantity: Number = 1, action: ProvisioningAction = ProvisioningAction.RESERVE, **facts: Any
) -> Provision:
    """How a part of a line is covered: reserved."""
    return Provision(**{"action": action, "quantity": exact(quantity), **facts})


def a_line(
    *,
    quantity: Number = 1,
    price: Number = 100,
    item: str = "chair",
    discount: Percent = NO_PERCENT,
    tax_rate: Percent = NO_PERCENT,
    **facts: Any,
) -> OrderLine:
    """A line of a sales order; its amount follows. An order numbers lines without an id."""
    worth = price_line(exact(quantity), exact(price), discount, tax_rate, currency="EUR", tax_included=True)
    told = {"id": "", "item": item, "warehouse": "main", "quantity": exact(quantity), "price": exact(price)}
    told |= {"discount": discount, "tax_rate": tax_rate, "amount": worth.amount, "tax": worth.tax}
    return OrderLine(**{**told, **facts})


def an_order(
    *,
    lines: Sequence[OrderLine] | None = None,
    stages: Sequence[StageTerms] = ALL_BEFORE_SHIPMENT,
    settings: Settings | None = None,
    **facts: Any,
) -> SalesOrder:
    """A posted sales order on approval; total, stages, due date and state follow from its lines."""
    told = {"id": new_id(), "at": AT, "posting": Posting.POSTED, "customer": "acme", "currency": "EUR"}
    parts = _numbered([a_line()] if lines is None else lines)
    order = SalesOrder(**{**told, "warehouse": "main", "lines": parts, **facts})
    return kept(with_stages(order, stages, None), settings or Settings())


def a_purchase_line(
    *, quantity: Number = 1, price: Number = 50, item: str = "chair", **facts: Any
) -> PurchaseOrderLine:
    """A line of a purchase order."""
    told = {"id": "", "item": item, "warehouse": "main", "quantity": exact(quantity), "price": exact(price)}
    return PurchaseOrderLine(**{**told, "expected_on": date(2026, 2, 1), **facts})


def a_purchase_order(*, lines: Sequence[PurchaseOrderLine] | None = None, **facts: Any) -> PurchaseOrder:
    """A posted purchase order."""
    told = {"id": new_id(), "at": AT, "posting": Posting.POSTED, "supplier": "timber", "currency": "EUR"}
    return PurchaseOrder(**{**told, "lines": _numbered([a_purchase_line()] if lines is None else lines), **facts})


def a_receipt_line(*, quantity: Number = 1, price: Number = 50, item: str = "chair", **facts: Any) -> GoodsReceiptLine:
    """A line of a goods receipt."""
    told = {"id": "", "item": item, "warehouse": "main", "quantity": exact(quantity), "price": exact(price)}
    return GoodsReceiptLine(**{**told, "amount": exact(quantity) * exact(price), **facts})


def a_goods_receipt(*, lines: Sequence[GoodsReceiptLine] | None = None, **facts: Any) -> GoodsReceipt:
    """A posted goods receipt without a purchase order."""
    told = {"id": new_id(), "at": AT, "posting": Posting.POSTED, "supplier": "timber", "currency": "EUR"}
    return GoodsReceipt(**{**told, "lines": _numbered([a_receipt_line()] if lines is None else lines), **facts})


def a_stock_line(*, quantity: Number = 1, item: str = "chair", **facts: Any) -> StockReceiptLine:
    """A line of a stock receipt."""
    return StockReceiptLine(**{"id": "", "item": item, "quantity": exact(quantity), **facts})


def a_stock_receipt(*, lines: Sequence[StockReceiptLine] | None = None, **facts: Any) -> StockReceipt:
    """A posted stock receipt."""
    told = {"id": new_id(), "at": AT, "posting": Posting.POSTED, "warehouse": "main"}
    return StockReceipt(**{**told, "lines": _numbered([a_stock_line()] if lines is None else lines), **facts})


def a_stock_allocation(*, quantity: Number = 1, item: str = "chair", **facts: Any) -> StockAllocation:
    """A posted run of the queue that gave something to one line of an order."""
    given = StockAllocationLine(
        id="1",
        order="order",
        order_line="1",
        item=item,
        warehouse="main",
        place=1,
        wanted=exact(quantity),
        quantity=exact(quantity),
    )
    return StockAllocation(**{"id": new_id(), "at": AT, "posting": Posting.POSTED, "lines": (given,), **facts})


def a_reassignment(*, quantity: Number = 1, item: str = "chair", **facts: Any) -> Reassignment:
    """A posted reassignment that freed what was bought for one line of an order."""
    freed = ReassignmentLine(id="1", order_line="1", item=item, warehouse="main", quantity=exact(quantity))
    return Reassignment(
        **{"id": new_id(), "at": AT, "posting": Posting.POSTED, "order": "order", "lines": (freed,), **facts}
    )


def a_shipment_line(*, quantity: Number = 1, amount: Number = 100, item: str = "chair", **facts: Any) -> ShipmentLine:
    """A line of a shipment."""
    told = {"id": "", "order_line": "1", "item": item, "warehouse": "main", "quantity": exact(quantity)}
    return ShipmentLine(**{**told, "amount": exact(amount), **facts})


def a_shipment(
    *, order: SalesOrder | None = None, lines: Sequence[ShipmentLine] | None = None, **facts: Any
) -> Shipment:
    """A posted shipment: of everything an order holds, if one is given."""
    told: dict[str, Any] = {"id": new_id(), "at": AT, "posting": Posting.POSTED}
    told |= {"order": order.id if order else "order", "customer": order.customer if order else "acme"}
    told |= {"currency": order.currency if order else "EUR"}
    parts = _shipped(order) if order and lines is None else [a_shipment_line()] if lines is None else lines
    return Shipment(**{**told, "lines": _numbered(parts), **facts})


def _shipped(order: SalesOrder) -> list[ShipmentLine]:
    return [
        a_shipment_line(
            id=line.id,
            order_line=line.id,
            item=line.item,
            kind=line.kind,
            unit=line.unit,
            warehouse=line.warehouse,
            quantity=line.quantity,
            amount=line.amount,
            tax=line.tax,
        )
        for line in order.lines
    ]


def a_sales_return(*, shipment: Shipment | None = None, **facts: Any) -> SalesReturn:
    """A posted return of everything a shipment handed over."""
    shipment = shipment or a_shipment()
    lines = tuple(
        SalesReturnLine(
            id=line.id,
            shipment_line=line.id,
            order_line=line.order_line,
            item=line.item,
            kind=line.kind,
            unit=line.unit,
            warehouse=line.warehouse,
            quantity=line.quantity,
            amount=line.amount,
        )
        for line in shipment.lines
    )
    told = {"id": new_id(), "at": shipment.at, "posting": Posting.POSTED, "shipment": shipment.id, "lines": lines}
    told |= {"order": shipment.order, "customer": shipment.customer, "currency": shipment.currency}
    return SalesReturn(**{**told, **facts})


def an_ownership_line(
    *, quantity: Number = 1, amount: Number = 100, item: str = "chair", **facts: Any
) -> OwnershipLine:
    """A line by which goods become the customer's."""
    told = {"id": "", "shipment": "shipment", "shipment_line": "1", "order": "order", "order_line": "1", "item": item}
    return OwnershipLine(**{**told, "quantity": exact(quantity), "amount": exact(amount), **facts})


def a_transfer(*, lines: Sequence[OwnershipLine] | None = None, **facts: Any) -> OwnershipTransfer:
    """A posted transfer of ownership."""
    told = {**_passed(lines, BusinessOperation.SALE_IN_TRANSIT), "shipment": "shipment", "order": "order"}
    return OwnershipTransfer(**{**told, **facts})


def a_consignment_report(*, lines: Sequence[OwnershipLine] | None = None, **facts: Any) -> ConsignmentReport:
    """A posted report of a consignee."""
    return ConsignmentReport(**{**_passed(lines, BusinessOperation.CONSIGNMENT), **facts})


def _passed(lines: Sequence[OwnershipLine] | None, operation: BusinessOperation) -> dict[str, Any]:
    told = {"id": new_id(), "at": AT, "posting": Posting.POSTED, "customer": "acme", "currency": "EUR"}
    return {**told, "operation": operation, "lines": _numbered([an_ownership_line()] if lines is None else lines)}


def an_allocation(order: str, amount: Number, stage: str = "") -> Allocation:
    """A part of a payment that is meant for one order."""
    return Allocation(order=order, amount=exact(amount), stage=stage)


def a_payment(amount: Number | None = None, *, allocations: Sequence[Allocation] = (), **facts: Any) -> IncomingPayment:
    """A posted payment from a customer: of what is allocated, or of 100 EUR."""
    return IncomingPayment(**_paid(amount, allocations), **facts)


def a_refund(amount: Number | None = None, *, allocations: Sequence[Allocation] = (), **facts: Any) -> OutgoingPayment:
    """A posted payment back to a customer: of what is allocated, or of 100 EUR."""
    return OutgoingPayment(**_paid(amount, allocations), **facts)


def _paid(amount: Number | None, allocations: Sequence[Allocation]) -> dict[str, Any]:
    parts = total(each.amount for each in allocations) if allocations else Decimal(100)
    told: dict[str, Any] = {"id": new_id(), "at": AT, "posting": Posting.POSTED, "partner": "acme", "currency": "EUR"}
    return told | {"amount": parts if amount is None else exact(amount), "allocations": tuple(allocations)}
