"""Commands of incoming payments; and what all payments are checked by."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tradecore.changes import Changes
from tradecore.commands.session import Outcome, Session, unknown
from tradecore.documents import (
    Allocation,
    IncomingPayment,
    OutgoingPayment,
    PaymentMethod,
    PaymentPurpose,
    Posting,
    PurchaseOrder,
    SalesOrder,
)
from tradecore.documents.inputs import PaymentFor
from tradecore.errors import Code, Violation, violation
from tradecore.events import Event, EventType
from tradecore.query import Eq, Query
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
from tradecore.values.numbers import ZERO
from tradecore.values.text import ContractId, DocumentId, LineId, OrderId, PartnerId, Text

Parts = Sequence[PaymentFor | Mapping[str, Any]]


async def receive_payment(
    session: Session,
    *,
    amount: Money,
    order: OrderId | None = None,
    stage: LineId | None = None,
    contract: ContractId | None = None,
    partner: PartnerId | None = None,
    allocations: Parts | None = None,
    method: PaymentMethod = PaymentMethod.BANK,
    via: PartnerId | None = None,
    fee: Money | None = None,
    paid_out: bool = False,
    at: datetime | None = None,
    comment: Text = "",
    draft: bool = False,
    id: DocumentId | None = None,
) -> Outcome[IncomingPayment]:
    """
    Receive money: for one order, spread over several, or standing alone on the partner's balance (B4, B7, D15-D17).

    Where a contract is settled as a whole, money for its orders is the contract's (C14).

    Args:
        order: The one order it is for, up to its whole amount; the partner is its customer.
        stage: With `order`: the stage it is meant for; otherwise stages are covered in their order (decision 8).
        contract: The one contract it is for, if that is settled as a whole; with `partner`.
        partner: Who paid; needed without `order`.
        allocations: Parts for several orders; what they leave stands on the partner's balance.
        via: The intermediary that collected it; the customer's debt falls by the whole amount (D19).
        fee: What the intermediary keeps of the amount; it owes us the rest until `payments.payout`.
        paid_out: Whether the intermediary has handed the rest over already.
        draft: Only write it down.

    Raises:
        Refused: `UNKNOWN_ID`, `OTHER_PARTNER`, `CURRENCY_MISMATCH`, `EXCEEDS_PAYMENT`, `NOT_POSITIVE`, `ORDER_CLOSED`,
            `INTERMEDIARY_IS_PAYER`, `OUT_OF_RANGE` for the fee, `SETTLED_BY_ORDERS` for a contract, all at once.
    """
    parts = parts_of(order, stage, amount, allocations, contract)
    orders = await session.get_all(SalesOrder, named_orders(parts))
    parts = paying.addressed(parts, orders)
    payer = partner or (orders[order].customer if order in orders else None)
    wrong = [*check_said(order or contract, stage, allocations)]
    wrong += await check_payer(session, payer, amount, parts, orders)
    wrong += [*paying.check_allocations(payer, amount, parts, orders), *paying.check_receiving(orders)]
    wrong += paying.check_intermediary(payer, amount, via, fee)
    wrong += unknown("partner", {"via": via}, await session.catalog.partners([via])) if via else ()
    session.refuse(paying.as_said(order, wrong), "The payment cannot be received")
    moment = at or session.now()
    payment = IncomingPayment(
        id=await session.name(IncomingPayment, id),
        at=moment,
        author=session.actor.id,
        comment=comment,
        partner=payer,
        amount=amount.amount,
        currency=amount.currency,
        method=method,
        via=via,
        fee=fee.amount if fee else ZERO,
        paid_out=paid_out and via is not None,
        allocations=parts,
    )
    if draft:
        event = Event(EventType.DOCUMENT_DRAFTED, payment.ref)
        return Outcome(
            payment, save(None, payment, at=moment, events=(event,), series=series_of(payment, session.settings))
        )
    return Outcome(payment, _posting(session, None, post(payment), orders.values()))


def parts_of(
    order: OrderId | None,
    stage: LineId | None,
    amount: Money,
    allocations: Parts | None,
    contract: ContractId | None = None,
) -> tuple[Allocation, ...]:
    """The allocations that are meant: the whole amount for one order or contract, or the parts that were given."""
    if order or contract:
        return (Allocation(order=order or "", amount=amount.amount, stage=stage or "", contract=contract or ""),)
    return tuple(
        Allocation(order=each.order or "", amount=each.amount, stage=each.stage or "", contract=each.contract or "")
        for each in allocations or ()
        if isinstance(each, PaymentFor)
    )


def named_orders(parts: Iterable[Allocation]) -> list[str]:
    """The ids of the orders that parts of a payment name."""
    return [each.order for each in parts if each.order]


def check_said(order: OrderId | None, stage: LineId | None, allocations: Parts | None) -> list[Violation]:
    """Whether a caller says twice, or not at all, which order is meant."""
    wrong = []
    if order is not None and allocations is not None:
        wrong.append(violation(Code.DUPLICATE, "allocations", value="the order"))
    if order is None and stage is not None:
        wrong.append(violation(Code.MISSING, "order"))
    return wrong


async def check_payer(
    session: Session,
    partner: PartnerId | None,
    amount: Money,
    parts: Sequence[Allocation],
    orders: Mapping[str, SalesOrder] | Mapping[str, PurchaseOrder],
) -> list[Violation]:
    """Whether there is an amount, and a partner who is known."""
    wrong = [*paying.check_amount(amount)]
    if partner is not None:
        wrong += unknown("partner", {"partner": partner}, await session.catalog.partners([partner]))
        if any(each.contract and not each.order for each in parts):
            wrong += paying.check_contracts(amount, parts, await session.catalog.contracts(partner))
    elif all(each.order in orders or not each.order for each in parts):  # an order that is not known says so itself
        wrong.append(violation(Code.MISSING, "partner"))
    return wrong


def _posting(
    session: Session,
    before: IncomingPayment | None,
    after: IncomingPayment,
    orders: Iterable[SalesOrder],
) -> Changes:
    series = "" if before else series_of(after, session.settings)
    changes = save(before, after, at=after.at, events=(posted_event(after),), series=series)
    for order in orders:
        changes += order_paid(session, order, paying.paid(order, after), after)
    return changes


def order_paid(
    session: Session, order: SalesOrder, after: SalesOrder, payment: IncomingPayment | OutgoingPayment
) -> Changes:
    """What a payment does to an order; nothing where the money is its contract's."""
    if order.by_contract:
        return Changes()
    told = {"by": str(payment.ref), "paid": str(order.to_pay(after.paid))}
    if isinstance(payment, IncomingPayment) and payment.via:
        told |= {"via": payment.via, "fee": str(order.to_pay(payment.fee))}
    event = Event(EventType.ORDER_PAID, order.ref, told)
    return save(order, kept(after, session.settings), at=session.now(), events=(event,))


async def post_payment(session: Session, payment: DocumentId) -> Outcome[IncomingPayment]:
    """
    Post an incoming payment that was written down as a draft.

    Raises:
        Refused: `ALREADY_POSTED`, `ORDER_CLOSED`, `UNKNOWN_STAGE`.
    """
    before = await session.get(IncomingPayment, payment)
    session.refuse(check_draft(before), before)
    orders = await session.get_all(SalesOrder, named_orders(before.allocations))
    wrong = paying.check_allocations(before.partner, before.money, before.allocations, orders)
    session.refuse((*wrong, *paying.check_receiving(orders)), before)
    return Outcome(before, _posting(session, before, post(before), orders.values()))


async def allocate_payment(session: Session, payment: DocumentId, allocations: Parts) -> Outcome[IncomingPayment]:
    """
    Spread an incoming payment anew: these allocations take the place of those it had (D17).

    Raises:
        Refused: `NOT_POSTED`, `ORDER_CLOSED`, `EXCEEDS_PAYMENT`, `EXCEEDS_PAID`, `OTHER_PARTNER`, `CURRENCY_MISMATCH`,
            `PAYS_NO_ORDER`.
    """
    before = await session.get(IncomingPayment, payment)
    session.refuse((*check_posted(before), *paying.check_pays_orders(before)), before)
    parts = parts_of(None, None, before.money, allocations)
    orders = await session.get_all(SalesOrder, named_orders((*before.allocations, *parts)))
    parts = paying.addressed(parts, orders)
    after = evolve(before, allocations=parts)
    wrong = [*await check_payer(session, before.partner, before.money, parts, orders)]
    wrong += [*paying.check_allocations(before.partner, before.money, parts, orders), *paying.check_receiving(orders)]
    paid = {id: paying.paid(paying.paid(order, before, -1), after) for id, order in orders.items()}
    session.refuse([*wrong, *await _check_refunded(session, before, paid)], before)
    changes = save(before, after, at=session.now(), events=(posted_event(after),))
    for id, order in orders.items():
        changes += order_paid(session, order, paid[id], after)
    return Outcome(after, changes)


async def _check_refunded(
    session: Session, payment: IncomingPayment, paid: Mapping[str, SalesOrder]
) -> list[Violation]:
    """Whether no order would have given back more than it has received; the refunds are named."""
    wrong: list[Violation] = []
    for id, order in paid.items():
        if paying.check_not_negative(order, ()):
            wrong += paying.check_not_negative(order, await _refunds_of(session, payment.partner, id))
    return wrong


async def unpost_payment(session: Session, payment: DocumentId) -> Outcome[IncomingPayment]:
    """
    Take the posting of an incoming payment back: its orders have not received it.

    Raises:
        Refused: `NOT_POSTED`, `ORDER_CLOSED`, `LATER_DOCUMENTS` naming refunds that stand on it.
    """
    before = await session.get(IncomingPayment, payment)
    session.refuse(check_posted(before), before)
    orders = await session.get_all(SalesOrder, named_orders(before.allocations))
    unpaid = {id: paying.paid(order, before, -1) for id, order in orders.items()}
    session.refuse([*paying.check_receiving(orders), *await _check_refunded(session, before, unpaid)], before)
    changes = save(before, unpost(before), at=session.now(), events=(unposted_event(before),))
    for id, order in orders.items():
        changes += order_paid(session, order, unpaid[id], before)
    return Outcome(before, changes)


async def _refunds_of(session: Session, partner: str | None, order: str) -> list[OutgoingPayment]:
    where = (Eq("partner", partner), Eq("posting", Posting.POSTED), Eq("purpose", PaymentPurpose.REFUND))
    found = await session.find(Query(OutgoingPayment, where, sort="at", limit=1000))
    return [each for each in found if any(part.order == order for part in each.allocations)]
