"""The sales return (повернення): goods that came back from a customer (K11, K12)."""

from decimal import Decimal
from typing import ClassVar

import attrs

from tradecore.catalog.records import Currency, ItemKind, Unit
from tradecore.documents.base import Document
from tradecore.values.numbers import ZERO, total
from tradecore.values.text import DocumentId, ItemId, LineId, PartnerId, WarehouseId


@attrs.frozen(kw_only=True)
class SalesReturnLine:
    """
    What came back of one line of a shipment.

    Attributes:
        shipment_line: The line of the shipment; `order_line` the line of its order.

        amount: What the customer need not pay, with tax.
    """

    id: LineId
    shipment_line: LineId
    order_line: LineId = ""
    item: ItemId
    kind: ItemKind = ItemKind.GOODS
    unit: Unit = "pcs"
    warehouse: WarehouseId
    quantity: Decimal
    amount: Decimal


@attrs.frozen(kw_only=True)
class SalesReturn(Document):
    """
    Goods of a shipment that came back; they are in stock again and need not be paid.

    Attributes:
        refunded: Money given back for it, kept by the refunds that name it (D20).
    """

    KIND: ClassVar[str] = "sales_return"
    SERIES: ClassVar[str] = "RT"
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "shipment", "order", "customer")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("shipment",), ("order",), ("customer", "at"))

    shipment: DocumentId
    order: DocumentId
    customer: PartnerId
    currency: Currency
    refunded: Decimal = ZERO
    lines: tuple[SalesReturnLine, ...]

    @property
    def amount(self) -> Decimal:
        """What all lines cost with tax."""
        return total(line.amount for line in self.lines)
