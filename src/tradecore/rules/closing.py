"""Closing orders and cancelling quantities (H1-H4, H7-H9, H12, decision 14)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tradecore.documents import Cancellation, OrderLine, OrderStatus, OrderUsage, SalesOrder
from tradecore.documents.inputs import LineCancellation
from tradecore.errors import Code, Violation, violation
from tradecore.rules import separate
from tradecore.rules.approval import check_open
from tradecore.rules.provisions import cancelled_first, less
from tradecore.settings import Settings
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO
from tradecore.values.sentences import Listed
from tradecore.values.text import LineId, ReasonId

#: The reason an order closed without controls records for what was left (decision 14).
CLOSED_WITHOUT_CONTROL = "CLOSED_WITHOUT_CONTROL"


def check_closing(order: SalesOrder, settings: Settings) -> tuple[Violation, ...]:
    """Whether the order may be closed as it is (H1, H7, H8); nothing is controlled of a bill (A2)."""
    if wrong := check_open(order):
        return wrong
    if order.usage is OrderUsage.AS_BILL:
        return ()
    found: list[Violation] = []
    if settings.forbid_close_partly_shipped:
        found += [
            violation(Code.NOT_FULLY_SHIPPED, f"lines[{index}]", line=line.id, open=line.open)
            for index, line in enumerate(order.lines)
            if line.open > 0
        ]
    else:
        found += separate.check_giving_up(order, open_quantities(order), settings)
    return (*found, *_check_entrusted(order), *_check_paid(order, order.amount_due, settings))


def _check_entrusted(order: SalesOrder) -> list[Violation]:
    """Goods of ours in other hands must become the customer's or come back first, whatever the controls."""
    return [
        violation(Code.STILL_ENTRUSTED, f"lines[{index}]", line=line.id, quantity=line.entrusted)
        for index, line in enumerate(order.lines)
        if line.entrusted
    ]


def check_closing_with_cancellation(
    order: SalesOrder, reasons: Mapping[LineId, ReasonId], common: ReasonId | None, settings: Settings
) -> tuple[Violation, ...]:
    """Whether the order may be closed once what is open is cancelled; every such line needs a reason (H2, H3)."""
    if wrong := check_open(order):
        return wrong
    missing = [
        violation(Code.REASON_REQUIRED, f"lines[{index}].reason")
        for index, line in enumerate(order.lines)
        if line.open > 0 and not (reasons.get(line.id) or common)
    ]
    unknown = [
        violation(Code.UNKNOWN_LINE, f"reasons[{id}]", document=order, line=id)
        for id in reasons
        if order.line(id) is None
    ]
    owed = order.charged - order.credited
    stands = separate.check_giving_up(order, open_quantities(order), settings)
    wrong = (*missing, *unknown, *stands, *_check_entrusted(order), *_check_paid(order, owed, settings))
    return (*_check_controls(settings), *wrong)


def _check_controls(settings: Settings) -> tuple[Violation, ...]:
    """Whether closing with cancellation is offered at all: by the strict reading only beside both controls (H9)."""
    names = ("forbid_close_partly_shipped", "forbid_close_partly_paid")
    off = [name for name in names if not getattr(settings, name)]
    if not off or not settings.close_with_cancellation_needs_controls:
        return ()
    return (violation(Code.CLOSING_NOT_CONTROLLED, off=Listed(off)),)


def _check_paid(order: SalesOrder, due: Decimal, settings: Settings) -> tuple[Violation, ...]:
    missing = due - order.paid
    if order.usage is OrderUsage.AS_BILL or order.by_contract:
        return ()
    if settings.forbid_close_partly_paid and missing > 0:
        return (violation(Code.NOT_FULLY_PAID, missing=order.to_pay(missing), due=order.to_pay(due)),)
    return ()


def check_cancelling(order: SalesOrder, settings: Settings) -> tuple[Violation, ...]:
    """Whether there is something to cancel (H12)."""
    if wrong := check_open(order):
        return wrong
    if not any(cancellable(line, settings) > 0 for line in order.lines):
        return tuple(separate.check_giving_up(order, open_quantities(order), settings)) or (
            violation(Code.NOTHING_TO_CANCEL, order=order.number or order.id),
        )
    return ()


def cancellable(line: OrderLine, settings: Settings) -> Decimal:
    """What of the line may be cancelled: what is open and was not bought for it alone, unless that is allowed (F4)."""
    return line.open - separate.bound(line, settings)


def check_quantities(
    order: SalesOrder, quantities: Mapping[LineId, Decimal], settings: Settings
) -> tuple[Violation, ...]:
    """Whether these quantities are open, and nothing was bought for them alone."""
    wrong = []
    for id, quantity in quantities.items():
        line, place = order.line(id), f"lines[{id}].quantity"
        if line is None:
            wrong.append(violation(Code.UNKNOWN_LINE, f"lines[{id}]", document=order, line=id))
        elif quantity <= 0:
            wrong.append(violation(Code.NOT_POSITIVE, place, value=quantity))
        elif quantity > line.open:
            wrong.append(violation(Code.EXCEEDS_OPEN, place, line=id, wanted=quantity, open=line.open))
        elif quantity > cancellable(line, settings):
            started = separate.bound(line, settings)
            wrong.append(violation(Code.SEPARATE_STARTED, place, line=id, started=started))
    return tuple(wrong)


def wanted_quantities(
    order: SalesOrder, given: Sequence[LineCancellation] | None, settings: Settings
) -> dict[LineId, Decimal]:
    """What is to be cancelled: the quantities given, all that may be where none is."""
    if given is None:
        return {line.id: left for line in order.lines if (left := cancellable(line, settings)) > 0}
    found = {}
    for each in given:
        line = order.line(each.line)
        found[each.line] = each.quantity if each.quantity is not None else line.open if line else ZERO
    return found


def cancel(
    order: SalesOrder,
    quantities: Mapping[LineId, Decimal],
    reasons: Mapping[LineId, ReasonId],
    common: ReasonId,
    *,
    by_closing: bool = False,
) -> SalesOrder:
    """The order with these quantities cancelled; a line's own reason wins over the common one (H3)."""
    return order.with_lines(
        {
            line.id: _cancelled(line, quantity, reasons.get(line.id) or common, by_closing=by_closing)
            for line in order.lines
            if (quantity := quantities.get(line.id, ZERO)) > 0
        }
    )


def _cancelled(line: OrderLine, quantity: Decimal, reason: ReasonId, *, by_closing: bool) -> OrderLine:
    sums = {(each.reason, each.by_closing): each.quantity for each in line.cancellations}
    sums[reason, by_closing] = sums.get((reason, by_closing), ZERO) + quantity
    covered = max(quantity - line.unprovided, ZERO)
    return evolve(
        line,
        cancellations=tuple(
            Cancellation(quantity=number, reason=each, by_closing=closing) for (each, closing), number in sums.items()
        ),
        provisions=less(line.provisions, covered, cancelled_first),
    )


def open_quantities(order: SalesOrder) -> dict[LineId, Decimal]:
    """Everything neither shipped nor cancelled."""
    return {line.id: line.open for line in order.lines if line.open > 0}


def close(order: SalesOrder) -> SalesOrder:
    """
    The order closed as it is; what is left is recorded as cancelled without control (decision 14).

    Of a bill nothing was promised, so nothing is cancelled: it stays what was printed.
    """
    left = open_quantities(order)
    if left and order.usage is not OrderUsage.AS_BILL:
        order = cancel(order, left, {}, CLOSED_WITHOUT_CONTROL, by_closing=True)
    return evolve(order, status=OrderStatus.CLOSED, closed_from=order.status)


def close_with_cancellation(
    order: SalesOrder, reasons: Mapping[LineId, ReasonId], common: ReasonId | None
) -> SalesOrder:
    """The order closed, everything open cancelled (H2)."""
    order = cancel(order, open_quantities(order), reasons, common or "", by_closing=True)
    return evolve(order, status=OrderStatus.CLOSED, closed_from=order.status)


def uncancelled(order: SalesOrder) -> SalesOrder:
    """The order with what its closing cancelled open again; what was cancelled before stays so (decision 11)."""
    return order.with_lines(
        {
            line.id: evolve(line, cancellations=tuple(each for each in line.cancellations if not each.by_closing))
            for line in order.lines
            if any(each.by_closing for each in line.cancellations)
        }
    )
