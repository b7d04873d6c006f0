"""
What unpaid stages let through (D4, D5, A9): nothing, or goods up to the value that the money received covers.

Three gates stand in an order's way: to provisioning, to release, to shipment. Each compares what its stages ask for
with the money that counts for them. Once that is paid, everything may pass. Until then, with WHOLE_ORDER, nothing may.
With COVERED_AMOUNT the money covers goods in the proportion the stages were agreed in: an advance of 30 % of 1000, of
which 150 has come, is half paid, so goods worth 500 may be provided.

Values are amounts of the order lines, with tax, less what came back. What has passed a gate before counts first; what
comes next is let through line by line, in whole units where a line counts whole units.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_FLOOR, Decimal

import attrs

from tradecore.catalog import ItemKind, StageGating, StageKind
from tradecore.documents import OrderLine, ProvisioningAction, SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.rules.checks import Right
from tradecore.rules.payment_stages import due_for, paid_towards
from tradecore.rules.pricing import part_of
from tradecore.values.currencies import DECIMALS
from tradecore.values.numbers import EXACT, ONE, PLACES, ZERO, total
from tradecore.values.text import LineId

Quantities = Mapping[LineId, Decimal]

_MICRO = ONE.scaleb(-PLACES)


def _provided(line: OrderLine) -> Decimal:
    return line.shipped + line.held(*ProvisioningAction) if line.kind is ItemKind.GOODS else ZERO


def _released(line: OrderLine) -> Decimal:
    return line.shipped + line.held(ProvisioningAction.SHIP, ProvisioningAction.SHIP_SEPARATELY)


def _shipped(line: OrderLine) -> Decimal:
    return line.shipped


@attrs.frozen(kw_only=True)
class Gate:
    """
    A gate that stages keep.

    Attributes:
        stages: The kinds of stages that must be paid.

        passed: The quantity of a line that has passed it already.

        shut: What is wrong where nothing may pass.

        exceeds: What is wrong where more is wanted than is covered.

        right: The right that lifts both; empty if there is none.
    """

    stages: tuple[StageKind, ...]
    passed: Callable[[OrderLine], Decimal]
    shut: Code
    exceeds: Code
    right: str = ""


PROVISIONING = Gate(
    stages=(StageKind.ADVANCE,), passed=_provided, shut=Code.ADVANCE_UNPAID, exceeds=Code.EXCEEDS_ADVANCE
)
RELEASE = Gate(
    stages=(StageKind.ADVANCE, StageKind.PREPAYMENT),
    passed=_released,
    shut=Code.PREPAYMENT_UNPAID,
    exceeds=Code.EXCEEDS_PREPAYMENT,
    right=Right.SHIP_UNPAID,
)
SHIPMENT = attrs.evolve(RELEASE, passed=_shipped)


@attrs.frozen
class Passage:
    """
    How far a gate is open for an order.

    Attributes:
        due: What the stages ask for.

        paid: The money that counts for them.

        covers: The value of goods that may pass: the order's total once the stages are paid.
    """

    due: Decimal
    paid: Decimal
    covers: Decimal

    @property
    def open(self) -> bool:
        """Whether the stages are paid, so that everything may pass."""
        return self.paid >= self.due

    @property
    def shut(self) -> bool:
        """Whether nothing may pass."""
        return not self.covers and not self.open


def passage(order: SalesOrder, gate: Gate) -> Passage:
    """How far the gate is open for the order."""
    due, paid = due_for(order, *gate.stages), paid_towards(order, *gate.stages)
    if paid >= due:
        return Passage(due, paid, order.total)
    if order.stage_gating is StageGating.WHOLE_ORDER or paid <= 0:
        return Passage(due, paid, ZERO)
    covers = EXACT.divide(EXACT.multiply(order.total, paid), due)
    return Passage(due, paid, covers.quantize(_smallest(order), ROUND_FLOOR, EXACT))


def let_through(order: SalesOrder, gate: Gate, wanted: Quantities) -> dict[LineId, Decimal]:
    """The part of these quantities that may pass now, line by line; lines that get nothing are left out."""
    how_far = passage(order, gate)
    if how_far.open:
        return {id: quantity for id, quantity in wanted.items() if quantity > 0}
    if how_far.shut:
        return {}
    left, found = how_far.covers - passed_value(order, gate), dict[LineId, Decimal]()
    for line in order.lines:
        passed = gate.passed(line)
        quantity = _affordable(order, line, passed, wanted.get(line.id, ZERO), left)
        if quantity > 0:
            found[line.id] = quantity
            left -= _cost(order, line, passed, quantity)
    return found


def passed_value(order: SalesOrder, gate: Gate) -> Decimal:
    """The value of what has passed the gate and has not come back."""
    passed = [(line, quantity) for line in order.lines if (quantity := gate.passed(line))]
    return total([_cost(order, line, ZERO, quantity) - line.returned_amount for line, quantity in passed])


def _cost(order: SalesOrder, line: OrderLine, passed: Decimal, quantity: Decimal) -> Decimal:
    """What a further quantity of the line costs."""
    whole, currency = line.quantity, order.currency
    return part_of(line.amount, passed + quantity, whole, currency) - part_of(line.amount, passed, whole, currency)


def _affordable(order: SalesOrder, line: OrderLine, passed: Decimal, wanted: Decimal, left: Decimal) -> Decimal:
    """As much of `wanted` as costs no more than `left`."""
    if wanted <= 0 or left < 0:
        return ZERO
    if _cost(order, line, passed, wanted) <= left:
        return wanted
    whole = all(number == number.to_integral_value() for number in (line.quantity, passed, wanted))
    step = ONE if whole else _MICRO
    # Rounding may cost a cent more than the exact price; then a cent less is spent.
    for budget in (left, left - _smallest(order)):
        steps = EXACT.divide(EXACT.multiply(budget, line.quantity), EXACT.multiply(line.amount, step))
        quantity = steps.to_integral_value(ROUND_FLOOR) * step
        if quantity > 0 and _cost(order, line, passed, quantity) <= left:
            return quantity
    return ZERO


def _smallest(order: SalesOrder) -> Decimal:
    return ONE.scaleb(-DECIMALS[order.currency])


def check_gate(order: SalesOrder, gate: Gate) -> tuple[Violation, ...]:
    """Whether anything may pass: all is paid, or with COVERED_AMOUNT some of it."""
    how_far = passage(order, gate)
    if not how_far.shut:
        return ()
    missing, due = order.to_pay(how_far.due - how_far.paid), order.to_pay(how_far.due)
    return (violation(gate.shut, missing=missing, due=due).unless(gate.right),)


def check_some(order: SalesOrder, gate: Gate, wanted: Quantities) -> tuple[Violation, ...]:
    """Whether some of these quantities may pass."""
    if (wrong := check_gate(order, gate)) or not wanted or let_through(order, gate, wanted):
        return wrong
    return (_exceeds(order, gate, wanted),)


def check_all(order: SalesOrder, gate: Gate, wanted: Quantities) -> tuple[Violation, ...]:
    """Whether all of these quantities may pass."""
    if (wrong := check_gate(order, gate)) or let_through(order, gate, wanted) == wanted:
        return wrong
    return (_exceeds(order, gate, wanted),)


def check_change(before: SalesOrder, after: SalesOrder, gate: Gate) -> tuple[Violation, ...]:
    """Whether what has passed in `after` is covered, or is no more than in `before`."""
    value = passed_value(after, gate)
    if value <= passed_value(before, gate):
        return ()
    how_far = passage(after, gate)
    if how_far.open or how_far.shut or value <= how_far.covers:
        return check_gate(after, gate)
    return (_exceeding(after, gate, value),)


def _exceeds(order: SalesOrder, gate: Gate, wanted: Quantities) -> Violation:
    more = [_cost(order, line, gate.passed(line), wanted.get(line.id, ZERO)) for line in order.lines]
    return _exceeding(order, gate, passed_value(order, gate) + total(more))


def _exceeding(order: SalesOrder, gate: Gate, value: Decimal) -> Violation:
    covered = order.money(passage(order, gate).covers)
    return violation(gate.exceeds, wanted=order.money(value), covered=covered).unless(gate.right)


def check_advance(order: SalesOrder) -> tuple[Violation, ...]:
    """Provisioning waits for the advance (D4, G2)."""
    return check_gate(order, PROVISIONING)


def check_prepayment(order: SalesOrder) -> tuple[Violation, ...]:
    """Shipment waits for advance and prepayment (D5), unless the actor may ship unpaid (A9)."""
    return check_gate(order, SHIPMENT)
