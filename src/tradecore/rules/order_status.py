"""
The status of an order: what a person decides, what must hold for it, and what follows from it (A1-A12, decision 1).

One table has a row for every move from one status to another that orders of a usage can make. A row names the controls
that are run, all of them, and the one effect on the goods. Commands that set a status, `allowed` and the documentation
read this table and nothing else. An order is judged by the usage it was made under, whatever the settings say now (A1).

A bill has two statuses and no controls (A2). An order from stock only is held as a whole: its status says under which
action all its open goods are (A3, A6, A7). An order from stock and to order is provided line by line (A11), so its
statuses hold nothing by themselves; going back to approval lets everything go.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

import attrs

from tradecore.catalog import ItemKind
from tradecore.documents import (
    HELD,
    STATUSES,
    Document,
    OrderLine,
    OrderStatus,
    OrderUsage,
    Provision,
    ProvisioningAction,
    SalesOrder,
)
from tradecore.errors import Code, Violation, violation
from tradecore.rules.approval import (
    approved,
    check_approved,
    check_approving,
    check_nothing_shipped,
    check_on_approval,
    check_open,
    not_in_usage,
)
from tradecore.rules.availability import StockFacts, Want, check_free
from tradecore.rules.checks import Right
from tradecore.rules.closing import check_closing, close, uncancelled
from tradecore.rules.order_state import kept
from tradecore.rules.posting import check_draft, post
from tradecore.rules.provisioning import check_releasing, release
from tradecore.rules.shipping import check_shipping
from tradecore.rules.stage_gating import check_advance, check_prepayment
from tradecore.settings import Settings
from tradecore.values.evolving import evolve
from tradecore.values.sentences import Listed, Sentence


class Control(StrEnum):
    """What must hold before a status is set."""

    APPROVAL = "approval"  #: An approval it needs was given.
    STOCK = "stock"  #: All its open goods are free in their warehouses; every short line is named.
    PAYMENT = "payment"  #: Advance and prepayment have come.
    NOTHING_SHIPPED = "nothing_shipped"  #: No shipment stands on it.
    RIGHT = "right"  #: Whoever asks has the right to reopen closed orders.
    FINISHED = "finished"  #: Shipped and paid as far as the two controls of closing ask.


class Effect(StrEnum):
    """What setting a status does to the goods of the order."""

    NOTHING = "nothing"  #: Nothing; each line is provided on its own.
    RESERVE = "reserve"  #: All its open goods are reserved.
    RELEASE = "release"  #: All its open goods are reserved and released to ship.
    LET_GO = "let_go"  #: Nothing is held, promised or waited for any more.
    CLOSE = "close"  #: Nothing is held, and what is still open is cancelled.


@attrs.frozen
class Move:
    """
    One row: orders of a usage may go from one status to another if the controls hold.

    Attributes:
        before: The status it has.

        after: The status that is set.
    """

    usage: OrderUsage
    before: OrderStatus
    after: OrderStatus
    controls: tuple[Control, ...]
    effect: Effect


_BILL, _STOCK, _ORDER = OrderUsage.AS_BILL, OrderUsage.STOCK_ONLY, OrderUsage.STOCK_AND_TO_ORDER
_ASKED, _RESERVED, _SHIPPED = OrderStatus.ON_APPROVAL, OrderStatus.IN_RESERVE, OrderStatus.TO_SHIP
_EXECUTED, _CLOSED = OrderStatus.TO_EXECUTE, OrderStatus.CLOSED
_APPROVAL, _STOCKED, _PAID = Control.APPROVAL, Control.STOCK, Control.PAYMENT
_UNSHIPPED, _FINISHED, _RIGHT = Control.NOTHING_SHIPPED, Control.FINISHED, Control.RIGHT

MOVES: tuple[Move, ...] = (
    Move(_BILL, _ASKED, _CLOSED, (), Effect.CLOSE),
    Move(_BILL, _CLOSED, _ASKED, (_RIGHT,), Effect.LET_GO),
    Move(_STOCK, _ASKED, _RESERVED, (_APPROVAL, _STOCKED), Effect.RESERVE),
    Move(_STOCK, _ASKED, _SHIPPED, (_APPROVAL, _STOCKED, _PAID), Effect.RELEASE),
    Move(_STOCK, _ASKED, _CLOSED, (_FINISHED,), Effect.CLOSE),
    Move(_STOCK, _RESERVED, _ASKED, (_UNSHIPPED,), Effect.LET_GO),
    Move(_STOCK, _RESERVED, _SHIPPED, (_APPROVAL, _STOCKED, _PAID), Effect.RELEASE),
    Move(_STOCK, _RESERVED, _CLOSED, (_FINISHED,), Effect.CLOSE),
    Move(_STOCK, _SHIPPED, _ASKED, (_UNSHIPPED,), Effect.LET_GO),
    Move(_STOCK, _SHIPPED, _RESERVED, (_STOCKED,), Effect.RESERVE),
    Move(_STOCK, _SHIPPED, _CLOSED, (_FINISHED,), Effect.CLOSE),
    Move(_STOCK, _CLOSED, _ASKED, (_RIGHT, _UNSHIPPED), Effect.LET_GO),
    Move(_STOCK, _CLOSED, _RESERVED, (_RIGHT, _APPROVAL, _STOCKED), Effect.RESERVE),
    Move(_STOCK, _CLOSED, _SHIPPED, (_RIGHT, _APPROVAL, _STOCKED, _PAID), Effect.RELEASE),
    Move(_ORDER, _ASKED, _EXECUTED, (_APPROVAL,), Effect.NOTHING),
    Move(_ORDER, _ASKED, _CLOSED, (_FINISHED,), Effect.CLOSE),
    Move(_ORDER, _EXECUTED, _ASKED, (_UNSHIPPED,), Effect.LET_GO),
    Move(_ORDER, _EXECUTED, _CLOSED, (_FINISHED,), Effect.CLOSE),
    Move(_ORDER, _CLOSED, _ASKED, (_RIGHT, _UNSHIPPED), Effect.LET_GO),
    Move(_ORDER, _CLOSED, _EXECUTED, (_RIGHT, _APPROVAL), Effect.NOTHING),
)

_BY_PLACE = {(each.usage, each.before, each.after): each for each in MOVES}

#: Usage -> the controls that look at more than the order in some move of it, and in the shipment of a bill.
LOOKING: Mapping[OrderUsage, frozenset[Control]] = {
    usage: frozenset(control for each in MOVES if each.usage is usage for control in each.controls)
    | ({Control.STOCK} if usage is _BILL else frozenset())
    for usage in OrderUsage
}

#: Usage -> the status in which the work on its orders begins; a bill is not worked on.
WORKING: Mapping[OrderUsage, OrderStatus] = {_STOCK: _RESERVED, _ORDER: _EXECUTED}


@attrs.frozen
class StatusFacts:
    """
    What controls look at beside the order.

    Attributes:
        stock: None while the guards of the commit are trusted to notice a shortage.

        shipments: Those that stand on the order, to be named.

        documents: All posted documents that were made for it.
    """

    stock: StockFacts | None = None
    shipments: Sequence[object] = ()
    documents: Sequence[Document] = ()


NO_FACTS = StatusFacts()


def find_move(order: SalesOrder, status: OrderStatus) -> Move | tuple[Violation, ...]:
    """The row of the table by which the order may come to a status, or why there is none. None leads from CLOSED."""
    return check_open(order) or _move(order, status)


#: Usage -> how its orders come to be shipped in one go with their approval: every control at once, and all their goods
#: released (J3). An order from stock only has a status for that.
_AT_ONCE: Mapping[OrderUsage, Move] = {
    _STOCK: _BY_PLACE[_STOCK, _ASKED, _SHIPPED],
    _ORDER: Move(_ORDER, _ASKED, _EXECUTED, (_APPROVAL, _STOCKED, _PAID), Effect.RELEASE),
}


def find_shipping_at_once(order: SalesOrder) -> Move | tuple[Violation, ...]:
    """How an order on approval is released to ship in one go, or why it cannot be (J3)."""
    return check_beginning(order) or _AT_ONCE[order.usage]


def find_reopening(order: SalesOrder, status: OrderStatus | None) -> Move | tuple[Violation, ...]:
    """The row by which a closed order is worked on again, or why there is none; None leads where it was closed."""
    if not order.posted:
        return check_open(order)
    if order.status is not _CLOSED:
        return (violation(Code.NOT_CLOSED, order=order.number or order.id),)
    return _move(order, status or order.closed_from or _ASKED)


def _move(order: SalesOrder, status: OrderStatus) -> Move | tuple[Violation, ...]:
    if status not in STATUSES[order.usage]:
        why = Sentence("its statuses are {known}", known=Listed(STATUSES[order.usage]))
        return (not_in_usage(order, Sentence("Status {status}", status=status), why, "status"),)
    if status is order.status:
        return (violation(Code.STATUS_HELD_ALREADY, order=order.number or order.id, status=status),)
    return _BY_PLACE[order.usage, order.status, status]


def check_move(order: SalesOrder, move: Move, settings: Settings, facts: StatusFacts) -> tuple[Violation, ...]:
    """Everything that stands in the way of a move. A closed order is judged as it would be open again."""
    if move.before is _CLOSED:
        # What it may count on may be money of its contract, which `kept` takes out.
        order = evolve(kept(uncancelled(order), settings), paid=order.paid)
    return tuple(each for control in move.controls for each in _CONTROLS[control](order, settings, facts))


def check_status(
    order: SalesOrder, status: OrderStatus, settings: Settings, facts: StatusFacts
) -> tuple[Violation, ...]:
    """Whether a status may be set: there is such a move, and its controls hold."""
    move = find_move(order, status)
    return move if isinstance(move, tuple) else check_move(order, move, settings, facts)


def check_executing(order: SalesOrder, settings: Settings, facts: StatusFacts) -> tuple[Violation, ...]:
    """Whether work on the order may begin now: with the first status of its usage (M5)."""
    return check_beginning(order) or check_status(order, WORKING[order.usage], settings, facts)


def check_reopening(order: SalesOrder, settings: Settings, facts: StatusFacts) -> tuple[Violation, ...]:
    """Whether a closed order may be worked on again, in the status it was closed in (decision 11)."""
    move = find_reopening(order, None)
    return move if isinstance(move, tuple) else check_move(order, move, settings, facts)


def check_beginning(order: SalesOrder) -> tuple[Violation, ...]:
    """Whether work on the order is still to begin (M5): it is on approval, and not a bill."""
    if wrong := check_open(order):
        return wrong
    if order.usage not in WORKING:
        return (not_in_usage(order, "execute", Sentence("nothing is controlled of a bill")),)
    return check_on_approval(order)


def make_move(order: SalesOrder, move: Move) -> SalesOrder:
    """The order in its new status, with what follows from it for its goods."""
    if move.before is _CLOSED:
        return evolve(_EFFECTS[move.effect](uncancelled(order)), status=move.after, closed_from=None)
    return evolve(_EFFECTS[move.effect](order), status=move.after)


def wanted_stock(order: SalesOrder) -> list[Want]:
    """What a whole reserve takes beyond what the order holds already, line by line."""
    return [
        Want(f"lines[{index}]", line.item, line.warehouse, line.open - held)
        for index, line in enumerate(order.lines)
        if line.kind is ItemKind.GOODS and line.open > (held := line.held(*HELD))
    ]


def check_stock(order: SalesOrder, facts: StockFacts | None) -> tuple[Violation, ...]:
    """Whether all open goods are free, or held for the order already; every short line is named (A8)."""
    return check_free(wanted_stock(order), facts)


def check_posting_now(order: SalesOrder, settings: Settings, facts: StatusFacts) -> tuple[Violation, ...]:
    """Whether a draft may be placed, in the status it then starts in (A14)."""
    wrong, start = check_draft(order), settings.starts_in(order.channel)
    return wrong or (check_status(post(order), start, settings, facts) if start is not order.status else ())


def check_approving_now(order: SalesOrder, settings: Settings, facts: StatusFacts) -> tuple[Violation, ...]:
    """Whether it may be approved, and executed with it where the settings want that (M5)."""
    wrong = check_approving(order, settings)
    if wrong or not settings.execute_on_approval or order.status is not OrderStatus.ON_APPROVAL:
        return wrong
    return check_executing(approved(order, "-", order.at), settings, facts)


def check_letting_go(order: SalesOrder, settings: Settings, facts: StatusFacts) -> tuple[Violation, ...]:
    """Whether all that is held for it may be let go (H11): an order from stock only goes back to approval by that."""
    if order.usage is not _STOCK:
        return check_releasing(order, settings)
    if order.open and order.status is _ASKED:
        return (violation(Code.NOTHING_TO_RELEASE, order=order.number or order.id),)
    return check_status(order, _ASKED, settings, facts)


def let_go(order: SalesOrder, settings: Settings) -> SalesOrder:
    """The order with nothing held for it any more that may be let go; its status tells the truth."""
    after = release(order, settings)
    return evolve(after, status=_ASKED) if order.usage is _STOCK else after


def check_shipping_now(order: SalesOrder, settings: Settings, facts: StatusFacts) -> tuple[Violation, ...]:
    """Whether all that is ready may be shipped; a bill holds no goods, so they must be free."""
    wrong = check_shipping(order, settings)
    return check_stock(order, facts.stock) if not wrong and order.usage is _BILL else wrong


def hold_all(order: SalesOrder, action: ProvisioningAction) -> SalesOrder:
    """The order with all its open goods under one action."""
    return order.with_lines(
        {line.id: _held(line, action) for line in order.lines if line.kind is ItemKind.GOODS and line.open > 0}
    )


def _held(line: OrderLine, action: ProvisioningAction) -> OrderLine:
    return evolve(line, provisions=(Provision(action=action, quantity=line.open),))


_Controls = Callable[[SalesOrder, Settings, StatusFacts], tuple[Violation, ...]]

_CONTROLS: Mapping[Control, _Controls] = {
    Control.APPROVAL: lambda order, settings, _: check_approved(order, settings),
    Control.STOCK: lambda order, _, facts: check_stock(order, facts.stock),
    Control.PAYMENT: lambda order, _settings, _facts: check_advance(order) or check_prepayment(order),
    Control.NOTHING_SHIPPED: lambda order, _, facts: check_nothing_shipped(order, facts.shipments),
    Control.RIGHT: lambda *_: (violation(Code.RIGHT_NEEDED, right=Right.REOPEN.value).unless(Right.REOPEN),),
    Control.FINISHED: lambda order, settings, _: check_closing(order, settings),
}

_EFFECTS: Mapping[Effect, Callable[[SalesOrder], SalesOrder]] = {
    Effect.NOTHING: lambda order: order,
    Effect.RESERVE: lambda order: hold_all(order, ProvisioningAction.RESERVE),
    Effect.RELEASE: lambda order: hold_all(order, ProvisioningAction.SHIP),
    Effect.LET_GO: lambda order: order.with_lines({line.id: evolve(line, provisions=()) for line in order.lines}),
    Effect.CLOSE: close,
}
