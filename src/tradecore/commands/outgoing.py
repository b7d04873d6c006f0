"""Commands of outgoing payments: money that goes back to customers, or to suppliers for goods."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from tradecore.changes import Changes, Floor
from tradecore.commands.payments import Parts, check_payer, check_said, named_orders, order_paid, parts_of
from tradecore.commands.session import Outcome, Session, of_register
from tradecore.documents import (
    Allocation,
    OutgoingPayment,
    PaymentMethod,
    PaymentPurpose,
    PurchaseOrder,
    SalesOrder,
    SalesReturn,
)
from tradecore.errors import Violation
from tradecore.events import Event, EventType
from tradecore.registers import SETTLEMENTS, settlement_key
from tradecore.rules import paying
from tradecore.rules.posting import (
    check_draft,
    check_posted,
    post,
    posted_event,
    save,
    series_of,
    unpost,
    unposted_event,
)
from tradecore.values.evolving import evolve
from tradecore.values.money import Money
from tradecore.values.numbers import ZERO
from tradecore.values.text import ContractId, DocumentId, LineId, OrderId, PartnerId, Text

Orders = Mapping[str, SalesOrder] | Mapping[str, PurchaseOrder]


async def refund_payment(
    session: Session,
    *,
    amount: Money,
    order: OrderId | None = None,
    stage: LineId | None = None,
    contract: ContractId | None = None,
    partner: PartnerId | None = None,
    allocations: Parts | None = None,
    sales_return: DocumentId | None = None,
    method: PaymentMethod = PaymentMethod.BANK,
    at: datetime | None = None,
    comment: Text = "",
    draft: bool = False,
    id: DocumentId | None = None,
) -> Outcome[OutgoingPayment]:
    """
    Give money back to a customer: of an order, of several, of a contract, or from the balance (D20).

    Args:
        order: The one order it goes back for; the partner is its customer.
        stage: With `order`: the stage it was meant for.
        contract: The one contract it goes back for, if that is settled as a whole; with `partner`.
        allocations: Parts for several orders; what they leave comes from the partner's balance.
        sales_return: The return it goes back for, and so its order: no more than that credits, unless more was
            overpaid.
        draft: Only write it down.

    Raises:
        Refused: `EXCEEDS_PAID`, `EXCEEDS_BALANCE`, `EXCEEDS_RETURN`, `RETURN_OF_OTHER_ORDER`, `UNKNOWN_ID`,
            `OTHER_PARTNER`, `CURRENCY_MISMATCH`, all at once.
    """
    back = await session.get(SalesReturn, sales_return) if sales_return else None
    if back and allocations is None:
        order = order or back.order
    parts = parts_of(order, stage, amount, allocations, contract)
    orders = await session.get_all(SalesOrder, named_orders(parts))
    parts = paying.addressed(parts, orders)
    payee = partner or (orders[order].customer if order in orders else None)
    payment = OutgoingPayment(
        id="",  # named once it is found right
        at=at or session.now(),
        author=session.actor.id,
        comment=comment,
        partner=payee,
        amount=amount.amount,
        currency=amount.currency,
        method=method,
        purpose=PaymentPurpose.REFUND,
        sales_return=sales_return,
        allocations=parts,
    )
    wrong = [*check_said(order or contract, stage, allocations)]
    wrong += await check_payer(session, payee, amount, parts, orders)
    wrong += await _check_return(session, payment)
    session.refuse(
        paying.as_said(order, [*wrong, *paying.check_outgoing(payment, orders)]), "The refund cannot be made"
    )
    return await _written(session, evolve(payment, id=await session.name(OutgoingPayment, id)), orders, draft=draft)


async def pay_supplier(
    session: Session,
    *,
    amount: Money,
    purchase_order: DocumentId | None = None,
    partner: PartnerId | None = None,
    allocations: Parts | None = None,
    method: PaymentMethod = PaymentMethod.BANK,
    at: datetime | None = None,
    comment: Text = "",
    draft: bool = False,
    id: DocumentId | None = None,
) -> Outcome[OutgoingPayment]:
    """
    Pay a supplier: for one purchase order, spread over several, or standing alone (B6, D16).

    What we owe him shrinks, or he owes us goods.

    Args:
        purchase_order: The one it is for; the partner is its supplier.
        partner: Who is paid; needed without `purchase_order`.
        allocations: Parts for several purchase orders; what they leave stands on the supplier's balance.
        draft: Only write it down.

    Raises:
        Refused: `UNKNOWN_ID`, `NOT_POSITIVE`, `OTHER_PARTNER`, `CURRENCY_MISMATCH`, `EXCEEDS_PAYMENT`, `NOT_POSTED` if
            a purchase order is not, all at once.
    """
    parts = parts_of(purchase_order, None, amount, allocations)
    orders = await session.get_all(PurchaseOrder, [each.order for each in parts])
    payee = partner or (orders[purchase_order].supplier if purchase_order in orders else None)
    payment = OutgoingPayment(
        id="",  # named once it is found right
        at=at or session.now(),
        author=session.actor.id,
        comment=comment,
        partner=payee,
        amount=amount.amount,
        currency=amount.currency,
        method=method,
        purpose=PaymentPurpose.TO_SUPPLIER,
        allocations=parts,
    )
    wrong = [*check_said(purchase_order, None, allocations), *await check_payer(session, payee, amount, parts, orders)]
    wrong = [*wrong, *paying.check_outgoing(payment, orders)]
    session.refuse(paying.as_said(purchase_order, wrong, name="purchase_order"), "The payment cannot be made")
    return await _written(session, evolve(payment, id=await session.name(OutgoingPayment, id)), orders, draft=draft)


async def _written(
    session: Session, payment: OutgoingPayment, orders: Orders, *, draft: bool
) -> Outcome[OutgoingPayment]:
    if draft:
        event, series = Event(EventType.DOCUMENT_DRAFTED, payment.ref), series_of(payment, session.settings)
        return Outcome(payment, save(None, payment, at=payment.at, events=(event,), series=series))
    return Outcome(payment, await _posting(session, None, post(payment), orders))


async def _check_return(session: Session, payment: OutgoingPayment) -> tuple[Violation, ...]:
    """Whether a refund for a return gives back no more than it may; other payments may always."""
    if not payment.sales_return:
        return ()
    back = await session.get(SalesReturn, payment.sales_return)
    return paying.check_return_refund(payment, back, await session.get(SalesOrder, back.order))


async def _refunded(session: Session, payment: OutgoingPayment, sign: int = 1) -> Changes:
    """What a refund does to the return it is for."""
    if not payment.sales_return:
        return Changes()
    back = await session.get(SalesReturn, payment.sales_return)
    return save(back, paying.refunded(back, payment, sign), at=session.now())


async def _posting(session: Session, before: OutgoingPayment | None, after: OutgoingPayment, orders: Orders) -> Changes:
    series = "" if before else series_of(after, session.settings)
    changes = save(before, after, at=after.at, events=(posted_event(after),), series=series)
    changes += await _refunded(session, after)
    for order in orders.values():
        changes += _paid(session, order, paying.paid(order, after), after)
    return changes + await _from_balances(session, after)


def _paid(
    session: Session,
    before: SalesOrder | PurchaseOrder,
    after: SalesOrder | PurchaseOrder,
    payment: OutgoingPayment,
) -> Changes:
    if isinstance(before, SalesOrder) and isinstance(after, SalesOrder):
        return order_paid(session, before, after, payment)
    told = {"by": str(payment.ref), "paid": str(after.money(after.paid))}
    return save(before, after, at=session.now(), events=(Event(EventType.PURCHASE_PAID, after.ref, told),))


async def _from_balances(session: Session, payment: OutgoingPayment, before: OutgoingPayment | None = None) -> Changes:
    """The guards that free balance and purses suffice for what goes back without an order, beyond what `before` took."""
    if payment.purpose is not PaymentPurpose.REFUND or payment.partner is None:
        return Changes()
    had, changes = paying.from_balances(before) if before else {}, Changes()
    for contract, amount in paying.from_balances(payment).items():
        changes += await _from_balance(session, payment, amount - had.get(contract, ZERO), contract)
    return changes


async def _from_balance(session: Session, payment: OutgoingPayment, wanted: Decimal, contract: str) -> Changes:
    if wanted <= 0 or payment.partner is None:
        return Changes()
    key = settlement_key(payment.partner, payment.currency, contract=contract)
    if session.cautious:
        balances = of_register(SETTLEMENTS, await session.balances((SETTLEMENTS, [key])))
        session.refuse(paying.check_balance(payment, wanted, balances.get(key)), payment)
    return Changes(guards=(Floor(SETTLEMENTS.name, key, "paid"),))


async def post_outgoing(session: Session, payment: DocumentId) -> Outcome[OutgoingPayment]:
    """
    Post an outgoing payment that was written down as a draft, or whose posting was taken back.

    Raises:
        Refused: `ALREADY_POSTED`, `EXCEEDS_PAID`, `EXCEEDS_BALANCE`, `EXCEEDS_RETURN`, `UNKNOWN_STAGE`,
            `NOT_POSTED` for purchase orders.
    """
    before = await session.get(OutgoingPayment, payment)
    session.refuse(check_draft(before), before)
    orders = await _orders_of(session, before, before.allocations)
    session.refuse((*paying.check_outgoing(before, orders), *await _check_return(session, before)), before)
    return Outcome(before, await _posting(session, before, post(before), orders))


async def allocate_outgoing(session: Session, payment: DocumentId, allocations: Parts) -> Outcome[OutgoingPayment]:
    """
    Spread an outgoing payment anew: these allocations take the place of those it had (D17).

    Raises:
        Refused: `NOT_POSTED`, `EXCEEDS_PAYMENT`, `EXCEEDS_PAID`, `EXCEEDS_BALANCE`, `OTHER_PARTNER`,
            `CURRENCY_MISMATCH`, `PAYS_NO_ORDER`, `RETURN_OF_OTHER_ORDER`.
    """
    before = await session.get(OutgoingPayment, payment)
    session.refuse((*check_posted(before), *paying.check_pays_orders(before)), before)
    parts = parts_of(None, None, before.money, allocations)
    orders = await _orders_of(session, before, (*before.allocations, *parts))
    if not before.to_supplier:
        parts = paying.addressed(parts, paying.sales_orders(orders))
        session.refuse(await check_payer(session, before.partner, before.money, parts, orders), before)
    after = evolve(before, allocations=parts)
    undone: dict[str, Any] = {id: paying.paid(order, before, -1) for id, order in orders.items()}
    wrong = paying.check_outgoing(after, undone)
    if after.sales_return and not wrong:
        back = await session.get(SalesReturn, after.sales_return)
        wrong = paying.check_return_refund(after, paying.refunded(back, before, -1), undone[back.order])
    session.refuse(wrong, before)
    changes = save(before, after, at=session.now(), events=(posted_event(after),))
    for id, order in orders.items():
        changes += _paid(session, order, paying.paid(undone[id], after), after)
    return Outcome(after, changes + await _from_balances(session, after, before))


async def unpost_outgoing(session: Session, payment: DocumentId) -> Outcome[OutgoingPayment]:
    """
    Take the posting of an outgoing payment back.

    Raises:
        Refused: `NOT_POSTED`.
    """
    before = await session.get(OutgoingPayment, payment)
    session.refuse(check_posted(before), before)
    orders = await _orders_of(session, before, before.allocations)
    changes = save(before, unpost(before), at=session.now(), events=(unposted_event(before),))
    for order in orders.values():
        changes += _paid(session, order, paying.paid(order, before, -1), before)
    return Outcome(before, changes + await _refunded(session, before, -1))


async def _orders_of(session: Session, payment: OutgoingPayment, parts: Sequence[Allocation]) -> Orders:
    ids = named_orders(parts)
    if payment.to_supplier:
        return await session.get_all(PurchaseOrder, ids)
    return await session.get_all(SalesOrder, ids)
