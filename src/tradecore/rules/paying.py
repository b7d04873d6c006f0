"""Money that comes in, goes back or to suppliers, and what of it counts for which order (B6, D15-D17, D20, decision 8)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from tradecore.catalog import Contract, SettlementDetail
from tradecore.documents import (
    Allocation,
    IncomingPayment,
    OutgoingPayment,
    PaymentPurpose,
    PurchaseOrder,
    SalesOrder,
    SalesReturn,
)
from tradecore.errors import Code, Violation, violation
from tradecore.registers import SETTLEMENTS, Balance
from tradecore.rules.approval import check_open
from tradecore.values.currencies import DECIMALS
from tradecore.values.evolving import evolve
from tradecore.values.money import Money
from tradecore.values.numbers import ZERO, check_number, total
from tradecore.values.sentences import Listed, Sentence
from tradecore.values.text import OrderId, PartnerId

AnyOrder = TypeVar("AnyOrder", bound=SalesOrder | PurchaseOrder)


def check_paying(order: SalesOrder) -> tuple[Violation, ...]:
    """Whether money may be received for the order."""
    return check_open(order)


def check_receiving(orders: Mapping[str, SalesOrder]) -> tuple[Violation, ...]:
    """Whether money may be received for all of these orders."""
    return tuple(each.at(f"orders[{id}]") for id, order in orders.items() for each in check_paying(order))


def by_orders(orders: Mapping[str, SalesOrder]) -> dict[str, SalesOrder]:
    """Those of the orders that have money of their own; the others leave it to their contracts (C14)."""
    return {id: order for id, order in orders.items() if not order.by_contract}


def addressed(parts: Sequence[Allocation], orders: Mapping[str, SalesOrder]) -> tuple[Allocation, ...]:
    """The parts with the contracts of their orders; where a contract is settled as a whole, the money is the contract's."""
    return tuple(_addressed(each, orders.get(each.order)) for each in parts)


def _addressed(part: Allocation, order: SalesOrder | None) -> Allocation:
    if order is None:
        return evolve(part, to_contract=True) if part.contract and not part.order else part
    if order.contract is None:
        return part
    return evolve(part, contract=order.contract, to_contract=order.by_contract)


def check_contracts(
    money: Money, allocations: Sequence[Allocation], contracts: Iterable[Contract]
) -> tuple[Violation, ...]:
    """Whether contracts that are named without an order are the partner's, settled as a whole, and in this currency."""
    known = {each.id: each for each in contracts}
    wrong: list[Violation] = []
    for index, each in enumerate(allocations):
        place = f"allocations[{index}].contract"
        if each.order or not each.contract:
            continue
        contract = known.get(each.contract)
        if contract is None:
            wrong.append(violation(Code.UNKNOWN_ID, place, kind="contract", id=each.contract))
        elif contract.settlements is SettlementDetail.BY_ORDERS:
            wrong.append(violation(Code.SETTLED_BY_ORDERS, place, contract=contract.id))
        elif contract.currency != money.currency:
            details = {"got": money.currency, "expected": contract.currency}
            wrong.append(violation(Code.CURRENCY_MISMATCH, place, **details))
    return tuple(wrong)


def check_refunding(order: SalesOrder) -> tuple[Violation, ...]:
    """Whether the order has received money that could go back; a closed one may still be refunded."""
    if not order.posted:
        return (violation(Code.NOT_POSTED, document=order),)
    if order.paid <= 0:
        return (violation(Code.EXCEEDS_PAID, wanted="a refund", order=order.number or order.id, paid=order.paid),)
    return ()


def check_amount(money: Money) -> tuple[Violation, ...]:
    """Whether something is paid at all."""
    return () if money.amount > 0 else (violation(Code.NOT_POSITIVE, "amount", value=money),)


def check_allocations(
    partner: PartnerId | None,
    money: Money,
    allocations: Sequence[Allocation],
    orders: Mapping[str, SalesOrder] | Mapping[str, PurchaseOrder],
    *,
    kind: type[SalesOrder | PurchaseOrder] = SalesOrder,
) -> tuple[Violation, ...]:
    """Whether the parts of a payment fit the payment, and their orders, which are of this kind, the partner."""
    wrong: list[Violation] = []
    for index, each in enumerate(allocations):
        place, order = f"allocations[{index}]", orders.get(each.order)
        if each.amount <= 0:
            wrong.append(violation(Code.NOT_POSITIVE, f"{place}.amount", value=each.amount))
        number = check_number(each.amount, DECIMALS[money.currency])
        if isinstance(number, Violation):
            wrong.append(number.at(f"{place}.amount"))
        if not each.order and (each.contract or kind is PurchaseOrder):
            continue
        if order is None:
            wrong.append(violation(Code.UNKNOWN_ID, f"{place}.order", kind=kind.KIND.replace("_", " "), id=each.order))
            continue
        wrong += _check_order(partner, money, each, order, place)
    parts = total(each.amount for each in allocations)
    if parts > money.amount:
        wrong.append(violation(Code.EXCEEDS_PAYMENT, "allocations", wanted=parts, amount=money))
    return tuple(wrong)


def _check_order(
    partner: PartnerId | None, money: Money, part: Allocation, order: SalesOrder | PurchaseOrder, place: str
) -> Iterator[Violation]:
    if isinstance(order, SalesOrder):
        kind, owner, stages = "order", order.customer, {stage.id for stage in order.stages}
        currency, stages = order.pays_in, set() if order.by_contract else stages
    else:
        kind, owner, stages, currency = "purchase order", order.supplier, set(), order.currency
    if partner is not None and owner != partner:
        details = {"kind": kind, "id": order.id, "owner": owner, "partner": partner}
        yield violation(Code.OTHER_PARTNER, f"{place}.order", **details)
    if currency != money.currency:
        yield violation(Code.CURRENCY_MISMATCH, f"{place}.order", got=money.currency, expected=currency)
    if part.stage and part.stage not in stages:
        yield violation(Code.UNKNOWN_STAGE, f"{place}.stage", order=order.number or order.id, stage=part.stage)


def as_said(order: OrderId | None, wrong: Iterable[Violation], *, name: str = "order") -> list[Violation]:
    """What is wrong, in the words of the caller: who named one order, by this name, knows of no allocations."""
    if order is None:
        return list(wrong)
    told: dict[tuple[str, str], Violation] = {}
    for each in wrong:
        meant = each.place in (f"orders[{order}]", "allocations[0].order")
        place = name if meant else each.place.removeprefix("allocations[0].")
        told.setdefault((each.code, place), evolve(each, place=place))
    return list(told.values())


def check_refund(allocations: Sequence[Allocation], orders: Mapping[str, SalesOrder]) -> tuple[Violation, ...]:
    """Whether every order, and every stage that is named, has received at least what goes back."""
    wrong = []
    for id, order in by_orders(orders).items():
        mine = [each for each in allocations if each.order == id]
        had = {"": order.paid} | {stage.id: stage.assigned for stage in order.stages}
        back = {name: total(each.amount for each in mine if name in ("", each.stage)) for name in had}
        wrong += [
            violation(Code.EXCEEDS_PAID, "allocations", wanted=back[name], order=order.number or id, paid=paid)
            for name, paid in had.items()
            if back[name] > paid
        ]
    return tuple(wrong)


def check_paying_suppliers(orders: Mapping[str, PurchaseOrder]) -> tuple[Violation, ...]:
    """Whether money may be paid for these purchase orders."""
    return tuple(
        violation(Code.NOT_POSTED, f"orders[{id}]", document=order) for id, order in orders.items() if not order.posted
    )


def check_outgoing(
    payment: OutgoingPayment, orders: Mapping[str, SalesOrder] | Mapping[str, PurchaseOrder]
) -> tuple[Violation, ...]:
    """Whether the parts of an outgoing payment may be posted: refunds as far as was received, suppliers for goods."""
    kind = order_kind(payment)
    wrong = check_allocations(payment.partner, payment.money, payment.allocations, orders, kind=kind)
    return wrong + (
        check_paying_suppliers(_of_kind(PurchaseOrder, orders))
        if payment.to_supplier
        else check_refund(payment.allocations, _of_kind(SalesOrder, orders))
    )


def order_kind(payment: IncomingPayment | OutgoingPayment) -> type[SalesOrder | PurchaseOrder]:
    """What kind of order the allocations of a payment name."""
    return PurchaseOrder if isinstance(payment, OutgoingPayment) and payment.to_supplier else SalesOrder


def _of_kind(kind: type[AnyOrder], orders: Mapping[str, object]) -> dict[str, AnyOrder]:
    return {id: order for id, order in orders.items() if isinstance(order, kind)}


def paid(order: AnyOrder, payment: IncomingPayment | OutgoingPayment, sign: int = 1) -> AnyOrder:
    """The order, of either kind, after the payment was posted (`sign` 1) or un-posted (-1)."""
    if isinstance(payment, OutgoingPayment) and not payment.to_supplier:
        sign = -sign
    mine = [each for each in payment.allocations if each.own_order == order.id]
    amount = order.paid + sign * total(each.amount for each in mine)
    if isinstance(order, PurchaseOrder):
        return evolve(order, paid=amount)
    assigned = {stage.id: stage.assigned for stage in order.stages}
    for each in mine:
        if each.stage in assigned:
            assigned[each.stage] += sign * each.amount
    stages = tuple(
        stage if assigned[stage.id] == stage.assigned else evolve(stage, assigned=assigned[stage.id])
        for stage in order.stages
    )
    return evolve(order, paid=amount, stages=stages)


def check_intermediary(
    payer: PartnerId | None, money: Money, via: PartnerId | None, fee: Money | None
) -> tuple[Violation, ...]:
    """Whether an intermediary is somebody else than the payer, and keeps a fee out of the amount (D19)."""
    wrong = []
    if via is None and fee is not None:
        wrong.append(violation(Code.MISSING, "via"))
    if via is not None and via == payer:
        wrong.append(violation(Code.INTERMEDIARY_IS_PAYER, "via", via=via))
    if fee is not None and fee.currency != money.currency:
        wrong.append(violation(Code.CURRENCY_MISMATCH, "fee", got=fee.currency, expected=money.currency))
    elif fee is not None and not 0 <= fee.amount <= money.amount:
        wrong.append(violation(Code.OUT_OF_RANGE, "fee", value=fee, low=0, high=money))
    return tuple(wrong)


def check_pays_orders(payment: IncomingPayment | OutgoingPayment) -> tuple[Violation, ...]:
    """Whether a payment may be spread over orders: payouts and other payments are for none."""
    if payment.purpose in (PaymentPurpose.PAYOUT, PaymentPurpose.OTHER):
        return (violation(Code.PAYS_NO_ORDER, "allocations", document=payment, purpose=payment.purpose),)
    return ()


def check_return_refund(payment: OutgoingPayment, document: SalesReturn, order: SalesOrder) -> tuple[Violation, ...]:
    """Whether a refund for a return gives back no more than the return credits, unless more was overpaid (D20)."""
    if not document.posted:
        return (violation(Code.NOT_POSTED, "sales_return", document=document),)
    if payment.unallocated or {each.order for each in payment.allocations} != {document.order}:
        name = order.number or order.id
        return (violation(Code.RETURN_OF_OTHER_ORDER, "sales_return", document=document, order=name),)
    left, overpaid = document.credit - document.refunded, max(order.paid - order.amount_due, ZERO)
    if payment.amount <= max(left, overpaid):
        return ()
    figures = {"wanted": payment.money, "left": order.to_pay(left), "overpaid": order.to_pay(overpaid)}
    return (violation(Code.EXCEEDS_RETURN, "amount", document=document, **figures),)


def refunded(document: SalesReturn, payment: OutgoingPayment, sign: int = 1) -> SalesReturn:
    """The return after a refund for it was posted (`sign` 1) or un-posted (-1)."""
    return evolve(document, refunded=document.refunded + sign * payment.amount)


def check_not_refunded(document: SalesReturn, refunds: Iterable[OutgoingPayment]) -> tuple[Violation, ...]:
    """Whether no refund stands on a return."""
    if not document.refunded:
        return ()
    return (violation(Code.LATER_DOCUMENTS, documents=Listed(refunds)),)


def check_not_negative(order: SalesOrder, refunds: Iterable[OutgoingPayment]) -> tuple[Violation, ...]:
    """Whether neither the order nor a stage has given back more than it would have received."""
    if order.paid >= 0 and all(stage.assigned >= 0 for stage in order.stages):
        return ()
    return (violation(Code.LATER_DOCUMENTS, documents=Listed(refunds) or Sentence("refunds of the order")),)


def sales_orders(orders: Mapping[str, object]) -> dict[str, SalesOrder]:
    """Those that are sales orders."""
    return _of_kind(SalesOrder, orders)


def from_balances(payment: OutgoingPayment) -> dict[str, Decimal]:
    """What a refund takes from the partner's free balance, under the empty name, and from the purses of contracts."""
    found = {"": payment.unallocated}
    for each in payment.allocations:
        if each.to_contract:
            found[each.contract] = found.get(each.contract, ZERO) + each.amount
    return found


def check_balance(payment: OutgoingPayment, wanted: Decimal, balance: Balance | None) -> tuple[Violation, ...]:
    """Whether the partner has what is given back without an order."""
    has = balance.amounts[SETTLEMENTS.resources.index("paid")] if balance else ZERO
    if wanted <= has:
        return ()
    details = {"wanted": Money(wanted, payment.currency), "balance": Money(has, payment.currency)}
    return (violation(Code.EXCEEDS_BALANCE, "amount", partner=payment.partner, **details),)
