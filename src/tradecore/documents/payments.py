"""Incoming and outgoing payments (вхідний і вихідний платіж): money that really came or went (B6, D15-D17, D20)."""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import attrs

from tradecore.catalog.records import Currency
from tradecore.documents.base import Document
from tradecore.values.money import Money
from tradecore.values.numbers import total
from tradecore.values.text import DocumentId, LineId, PartnerId


class PaymentMethod(StrEnum):
    """How the money moved (D15)."""

    CASH = "cash"  #: Notes and coins.
    BANK = "bank"  #: A bank transfer.
    CARD = "card"  #: A payment card.
    PLATFORM = "platform"  #: A payment service or marketplace.


class PaymentPurpose(StrEnum):
    """What money is paid for."""

    REFUND = "refund"  #: It goes back to a customer.
    TO_SUPPLIER = "to_supplier"  #: A supplier gets it for goods.


@attrs.frozen(kw_only=True)
class Allocation:
    """
    A part of a payment that is meant for one order.

    Attributes:
        order: A sales order; of a payment to a supplier a purchase order.

        stage: The stage it is meant for; empty lets it cover the stages in their order (decision 8).
    """

    order: DocumentId
    amount: Decimal
    stage: LineId = ""


@attrs.frozen(kw_only=True)
class _Payment(Document):
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "partner")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("partner", "at"))

    partner: PartnerId
    amount: Decimal
    currency: Currency
    method: PaymentMethod = PaymentMethod.BANK
    allocations: tuple[Allocation, ...] = ()

    @property
    def money(self) -> Money:
        """The amount as money."""
        return Money(self.amount, self.currency)

    @property
    def unallocated(self) -> Decimal:
        """What is meant for no order: it stands on the partner's balance (D17)."""
        return self.amount - total(each.amount for each in self.allocations)


@attrs.frozen(kw_only=True)
class IncomingPayment(_Payment):
    """Money that came from a partner."""

    KIND: ClassVar[str] = "incoming_payment"
    SERIES: ClassVar[str] = "IP"


@attrs.frozen(kw_only=True)
class OutgoingPayment(_Payment):
    """
    Money that went to a partner: a refund to a customer or a payment to a supplier.

    Attributes:
        purpose: Which of them; it says what kind of order the allocations name.
    """

    KIND: ClassVar[str] = "outgoing_payment"
    SERIES: ClassVar[str] = "OP"
    FINDABLE: ClassVar[tuple[str, ...]] = (*_Payment.FINDABLE, "purpose")

    purpose: PaymentPurpose = PaymentPurpose.REFUND

    @property
    def to_supplier(self) -> bool:
        """Whether a supplier gets it, so that its orders are purchase orders."""
        return self.purpose is PaymentPurpose.TO_SUPPLIER
