"""Money that comes in, goes back, and what of it counts for which order (D15-D17, D20, decision 8)."""

from collections.abc import Iterable, Mapping, Sequence

from tradecore.documents import Allocation, IncomingPayment, OutgoingPayment, SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.registers import SETTLEMENTS, Balance
from tradecore.rules.approval import check_open
from tradecore.values.evolving import evolve
from tradecore.values.money import Money
from tradecore.values.numbers import ZERO, total
from tradecore.values.text import PartnerId


def check_paying(order: SalesOrder) -> tuple[Violation, ...]:
    """Whether money may be received for the order."""
    return check_open(order)


def check_refunding(order: SalesOrder) -> tuple[Violation, ...]:
    """Whether the order has received money that could go back; a closed one may still be refunded."""
    if not order.posted:
        return (violation(Code.NOT_POSTED, document=order),)
    if order.paid <= 0:
        return (violation(Code.EXCEEDS_PAID, wanted="a refund", order=order.number or order.id, paid=order.paid),)
    return ()


def check_allocations(
    partner: PartnerId | None, money: Money, allocations: Sequence[Allocation], orders: Mapping[str, SalesOrder]
) -> tuple[Violation, ...]:
    """Whether the parts of a payment fit the payment, and their orders the payer."""
    wrong: list[Violation] = []
    for index, each in enumerate(allocations):
        place, order = f"allocations[{index}]", orders.get(each.order)
        if each.amount <= 0:
            wrong.append(violation(Code.NOT_POSITIVE, f"{place}.amount", value=each.amount))
        if order is None:
            wrong.append(violation(Code.UNKNOWN_ID, f"{place}.order", kind="sales order", id=each.order))
            continue
        if partner is not None and order.customer != partner:
            details = {"kind": "order", "id": order.id, "owner": order.customer, "partner": partner}
            wrong.append(violation(Code.OTHER_PARTNER, f"{place}.order", **details))
        if order.currency != money.currency:
            details = {"got": money.currency, "expected": order.currency}
            wrong.append(violation(Code.CURRENCY_MISMATCH, f"{place}.order", **details))
        if each.stage and all(stage.id != each.stage for stage in order.stages):
            name = order.number or order.id
            wrong.append(violation(Code.UNKNOWN_STAGE, f"{place}.stage", order=name, stage=each.stage))
    parts = total(each.amount for each in allocations)
    if parts > money.amount:
        wrong.append(violation(Code.EXCEEDS_PAYMENT, "allocations", wanted=parts, amount=money))
    return tuple(wrong)


def check_refund(allocations: Sequence[Allocation], orders: Mapping[str, SalesOrder]) -> tuple[Violation, ...]:
    """Whether every order, and every stage that is named, has received at least what goes back."""
    wrong = []
    for id, order in orders.items():
        mine = [each for each in allocations if each.order == id]
        had = {"": order.paid} | {stage.id: stage.assigned for stage in order.stages}
        back = {name: total(each.amount for each in mine if name in ("", each.stage)) for name in had}
        wrong += [
            violation(Code.EXCEEDS_PAID, "allocations", wanted=back[name], order=order.number or id, paid=paid)
            for name, paid in had.items()
            if back[name] > paid
        ]
    return tuple(wrong)


def paid(order: SalesOrder, payment: IncomingPayment | OutgoingPayment, sign: int = 1) -> SalesOrder:
    """The order after the payment was posted (`sign` 1) or un-posted (-1)."""
    if isinstance(payment, OutgoingPayment):
        sign = -sign
    mine = [each for each in payment.allocations if each.order == order.id]
    assigned = {stage.id: stage.assigned for stage in order.stages}
    for each in mine:
        if each.stage in assigned:
            assigned[each.stage] += sign * each.amount
    stages = tuple(
        stage if assigned[stage.id] == stage.assigned else evolve(stage, assigned=assigned[stage.id])
        for stage in order.stages
    )
    return evolve(order, paid=order.paid + sign * total(each.amount for each in mine), stages=stages)


def check_not_negative(order: SalesOrder, refunds: Iterable[OutgoingPayment]) -> tuple[Violation, ...]:
    """Whether neither the order nor a stage has given back more than it would have received."""
    if order.paid >= 0 and all(stage.assigned >= 0 for stage in order.stages):
        return ()
    return (violation(Code.LATER_DOCUMENTS, documents=", ".join(map(str, refunds)) or "refunds of the order"),)


def check_balance(payment: OutgoingPayment, balance: Balance | None) -> tuple[Violation, ...]:
    """Whether the partner has what is given back without an order."""
    has = balance.amounts[SETTLEMENTS.resources.index("paid")] if balance else ZERO
    if payment.unallocated <= has:
        return ()
    money = Money(has, payment.currency)
    details = {"wanted": payment.money, "partner": payment.partner, "balance": money}
    return (violation(Code.EXCEEDS_BALANCE, "amount", **details),)
