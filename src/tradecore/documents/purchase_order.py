"""The purchase order (замовлення постачальнику): goods that are ordered and not yet received (K1)."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

import attrs

from tradecore.catalog.records import Currency, ItemKind, Unit
from tradecore.documents.base import Document
from tradecore.values.currencies import DECIMALS
from tradecore.values.money import Money
from tradecore.values.numbers import EXACT, ZERO, rounded, total
from tradecore.values.text import DocumentId, ItemId, LineId, PartnerId, WarehouseId


@attrs.frozen(kw_only=True)
class PurchaseOrderLine:
    """
    Goods ordered from a supplier.

    Attributes:
        price: Cost of one unit, in the currency of the order (K2).

        expected_on: The day the goods should come.

        for_order, for_line: The sales order line it is bought for, and for nothing else; empty: for everybody (F3).

        received: Quantity received, kept by posting.
    """

    id: LineId
    item: ItemId
    kind: ItemKind = ItemKind.GOODS
    unit: Unit = "pcs"
    warehouse: WarehouseId
    quantity: Decimal
    price: Decimal
    expected_on: date
    for_order: DocumentId = ""
    for_line: LineId = ""
    received: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """Ordered and not received."""
        return max(self.quantity - self.received, ZERO)


@attrs.frozen(kw_only=True)
class PurchaseOrder(Document):
    """
    Goods ordered from a supplier; the source of expected supply (E4).

    Attributes:
        paid: Money paid to the supplier for it, kept by posting (B6).
    """

    KIND: ClassVar[str] = "purchase_order"
    SERIES: ClassVar[str] = "PO"
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "supplier")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("supplier", "at"))

    supplier: PartnerId
    currency: Currency
    paid: Decimal = ZERO
    lines: tuple[PurchaseOrderLine, ...]

    @property
    def total(self) -> Decimal:
        """What everything ordered costs; each line is rounded to the currency."""
        places = DECIMALS[self.currency]
        return total(rounded(EXACT.multiply(line.price, line.quantity), places) for line in self.lines)

    def money(self, amount: Decimal) -> Money:
        """`amount` as money of the order's currency."""
        return Money(amount, self.currency)

    def line(self, id: LineId) -> PurchaseOrderLine | None:
        """The line with this id, if there is one."""
        return next((line for line in self.lines if line.id == id), None)
