"""The sales return (повернення): goods that came back from a customer (K11, K12)."""

from decimal import Decimal
from typing import ClassVar

import attrs

from tradecore.catalog.records import ItemKind, Unit
from tradecore.documents.base import Document
from tradecore.documents.settled import SettledDocument
from tradecore.values.numbers import ZERO, total
from tradecore.values.text import DocumentId, ItemId, LineId, WarehouseId


@attrs.frozen(kw_only=True)
class SalesReturnLine:
    """
    What came back of one line of a shipment.

    Attributes:
        shipment_line: The line of the shipment; `order_line` the line of its order.

        amount: What it cost, with tax.

        recalled: Quantity of it that was still ours and was never charged. `recalled_amount` is its amount.
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
    recalled: Decimal = ZERO
    recalled_amount: Decimal = ZERO


@attrs.frozen(kw_only=True)
class SalesReturn(SettledDocument):
    """
    Goods of a shipment that came back; they are in stock again and need not be paid.

    Attributes:
        settled: What the customer need not pay any more, in the currency it is paid in; None: its amount.

        refunded: Money given back for it, kept by the refunds that name it (D20).
    """

    KIND: ClassVar[str] = "sales_return"
    SERIES: ClassVar[str] = "RT"
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "shipment", "order", "customer")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("shipment",), ("order",), ("customer", "at"))

    shipment: DocumentId
    order: DocumentId
    settled: Decimal | None = None
    refunded: Decimal = ZERO
    lines: tuple[SalesReturnLine, ...]

    @property
    def amount(self) -> Decimal:
        """What all lines cost with tax."""
        return total(line.amount for line in self.lines)

    @property
    def credit(self) -> Decimal:
        """What the customer need not pay any more, in the currency it is paid in."""
        return self.amount if self.settled is None else self.settled

    @property
    def recalled_amount(self) -> Decimal:
        """The amount of what was still ours."""
        return total(line.recalled_amount for line in self.lines)
