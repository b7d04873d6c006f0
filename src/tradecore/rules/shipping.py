"""Shipping in parts and taking back (E6, B5, K8, K11, K12)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from tradecore.catalog import ItemKind, StageGating
from tradecore.documents import (
    HELD,
    OrderLine,
    OrderStatus,
    OrderUsage,
    Provision,
    ProvisioningAction,
    SalesOrder,
    SalesReturn,
    SalesReturnLine,
    Shipment,
    ShipmentLine,
    settled_terms,
)
from tradecore.errors import Code, Violation, violation
from tradecore.rules.approval import check_in_execution, check_line_by_line, check_open
from tradecore.rules.owing import charge_for, charged, credit_for
from tradecore.rules.pricing import next_part, part_of
from tradecore.rules.provisions import less, merged, shipped_first
from tradecore.rules.separate import to_ship
from tradecore.rules.stage_gating import (
    RELEASE,
    SHIPMENT,
    check_advance,
    check_all,
    check_change,
    check_gate,
    check_some,
    let_through,
)
from tradecore.settings import Settings
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO, total
from tradecore.values.text import LineId

_SHIP_SEPARATELY = ProvisioningAction.SHIP_SEPARATELY

Quantities = Mapping[LineId, Decimal]


def ready_to_ship(order: SalesOrder, line: OrderLine) -> Decimal:
    """
    What of the line may be shipped once it is paid: goods that are held; all that is open of services and bills.

    What is bought for the order alone must have come first, be it goods or work.
    """
    if line.kind is ItemKind.GOODS and order.usage is not OrderUsage.AS_BILL:
        return line.held(*HELD) + line.separate
    return line.open - line.held(ProvisioningAction.PROVISION_SEPARATELY) + line.separate - line.held(_SHIP_SEPARATELY)


def check_shipping(order: SalesOrder, settings: Settings) -> tuple[Violation, ...]:
    """
    Whether anything of the order may be shipped now: executed, paid as far as it must be, goods held (A9, E6).

    An order from stock only must be TO_SHIP (A7). Nothing of this is asked of a bill (A2); its goods must be free.
    """
    if order.usage is OrderUsage.AS_BILL:
        wrong = check_open(order)
    elif order.usage is OrderUsage.STOCK_ONLY and order.status is OrderStatus.IN_RESERVE:
        details = {"status": order.status, "wanted": OrderStatus.TO_SHIP}
        wrong = check_open(order) or (violation(Code.NOT_IN_STATUS, order=order.number or order.id, **details),)
    else:
        wrong = check_in_execution(order, settings)
    if wrong:
        return wrong
    ready = ready_lines(order)
    wrong = check_advance(order) or check_some(order, SHIPMENT, ready)
    if not ready:
        wrong = (*wrong, violation(Code.NOTHING_TO_SHIP, order=order.number or order.id))
    return wrong


def check_release_to_ship(order: SalesOrder, settings: Settings) -> tuple[Violation, ...]:
    """Whether reserves may be released to the warehouse: executed, paid as far as needed, something reserved (E6)."""
    if wrong := check_line_by_line(order, settings, "release_to_ship"):
        return wrong
    reserved = reserved_lines(order)
    wrong = check_advance(order) or check_some(order, RELEASE, reserved)
    if not reserved:
        wrong = (*wrong, violation(Code.NOTHING_TO_SHIP, order=order.number or order.id))
    return wrong


def check_more_to_ship(before: SalesOrder, after: SalesOrder) -> tuple[Violation, ...]:
    """Whether more may be released to ship than before: not beyond what advance and prepayment cover (A9, G2)."""
    ship = (ProvisioningAction.SHIP, _SHIP_SEPARATELY)
    more = any(new.held(*ship) > old.held(*ship) for old, new in zip(before.lines, after.lines, strict=True))
    return check_gate(after, RELEASE) or check_change(before, after, RELEASE) if more else ()


def check_quantities(order: SalesOrder, quantities: Quantities) -> tuple[Violation, ...]:
    """Whether these quantities are open and held, and as far as they must be, paid."""
    wrong = []
    for index, (id, quantity) in enumerate(quantities.items()):
        line, place = order.line(id), f"lines[{index}]"
        if line is None:
            wrong.append(violation(Code.UNKNOWN_LINE, f"{place}.line", document=order, line=id))
        elif quantity <= 0:
            wrong.append(violation(Code.NOT_POSITIVE, f"{place}.quantity", value=quantity))
        elif quantity > line.open:
            details = {"line": id, "wanted": quantity, "open": line.open}
            wrong.append(violation(Code.EXCEEDS_OPEN, f"{place}.quantity", **details))
        elif quantity > (ready := ready_to_ship(order, line)):
            details = {"line": id, "wanted": quantity, "ready": ready}
            wrong.append(violation(Code.NOT_RELEASED_TO_SHIP, f"{place}.quantity", **details))
    return tuple(wrong) or _check_covered(order, quantities)


def _check_covered(order: SalesOrder, quantities: Quantities) -> tuple[Violation, ...]:
    """Whether money covers these quantities; where it covers none, `check_shipping` has said so."""
    if order.stage_gating is StageGating.WHOLE_ORDER or check_some(order, SHIPMENT, ready_lines(order)):
        return ()
    return check_all(order, SHIPMENT, quantities)


def check_lines(order: SalesOrder, quantities: Quantities) -> tuple[Violation, ...]:
    """Whether a draft names lines of the order and quantities above zero."""
    wrong = [
        violation(Code.UNKNOWN_LINE, f"lines[{index}].line", document=order, line=id)
        for index, id in enumerate(quantities)
        if order.line(id) is None
    ]
    wrong += [
        violation(Code.NOT_POSITIVE, f"lines[{index}].quantity", value=quantity)
        for index, quantity in enumerate(quantities.values())
        if quantity <= 0
    ]
    if not quantities:
        wrong.append(violation(Code.NOTHING_TO_SHIP, order=order.number or order.id))
    return tuple(wrong)


def shipped_quantities(shipment: Shipment) -> dict[LineId, Decimal]:
    """What a shipment takes, by order line."""
    return {line.order_line: line.quantity for line in shipment.lines}


def ready_lines(order: SalesOrder) -> dict[LineId, Decimal]:
    """What may be shipped once it is paid, by line."""
    return {line.id: ready for line in order.lines if (ready := ready_to_ship(order, line)) > 0}


def reserved_lines(order: SalesOrder) -> dict[LineId, Decimal]:
    """What may be released once it is paid, by line."""
    return {line.id: held for line in order.lines if (held := _reserved(line))}


def _reserved(line: OrderLine) -> Decimal:
    return total([each.quantity for each in line.provisions if to_ship(each) is not each])


def everything_ready(order: SalesOrder) -> dict[LineId, Decimal]:
    """All that may be shipped, by line: what is held and covered by money, or where none is covered, what is held."""
    ready = ready_lines(order)
    return let_through(order, SHIPMENT, ready) or ready


def release_to_ship(order: SalesOrder, lines: Sequence[LineId] | None = None) -> SalesOrder:
    """
    The order with what is held for it released to the warehouse: actions SHIP and SHIP_SEPARATELY (E6, E7).

    What no money covers stays as it is.
    """
    reserved = reserved_lines(order)
    wanted = {id: held for id, held in reserved.items() if lines is None or id in lines}
    released = let_through(order, RELEASE, wanted) or wanted
    return order.with_lines({line.id: _to_ship(line, released[line.id]) for line in order.lines if line.id in released})


def _to_ship(line: OrderLine, quantity: Decimal) -> OrderLine:
    left, provisions = quantity, list[Provision]()
    for each in line.provisions:
        released = to_ship(each)
        taken = min(left, each.quantity) if released is not each else ZERO
        left -= taken
        provisions += [evolve(released, quantity=taken), evolve(each, quantity=each.quantity - taken)]
    return evolve(line, provisions=merged(provisions))


def make_shipment(order: SalesOrder, quantities: Quantities, *, id: str, at: datetime, author: str) -> Shipment:
    """A draft shipment of these quantities. Parts of a line always add up to the line (beyond 4.10)."""
    lines = []
    for number, (line_id, quantity) in enumerate(quantities.items(), start=1):
        line = order.line(line_id)
        if line is None:
            continue
        amount = shipped_part(order, line, quantity)
        ours = order.passes_later and line.kind is ItemKind.GOODS
        lines.append(
            ShipmentLine(
                id=str(number),
                order_line=line.id,
                item=line.item,
                kind=line.kind,
                unit=line.unit,
                warehouse=line.warehouse,
                quantity=quantity,
                separate=line.separate - _left_of(line, quantity).separate if line.separate else ZERO,
                amount=amount,
                tax=_tax_part(order, line, quantity),
                entrusted=quantity if ours else ZERO,
                entrusted_amount=amount if ours else ZERO,
            )
        )
    settled = charge_for(order, total(each.amount - each.entrusted_amount for each in lines))
    terms = settled_terms(order)
    return Shipment(id=id, at=at, author=author, order=order.id, settled=settled, lines=tuple(lines), **terms)


def _left_of(line: OrderLine, quantity: Decimal) -> OrderLine:
    """The line with a quantity taken from what is held for it."""
    return evolve(line, provisions=less(line.provisions, quantity, shipped_first))


def shipped_part(order: SalesOrder, line: OrderLine, quantity: Decimal) -> Decimal:
    """What the next `quantity` of the line costs."""
    done = {"done": line.shipped, "billed": line.shipped_amount, "quantity": quantity}
    return next_part(line.amount, line.quantity, **done, currency=order.currency)


def _tax_part(order: SalesOrder, line: OrderLine, quantity: Decimal) -> Decimal:
    if not line.tax:
        return ZERO
    before = part_of(line.tax, line.shipped, line.quantity, order.currency)
    return next_part(
        line.tax, line.quantity, done=line.shipped, billed=before, quantity=quantity, currency=order.currency
    )


def repriced(shipment: Shipment, order: SalesOrder) -> Shipment:
    """The draft with the amounts its quantities cost now: other shipments may have been posted since."""
    made = make_shipment(order, shipped_quantities(shipment), id=shipment.id, at=shipment.at, author="")
    return evolve(shipment, lines=made.lines, settled=made.settled)


def shipped(order: SalesOrder, shipment: Shipment) -> SalesOrder:
    """The order after the shipment was posted: quantities shipped, provisions used up."""
    changed = {}
    for each in shipment.lines:
        line = order.line(each.order_line)
        if line is not None:
            changed[line.id] = evolve(
                _left_of(line, each.quantity),
                shipped=line.shipped + each.quantity,
                shipped_amount=line.shipped_amount + each.amount,
                entrusted=line.entrusted + each.entrusted,
            )
    first = min(order.first_shipped_at or shipment.at, shipment.at)
    order = charged(order, shipment.charge, _sold_at_once(shipment))
    return evolve(order.with_lines(changed), first_shipped_at=first)


def _sold_at_once(shipment: Shipment) -> Decimal:
    """What of a shipment was the customer's when it left."""
    return total(line.amount - line.entrusted_amount for line in shipment.lines)


def unshipped(order: SalesOrder, shipment: Shipment, first_shipped_at: datetime | None) -> SalesOrder:
    """The order after the shipment was un-posted: its goods are held for the order again."""
    changed = {}
    reserved = order.status is OrderStatus.IN_RESERVE
    action = ProvisioningAction.RESERVE if reserved else ProvisioningAction.SHIP
    for each in shipment.lines:
        line = order.line(each.order_line)
        if line is not None:
            goods = line.kind is ItemKind.GOODS and order.usage is not OrderUsage.AS_BILL
            again = [Provision(action=action, quantity=each.quantity - each.separate)] if goods else []
            again += [Provision(action=_SHIP_SEPARATELY, quantity=each.separate)]
            changed[line.id] = evolve(
                line,
                shipped=line.shipped - each.quantity,
                shipped_amount=line.shipped_amount - each.amount,
                entrusted=line.entrusted - each.entrusted,
                provisions=merged((*line.provisions, *again)),
            )
    order = charged(order, -shipment.charge, -_sold_at_once(shipment))
    return evolve(order.with_lines(changed), first_shipped_at=first_shipped_at)


def check_returning(shipment: Shipment, quantities: Quantities, at: datetime) -> tuple[Violation, ...]:
    """Whether these quantities were shipped by that moment and have not come back yet (K11)."""
    if not shipment.posted:
        return (violation(Code.NOT_POSTED, document=shipment),)
    wrong = [] if quantities else [violation(Code.EMPTY, "lines")]
    if at < shipment.at:
        moments = {"value": at.isoformat(), "low": shipment.at.isoformat(), "high": "later moments"}
        wrong.append(violation(Code.OUT_OF_RANGE, "at", **moments))
    for index, (id, quantity) in enumerate(quantities.items()):
        line, place = shipment.line(id), f"lines[{index}]"
        if line is None:
            wrong.append(violation(Code.UNKNOWN_LINE, f"{place}.line", document=shipment, line=id))
        elif quantity <= 0:
            wrong.append(violation(Code.NOT_POSITIVE, f"{place}.quantity", value=quantity))
        elif quantity > line.quantity - line.returned:
            details = {"line": id, "wanted": quantity, "open": line.quantity - line.returned}
            wrong.append(violation(Code.EXCEEDS_SHIPPED, f"{place}.quantity", **details))
    return tuple(wrong)


def everything_returnable(shipment: Shipment) -> dict[LineId, Decimal]:
    """All that has not come back, by line of the shipment."""
    return {line.id: left for line in shipment.lines if (left := line.quantity - line.returned) > 0}


def returned_quantities(document: SalesReturn) -> dict[LineId, Decimal]:
    """What a return brings, by line of the shipment."""
    return {line.shipment_line: line.quantity for line in document.lines}


def revalued(document: SalesReturn, shipment: Shipment) -> SalesReturn:
    """The draft with the amounts its quantities are worth now: other returns may have been posted since."""
    made = make_return(shipment, returned_quantities(document), id=document.id, at=document.at, author="")
    return evolve(document, lines=made.lines)


def credited(document: SalesReturn, order: SalesOrder) -> SalesReturn:
    """The return with what the customer need not pay by it, in the currency he pays in."""
    return evolve(document, settled=credit_for(order, document.amount - document.recalled_amount))


def make_return(shipment: Shipment, quantities: Quantities, *, id: str, at: datetime, author: str) -> SalesReturn:
    """A draft return of these quantities, at the amounts they were shipped for."""
    lines = []
    for number, (line_id, quantity) in enumerate(quantities.items(), start=1):
        line = shipment.line(line_id)
        if line is None:
            continue
        recalled = min(quantity, line.entrusted)
        ours = part_of(line.entrusted_amount, recalled, line.entrusted, shipment.currency) if recalled else ZERO
        lines.append(
            SalesReturnLine(
                id=str(number),
                shipment_line=line.id,
                order_line=line.order_line,
                item=line.item,
                kind=line.kind,
                unit=line.unit,
                warehouse=line.warehouse,
                quantity=quantity,
                amount=ours + _sold_part(shipment, line, quantity - recalled),
                recalled=recalled,
                recalled_amount=ours,
            )
        )
    return SalesReturn(
        id=id,
        at=at,
        author=author,
        shipment=shipment.id,
        order=shipment.order,
        lines=tuple(lines),
        **settled_terms(shipment),
    )


def _sold_part(shipment: Shipment, line: ShipmentLine, quantity: Decimal) -> Decimal:
    """What `quantity` of the goods that are the customer's cost; parts add up to what all of them cost."""
    if not line.entrusted and not shipment.passes_later:
        done = {"done": line.returned, "billed": line.returned_amount, "quantity": quantity}
        return next_part(line.amount, line.quantity, **done, currency=shipment.currency)
    left = line.quantity - line.returned - line.entrusted
    amount = line.amount - line.returned_amount - line.entrusted_amount
    return part_of(amount, quantity, left, shipment.currency) if quantity else ZERO


def returned(
    order: SalesOrder, shipment: Shipment, document: SalesReturn, sign: int = 1
) -> tuple[SalesOrder, Shipment]:
    """Order and shipment after the return was posted; with `sign` -1 after it was un-posted."""
    order_lines: dict[LineId, OrderLine] = {}
    shipment_lines = {line.id: line for line in shipment.lines}
    for each in document.lines:
        part = shipment_lines[each.shipment_line]
        shipment_lines[part.id] = evolve(
            part,
            returned=part.returned + sign * each.quantity,
            returned_amount=part.returned_amount + sign * each.amount,
            entrusted=part.entrusted - sign * each.recalled,
            entrusted_amount=part.entrusted_amount - sign * each.recalled_amount,
        )
        line = order_lines.get(each.order_line) or order.line(each.order_line)
        if line is not None:
            order_lines[line.id] = evolve(
                line,
                returned=line.returned + sign * each.quantity,
                returned_amount=line.returned_amount + sign * each.amount,
                entrusted=line.entrusted - sign * each.recalled,
            )
    if not order.is_plain:
        order = evolve(
            order,
            credited=order.credited + sign * document.credit,
            recalled_amount=order.recalled_amount + sign * document.recalled_amount,
        )
    return order.with_lines(order_lines), evolve(shipment, lines=tuple(shipment_lines.values()))
