"""The agreement and the contract that a draft finds only when it is placed (C9-C11)."""

from decimal import Decimal

import attrs

from tradecore.catalog import Agreement, BusinessOperation, Contract, PriceKind
from tradecore.documents import SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.rules.contracts import check_operation, check_settlement_currency, check_stages_of, sale_terms
from tradecore.rules.payment_stages import stage_terms
from tradecore.rules.payment_terms import Schedules, agreed_stages, check_payment_terms
from tradecore.rules.placing import with_stages
from tradecore.values.evolving import evolve


@attrs.frozen
class FoundTerms:
    """
    What a draft is to be placed under.

    Attributes:
        schedules, price_kind: Those that the agreement names, if it was found only now.

        rate: What the caller says about it.
    """

    agreement: Agreement | None
    contract: Contract | None
    schedules: Schedules
    price_kind: PriceKind | None
    rate: Decimal | None


def check_same_terms(
    order: SalesOrder, agreement: Agreement | None, contract: Contract | None
) -> tuple[Violation, ...]:
    """Whether a draft is placed under the agreement and the contract it was written under, if it was under any."""
    named = (("agreement", order.agreement, agreement), ("contract", order.contract, contract))
    return tuple(
        violation(Code.UNKNOWN_VALUE, place, value=found.id, known=known)
        for place, known, found in named
        if known and found and found.id != known
    )


def check_found_terms(order: SalesOrder, found: FoundTerms) -> tuple[Violation, ...]:
    """Whether a draft fits the agreement and the contract that were found for it."""
    wrong: list[Violation] = []
    stages, operation = stage_terms(order.stages), _operation_of(order, found.agreement)
    if found.agreement and order.agreement is None:
        if found.price_kind and found.price_kind.currency != order.currency:
            details = {"got": found.price_kind.currency, "expected": order.currency}
            wrong.append(violation(Code.CURRENCY_MISMATCH, "agreement", **details))
        own = stages if order.own_terms else None
        wrong += check_payment_terms(own, None, found.agreement, found.schedules, order.terms_mode)
        stages = stages if own else agreed_stages(found.agreement, found.schedules, operation)
    wrong += (*check_operation(operation, found.agreement), *check_stages_of(operation, found.contract, stages))
    if order.contract is None:
        rate = order.rate if order.settlement_currency and found.rate is None else found.rate
        wrong += check_settlement_currency(order.currency, found.contract, order.settlement_currency, rate)
    return tuple(wrong)


def _operation_of(order: SalesOrder, agreement: Agreement | None) -> BusinessOperation:
    """The operation a draft has; one that was written without an agreement takes that of the agreement found."""
    if agreement and order.agreement is None and order.operation is BusinessOperation.SALE:
        return agreement.operation
    return order.operation


def with_found_terms(order: SalesOrder, found: FoundTerms) -> SalesOrder:
    """The draft with the terms of the agreement and the contract that were found for it."""
    agreement = found.agreement if order.agreement is None else None
    contract = found.contract if order.contract is None else None
    if agreement is None and contract is None:
        return order
    after, agreed = order, stage_terms(order.stages)
    if contract:
        paid = sale_terms(
            order.currency,
            agreement,
            contract,
            operation=order.operation,
            settlement_currency=order.settlement_currency,
            rate=found.rate or order.rate,
        )
        after = evolve(
            after,
            contract=contract.id,
            settlements=contract.settlements,
            settlement_currency=paid.settlement_currency,
            rate=paid.rate,
        )
    if agreement:
        after = evolve(
            after,
            agreement=agreement.id,
            agreed_discount=agreement.discount,
            operation=_operation_of(order, agreement),
            schedule=order.schedule if order.own_terms else agreement.schedule,
        )
        agreed = agreed_stages(agreement, found.schedules, after.operation)
    planned = with_stages(after, agreed, stage_terms(order.stages) if order.own_terms else None)
    return planned if agreement else evolve(planned, own_terms=order.own_terms)
