"""
The queue: who gets goods that arrive (decision 4, F2).

Supply goes first to those it was promised to, then to those who wait for the common pool, by shipment date, order date
and number. One deterministic function gives, and says to whom.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import attrs

from tradecore.documents import OrderLine, Provision, ProvisioningAction, SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.registers import Key
from tradecore.rules.provisioning import merged
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO, total
from tradecore.values.text import LineId


@attrs.frozen
class Waiting:
    """
    A line that waits for goods, and its place in the queue.

    Attributes:
        source: The purchase order line it was promised; empty if it waits for the common pool.
    """

    order: SalesOrder
    line: OrderLine
    quantity: Decimal
    source: str = ""

    @property
    def rank(self) -> tuple[date, datetime, str, str]:
        """Shipment date, order date, number (F2); lines without a date come last."""
        ship_on = self.line.ship_on or self.order.ship_on or date.max
        return (ship_on, self.order.at, self.order.number, self.line.id)


@attrs.frozen
class Given:
    """A quantity the queue gave to a line."""

    order: str
    line: LineId
    item: str
    warehouse: str
    quantity: Decimal


def waiting(orders: Iterable[SalesOrder], key: Key, source: str = "") -> list[Waiting]:
    """The lines of these orders that wait for goods of this key, first come first served (F2)."""
    found = []
    for order in orders:
        for line in order.lines:
            if (line.item, line.warehouse) == key:
                quantity = total(each.quantity for each in line.provisions if _waits(each, source))
                if quantity:
                    found.append(Waiting(order, line, quantity, source))
    return sorted(found, key=lambda each: each.rank)


def _waits(provision: Provision, source: str) -> bool:
    if not source:
        return provision.action is ProvisioningAction.TO_PROVISION
    return (
        provision.action is ProvisioningAction.RESERVE_BY_DATE
        and f"{provision.source}/{provision.source_line}" == source
    )


def supplied(line: OrderLine, quantity: Decimal, source: str) -> OrderLine:
    """The line with a waiting quantity turned into a reserve."""
    left, kept = quantity, []
    for each in line.provisions:
        taken = min(left, each.quantity) if _waits(each, source) else ZERO
        left -= taken
        kept.append(evolve(each, quantity=each.quantity - taken) if taken else each)
    new = Provision(action=ProvisioningAction.RESERVE, quantity=quantity - left)
    return evolve(line, provisions=merged((*kept, new)))


def run_queue(
    orders: Mapping[str, SalesOrder],
    goods: Mapping[tuple[Key, str], Decimal],
    lines: Sequence[LineId] | None = None,
) -> tuple[dict[str, SalesOrder], tuple[Given, ...]]:
    """
    Give goods to the lines that wait for them, in the order of the queue (decision 4).

    Args:
        orders: The orders that wait, by id.

        goods: What may be given, by key and by the source it came from; the common pool has an empty source.

        lines: Only these lines.

    Returns:
        The orders that got something, and who got what.
    """
    changed: dict[str, SalesOrder] = dict(orders)
    given: list[Given] = []
    for (key, source), quantity in goods.items():
        left = quantity
        for each in waiting(changed.values(), key, source):
            taken = min(left, each.quantity)
            if lines is not None and each.line.id not in lines:
                continue
            if taken <= 0:
                break
            order = changed[each.order.id]
            line = order.line(each.line.id)
            if line is not None:
                changed[order.id] = order.with_lines({line.id: supplied(line, taken, source)})
                given.append(Given(order.id, line.id, key[0], key[1], taken))
                left -= taken
    got = {each.order for each in given}
    return {id: order for id, order in changed.items() if id in got}, tuple(given)


def supply(
    orders: Mapping[str, SalesOrder], came: Mapping[tuple[Key, str], Decimal], *, pool: bool
) -> tuple[dict[str, SalesOrder], tuple[Given, ...]]:
    """
    Give what arrived first to those it was promised to, then, with `pool`, to the queue (decision 4).

    Returns:
        The orders that got something, and who got what.
    """
    promised = {place: quantity for place, quantity in came.items() if place[1]}
    changed, given = run_queue(orders, promised)
    if not pool:
        return changed, given
    left: dict[tuple[Key, str], Decimal] = {}
    for (key, _), quantity in came.items():
        left[key, ""] = left.get((key, ""), ZERO) + quantity
    for each in given:
        left[(each.item, each.warehouse), ""] -= each.quantity
    more, given_more = run_queue({**orders, **changed}, left)
    return {**changed, **more}, (*given, *given_more)


def check_given(order: SalesOrder, line: LineId, given: Sequence[Given]) -> tuple[Violation, ...]:
    """Whether the queue could give anything to a line."""
    if given:
        return ()
    waits = order.line(line)
    if waits is None or not waits.held(ProvisioningAction.TO_PROVISION):
        return (violation(Code.NOTHING_TO_PROVISION, order=order.number or order.id),)
    wanted = waits.held(ProvisioningAction.TO_PROVISION)
    return (violation(Code.SHORT_STOCK, item=waits.item, warehouse=waits.warehouse, wanted=wanted, free=ZERO),)


def told(given: Iterable[Given]) -> list[dict[str, str]]:
    """What the queue gave, as an event tells it."""
    return [
        {"order": each.order, "line": each.line, "item": each.item, "quantity": f"{each.quantity:f}"} for each in given
    ]
