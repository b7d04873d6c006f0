"""
The state of an order, derived from facts (section X of the catalogue).

The first test that holds names the state. Quantities decide, never the states of other documents: an order cannot get
stuck. Services need no goods, so the tests 7, 8 and 10 look at goods, and at work that is bought for the order.
Provisioning is tested before the prepayment (decision 2). Returned goods lower what is owed and open nothing again
(K12). Nothing is derived for a bill: nobody controls how it is carried out (A2).
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

import attrs

from tradecore.catalog import ItemKind, StageKind
from tradecore.documents import OrderLine, OrderState, OrderStatus, OrderUsage, ProvisioningAction, SalesOrder
from tradecore.rules.approval import needs_approval
from tradecore.rules.due_days import date_stages
from tradecore.rules.payment_stages import due_for, first_due, paid_towards, replan_stages
from tradecore.rules.pricing import order_total
from tradecore.rules.provisioning import unprovided
from tradecore.rules.shipping import ready_lines, reserved_lines
from tradecore.rules.stage_gating import PROVISIONING, RELEASE, SHIPMENT, check_some, let_through
from tradecore.settings import Settings
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO, total
from tradecore.values.text import LineId

_WAITING = frozenset({
    ProvisioningAction.TO_PROVISION, ProvisioningAction.RESERVE_BY_DATE, ProvisioningAction.PROVISION_SEPARATELY
})  # fmt: skip
_ADVANCE = (StageKind.ADVANCE,)
_BEFORE_SHIPMENT = (StageKind.ADVANCE, StageKind.PREPAYMENT)
#: What was bought for the order alone and has come is held like any reserve.
_HELD = ProvisioningAction.RESERVE
_NOT_HELD = _WAITING | {ProvisioningAction.NONE}
#: Statuses that name the state whether or not an approval is missing.
_DECIDED = frozenset({OrderStatus.ON_APPROVAL, OrderStatus.CLOSED})
_SHIPPING = frozenset({ProvisioningAction.SHIP, ProvisioningAction.SHIP_SEPARATELY})


@attrs.frozen
class LineFacts:
    """
    What happened to one line, in its unit.

    Attributes:
        by_action: The open quantity by action; NONE is what no provision covers.
    """

    line: LineId
    item: str
    unit: str
    kind: ItemKind
    ordered: Decimal
    cancelled: Decimal
    shipped: Decimal
    returned: Decimal
    open: Decimal
    by_action: dict[ProvisioningAction, Decimal] = attrs.field(hash=False)


@attrs.frozen
class OrderFacts:
    """
    What the state follows from: quantities and money, nothing else.

    Attributes:
        anything_open: Whether some quantity is neither delivered nor cancelled: not shipped, or shipped and still ours.

        open_goods: The actions under which goods are open; NONE is what no provision covers.

        advance_due, prepayment_due: What must be paid before provisioning, and before shipment.

        advance_paid, prepayment_paid: The money that counts for them.

        amount_due: What is owed for the whole order, less returns.

    All amounts due are zero for an order that is settled by its contract: money never decides its state.
    """

    order: SalesOrder = attrs.field(repr=False)
    usage: OrderUsage
    status: OrderStatus
    needs_approval: bool
    approved: bool
    anything_open: bool
    open_goods: frozenset[ProvisioningAction]
    advance_due: Decimal
    advance_paid: Decimal
    prepayment_due: Decimal
    prepayment_paid: Decimal
    amount_due: Decimal
    paid: Decimal

    @property
    def advance_awaited(self) -> bool:
        """Whether the advance keeps the next goods from being provided."""
        missing = self.advance_paid < self.advance_due
        return missing and bool(check_some(self.order, PROVISIONING, unprovided(self.order)))

    @property
    def prepayment_awaited(self) -> bool:
        """Whether advance and prepayment keep the next goods and services from being shipped."""
        missing = self.prepayment_paid < self.prepayment_due
        return missing and bool(check_some(self.order, SHIPMENT, ready_lines(self.order)))

    @property
    def releasable(self) -> bool:
        """Whether some goods are reserved that may be released to ship."""
        return bool(let_through(self.order, RELEASE, reserved_lines(self.order)))

    @property
    def lines(self) -> tuple[LineFacts, ...]:
        """What happened to every line."""
        return tuple(_line_facts(line) for line in self.order.lines)


@attrs.frozen
class Test:
    """One row of the derivation: if it `holds`, the order is in `state`, `because` of this."""

    __test__ = False  # not one of pytest's

    state: OrderState
    because: str
    holds: Callable[[OrderFacts], bool]


DERIVATION: tuple[Test, ...] = (
    Test(OrderState.NOT_CONTROLLED, "it is used as a bill only", lambda f: f.usage is OrderUsage.AS_BILL),
    Test(OrderState.CLOSED, "its status is CLOSED", lambda f: f.status is OrderStatus.CLOSED),
    Test(
        OrderState.AWAITING_APPROVAL,
        "its status is ON_APPROVAL, or an approval it needs was not given",
        lambda f: f.status is OrderStatus.ON_APPROVAL or (f.needs_approval and not f.approved),
    ),
    Test(
        OrderState.AWAITING_PAYMENT,
        "everything is delivered or cancelled, and money is still owed",
        lambda f: not f.anything_open and f.paid < f.amount_due,
    ),
    Test(
        OrderState.READY_TO_CLOSE,
        "everything is delivered or cancelled, and nothing is owed",
        lambda f: not f.anything_open,
    ),
    Test(
        OrderState.AWAITING_ADVANCE,
        "the advance is not fully paid and lets nothing more through",
        lambda f: f.advance_awaited,
    ),
    Test(
        OrderState.READY_TO_PROVISION,
        "nothing was decided for some open goods",
        lambda f: ProvisioningAction.NONE in f.open_goods,
    ),
    Test(
        OrderState.AWAITING_PROVISIONING,
        "some open goods have not arrived",
        lambda f: not f.open_goods.isdisjoint(_WAITING),
    ),
    Test(
        OrderState.AWAITING_PREPAYMENT,
        "advance and prepayment are not fully paid and let nothing more through",
        lambda f: f.prepayment_awaited,
    ),
    Test(
        OrderState.READY_TO_SHIP,
        "some open goods are reserved and may be released to ship",
        lambda f: not f.open_goods <= _SHIPPING and f.releasable,
    ),
    Test(OrderState.SHIPPING, "everything that may be is released to ship, or on its way", lambda _: True),
)


_Open: TypeAlias = tuple[bool, frozenset[ProvisioningAction]]


def order_facts(order: SalesOrder, settings: Settings, opened: _Open | None = None) -> OrderFacts:
    """The facts of an order that is posted; what is open of it may be known already."""
    anything_open, open_goods = opened or _what_is_open(order)
    undecided = order.approved_by is None and order.status not in _DECIDED
    if order.by_contract:
        # The contract pays for all its orders: no stage of one is asked about.
        order = evolve(order, stages=())
    return OrderFacts(
        order,
        order.usage,
        order.status,
        undecided and needs_approval(order, settings),
        order.approved_by is not None,
        anything_open,
        open_goods,
        due_for(order, *_ADVANCE),
        paid_towards(order, *_ADVANCE),
        due_for(order, *_BEFORE_SHIPMENT),
        paid_towards(order, *_BEFORE_SHIPMENT),
        ZERO if order.by_contract else order.amount_due,
        order.paid,
    )


def _what_is_open(order: SalesOrder) -> _Open:
    anything, actions = False, set[ProvisioningAction]()
    for line in order.lines:
        left = line.open
        if line.entrusted:
            anything = True
        if left > 0:
            anything = True
            if line.kind is ItemKind.GOODS:
                for provision in line.provisions:
                    actions.add(_HELD if provision.arrived else provision.action)
                    left -= provision.quantity
                if left > 0:
                    actions.add(ProvisioningAction.NONE)
            elif line.provisions:  # work that is bought for the order
                actions.update(_HELD if provision.arrived else provision.action for provision in line.provisions)
    return anything, frozenset(actions)


def _line_facts(line: OrderLine) -> LineFacts:
    by_action: dict[ProvisioningAction, Decimal] = {}
    for provision in line.provisions:
        by_action[provision.action] = by_action.get(provision.action, ZERO) + provision.quantity
    if line.unprovided > 0:
        by_action[ProvisioningAction.NONE] = line.unprovided
    return LineFacts(
        line.id,
        line.item,
        line.unit,
        line.kind,
        line.quantity,
        line.cancelled,
        line.shipped,
        line.returned,
        line.open,
        by_action,
    )


def derive_order_state(facts: OrderFacts) -> Test:
    """The first test of the table that holds; its `state` is the order's (G1-G10)."""
    return next(test for test in DERIVATION if test.holds(facts))


def kept(order: SalesOrder, settings: Settings, *, at: datetime | None = None) -> SalesOrder:
    """
    The order with everything it keeps for quick reading made true again: total, stages, due date, state.

    Every rule that changes an order hands it through here.

    Args:
        at: The moment of the change, where the change may have provided goods.
    """
    if order.by_contract and order.paid:
        order = evolve(order, paid=ZERO)
    amount = order_total(order)
    shipped = total([line.shipped_amount for line in order.lines])
    returned = total([line.returned_amount for line in order.lines])
    opened = _what_is_open(order)
    provisioned_at = _provisioned_at(order, opened[1], at)
    if provisioned_at is not order.provisioned_at:
        order = evolve(order, provisioned_at=provisioned_at)
    charged, credited, asked = shipped, returned, amount
    if not order.is_plain:
        charged, credited = order.charged, order.credited
        asked = evolve(order, total=amount, shipped_amount=shipped).settled_total
    stages = replan_stages(order, asked) if order.stages and asked != order.settled_total else order.stages
    stages = date_stages(order, stages, settings)
    figures = order
    known = (order.total, order.shipped_amount, order.returned_amount, order.charged, order.credited, order.stages)
    if known != (amount, shipped, returned, charged, credited, stages):
        figures = evolve(
            order,
            total=amount,
            shipped_amount=shipped,
            returned_amount=returned,
            charged=charged,
            credited=credited,
            stages=stages,
        )
    state = derive_order_state(order_facts(figures, settings, opened)).state if order.posted else None
    due_on = first_due(figures) if order.open else None
    to_ship = None if opened[1].isdisjoint(_SHIPPING) else _shippable_on(figures, settings)
    if (state, due_on, to_ship) == (order.state, order.due_on, order.shippable_on):
        return figures
    return evolve(figures, state=state, due_on=due_on, shippable_on=to_ship)


def _shippable_on(order: SalesOrder, settings: Settings) -> date | None:
    """The first desired day of what was released to ship; without one it could have left on the day of the order."""
    usual = order.ship_on or settings.day(order.at)
    days = [line.ship_on or usual for line in order.lines if line.held(*_SHIPPING)]
    return min(days, default=None) if order.open else None


def _provisioned_at(
    order: SalesOrder, open_goods: frozenset[ProvisioningAction], at: datetime | None
) -> datetime | None:
    """Since when rows 7 and 8 do not hold; a closed order keeps what it had."""
    if order.status is OrderStatus.CLOSED:
        return order.provisioned_at
    if order.status is OrderStatus.ON_APPROVAL or not order.posted or not open_goods.isdisjoint(_NOT_HELD):
        return None
    return order.provisioned_at or at
