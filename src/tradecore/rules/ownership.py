"""Goods that were shipped as ours become the customer's (C2, C4): how much may, what it costs, what follows from it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import attrs

from tradecore.catalog import BusinessOperation
from tradecore.documents import OwnershipDocument, OwnershipLine, SalesOrder, Shipment, ShipmentLine
from tradecore.errors import Code, Violation, violation
from tradecore.rules.owing import charge_for, charged
from tradecore.rules.pricing import part_of
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO
from tradecore.values.text import LineId


@attrs.frozen
class Wanted:
    """A quantity of a line of a shipment that is to become the customer's."""

    shipment: Shipment
    line: LineId
    quantity: Decimal


def entrusted_quantities(shipment: Shipment) -> dict[LineId, Decimal]:
    """All of a shipment that is still ours, by its lines."""
    return {line.id: line.entrusted for line in shipment.lines if line.entrusted > 0}


def check_passing(wanted: Sequence[Wanted], operation: BusinessOperation, at: datetime) -> tuple[Violation, ...]:
    """Whether these quantities were shipped under the operation by that moment, and are still ours."""
    wrong = [] if wanted else [violation(Code.NOTHING_ENTRUSTED)]
    for shipment in {each.shipment.id: each.shipment for each in wanted}.values():
        wrong += _check_shipment(shipment, operation, at)
    for index, each in enumerate(wanted):
        line, place = each.shipment.line(each.line), f"lines[{index}]"
        if line is None:
            wrong.append(violation(Code.UNKNOWN_LINE, f"{place}.line", document=each.shipment, line=each.line))
        elif each.quantity <= 0:
            wrong.append(violation(Code.NOT_POSITIVE, f"{place}.quantity", value=each.quantity))
        elif each.shipment.posted and each.quantity > line.entrusted:
            details = {"line": each.line, "wanted": each.quantity, "left": line.entrusted}
            wrong.append(violation(Code.EXCEEDS_ENTRUSTED, f"{place}.quantity", **details))
    return tuple(wrong)


def _check_shipment(shipment: Shipment, operation: BusinessOperation, at: datetime) -> list[Violation]:
    if not shipment.posted:
        return [violation(Code.NOT_POSTED, document=shipment)]
    wrong = []
    if shipment.operation is not operation:
        details = {"document": shipment, "operation": shipment.operation, "wanted": operation}
        wrong.append(violation(Code.OTHER_OPERATION, **details))
    if at < shipment.at:
        moments = {"value": at.isoformat(), "low": shipment.at.isoformat(), "high": "later moments"}
        wrong.append(violation(Code.OUT_OF_RANGE, "at", **moments))
    return wrong


def make_lines(wanted: Sequence[Wanted], orders: Mapping[str, SalesOrder]) -> tuple[OwnershipLine, ...]:
    """The lines of a document that passes these quantities: parts of a shipment's line add up to it."""
    lines, shipments = [], {each.shipment.id: each.shipment for each in wanted}
    known = dict(orders)
    for number, each in enumerate(wanted, start=1):
        part = shipments[each.shipment.id].line(each.line)
        order = known.get(each.shipment.order)
        if part is None or order is None:
            continue
        amount = part_of(part.entrusted_amount, each.quantity, part.entrusted, order.currency)
        line = OwnershipLine(
            id=str(number),
            shipment=each.shipment.id,
            shipment_line=part.id,
            order=order.id,
            order_line=part.order_line,
            item=part.item,
            unit=part.unit,
            quantity=each.quantity,
            amount=amount,
            settled=charge_for(order, amount) if order.settlement_currency else None,
        )
        lines.append(line)
        # The next line of the same order is rounded after this one.
        known[order.id] = charged(order, line.charge, amount)
    return tuple(lines)


def share_out(shipments: Iterable[Shipment], item: str, quantity: Decimal) -> tuple[list[Wanted], Decimal]:
    """
    Which shipments a consignee's sales are taken from: the oldest first. Also what none of them can give.
    """
    found, left = [], quantity
    for shipment in sorted(shipments, key=lambda each: (each.at, each.id)):
        for line in shipment.lines:
            taken = min(line.entrusted, left) if line.item == item else ZERO
            if taken > 0:
                found.append(Wanted(shipment, line.id, taken))
                left -= taken
    return found, left


def passed_order(order: SalesOrder, document: OwnershipDocument) -> SalesOrder:
    """The order after the document was posted."""
    first = min(order.owned_at or document.at, document.at)
    return evolve(_moved(order, document, 1), owned_at=first)


def unpassed_order(order: SalesOrder, document: OwnershipDocument, owned_at: datetime | None) -> SalesOrder:
    """The order after the document was un-posted; `owned_at` is when other documents made goods the customer's."""
    return evolve(_moved(order, document, -1), owned_at=owned_at)


def _moved(order: SalesOrder, document: OwnershipDocument, sign: int) -> SalesOrder:
    changed = {line.id: line for line in order.lines}
    for each in document.lines:
        if each.order == order.id and each.order_line in changed:
            line = changed[each.order_line]
            changed[line.id] = evolve(line, entrusted=line.entrusted - sign * each.quantity)
            order = charged(order, sign * each.charge, sign * each.amount)
    return order.with_lines(changed)


def pass_shipment(shipment: Shipment, document: OwnershipDocument, sign: int = 1) -> Shipment:
    """The shipment after the document was posted (`sign` 1) or un-posted (-1)."""
    changed: dict[LineId, ShipmentLine] = {line.id: line for line in shipment.lines}
    for each in document.lines:
        if each.shipment == shipment.id and each.shipment_line in changed:
            line = changed[each.shipment_line]
            changed[line.id] = evolve(
                line,
                entrusted=line.entrusted - sign * each.quantity,
                entrusted_amount=line.entrusted_amount - sign * each.amount,
            )
    return evolve(shipment, lines=tuple(changed.values()))


def came_back_since(shipment: Shipment) -> bool:
    """Whether more of a line has come back than would ever have been the customer's: returns stand on the document."""
    return any(line.returned + line.entrusted > line.quantity for line in shipment.lines)
