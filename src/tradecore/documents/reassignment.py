"""The reassignment (корректировка назначения): goods that were bought for one order are freed, or moved (F4, F5)."""

from decimal import Decimal
from typing import ClassVar

import attrs

from tradecore.catalog.records import ItemKind, Unit
from tradecore.documents.base import Document
from tradecore.values.text import DocumentId, ItemId, LineId, WarehouseId


@attrs.frozen(kw_only=True)
class ReassignmentLine:
    """
    A quantity that was bought for one line of an order.

    Attributes:
        warehouse: Where it is.

        to: The warehouse it is moved to, for the same line; empty if it becomes free stock.
    """

    id: LineId
    order_line: LineId
    item: ItemId
    kind: ItemKind = ItemKind.GOODS
    unit: Unit = "pcs"
    warehouse: WarehouseId
    to: WarehouseId = ""
    quantity: Decimal


@attrs.frozen(kw_only=True)
class Reassignment(Document):
    """Goods that were bought for one order become free for everybody, or move to another warehouse for the order."""

    KIND: ClassVar[str] = "reassignment"
    SERIES: ClassVar[str] = "RA"
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "order")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("order",))

    order: DocumentId
    lines: tuple[ReassignmentLine, ...]
