"""The stock allocation (распределение запасов): a run of the queue, and who got what by it (decision 4)."""

from decimal import Decimal
from typing import ClassVar

import attrs

from tradecore.documents.base import Document
from tradecore.values.text import DocumentId, ItemId, LineId, WarehouseId


@attrs.frozen(kw_only=True)
class StockAllocationLine:
    """
    What one line of a sales order got.

    Attributes:
        order, order_line: Who got it.

        place: Its place among those who waited for the same goods.

        wanted: What it waited for; `quantity` is what it got.
    """

    id: LineId
    order: DocumentId
    order_line: LineId
    item: ItemId
    warehouse: WarehouseId
    place: int
    wanted: Decimal
    quantity: Decimal


@attrs.frozen(kw_only=True)
class StockAllocation(Document):
    """
    Free stock given to order lines that waited for it, in the order of the queue.

    Attributes:
        more: Whether goods are left that others wait for, because so many orders at once were not asked for.
    """

    KIND: ClassVar[str] = "stock_allocation"
    SERIES: ClassVar[str] = "AL"

    more: bool = False
    lines: tuple[StockAllocationLine, ...] = ()
