"""Commands that set the status of an order (A5-A15, M8)."""

from tradecore.commands.closing import close_order
from tradecore.commands.moving import carried_out, moved, status_event
from tradecore.commands.orders import approval_event
from tradecore.commands.session import Outcome, Session
from tradecore.documents import OrderStatus, SalesOrder
from tradecore.events import Event, EventType
from tradecore.rules.approval import approved, check_approving
from tradecore.rules.order_state import kept
from tradecore.rules.order_status import find_reopening
from tradecore.rules.posting import save
from tradecore.values.text import OrderId, Text


async def set_status(
    session: Session, order: OrderId, status: OrderStatus, *, approve: bool = False, comment: Text = ""
) -> Outcome[SalesOrder]:
    """
    Set the status of an order. Its controls are run, and what follows for its goods is done in the same commit.

    Which statuses there are, and what each asks for, depends on the usage the order was made under. The table is
    `MOVES` in `tradecore.rules.order_status`. A status further back lets go of what was held.

    Args:
        approve: Approve it too where it is not approved yet; whoever sets the status is the approver (M8).
        comment: Goes with the approval.

    Raises:
        Refused: `NOT_IN_USAGE`, `STATUS_HELD_ALREADY`, `APPROVAL_REQUIRED`, `SHORT_STOCK` for every short line (A8),
            `ADVANCE_UNPAID` or `PREPAYMENT_UNPAID` (A9), `LATER_DOCUMENTS` naming shipments, `ORDER_CLOSED`; the
            reasons of `close` for CLOSED.

    Covers: A2-A9, A11, A12, A15, M8.
    """
    if status is OrderStatus.CLOSED:
        return await close_order(session, order)
    before = await session.get(SalesOrder, order)
    after, events = before, [status_event(before, status)]
    if approve and not check_approving(before, session.settings):
        after = approved(before, session.actor.id, session.now())
        events.insert(0, approval_event(before, comment))
    after = kept(await moved(session, after, status, before), session.settings, at=session.now())
    return Outcome(after, save(before, after, at=session.now(), events=events))


async def reopen_order(
    session: Session, order: OrderId, *, status: OrderStatus | None = None, comment: Text = ""
) -> Outcome[SalesOrder]:
    """
    Work on a closed order again: it comes back to the status it was closed in, and every control of that is run.

    What closing it cancelled is open again; what was cancelled before stays cancelled. Nothing is held for it that its
    new status does not hold. Only actors with the right `reopen` may do it, and the history says that they did.

    Args:
        status: Another status to come back to.
        comment: Why; goes into the event.

    Raises:
        Refused: `NOT_CLOSED`, `RIGHT_NEEDED`, and the reasons of `set_status`.

    Covers: A12.
    """
    before = await session.get(SalesOrder, order)
    after = await carried_out(session, before, find_reopening(before, status), before)
    after = kept(after, session.settings, at=session.now())
    data = {"status": after.status.value, "total": str(after.money(after.total))}
    event = Event(EventType.ORDER_REOPENED, before.ref, data | ({"comment": comment} if comment else {}))
    return Outcome(after, save(before, after, at=session.now(), events=(event,)))
