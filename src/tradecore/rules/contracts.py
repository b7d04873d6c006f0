"""Contracts: which one an order is made under, and the terms of sale that follow from agreement and contract (C1-C5, C14-C21)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import attrs

from tradecore.catalog import Agreement, BusinessOperation, Contract, SettlementDetail, StageKind, StageTerms
from tradecore.errors import Code, Violation, violation
from tradecore.settings import ContractUsage, Settings
from tradecore.values.money import check_currency, check_known_currency
from tradecore.values.numbers import ONE
from tradecore.values.period import Period
from tradecore.values.sentences import Sentence


def choose_contract(
    wanted: str | None,
    contracts: Sequence[Contract],
    partner: str,
    legal_entity: str | None,
    on: date,
    settings: Settings,
) -> Contract | Violation | None:
    """
    The contract of a new order: the one named, else the only one there is; None where contracts are not used.

    Several without a choice, none where one is required, or one that does not apply: a violation.
    """
    if settings.contract_usage is ContractUsage.NONE:
        return violation(Code.CONTRACTS_OFF, "contract") if wanted else None
    possible = [
        each
        for each in contracts
        if each.partner == partner
        and (not each.legal_entity or not legal_entity or each.legal_entity == legal_entity)
        and on in Period(each.valid_from, each.valid_to)
    ]
    if wanted:
        chosen = next((each for each in possible if each.id == wanted), None)
        return chosen or violation(Code.CONTRACT_NOT_APPLICABLE, "contract", id=wanted, partner=partner, on=on)
    if len(possible) > 1:
        choices = ", ".join(each.id for each in possible)
        return violation(Code.CONTRACT_NOT_CHOSEN, "contract", partner=partner, choices=choices)
    if not possible and settings.contract_usage is ContractUsage.REQUIRED:
        return violation(Code.NO_APPLICABLE_CONTRACT, "contract", partner=partner, on=on)
    return possible[0] if possible else None


def check_contract(contract: Contract) -> tuple[Violation, ...]:
    """Whether a contract is sound in itself."""
    wrong = check_known_currency(contract.currency)
    if contract.valid_from and contract.valid_to and contract.valid_to < contract.valid_from:
        wrong.append(violation(Code.BAD_PERIOD, "valid_to", start=contract.valid_from, end=contract.valid_to))
    return tuple(wrong)


@attrs.frozen(kw_only=True)
class SaleTerms:
    """What agreement, contract and caller make of a sale together: how goods change hands, and how it is paid."""

    operation: BusinessOperation = BusinessOperation.SALE
    settlement_currency: str | None = None
    rate: Decimal = ONE
    contract: str | None = None
    settlements: SettlementDetail = SettlementDetail.BY_ORDERS


def sale_terms(
    currency: str,
    agreement: Agreement | None,
    contract: Contract | None,
    *,
    operation: BusinessOperation | None,
    settlement_currency: str | None,
    rate: Decimal | None,
) -> SaleTerms:
    """The terms of a sale whose prices are in `currency`; what the caller says wins, as far as it was checked."""
    pays_in = settlement_currency or (contract.currency if contract else None)
    agreed = agreement.operation if agreement else BusinessOperation.SALE
    foreign = pays_in is not None and pays_in != currency
    return SaleTerms(
        operation=operation or agreed,
        settlement_currency=pays_in if foreign else None,
        rate=rate if foreign and rate else ONE,
        contract=contract.id if contract else None,
        settlements=contract.settlements if contract else SettlementDetail.BY_ORDERS,
    )


def check_operation(operation: BusinessOperation | None, agreement: Agreement | None) -> tuple[Violation, ...]:
    """Whether the agreement allows this kind of sale (C3, C5): its own, or goods in transit where it says so."""
    wanted = operation or (agreement.operation if agreement else BusinessOperation.SALE)
    if wanted is BusinessOperation.SALE_IN_TRANSIT and not (agreement and agreement.deferred_ownership_allowed):
        return (violation(Code.TRANSIT_NOT_ALLOWED, "operation"),)
    consignment = BusinessOperation.CONSIGNMENT
    if agreement and (wanted is consignment) != (agreement.operation is consignment):
        details = {"operation": wanted, "agreed": agreement.operation}
        return (violation(Code.OPERATION_NOT_AGREED, "operation", **details),)
    return ()


def check_settlement_currency(
    currency: str, contract: Contract | None, settlement_currency: str | None, rate: Decimal | None
) -> tuple[Violation, ...]:
    """Whether a sale can be paid in this currency: as the contract says, at a rate where it is another one (C15)."""
    wrong = []
    if settlement_currency and isinstance(known := check_currency(settlement_currency), Violation):
        return (known.at("settlement_currency"),)
    if contract and settlement_currency and settlement_currency != contract.currency:
        details = {"got": settlement_currency, "expected": contract.currency}
        wrong.append(violation(Code.CURRENCY_MISMATCH, "settlement_currency", **details))
    pays_in = settlement_currency or (contract.currency if contract else currency)
    if pays_in == currency and rate is not None and rate != 1:
        wrong.append(violation(Code.RATE_NOT_NEEDED, "rate", currency=currency))
    if pays_in != currency and (rate is None or rate <= 0):
        wrong.append(violation(Code.RATE_MISSING, "rate", currency=currency, pays_in=pays_in))
    return tuple(wrong)


def check_stages_of(
    operation: BusinessOperation, contract: Contract | None, stages: Sequence[StageTerms]
) -> tuple[Violation, ...]:
    """Whether these stages can be: none before the sale of a consignment (C4), credit only where it is granted (C21)."""
    kinds = dict.fromkeys(stage.kind for stage in stages)
    if operation is BusinessOperation.CONSIGNMENT:
        early = [kind for kind in kinds if kind is not StageKind.CREDIT]
        return tuple(violation(Code.STAGE_BEFORE_SALE, "stages", kind=kind) for kind in early)
    if contract and not contract.credit_terms and StageKind.CREDIT in kinds:
        why = Sentence("contract {contract!r} has no credit terms", contract=contract.id)
        return (violation(Code.CREDIT_NOT_GRANTED, "contract", why=why),)
    return ()
