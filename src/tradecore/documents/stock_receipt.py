"""The stock receipt (оприбуткування): opening balances and surpluses, without a counterparty (K17)."""

from decimal import Decimal
from typing import ClassVar

import attrs

from tradecore.catalog.records import Unit
from tradecore.documents.base import Document
from tradecore.values.text import ItemId, LineId, WarehouseId


@attrs.frozen(kw_only=True)
class StockReceiptLine:
    """Goods found or brought in."""

    id: LineId
    item: ItemId
    unit: Unit = "pcs"
    quantity: Decimal


@attrs.frozen(kw_only=True)
class StockReceipt(Document):
    """Goods put into a warehouse without a counterparty."""

    KIND: ClassVar[str] = "stock_receipt"
    SERIES: ClassVar[str] = "SR"
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "warehouse")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("warehouse", "at"))

    warehouse: WarehouseId
    lines: tuple[StockReceiptLine, ...]
