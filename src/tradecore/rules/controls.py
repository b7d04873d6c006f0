"""
The tables of control: what each step of an order needs, which checkpoints a change passes, and what is checked there.

A new control of the company is a function and a row of `CHECKS`; no command changes.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from tradecore.changes import Changes
from tradecore.documents import (
    Document,
    IncomingPayment,
    OrderStatus,
    OutgoingPayment,
    Posting,
    ProvisioningAction,
    SalesOrder,
    SalesReturn,
    Shipment,
)
from tradecore.errors import Violation
from tradecore.rules.approval import check_editing
from tradecore.rules.checks import Case, Check, Checkpoint
from tradecore.rules.closing import check_cancelling, check_closing, check_closing_with_cancellation
from tradecore.rules.marking import check_marking_order, check_unmarking
from tradecore.rules.order_status import (
    Effect,
    StatusFacts,
    check_approving_now,
    check_executing,
    check_letting_go,
    check_posting_now,
    check_reopening,
    check_shipping_now,
    find_move,
)
from tradecore.rules.paying import check_paying, check_refunding
from tradecore.rules.provisioning import check_filling, check_provisioning
from tradecore.rules.shipping import check_release_to_ship
from tradecore.settings import Settings


@attrs.frozen
class Step:
    """A command of an order: the checkpoint it passes, if any, and the conditions of its own that it checks first."""

    passes: Checkpoint | None
    own: Callable[[SalesOrder, Settings, StatusFacts], tuple[Violation, ...]]


#: Command of `trade.orders` -> its step. `allowed` and the command itself call the same functions.
STEPS: Mapping[str, Step] = {
    "edit": Step(Checkpoint.EDIT, lambda order, _settings, _facts: check_editing(order)),
    "post": Step(Checkpoint.PLACE, check_posting_now),
    "approve": Step(Checkpoint.APPROVE, check_approving_now),
    "execute": Step(Checkpoint.EXECUTE, check_executing),
    "fill": Step(Checkpoint.PROVISION, lambda order, settings, _: check_filling(order, settings)),
    "provision": Step(Checkpoint.PROVISION, lambda order, settings, _: check_provisioning(order, settings)),
    "release": Step(Checkpoint.RELEASE, check_letting_go),
    "release_to_ship": Step(Checkpoint.TO_SHIP, lambda order, settings, _: check_release_to_ship(order, settings)),
    "ship": Step(Checkpoint.SHIP, check_shipping_now),
    "pay": Step(Checkpoint.PAY, lambda order, _settings, _facts: check_paying(order)),
    "refund": Step(Checkpoint.REFUND, lambda order, _settings, _facts: check_refunding(order)),
    "cancel": Step(Checkpoint.CANCEL, lambda order, settings, _: check_cancelling(order, settings)),
    "close": Step(Checkpoint.CLOSE, lambda order, settings, _: check_closing(order, settings)),
    "close_with_cancellation": Step(
        Checkpoint.CLOSE, lambda order, settings, _: check_closing_with_cancellation(order, {}, "-", settings)
    ),
    "reopen": Step(Checkpoint.REOPEN, check_reopening),
    "mark": Step(Checkpoint.MARK, lambda order, _, facts: check_marking_order(order, facts.documents)),
    "unmark": Step(None, lambda order, _settings, _facts: check_unmarking(order)),
}

#: What setting a status does to the goods -> the checkpoints an order passes by that.
PASSED_BY_EFFECT: Mapping[Effect, tuple[Checkpoint, ...]] = {
    Effect.NOTHING: (),
    Effect.RESERVE: (Checkpoint.PROVISION,),
    Effect.RELEASE: (Checkpoint.PROVISION, Checkpoint.TO_SHIP),
    Effect.LET_GO: (Checkpoint.RELEASE,),
    Effect.CLOSE: (Checkpoint.CLOSE,),
}


def passed_by_status(order: SalesOrder, status: OrderStatus) -> tuple[Checkpoint, ...]:
    """The checkpoints an order would pass on its way to a status."""
    move = find_move(order, status)
    if isinstance(move, tuple):
        return ()
    begins = move.before is OrderStatus.ON_APPROVAL and move.after is not OrderStatus.CLOSED
    return (*((Checkpoint.EXECUTE,) if begins else ()), *PASSED_BY_EFFECT[move.effect])


#: What the company checks by its settings. Hosts add their own: `Trade(checks=...)`.
CHECKS: tuple[Check, ...] = ()


def _sold(order: SalesOrder) -> list[Any]:
    """What is sold, for how much, and when it is paid."""
    lines = [(each.id, each.item, each.quantity, each.price, each.discount) for each in order.lines]
    return [
        *lines,
        *((each.kind, each.share, each.base, each.days, each.business_days, each.on) for each in order.stages),
    ]


def _held(order: SalesOrder, *actions: ProvisioningAction) -> dict[str, Decimal]:
    return {line.id: line.held(*(actions or ProvisioningAction)) for line in order.lines}


def _more(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> bool:
    return any(quantity > before.get(id, 0) for id, quantity in after.items())


def _shipped(order: SalesOrder) -> dict[str, Decimal]:
    return {line.id: line.shipped for line in order.lines}


def _cancelled(order: SalesOrder) -> dict[str, Decimal]:
    return {line.id: line.cancelled for line in order.lines}


_SHIP = (ProvisioningAction.SHIP, ProvisioningAction.SHIP_SEPARATELY)
_CLOSED, _ON_APPROVAL = OrderStatus.CLOSED, OrderStatus.ON_APPROVAL

#: Checkpoint -> whether an order passes it on its way from `before` to `after`, both posted. A new order passes PLACE.
PASSED_BY_ORDERS: Mapping[Checkpoint, Callable[[SalesOrder, SalesOrder], bool]] = {
    Checkpoint.EDIT: lambda before, after: _sold(before) != _sold(after),
    Checkpoint.APPROVE: lambda before, after: bool(after.approved_by) and not before.approved_by,
    Checkpoint.EXECUTE: lambda before, after: before.status is _ON_APPROVAL
    and after.status not in (_ON_APPROVAL, _CLOSED),
    Checkpoint.PROVISION: lambda before, after: _more(_held(before), _held(after)),
    # What is shipped is released by it.
    Checkpoint.RELEASE: lambda before, after: _more(_held(after), _held(before))
    and (_shipped(before), _cancelled(before)) == (_shipped(after), _cancelled(after)),
    Checkpoint.TO_SHIP: lambda before, after: _more(_held(before, *_SHIP), _held(after, *_SHIP))
    and _shipped(before) == _shipped(after),
    Checkpoint.CANCEL: lambda before, after: _more(_cancelled(before), _cancelled(after)),
    Checkpoint.CLOSE: lambda before, after: after.status is _CLOSED and before.status is not _CLOSED,
    Checkpoint.REOPEN: lambda before, after: before.status is _CLOSED and after.status is not _CLOSED,
}  # fmt: skip

#: Kind of document -> the checkpoint it passes when it is posted.
PASSED_BY_POSTING: Mapping[type[Document], Checkpoint] = {
    SalesOrder: Checkpoint.PLACE,
    Shipment: Checkpoint.SHIP,
    SalesReturn: Checkpoint.RETURN,
    IncomingPayment: Checkpoint.PAY,
    OutgoingPayment: Checkpoint.REFUND,
}


def passed(before: Document | None, after: Document) -> tuple[Checkpoint, ...]:
    """The checkpoints a document passes when it becomes `after`."""
    if not after.posted:
        gone = after.posting is Posting.MARKED and before is not None and before.posted
        return (Checkpoint.MARK,) if gone and isinstance(after, SalesOrder) else ()
    if before is None or not before.posted:
        found = PASSED_BY_POSTING.get(type(after))
        return (found,) if found else ()
    if isinstance(before, SalesOrder) and isinstance(after, SalesOrder):
        return tuple(each for each, holds in PASSED_BY_ORDERS.items() if holds(before, after))
    return ()


def active(checks: Iterable[Check], settings: Settings) -> tuple[Check, ...]:
    """Those of our checks and of a host's that these settings need."""
    return tuple(each for each in (*CHECKS, *checks) if each.applies(settings))


def cases(changes: Changes, settings: Settings, at: datetime, rights: frozenset[str]) -> list[Case]:
    """What checks are asked about when these changes are to be written."""
    orders = {save.after.id: save.after for save in changes.saves if isinstance(save.after, SalesOrder)}
    found = []
    for save in changes.saves:
        before, after = save.before, save.after
        if isinstance(after, Document):
            was = before if isinstance(before, Document) else None
            order = after if isinstance(after, SalesOrder) else orders.get(getattr(after, "order", ""))
            facts: dict[str, Any] = {"after": after, "before": was, "order": order, "at": at, "settings": settings}
            found += [Case(checkpoint=each, rights=rights, **facts) for each in passed(was, after)]
    return found


def imagined(order: SalesOrder, settings: Settings, at: datetime, rights: frozenset[str]) -> list[Case]:
    """What checks are asked about when nobody has said yet what is to be done: the order as it is, at every step."""
    checkpoints = dict.fromkeys(step.passes for step in STEPS.values() if step.passes)
    facts: dict[str, Any] = {"after": order, "before": order, "order": order, "at": at, "settings": settings}
    return [Case(checkpoint=each, rights=rights, **facts) for each in checkpoints]
