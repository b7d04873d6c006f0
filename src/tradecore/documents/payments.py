"""Incoming and outgoing payments (вхідний і вихідний платіж): money that really came or went (B6, D15-D20)."""

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import attrs

from tradecore.catalog.records import Currency
from tradecore.documents.base import Document
from tradecore.values.money import Money
from tradecore.values.numbers import ZERO, total
from tradecore.values.text import ContractId, DocumentId, LineId, PartnerId


class PaymentMethod(StrEnum):
    """How the money moved (D15)."""

    CASH = "cash"  #: Notes and coins.
    BANK = "bank"  #: A bank transfer.
    CARD = "card"  #: A payment card.
    PLATFORM = "platform"  #: A payment service or marketplace.


class PaymentPurpose(StrEnum):
    """What money is paid for."""

    FROM_CUSTOMER = "from_customer"  #: A customer pays, perhaps through an intermediary.
    PAYOUT = "payout"  #: An intermediary hands over what it has collected for us.
    REFUND = "refund"  #: It goes back to a customer.
    TO_SUPPLIER = "to_supplier"  #: A supplier gets it for goods.
    OTHER = "other"  #: Anything else, in or out: rent, wages, taxes, a loan. It touches no order and no debt.


@attrs.frozen(kw_only=True)
class Allocation:
    """
    A part of a payment that is meant for one order, or for a contract that is settled as a whole.

    Attributes:
        order: A sales order; of a payment to a supplier a purchase order. Empty where only a contract was named.

        contract: The contract of the order, or the one that was named.

        to_contract: Whether the money is the contract's, because it is settled as a whole (C14): not the order's, then.

        stage: The stage it is meant for; empty lets it cover the stages in their order (decision 8).
    """

    order: DocumentId = ""
    amount: Decimal
    stage: LineId = ""
    contract: ContractId = ""
    to_contract: bool = False

    @property
    def own_order(self) -> str:
        """The order whose money it is; empty where it is the contract's."""
        return "" if self.to_contract else self.order


@attrs.frozen(kw_only=True)
class _Payment(Document):
    FINDABLE: ClassVar[tuple[str, ...]] = (*Document.FINDABLE, "partner")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",), ("partner", "at"))

    partner: PartnerId | None = None
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
    """
    Money that came, from a customer or from elsewhere.

    Attributes:
        partner: Whose debt falls; None where another payment names nobody.

        via: The intermediary that collected it: a payment service, a marketplace, a courier (D19). It owes us the
            amount less its fee until it pays out.

        fee: What the intermediary keeps of the amount.

        paid_out: Whether the intermediary has handed the rest over already.
    """

    KIND: ClassVar[str] = "incoming_payment"
    SERIES: ClassVar[str] = "IP"
    FINDABLE: ClassVar[tuple[str, ...]] = (*_Payment.FINDABLE, "purpose", "via")

    purpose: PaymentPurpose = PaymentPurpose.FROM_CUSTOMER
    via: PartnerId | None = None
    fee: Decimal = ZERO
    paid_out: bool = False

    @property
    def net(self) -> Decimal:
        """What is left of the amount when the intermediary has kept its fee."""
        return self.amount - self.fee


@attrs.frozen(kw_only=True)
class OutgoingPayment(_Payment):
    """
    Money that went: a refund to a customer, a payment to a supplier, or elsewhere.

    Attributes:
        partner: Who got it; None where another payment names nobody.

        purpose: Which of them; it says what kind of order the allocations name.

        sales_return: The return a refund is for; None for other refunds (D20).
    """

    KIND: ClassVar[str] = "outgoing_payment"
    SERIES: ClassVar[str] = "OP"
    FINDABLE: ClassVar[tuple[str, ...]] = (*_Payment.FINDABLE, "purpose", "sales_return")

    purpose: PaymentPurpose = PaymentPurpose.REFUND
    sales_return: DocumentId | None = None

    @property
    def to_supplier(self) -> bool:
        """Whether a supplier gets it, so that its orders are purchase orders."""
        return self.purpose is PaymentPurpose.TO_SUPPLIER
