"""Freeing and moving what was bought for one order (F4, F5): whoever does it says so by a document."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from tradecore.catalog import ItemKind
from tradecore.documents import OrderLine, Reassignment, ReassignmentLine, SalesOrder
from tradecore.documents.inputs import SeparateQuantity
from tradecore.errors import Code, Violation, violation
from tradecore.registers import Key
from tradecore.rules.separate import matched, to_buy
from tradecore.settings import Settings
from tradecore.values.numbers import ZERO
from tradecore.values.text import check_distinct

Pegged = Mapping[Key, Decimal]
"""What was bought for order lines and has come, by the keys of the register PEGGED."""


def key_of(order: SalesOrder, line: OrderLine, warehouse: str) -> Key:
    """The key of the register PEGGED."""
    return (line.item, warehouse, order.id, line.id)


def surplus(line: OrderLine, warehouse: str, there: Decimal) -> Decimal:
    """What of it the line does not use; it uses nothing of another warehouse."""
    return there - line.separate if warehouse == line.warehouse else there


def all_surplus(order: SalesOrder, pegged: Pegged) -> list[SeparateQuantity]:
    """Everything that was bought for the order and that it does not use."""
    found = []
    for line in order.lines:
        for (_, warehouse, owner, id), there in sorted(pegged.items()):
            if (owner, id) == (order.id, line.id) and (left := surplus(line, warehouse, there)) > 0:
                found.append(SeparateQuantity(line=line.id, quantity=left, warehouse=warehouse))
    return found


def check_reassigning(
    order: SalesOrder, wanted: Sequence[SeparateQuantity], pegged: Pegged, settings: Settings, to: str = ""
) -> list[Violation]:
    """Whether these quantities were bought for the order, lie where it is said, and may go where they shall (F4)."""
    if not wanted:
        return [violation(Code.NO_SURPLUS, order=order.number or order.id)]
    wrong = check_distinct([f"{each.line} {each.warehouse or ''}" for each in wanted], "lines[{}].line")
    for index, each in enumerate(wanted):
        line, place = order.line(each.line), f"lines[{index}]"
        if line is None:
            wrong.append(violation(Code.UNKNOWN_LINE, f"{place}.line", document=order, line=each.line))
            continue
        warehouse = each.warehouse or line.warehouse
        there = pegged.get(key_of(order, line, warehouse), ZERO)
        if each.quantity is None and surplus(line, warehouse, there) <= 0:
            wrong.append(violation(Code.NO_SURPLUS, f"{place}.quantity", order=order.number or order.id))
        elif each.quantity is not None and each.quantity <= 0:
            wrong.append(violation(Code.NOT_POSITIVE, f"{place}.quantity", value=each.quantity))
        elif each.quantity is not None and each.quantity > there:
            details = {"line": line.id, "wanted": each.quantity, "here": there}
            wrong.append(violation(Code.SHORT_SEPARATE, f"{place}.quantity", **details))
        if to:
            wrong += [each.at(place) for each in _check_moving(line, warehouse, to, settings)]
    return wrong


def _check_moving(line: OrderLine, warehouse: str, to: str, settings: Settings) -> list[Violation]:
    if line.kind is ItemKind.SERVICE:
        return [violation(Code.NOT_STOCKED, item=line.item)]
    if warehouse == to:
        return [violation(Code.DUPLICATE, "warehouse", value=to)]
    if to != line.warehouse and not settings.allow_excess_separate:
        return [violation(Code.OTHER_WAREHOUSE, item=line.item, warehouse=line.warehouse)]
    return []


def make_reassignment(
    order: SalesOrder,
    wanted: Sequence[SeparateQuantity],
    pegged: Pegged,
    *,
    id: str,
    at: datetime,
    author: str,
    to: str = "",
) -> Reassignment:
    """The draft of a document that frees these quantities, or moves them `to` a warehouse."""
    lines = []
    for number, each in enumerate(wanted, start=1):
        line = order.line(each.line)
        if line is None:
            continue
        warehouse = each.warehouse or line.warehouse
        left = surplus(line, warehouse, pegged.get(key_of(order, line, warehouse), ZERO))
        lines.append(
            ReassignmentLine(
                id=str(number),
                order_line=line.id,
                item=line.item,
                kind=line.kind,
                unit=line.unit,
                warehouse=warehouse,
                to=to,
                quantity=left if each.quantity is None else each.quantity,
            )
        )
    return Reassignment(id=id, at=at, author=author, order=order.id, lines=tuple(lines))


def moved_by(document: Reassignment, sign: int = 1) -> dict[Key, Decimal]:
    """What a reassignment adds to the register PEGGED; with `sign` -1 what un-posting it adds."""
    found: dict[Key, Decimal] = {}
    for line in document.lines:
        for warehouse, each in ((line.warehouse, -sign), (line.to, sign)):
            if warehouse:
                key = (line.item, warehouse, document.order, line.order_line)
                found[key] = found.get(key, ZERO) + each * line.quantity
    return found


def after_moving(pegged: Pegged, moved: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """What there is after that."""
    return {**pegged, **{key: pegged.get(key, ZERO) + quantity for key, quantity in moved.items()}}


def check_taking_back(order: SalesOrder, moved: Mapping[Key, Decimal], settings: Settings) -> list[Violation]:
    """Whether what comes back to the order is still needed, unless it may have more than that (F4)."""
    wrong = []
    for line in order.lines:
        for key, quantity in moved.items():
            needed = to_buy(line) if key[1] == line.warehouse else ZERO
            if key[3] == line.id and quantity > needed and not settings.allow_excess_separate:
                details = {"line": line.id, "order": order.number or order.id, "wanted": quantity, "open": needed}
                wrong.append(violation(Code.EXCEEDS_SEPARATE_NEED, **details))
    return wrong


def reassigned(order: SalesOrder, moved: Mapping[Key, Decimal], pegged: Pegged) -> SalesOrder:
    """The order in step with what there is for it now."""
    changed = {}
    for line in order.lines:
        key = key_of(order, line, line.warehouse)
        if key in moved:
            changed[line.id] = matched(line, pegged[key])
    return order.with_lines(changed)
