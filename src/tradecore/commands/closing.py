"""Commands that end orders or parts of them (H1-H4, H12)."""

from collections.abc import Mapping, Sequence
from typing import Any

from tradecore.commands.session import Outcome, Session, unknown
from tradecore.documents import SalesOrder
from tradecore.documents.inputs import LineCancellation
from tradecore.errors import Code, Violation, violation
from tradecore.events import Event, EventType
from tradecore.rules import closing
from tradecore.rules.order_state import kept
from tradecore.rules.posting import save
from tradecore.values.text import LineId, OrderId, ReasonId, check_distinct


async def cancel_lines(
    session: Session,
    order: OrderId,
    *,
    lines: Sequence[LineCancellation | Mapping[str, Any]] | None = None,
    reason: ReasonId | None = None,
) -> Outcome[SalesOrder]:
    """
    Cancel quantities that will not be delivered; the order stays open (H12).

    Unpaid stages are planned anew (decision 9).

    Args:
        lines: Lines, quantities and reasons of their own; everything that may be cancelled if left out.
        reason: For lines without a reason of their own.

    Raises:
        Refused: `NOTHING_TO_CANCEL`, `EXCEEDS_OPEN`, `REASON_REQUIRED`, `UNKNOWN_ID`, `UNKNOWN_LINE`, and
            `SEPARATE_STARTED` for what was bought for the order alone (F4).
    """
    before = await session.get(SalesOrder, order)
    session.refuse(closing.check_cancelling(before, session.settings), before)
    given: Sequence[LineCancellation] | None = lines  # type: ignore[assignment]  # the gate has made them values
    quantities = closing.wanted_quantities(before, given, session.settings)
    reasons = {each.line: each.reason for each in given or () if each.reason}
    wrong = [
        *([] if given is None or given else [violation(Code.EMPTY, "lines")]),
        *check_distinct([each.line for each in given or ()], "lines[{}].line"),
        *closing.check_quantities(before, quantities, session.settings),
    ]
    wrong += [
        violation(Code.REASON_REQUIRED, f"lines[{id}].reason") for id in quantities if not (reasons.get(id) or reason)
    ]
    session.refuse([*wrong, *await unknown_reasons(session, reasons, reason)], before)
    after = kept(closing.cancel(before, quantities, reasons, reason or ""), session.settings, at=session.now())
    event = Event(EventType.ORDER_LINES_CANCELLED, after.ref, {"total": str(after.money(after.total))})
    return Outcome(after, save(before, after, at=session.now(), events=(event,)))


async def unknown_reasons(
    session: Session, reasons: Mapping[LineId, ReasonId], common: ReasonId | None
) -> list[Violation]:
    """A violation for every reason that is not in the directory."""
    wanted = {f"reasons[{line}]": id for line, id in reasons.items()}
    if common:
        wanted["reason"] = common
    return (
        unknown("cancellation reason", wanted, await session.catalog.reasons(list(wanted.values()))) if wanted else []
    )


async def close_order(session: Session, order: OrderId) -> Outcome[SalesOrder]:
    """
    Close an order that is fully processed (H1).

    With the controls switched off an unfinished order is closed too, and what was left is recorded as cancelled with
    the reason CLOSED_WITHOUT_CONTROL (decision 14).

    Raises:
        Refused: `NOT_FULLY_SHIPPED` for every such line (H7), `NOT_FULLY_PAID` (H8), `ORDER_CLOSED`, `SEPARATE_STARTED`.
    """
    before = await session.get(SalesOrder, order)
    session.refuse(closing.check_closing(before, session.settings), before)
    return _closed(session, before, closing.close(before))


async def close_with_cancellation(
    session: Session,
    order: OrderId,
    *,
    reason: ReasonId | None = None,
    reasons: Mapping[LineId, ReasonId] | None = None,
) -> Outcome[SalesOrder]:
    """
    Close an order and cancel everything not shipped, with reasons (H2, H3).

    Args:
        reason: The common reason.
        reasons: Line id -> a reason of its own, which wins.

    Raises:
        Refused: `REASON_REQUIRED`, `NOT_FULLY_PAID` for what was shipped (H8), `UNKNOWN_ID`, `ORDER_CLOSED`,
            `SEPARATE_STARTED` for what was bought for the order alone (F4).
    """
    before = await session.get(SalesOrder, order)
    own = dict(reasons or {})
    wrong = closing.check_closing_with_cancellation(before, own, reason, session.settings)
    session.refuse([*wrong, *await unknown_reasons(session, own, reason)], before)
    return _closed(session, before, closing.close_with_cancellation(before, own, reason))


def _closed(session: Session, before: SalesOrder, after: SalesOrder) -> Outcome[SalesOrder]:
    after = kept(after, session.settings)
    event = Event(EventType.ORDER_CLOSED, after.ref, {"total": str(after.money(after.total))})
    return Outcome(after, save(before, after, at=session.now(), events=(event,)))
