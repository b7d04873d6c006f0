"""Commands of payments: money that comes in, goes back, or goes to suppliers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tradecore.changes import Changes, Floor
from tradecore.commands.session import Outcome, Session, of_register, unknown
from tradecore.documents import Allocation, IncomingPayment, OutgoingPayment, PaymentMethod, Posting, SalesOrder
from tradecore.documents.inputs import PaymentFor
from tradecore.errors import Code, Violation, violation
from tradecore.events import Event, EventType
from tradecore.query import Eq, Query
from tradecore.registers import SETTLEMENTS, settlement_key
from tradecore.rules import paying
from tradecore.rules.order_state import kept
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
from tradecore.values.text import DocumentId, LineId, OrderId, PartnerId, Text

Parts = Sequence[PaymentFor | Mapping[str, Any]]


async def receive_payment(
    session: Session,
    *,
    amount: Money,
    order: OrderId | None = None,
    stage: LineId | None = None,
    partner: PartnerId | None = None,
    allocations: Parts | None = None,
    method: PaymentMethod = PaymentMethod.BANK,
    at: datetime | None = None,
    comment: Text = "",
    draft: bool = False,
    id: DocumentId | None = None,
) -> Outcome[IncomingPayment]:
    """
    Receive money: for one order, spread over several, or standing alone on the partner's balance (B4, B7, D15-D17).

    Args:
        order: The one order it is for, up to its whole amount; the partner is its customer.
        stage: With `order`: the stage it is meant for; otherwise stages are covered in their order (decision 8).
        partner: Who paid; needed without `order`.
        allocations: Parts for several orders; what they leave stands on the partner's balance.
        draft: Only write it down.

    Raises:
        Refused: `UNKNOWN_ID`, `OTHER_PARTNER`, `CURRENCY_MISMATCH`, `EXCEEDS_PAYMENT`, `NOT_POSITIVE`, `ORDER_CLOSED`,
            all at once.
    """
    parts = _parts(order, stage, amount, allocations)
    orders = await session.get_all(SalesOrder, [each.order for each in parts])
    payer = partner or (orders[order].customer if order in orders else None)
    wrong = [*_unclear(order, stage, allocations), *await _check(session, payer, amount, parts, orders)]
    wrong += [each.at(f"orders[{id}]") for id, known in orders.items() for each in paying.check_paying(known)]
    session.refuse(wrong, "The payment cannot be received")
    moment = at or session.now()
    payment = IncomingPayment(
        id=await session.name(IncomingPayment, id),
        at=moment,
        author=session.actor.id,
        comment=comment,
        partner=payer or "",
        amount=amount.amount,
        currency=amount.currency,
        method=method,
        allocations=parts,
    )
    if draft:
        event = Event(EventType.DOCUMENT_DRAFTED, payment.ref)
        return Outcome(
            payment, save(None, payment, at=moment, events=(event,), series=series_of(payment, session.settings))
        )
    return Outcome(payment, _posting(session, None, post(payment), orders.values()))


async def refund_payment(
    session: Session,
    *,
    amount: Money,
    order: OrderId | None = None,
    stage: LineId | None = None,
    partner: PartnerId | None = None,
    allocations: Parts | None = None,
    method: PaymentMethod = PaymentMethod.BANK,
    at: datetime | None = None,
    comment: Text = "",
    id: DocumentId | None = None,
) -> Outcome[OutgoingPayment]:
    """
    Give money back to a customer: of an order, of several, or from the balance (D20).

    Raises:
        Refused: `EXCEEDS_PAID`, `EXCEEDS_BALANCE`, `UNKNOWN_ID`, `OTHER_PARTNER`, `CURRENCY_MISMATCH`.
    """
    parts = _parts(order, stage, amount, allocations)
    orders = await session.get_all(SalesOrder, [each.order for each in parts])
    payee = partner or (orders[order].customer if order in orders else None)
    wrong = [*_unclear(order, stage, allocations), *await _check(session, payee, amount, parts, orders)]
    session.refuse([*wrong, *paying.check_refund(parts, orders)], "The refund cannot be made")
    payment = OutgoingPayment(
        id=await session.name(OutgoingPayment, id),
        at=at or session.now(),
        author=session.actor.id,
        comment=comment,
        partner=payee or "",
        amount=amount.amount,
        currency=amount.currency,
        method=method,
        allocations=parts,
    )
    changes = _posting(session, None, post(payment), orders.values())
    return Outcome(payment, changes + await _from_balance(session, payment))


async def _from_balance(session: Session, payment: OutgoingPayment) -> Changes:
    """The guard that the partner's free balance suffices for what no order gives back."""
    key = settlement_key(payment.partner, payment.currency)
    if not payment.unallocated:
        return Changes()
    if session.cautious:
        balances = of_register(SETTLEMENTS, await session.balances((SETTLEMENTS, [key])))
        session.refuse(paying.check_balance(payment, balances.get(key)), payment)
    return Changes(guards=(Floor(SETTLEMENTS.name, key, "paid"),))


async def pay_supplier(
    session: Session,
    *,
    partner: PartnerId,
    amount: Money,
    method: PaymentMethod = PaymentMethod.BANK,
    at: datetime | None = None,
    comment: Text = "",
    id: DocumentId | None = None,
) -> Outcome[OutgoingPayment]:
    """
    Pay a supplier (B6, D16): what we owe him shrinks, or he owes us goods.

    Raises:
        Refused: `UNKNOWN_ID`, `NOT_POSITIVE`.
    """
    session.refuse(await _check(session, partner, amount, (), {}), "The payment cannot be made")
    payment = OutgoingPayment(
        id=await session.name(OutgoingPayment, id),
        at=at or session.now(),
        author=session.actor.id,
        comment=comment,
        partner=partner,
        amount=amount.amount,
        currency=amount.currency,
        method=method,
    )
    return Outcome(payment, _posting(session, None, post(payment), ()))


def _parts(
    order: OrderId | None, stage: LineId | None, amount: Money, allocations: Parts | None
) -> tuple[Allocation, ...]:
    if order:
        return (Allocation(order=order, amount=amount.amount, stage=stage or ""),)
    return tuple(
        Allocation(order=each.order, amount=each.amount, stage=each.stage or "")
        for each in allocations or ()
        if isinstance(each, PaymentFor)
    )


def _unclear(order: OrderId | None, stage: LineId | None, allocations: Parts | None) -> list[Violation]:
    """Whether a caller says twice, or not at all, which order is meant."""
    wrong = []
    if order is not None and allocations is not None:
        wrong.append(violation(Code.DUPLICATE, "allocations", value="the order"))
    if order is None and stage is not None:
        wrong.append(violation(Code.MISSING, "order"))
    return wrong


async def _check(
    session: Session,
    partner: PartnerId | None,
    amount: Money,
    parts: Sequence[Allocation],
    orders: Mapping[str, SalesOrder],
) -> list[Violation]:
    wrong: list[Violation] = []
    if amount.amount <= 0:
        wrong.append(violation(Code.NOT_POSITIVE, "amount", value=amount))
    if partner is not None:
        wrong += unknown("partner", {"partner": partner}, await session.catalog.partners([partner]))
    elif all(each.order in orders for each in parts):  # an order that is not known says so itself
        wrong.append(violation(Code.MISSING, "partner"))
    return [*wrong, *paying.check_allocations(partner, amount, parts, orders)]


def _posting(
    session: Session,
    before: IncomingPayment | None,
    after: IncomingPayment | OutgoingPayment,
    orders: Iterable[SalesOrder],
) -> Changes:
    series = "" if before else series_of(after, session.settings)
    changes = save(before, after, at=after.at, events=(posted_event(after),), series=series)
    for order in orders:
        paid = kept(paying.paid(order, after), session.settings)
        event = Event(EventType.ORDER_PAID, order.ref, {"by": str(after.ref), "paid": str(order.money(paid.paid))})
        changes += save(order, paid, at=session.now(), events=(event,))
    return changes


async def post_payment(session: Session, payment: DocumentId) -> Outcome[IncomingPayment]:
    """
    Post an incoming payment that was written down as a draft.

    Raises:
        Refused: `ALREADY_POSTED`, `ORDER_CLOSED`, `UNKNOWN_STAGE`.
    """
    before = await session.get(IncomingPayment, payment)
    session.refuse(check_draft(before), before)
    orders = await session.get_all(SalesOrder, [each.order for each in before.allocations])
    wrong = [*paying.check_allocations(before.partner, before.money, before.allocations, orders)]
    session.refuse([*wrong, *(each for known in orders.values() for each in paying.check_paying(known))], before)
    return Outcome(before, _posting(session, before, post(before), orders.values()))


async def allocate_payment(session: Session, payment: DocumentId, allocations: Parts) -> Outcome[IncomingPayment]:
    """
    Spread an incoming payment anew: these allocations take the place of those it had (D17).

    Raises:
        Refused: `NOT_POSTED`, `ORDER_CLOSED`, `EXCEEDS_PAYMENT`, `EXCEEDS_PAID`, `OTHER_PARTNER`, `CURRENCY_MISMATCH`.
    """
    before = await session.get(IncomingPayment, payment)
    session.refuse(check_posted(before), before)
    parts = _parts(None, None, before.money, allocations)
    after = evolve(before, allocations=parts)
    orders = await session.get_all(SalesOrder, [each.order for each in (*before.allocations, *parts)])
    wrong = await _check(session, before.partner, before.money, parts, orders)
    wrong += [each.at(f"orders[{id}]") for id, known in orders.items() for each in paying.check_paying(known)]
    session.refuse(wrong, before)
    changes = save(before, after, at=session.now(), events=(posted_event(after),))
    for order in orders.values():
        paid = paying.paid(paying.paid(order, before, -1), after)
        session.refuse(paying.check_not_negative(paid, ()), before)
        event = Event(EventType.ORDER_PAID, order.ref, {"by": str(after.ref), "paid": str(order.money(paid.paid))})
        changes += save(order, kept(paid, session.settings), at=session.now(), events=(event,))
    return Outcome(after, changes)


async def unpost_payment(session: Session, payment: DocumentId) -> Outcome[IncomingPayment]:
    """
    Take the posting of an incoming payment back: its orders have not received it.

    Raises:
        Refused: `NOT_POSTED`, `ORDER_CLOSED`, `LATER_DOCUMENTS` naming refunds that stand on it.
    """
    before = await session.get(IncomingPayment, payment)
    session.refuse(check_posted(before), before)
    orders = await session.get_all(SalesOrder, [each.order for each in before.allocations])
    changes = save(before, unpost(before), at=session.now(), events=(unposted_event(before),))
    wrong: list[Violation] = []
    for order in orders.values():
        wrong += paying.check_paying(order)
        unpaid = paying.paid(order, before, -1)
        if paying.check_not_negative(unpaid, ()):
            wrong += paying.check_not_negative(unpaid, await _refunds_of(session, before.partner, order.id))
        event = Event(EventType.ORDER_PAID, order.ref, {"by": str(before.ref), "paid": str(order.money(unpaid.paid))})
        changes += save(order, kept(unpaid, session.settings), at=session.now(), events=(event,))
    session.refuse(wrong, before)
    return Outcome(before, changes)


async def _refunds_of(session: Session, partner: str, order: str) -> list[OutgoingPayment]:
    where = (Eq("partner", partner), Eq("posting", Posting.POSTED))
    found = await session.find(Query(OutgoingPayment, where, sort="at", limit=1000))
    return [each for each in found if any(part.order == order for part in each.allocations)]


async def unpost_refund(session: Session, payment: DocumentId) -> Outcome[OutgoingPayment]:
    """
    Take the posting of an outgoing payment back.

    Raises:
        Refused: `NOT_POSTED`.
    """
    before = await session.get(OutgoingPayment, payment)
    session.refuse(check_posted(before), before)
    orders = await session.get_all(SalesOrder, [each.order for each in before.allocations])
    changes = save(before, unpost(before), at=session.now(), events=(unposted_event(before),))
    for order in orders.values():
        changes += save(order, kept(paying.paid(order, before, -1), session.settings), at=session.now())
    return Outcome(before, changes)
