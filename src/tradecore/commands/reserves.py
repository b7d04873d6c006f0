"""Reserves whose money does not come: whom to remind, and what ends (H5, H10, H11, I6, T4)."""

from datetime import date, timedelta

from tradecore.commands.closing import unknown_reasons
from tradecore.commands.moving import released, status_events
from tradecore.commands.queries import page_of
from tradecore.commands.session import Outcome, Session
from tradecore.documents import SalesOrder
from tradecore.events import Event, EventType
from tradecore.query import PAGE_LIMIT, In, Page, Query, Range
from tradecore.rules import closing, reserves
from tradecore.rules.order_state import kept
from tradecore.rules.posting import save
from tradecore.settings import ReserveEnd
from tradecore.values.text import OrderId, Text


async def due_reminders(
    session: Session, *, as_of: date | None = None, limit: int = 100, after: Text | None = None
) -> Page[reserves.Reminder]:
    """
    The reminders that are due on a day, a page at a time: which customer, what is missing, what will happen and when.

    Nothing is written and nothing is sent. The same reminder is found again until the next one is due, always with
    the same `key`: send one message a key.

    Args:
        as_of: The day; today if left out.
        limit: Orders that are looked at; a page may hold fewer reminders.
        after: `next` of the page before.

    Raises:
        Invalid: `BAD_CURSOR`, `OUT_OF_RANGE`.

    Covers: I6, T2, T4.
    """
    policy, day = session.settings.reserves, as_of or session.settings.day(session.now())
    page = await page_of(session, _unpaid(reserves.latest_due(policy, day), limit), after)
    customers = await session.catalog.partners(list({each.customer: None for each in page.items}))
    found = [reserves.remind(each, customers.get(each.customer), policy, day) for each in page.items]
    return Page(tuple(each for each in found if each), page.next)


async def expired_reserves(session: Session, *, as_of: date | None = None) -> tuple[str, ...]:
    """The orders whose reserves have come to their end by a day, the longest overdue first; none if none ever end."""
    policy, day = session.settings.reserves, as_of or session.settings.day(session.now())
    if policy.after_days is None:
        return ()
    found: list[str] = []
    after: str | None = None
    while True:
        page = await page_of(session, _unpaid(day - timedelta(days=policy.after_days), PAGE_LIMIT), after)
        found += [each.id for each in page.items if reserves.expired(each, policy, day)]
        after = page.next
        if after is None:
            return tuple(found)


def _unpaid(until: date, limit: int) -> Query[SalesOrder]:
    where = (In("state", reserves.UNPAID_STATES), Range("due_on", None, until))
    return Query(SalesOrder, where, "due_on", limit=limit)


async def expire_reserve(session: Session, order: OrderId, *, as_of: date | None = None) -> Outcome[SalesOrder]:
    """
    End the reserve of an order whose advance or prepayment did not come in time, as the settings say.

    Its goods are let go and the order stays open (H11), or it is closed and what is open is cancelled (H10).

    Args:
        as_of: The day it is judged from; today if left out.

    Raises:
        Refused: `RESERVE_STANDS`, `RESERVES_DO_NOT_EXPIRE`, `ORDER_CLOSED`, and the reasons of `release` or
            `close_with_cancellation`.

    Covers: H5, H10, H11, T4.
    """
    policy, day = session.settings.reserves, as_of or session.settings.day(session.now())
    before = await session.get(SalesOrder, order)
    session.refuse(reserves.check_expiring(before, policy, day), before)
    money = reserves.awaited(before, policy)
    why = reserves.why_expired(money) if money else {}
    if policy.end is ReserveEnd.CLOSE:
        wrong = closing.check_closing_with_cancellation(before, {}, policy.reason, session.settings)
        session.refuse([*wrong, *await unknown_reasons(session, {}, policy.reason)], before)
        after = closing.close_with_cancellation(before, {}, policy.reason)
    else:
        after = await released(session, before)
    after = kept(after, session.settings, at=session.now())
    told = [Event(EventType.ORDER_RESERVE_EXPIRED, before.ref, why)]
    if policy.end is ReserveEnd.CLOSE:
        told.append(Event(EventType.ORDER_CLOSED, before.ref))
    else:
        told += (Event(EventType.ORDER_RELEASED, before.ref), *status_events(before, after))
    return Outcome(after, save(before, after, at=session.now(), events=told))
