"""Approval: which orders need it, why, and what exactly was approved (M1, M2, M9, decision 12)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import attrs

from tradecore.documents import OrderLine, OrderStatus, OrderUsage, Posting, SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.rules.payment_stages import stage_terms
from tradecore.settings import OrderApproval, Settings
from tradecore.values.evolving import evolve
from tradecore.values.numbers import plain
from tradecore.values.sentences import Listed, Sentence


@attrs.frozen
class Deviation:
    """How an order departs from its agreement: where, and a sentence."""

    place: str
    why: Sentence


def deviations(order: SalesOrder) -> tuple[Deviation, ...]:
    """Every departure from the terms of the agreement: prices below the list, discounts above it, own stages (M2)."""
    found = []
    for index, line in enumerate(order.lines):
        agreed = _agreed(order, line)
        if agreed is not None and _net(line) < agreed:
            figures = {"line": line.id, "net": _net(line), "agreed": agreed}
            why = Sentence("line {line} is sold at {net}, the agreement gives {agreed}", **figures)
            found.append(Deviation(f"lines[{index}].price", why))
    if order.own_terms:
        found.append(Deviation("stages", Sentence("its payment stages are not those of the agreement")))
    return tuple(found)


def _net(line: OrderLine) -> Decimal:
    return line.price - line.discount.of(line.price)


def _agreed(order: SalesOrder, line: OrderLine) -> Decimal | None:
    return None if line.list_price is None else line.list_price - order.agreed_discount.of(line.list_price)


def needs_approval(order: SalesOrder, settings: Settings) -> bool:
    """Whether somebody must approve it before it may be executed; nothing is controlled of a bill (A2)."""
    if order.usage is OrderUsage.AS_BILL:
        return False
    match settings.order_approval:
        case OrderApproval.NEVER:
            return False
        case OrderApproval.ALWAYS:
            return True
        case OrderApproval.ON_DEVIATION:
            return bool(deviations(order))


def terms_fingerprint(order: SalesOrder) -> str:
    """A digest of everything an approval covers: partner, quantities, prices, discounts, stages."""
    import hashlib

    terms = [order.customer, order.currency, str(order.tax_included), order.operation.value, order.contract or ""]
    terms += (order.pays_in, str(plain(order.rate)))
    for line in order.lines:
        terms += (line.id, line.item)
        # A store may give an amount back without its last zeros.
        terms += map(str, (line.quantity, line.price, line.discount.value, plain(line.amount)))
    for stage in order.stages:
        terms += map(str, (stage.kind, stage.share.value, stage.base, stage.days, stage.business_days, stage.on))
    # No id holds a control character, so the parts cannot run into each other.
    return hashlib.sha256("\x1f".join(terms).encode()).hexdigest()


def approved(order: SalesOrder, by: str, at: datetime) -> SalesOrder:
    """The order with somebody's approval of the terms it has now."""
    return evolve(order, approved_by=by, approved_at=at, approved_terms=terms_fingerprint(order))


def keep_approval(before: SalesOrder, after: SalesOrder) -> SalesOrder:
    """The edited order, without its approval if its terms are worse for us than those approved (decision 12)."""
    if before.approved_by is None:
        return after
    terms = terms_fingerprint(after)
    if before.approved_terms == terms:
        return after
    if _no_worse(before, after):
        return evolve(after, approved_terms=terms)
    return evolve(after, approved_by=None, approved_at=None, approved_terms="")


def _no_worse(before: SalesOrder, after: SalesOrder) -> bool:
    """Whether the same goods are sold on the same stages, and none of them for less."""
    sold = [[(each.id, each.item, each.quantity) for each in order.lines] for order in (before, after)]
    return (
        sold[0] == sold[1]
        and stage_terms(before.stages) == stage_terms(after.stages)
        and all(_net(new) >= _net(old) for old, new in zip(before.lines, after.lines, strict=True))
    )


def check_open(order: SalesOrder) -> tuple[Violation, ...]:
    """Whether the order is posted and not closed."""
    if not order.posted:
        return (violation(Code.NOT_POSTED, document=order),)
    if order.status is OrderStatus.CLOSED:
        return (violation(Code.ORDER_CLOSED, order=order.number or order.id),)
    return ()


def check_on_approval(order: SalesOrder) -> tuple[Violation, ...]:
    """Whether it is still an unconfirmed need (A5)."""
    if wrong := check_open(order):
        return wrong
    if order.status is not OrderStatus.ON_APPROVAL:
        return (violation(Code.NOT_ON_APPROVAL, order=order.number or order.id),)
    return ()


def check_approved(order: SalesOrder, settings: Settings) -> tuple[Violation, ...]:
    """Whether it has the approval it needs, if it needs one (M5, decision 12)."""
    if order.approved_by is not None or not needs_approval(order, settings):
        return ()
    why = Listed((each.why for each in deviations(order)), "; ") or Sentence("every order does")
    return (violation(Code.APPROVAL_REQUIRED, order=order.number or order.id, why=why),)


def check_in_execution(order: SalesOrder, settings: Settings) -> tuple[Violation, ...]:
    """Whether its execution has begun (A6, A7, A11) and nothing has taken its approval away since."""
    if wrong := check_open(order):
        return wrong
    if order.status is OrderStatus.ON_APPROVAL:
        return (violation(Code.NOT_IN_EXECUTION, order=order.number or order.id, status=order.status),)
    return check_approved(order, settings)


def not_in_usage(order: SalesOrder, what: str, why: str, place: str = "") -> Violation:
    """The violation of a command or a value that orders of this usage do not know."""
    return violation(Code.NOT_IN_USAGE, place, what=what, usage=order.usage, why=why)


def check_line_by_line(order: SalesOrder, settings: Settings, what: str) -> tuple[Violation, ...]:
    """Whether its lines are provided one by one (A11), and its execution has begun; `what` names the command."""
    match order.usage:
        case OrderUsage.AS_BILL:
            return check_open(order) or (not_in_usage(order, what, Sentence("a bill holds no goods")),)
        case OrderUsage.STOCK_ONLY:
            why = Sentence("the status of the order reserves and releases all its lines together")
            return check_open(order) or (not_in_usage(order, what, why),)
        case OrderUsage.STOCK_AND_TO_ORDER:
            return check_in_execution(order, settings)


def check_approving(order: SalesOrder, settings: Settings) -> tuple[Violation, ...]:
    """Whether it may be approved: on approval, or in execution without the approval it needs by now (M9)."""
    if wrong := check_open(order):
        return wrong
    if order.usage is OrderUsage.AS_BILL:
        return (not_in_usage(order, "approve", Sentence("nothing is controlled of a bill")),)
    if order.approved_by:
        return (violation(Code.ALREADY_APPROVED, order=order.number or order.id),)
    if order.status is not OrderStatus.ON_APPROVAL and not needs_approval(order, settings):
        return (violation(Code.NOT_ON_APPROVAL, order=order.number or order.id),)
    return ()


def check_editing(order: SalesOrder) -> tuple[Violation, ...]:
    """Whether its terms may still be changed freely: a draft, or on approval with nothing shipped (A5)."""
    if order.posting is Posting.MARKED:
        return (violation(Code.MARKED, document=order),)
    wrong = check_on_approval(order) if order.posted else ()
    return wrong or check_nothing_shipped(order)


def check_nothing_shipped(order: SalesOrder, shipments: Sequence[object] = ()) -> tuple[Violation, ...]:
    """Whether no shipment stands on it; those given are named."""
    if not any(line.shipped for line in order.lines):
        return ()
    return (violation(Code.LATER_DOCUMENTS, documents=Listed(shipments) or Sentence("its shipments")),)
