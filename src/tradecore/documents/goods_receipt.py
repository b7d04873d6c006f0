"""The goods receipt (приймання): goods that came from a supplier (K3, K4)."""

from decimal import Decimal
from typing import ClassVar

import attrs

from tradecore.catalog.records import Currency, ItemKind, Unit
from tradecore.documents.base import Document
from tradecore.values.numbers import total
from tradecore.values.text import DocumentId, ItemId, LineId, PartnerId, WarehouseId


@attrs.frozen(kw_only=True)
class GoodsReceiptLine:
    """
    Goods received.

    Attributes:
        price: Cost of one unit; `amount` is what the line costs.

        purchase_line: The line of the purchase order it fulfils; empty if none.

        for_order, for_line: The sales order line it was bought for, and for nothing else; empty: for everybody.
    """

    id: LineId
    item: ItemId
    kind: ItemKind = ItemKind.GOODS
    unit: Unit = "pcs"
    warehouse: WarehouseId
    quantity: Decimal
    price: Decimal
    amount: Decimal
    purchase_line: LineId = ""
    for_order: DocumentId = ""
    for_line: LineId = ""


@attrs.frozen(kw_only=True)
class GoodsReceipt(Document):
    """Goods received from a supplier, by a purchase order or without one."""

    KIND: ClassVar[str] = "goods_receipt"
    SERIES: ClassVar[str] = "GR"
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "supplier", "purchase_order")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("supplier", "at"), ("purchase_order",))

    supplier: PartnerId
    currency: Currency
    purchase_order: DocumentId | None = None
    lines: tuple[GoodsReceiptLine, ...]

    @property
    def amount(self) -> Decimal:
        """What all lines cost."""
        return total(line.amount for line in self.lines)
