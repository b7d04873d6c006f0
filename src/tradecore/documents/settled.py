"""What documents share that make a customer owe: in which currency it is paid, and by what it is settled (C14, C15)."""

from typing import Any

import attrs

from tradecore.catalog.records import BusinessOperation, Currency, SettlementDetail
from tradecore.documents.base import Document
from tradecore.values.text import Id, PartnerId


@attrs.frozen(kw_only=True)
class SettledDocument(Document):
    """
    A document under which a customer owes money. Its terms are a snapshot.

    Attributes:
        customer: Who orders and pays.

        operation: The kind of sale: when goods become the customer's (C1-C4).

        currency: The currency of its prices and amounts.

        settlement_currency: The currency it is paid in; None where that is `currency`.

        contract: The contract it is made under.

        settlements: Whether its debt is its order's own, or the contract's.
    """

    customer: PartnerId
    operation: BusinessOperation = BusinessOperation.SALE
    currency: Currency
    settlement_currency: Currency | None = None
    contract: Id | None = None
    settlements: SettlementDetail = SettlementDetail.BY_ORDERS

    @property
    def pays_in(self) -> str:
        """The currency it is paid in."""
        return self.settlement_currency or self.currency

    @property
    def passes_later(self) -> bool:
        """Whether goods that were shipped are still ours for a time."""
        return self.operation is not BusinessOperation.SALE

    @property
    def by_contract(self) -> bool:
        """Whether its debt is the contract's."""
        return self.settlements is SettlementDetail.BY_CONTRACT


def settled_terms(document: SettledDocument) -> dict[str, Any]:
    """The terms that a document hands on to those made from it."""
    return {
        "customer": document.customer,
        "operation": document.operation,
        "currency": document.currency,
        "settlement_currency": document.settlement_currency,
        "contract": document.contract,
        "settlements": document.settlements,
    }
