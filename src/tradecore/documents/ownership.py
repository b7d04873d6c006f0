"""
Goods that were shipped as ours become the customer's: by a transfer of ownership, or because the consignee sold them.

The transfer (акт передачи прав) ends the way of goods in transit (C2). The consignee's report (отчет комиссионера) says
what was sold of the goods he holds (C4). Revenue and debt arise by these documents, not by the shipment.
"""

from decimal import Decimal
from typing import ClassVar

import attrs

from tradecore.catalog.records import Unit
from tradecore.documents.base import Document
from tradecore.documents.settled import SettledDocument
from tradecore.values.numbers import total
from tradecore.values.text import DocumentId, ItemId, LineId


@attrs.frozen(kw_only=True)
class OwnershipLine:
    """
    Goods of one line of a shipment that become the customer's.

    Attributes:
        order_line: The line of the order that the shipment's line fulfilled.

        amount: What they cost with tax.

        settled: The amount in the currency it is paid in; None: `amount`.
    """

    id: LineId
    shipment: DocumentId
    shipment_line: LineId
    order: DocumentId
    order_line: LineId
    item: ItemId
    unit: Unit = "pcs"
    quantity: Decimal
    amount: Decimal
    settled: Decimal | None = None

    @property
    def charge(self) -> Decimal:
        """What the customer comes to owe for it, in the currency it is paid in."""
        return self.amount if self.settled is None else self.settled


@attrs.frozen(kw_only=True)
class OwnershipDocument(SettledDocument):
    """What both documents share."""

    lines: tuple[OwnershipLine, ...]

    @property
    def amount(self) -> Decimal:
        """What all lines cost with tax."""
        return total(line.amount for line in self.lines)

    @property
    def charge(self) -> Decimal:
        """What the customer comes to owe by it, in the currency it is paid in."""
        return total(line.charge for line in self.lines)


@attrs.frozen(kw_only=True)
class OwnershipTransfer(OwnershipDocument):
    """Goods in transit become the customer's, all of a shipment or a part of it."""

    KIND: ClassVar[str] = "ownership_transfer"
    SERIES: ClassVar[str] = "OT"
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "shipment", "order", "customer")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("shipment",), ("order",), ("customer", "at"))

    shipment: DocumentId
    order: DocumentId


@attrs.frozen(kw_only=True)
class ConsignmentReport(OwnershipDocument):
    """A consignee says what he has sold of the goods he holds; he owes for it."""

    KIND: ClassVar[str] = "consignment_report"
    SERIES: ClassVar[str] = "CR"
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "customer")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("customer", "at"))
