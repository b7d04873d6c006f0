"""Commands of shipments and sales returns."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from tradecore.changes import Changes
from tradecore.commands.session import Outcome, Session, in_time
from tradecore.commands.staging import staged
from tradecore.commands.standing import passed_by
from tradecore.documents import OutgoingPayment, Posting, SalesOrder, SalesReturn, Shipment
from tradecore.documents.inputs import LineQuantity
from tradecore.errors import Code, Violation, violation
from tradecore.events import Event, EventType
from tradecore.query import Eq, Query
from tradecore.rules import shipping
from tradecore.rules.approval import check_open
from tradecore.rules.order_state import kept
from tradecore.rules.paying import check_not_refunded
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
from tradecore.rules.purse import purse_guards
from tradecore.values.evolving import evolve
from tradecore.values.record import Ref
from tradecore.values.sentences import Listed
from tradecore.values.text import DocumentId, LineId, OrderId, check_distinct

Lines = Sequence[LineQuantity | Mapping[str, Any]]


async def ship_order(
    session: Session,
    order: OrderId,
    *,
    lines: Lines | None = None,
    at: datetime | None = None,
    id: DocumentId | None = None,
) -> Outcome[Shipment]:
    """
    Ship an order or a part of it: one posted shipment, made from what is held for it.

    Reserves need not be released first: what is shipped is released by it.

    Args:
        lines: Order lines and quantities; all that is ready if left out.
        at: The moment of the shipment; now if left out. An earlier one is checked against everything since (K6).

    Raises:
        Refused: `NOT_IN_EXECUTION`, `PREPAYMENT_UNPAID`, `EXCEEDS_PREPAYMENT`, `NOTHING_TO_SHIP`, `EXCEEDS_OPEN`,
            `NOT_RELEASED_TO_SHIP`, `SHORT_STOCK`, `NEGATIVE_IN_TIME`.

    Covers: B5, E6, K8, K9, P2 in parts.
    """
    before = await session.get(SalesOrder, order)
    money = await staged(session, before)
    quantities = by_line(lines) if lines is not None else shipping.everything_ready(money)
    wrong = (*shipping.check_shipping(money, session.settings), *shipping.check_quantities(money, quantities))
    session.refuse((*repeated(lines), *wrong), before)
    moment = at or session.now()
    name, author = await session.name(Shipment, id), session.actor.id
    made = shipping.make_shipment(before, quantities, id=name, at=moment, author=author)
    changes = _posting(session, None, post(made), before, money)
    return Outcome(made, await in_time(session, changes, before))


async def draft_shipment(
    session: Session,
    order: OrderId,
    *,
    lines: Lines | None = None,
    at: datetime | None = None,
    id: DocumentId | None = None,
) -> Outcome[Shipment]:
    """
    Write a shipment down without posting it: it moves nothing and controls nothing yet.

    Raises:
        Refused: `UNKNOWN_LINE`, `NOT_POSTED`, `ORDER_CLOSED`, `NOTHING_TO_SHIP`.
    """
    before = await session.get(SalesOrder, order)
    quantities = by_line(lines) if lines is not None else shipping.everything_ready(before)
    session.refuse((*repeated(lines), *check_open(before), *shipping.check_lines(before, quantities)), before)
    moment = at or session.now()
    name, author = await session.name(Shipment, id), session.actor.id
    made = shipping.make_shipment(before, quantities, id=name, at=moment, author=author)
    event = Event(EventType.DOCUMENT_DRAFTED, made.ref)
    return Outcome(made, save(None, made, at=moment, events=(event,), series=series_of(made, session.settings)))


async def post_shipment(session: Session, shipment: DocumentId) -> Outcome[Shipment]:
    """
    Post a shipment: goods leave the stock, the customer owes them. Its amounts are what its quantities cost now.

    Raises:
        Refused: `ALREADY_POSTED`, and the reasons of `orders.ship`.
    """
    before = await session.get(Shipment, shipment)
    session.refuse(check_draft(before), before)
    order = await session.get(SalesOrder, before.order)
    money = await staged(session, order)
    quantities = shipping.shipped_quantities(before)
    wrong = (*shipping.check_shipping(money, session.settings), *shipping.check_quantities(money, quantities))
    session.refuse(wrong, before)
    changes = _posting(session, before, post(shipping.repriced(before, order)), order, money)
    return Outcome(before, await in_time(session, changes, before))


def _posting(
    session: Session, before: Shipment | None, after: Shipment, order: SalesOrder, money: SalesOrder
) -> Changes:
    changed = kept(shipping.shipped(order, after), session.settings)
    series = "" if before else series_of(after, session.settings)
    events = (posted_event(after),)
    changes = save(order, changed, at=after.at) + save(before, after, at=after.at, events=events, series=series)
    return changes + Changes(guards=guards) if (guards := purse_guards(money, changed)) else changes


async def unpost_shipment(session: Session, shipment: DocumentId) -> Outcome[Shipment]:
    """
    Take a posting back: the goods are in stock and held for the order again.

    Raises:
        Refused: `NOT_POSTED`, `ORDER_CLOSED`, `LATER_DOCUMENTS` naming what stands on its goods: returns, transfers of
            ownership, reports of a consignee.
    """
    before = await session.get(Shipment, shipment)
    session.refuse(check_posted(before), before)
    order = await session.get(SalesOrder, before.order)
    standing = (*await _returns_of(session, before), *await _passed_of(session, before))
    session.refuse((*check_open(order), *standing), before)
    first = order.first_shipped_at
    if first == before.at:
        first = await _first_shipped_at(session, before)
    changed = kept(shipping.unshipped(order, before, first), session.settings)
    now = session.now()
    changes = save(before, unpost(before), at=now, events=(unposted_event(before),)) + save(order, changed, at=now)
    return Outcome(before, await in_time(session, changes, before, undoing=True))


async def redate_shipment(session: Session, shipment: DocumentId, at: datetime) -> Outcome[Shipment]:
    """
    Give a shipment another moment (C20). Stock must have been there then, and ever since (K6).

    Raises:
        Refused: `NEGATIVE_IN_TIME`, `LATER_DOCUMENTS` naming returns that would come before it.
    """
    before = await session.get(Shipment, shipment)
    if at > before.at:
        standing = (*await _returns_of(session, before, until=at), *await _passed_of(session, before, until=at))
        session.refuse(standing, before)
    after = evolve(before, at=at)
    event = Event(EventType.DOCUMENT_REDATED, before.ref, {"at": at.isoformat()})
    changes = save(before, after, at=at, events=(event,))
    if before.posted:
        order = await session.get(SalesOrder, before.order)
        session.refuse(check_open(order), before)
        others = await _first_shipped_at(session, before)
        changed = evolve(order, first_shipped_at=min(others, at) if others else at)
        changes += save(order, kept(changed, session.settings), at=session.now())
    return Outcome(after, await in_time(session, changes, before))


async def _first_shipped_at(session: Session, besides: Shipment) -> datetime | None:
    where = (Eq("order", besides.order), Eq("posting", Posting.POSTED))
    found = await session.find(Query(Shipment, where, sort="at", limit=2))
    return next((each.at for each in found if each.id != besides.id), None)


async def _returns_of(session: Session, shipment: Shipment, until: datetime | None = None) -> list[Violation]:
    """A violation that names the returns of a shipment, or those of them before a moment; none if there are none."""
    if not any(line.returned for line in shipment.lines):
        return []
    where = (Eq("shipment", shipment.id), Eq("posting", Posting.POSTED))
    found = await session.find(Query(SalesReturn, where, sort="at"))
    standing = [each for each in found if until is None or each.at < until]
    return [violation(Code.LATER_DOCUMENTS, documents=Listed(standing))] if standing else []


async def _passed_of(session: Session, shipment: Shipment, until: datetime | None = None) -> list[Violation]:
    """A violation that names what made goods of a shipment the customer's; none where they were at once."""
    found = await passed_by(session, shipment) if shipment.passes_later and shipment.posted else ()
    standing = [each for each in found if until is None or each.at < until]
    return [violation(Code.LATER_DOCUMENTS, documents=Listed(standing))] if standing else []


async def return_goods(
    session: Session,
    shipment: DocumentId,
    *,
    lines: Lines | None = None,
    at: datetime | None = None,
    draft: bool = False,
    id: DocumentId | None = None,
) -> Outcome[SalesReturn]:
    """
    Take back goods of a shipment, all or a part: they are in stock again and need not be paid (K11, K12).

    Goods that are still ours, in transit or with a consignee, come back first: nobody owes for them.

    Args:
        lines: Lines of the shipment and quantities; all that has not come back if left out.
        draft: Only write it down.

    Raises:
        Refused: `NOT_POSTED`, `EXCEEDS_SHIPPED`, `UNKNOWN_LINE`, `OUT_OF_RANGE` for a moment before the shipment.
    """
    before = await session.get(Shipment, shipment)
    quantities = by_line(lines) if lines is not None else shipping.everything_returnable(before)
    moment = at or session.now()
    session.refuse((*repeated(lines), *shipping.check_returning(before, quantities, moment)), before)
    name, author = await session.name(SalesReturn, id), session.actor.id
    made = shipping.make_return(before, quantities, id=name, at=moment, author=author)
    if draft:
        event = Event(EventType.DOCUMENT_DRAFTED, made.ref)
        return Outcome(made, save(None, made, at=moment, events=(event,), series=series_of(made, session.settings)))
    order = await session.get(SalesOrder, before.order)
    return Outcome(made, _returning(session, None, post(made), order, before))


async def post_return(session: Session, document: DocumentId) -> Outcome[SalesReturn]:
    """
    Post a sales return.

    Raises:
        Refused: `ALREADY_POSTED`, `EXCEEDS_SHIPPED`.
    """
    before = await session.get(SalesReturn, document)
    session.refuse(check_draft(before), before)
    shipment, order = await _basis(session, before)
    session.refuse(shipping.check_returning(shipment, shipping.returned_quantities(before), before.at), before)
    return Outcome(before, _returning(session, before, post(shipping.revalued(before, shipment)), order, shipment))


async def unpost_return(session: Session, document: DocumentId) -> Outcome[SalesReturn]:
    """
    Take the posting of a return back: the goods leave the stock again.

    Raises:
        Refused: `NOT_POSTED`, `LATER_DOCUMENTS` naming refunds made for it, or what has used the goods since.
    """
    before = await session.get(SalesReturn, document)
    session.refuse(check_posted(before), before)
    if before.refunded:
        where = (Eq("sales_return", before.id), Eq("posting", Posting.POSTED))
        refunds = await session.find(Query(OutgoingPayment, where, sort="at"))
        session.refuse(check_not_refunded(before, refunds), before)
    shipment, order = await _basis(session, before)
    after_order, after_shipment = shipping.returned(order, shipment, before, -1)
    now = session.now()
    changes = save(before, unpost(before), at=now, events=(unposted_event(before),))
    changes += save(order, kept(after_order, session.settings), at=now) + save(shipment, after_shipment, at=now)
    return Outcome(before, await in_time(session, changes, before, undoing=True))


async def _basis(session: Session, document: SalesReturn) -> tuple[Shipment, SalesOrder]:
    await session.load([Ref(Shipment.KIND, document.shipment), Ref(SalesOrder.KIND, document.order)])
    return await session.get(Shipment, document.shipment), await session.get(SalesOrder, document.order)


def _returning(
    session: Session, before: SalesReturn | None, after: SalesReturn, order: SalesOrder, shipment: Shipment
) -> Changes:
    after = shipping.credited(after, order)
    after_order, after_shipment = shipping.returned(order, shipment, after)
    series = "" if before else series_of(after, session.settings)
    changes = save(order, kept(after_order, session.settings), at=after.at)
    changes += save(shipment, after_shipment, at=after.at)
    return changes + save(before, after, at=after.at, events=(posted_event(after),), series=series)


def by_line(lines: Lines | None) -> dict[LineId, Decimal]:
    """Line id -> quantity."""
    return {each.line: each.quantity for each in lines or () if isinstance(each, LineQuantity)}


def repeated(lines: Lines | None) -> list[Violation]:
    """A violation for every line that is named twice, and one if a list is empty."""
    if lines is not None and not lines:
        return [violation(Code.EMPTY, "lines")]
    return check_distinct([each.line for each in lines or () if isinstance(each, LineQuantity)], "lines[{}].line")
