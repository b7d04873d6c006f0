"""Bringing an order to a status: what the table of moves needs is read, and its controls are run."""

from collections.abc import Collection

from tradecore.commands.session import Session
from tradecore.commands.staging import staged
from tradecore.documents import OrderStatus, Posting, SalesOrder, Shipment
from tradecore.errors import Refused, Violation
from tradecore.events import Event, EventType
from tradecore.query import Eq, Query
from tradecore.rules.order_status import (
    LOOKING,
    Control,
    Move,
    StatusFacts,
    check_letting_go,
    check_move,
    find_move,
    let_go,
    make_move,
)
from tradecore.rules.provisioning import goods_keys


async def status_facts(
    session: Session, order: SalesOrder, controls: Collection[Control], *, always: bool = False
) -> StatusFacts:
    """What these controls look at beside the order. Stock is read where the guards are not trusted, or `always`."""
    stock, shipments = None, list[Shipment]()
    if Control.STOCK in controls:
        stock = await session.stock(goods_keys(order), session.now(), always=always)
    if Control.NOTHING_SHIPPED in controls and any(line.shipped for line in order.lines):
        where = (Eq("order", order.id), Eq("posting", Posting.POSTED))
        shipments = await session.find(Query(Shipment, where, sort="at"))
    return StatusFacts(stock, shipments)


async def all_status_facts(session: Session, order: SalesOrder) -> StatusFacts:
    """What the controls of every move of the order look at."""
    return await status_facts(session, order, LOOKING[order.usage])


async def moved(session: Session, order: SalesOrder, status: OrderStatus, subject: object) -> SalesOrder:
    """
    The order in another status, with what follows from it for its goods.

    Raises:
        Refused: Whatever the controls of the move find, all at once.
    """
    return await carried_out(session, order, find_move(order, status), subject)


async def carried_out(
    session: Session, order: SalesOrder, move: Move | tuple[Violation, ...], subject: object
) -> SalesOrder:
    """
    The order after a move, if there is one and its controls hold.

    Raises:
        Refused: Whatever they find, all at once.
    """
    if not isinstance(move, Move):
        raise Refused(move, str(subject))
    facts, money = await status_facts(session, order, move.controls), await staged(session, order)
    wrong = check_move(money, move, session.settings, facts)
    if facts.stock is None and any(each.refuses(session.actor.rights) for each in wrong):
        # The guards need not be trusted any more: what is short is named beside the rest.
        facts = await status_facts(session, order, move.controls, always=True)
        wrong = check_move(money, move, session.settings, facts)
    session.refuse(wrong, subject)
    return make_move(money, move)


async def released(session: Session, order: SalesOrder) -> SalesOrder:
    """
    The order with all that is held for it let go (H11).

    Raises:
        Refused: `NOT_IN_EXECUTION`, `NOTHING_TO_RELEASE`; `LATER_DOCUMENTS` where the status would go back.
    """
    facts = await status_facts(session, order, LOOKING[order.usage] - {Control.STOCK})
    session.refuse(check_letting_go(order, session.settings, facts), order)
    return let_go(order, session.settings)


def status_events(before: SalesOrder, after: SalesOrder) -> tuple[Event, ...]:
    """What is told of an order whose status may have changed."""
    return () if before.status is after.status else (status_event(before, after.status),)


def status_event(before: SalesOrder, status: OrderStatus) -> Event:
    """What is told of an order that came to a status."""
    match status:
        case OrderStatus.TO_EXECUTE:
            return Event(EventType.ORDER_EXECUTION_STARTED, before.ref)
        case OrderStatus.CLOSED:
            return Event(EventType.ORDER_CLOSED, before.ref, {"total": str(before.money(before.total))})
        case _:
            data = {"before": before.status.value, "after": status.value}
            return Event(EventType.ORDER_STATUS_CHANGED, before.ref, data)
