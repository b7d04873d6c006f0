"""The shipment (реализация, відвантаження): goods and services handed over to a customer (B5, B12, B13, K8)."""

from decimal import Decimal
from typing import ClassVar

import attrs

from tradecore.catalog.records import ItemKind, Unit
from tradecore.documents.base import Document
from tradecore.documents.settled import SettledDocument
from tradecore.values.numbers import ZERO, total
from tradecore.values.text import DocumentId, ItemId, LineId, WarehouseId


@attrs.frozen(kw_only=True)
class ShipmentLine:
    """
    What was handed over of one item.

    Attributes:
        order_line: The line of the order it fulfils.

        separate: What of the quantity was bought for the order alone.

        amount: What it costs with tax; `tax` is the part that is tax.

        returned: Quantity that came back, kept by posting; `returned_amount` is its amount.

        entrusted: Quantity of it that is still ours: in transit, or with the consignee. `entrusted_amount` is its amount.
    """

    id: LineId
    order_line: LineId = ""
    item: ItemId
    kind: ItemKind = ItemKind.GOODS
    unit: Unit = "pcs"
    warehouse: WarehouseId
    quantity: Decimal
    separate: Decimal = ZERO
    amount: Decimal
    tax: Decimal = ZERO
    returned: Decimal = ZERO
    returned_amount: Decimal = ZERO
    entrusted: Decimal = ZERO
    entrusted_amount: Decimal = ZERO


@attrs.frozen(kw_only=True)
class Shipment(SettledDocument):
    """
    Goods and services handed over to a customer under an order.

    Attributes:
        settled: What the customer comes to owe by it, in the currency it is paid in; None: its amount.
    """

    KIND: ClassVar[str] = "shipment"
    SERIES: ClassVar[str] = "SH"
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "order", "customer")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("order",), ("customer", "at"))

    order: DocumentId
    settled: Decimal | None = None
    lines: tuple[ShipmentLine, ...]

    @property
    def amount(self) -> Decimal:
        """What all lines cost with tax."""
        return total(line.amount for line in self.lines)

    @property
    def charge(self) -> Decimal:
        """What the customer comes to owe by it, in the currency it is paid in."""
        return self.amount if self.settled is None else self.settled

    @property
    def is_work_act(self) -> bool:
        """Whether only services were rendered: an act of work done (B13)."""
        return all(line.kind is ItemKind.SERVICE for line in self.lines)

    def line(self, id: LineId) -> ShipmentLine | None:
        """The line with this id, if there is one."""
        return next((line for line in self.lines if line.id == id), None)
