"""Buying for one order: purchase orders and receipts that name the sales order line they are for (E5, F3, F4)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tradecore.documents import (
    GoodsReceipt,
    GoodsReceiptLine,
    OrderLine,
    PurchaseOrder,
    PurchaseOrderLine,
    SalesOrder,
)
from tradecore.documents.inputs import NewPurchaseLine
from tradecore.errors import Code, Violation, violation
from tradecore.registers import Key
from tradecore.rules.approval import check_open
from tradecore.rules.queue import Given
from tradecore.rules.separate import matched, ordered, ordered_from, to_buy, unordered
from tradecore.settings import Settings
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO, total
from tradecore.values.sentences import Listed, Sentence
from tradecore.values.text import LineId

Orders = Mapping[str, SalesOrder]


def named_orders(lines: Iterable[NewPurchaseLine | PurchaseOrderLine | GoodsReceiptLine]) -> list[str]:
    """The sales orders that something is bought for."""
    return list(dict.fromkeys(line.for_order for line in lines if line.for_order))


def owner(line: NewPurchaseLine, orders: Orders) -> OrderLine | None:
    """The order line a new line is bought for: the one that is named, or the only one of its item."""
    order = orders.get(line.for_order or "")
    if order is None:
        return None
    if line.for_line:
        return order.line(line.for_line)
    found = [each for each in order.lines if each.item == line.item]
    return found[0] if len(found) == 1 else None


def check_owners(lines: Sequence[NewPurchaseLine], orders: Orders, settings: Settings) -> list[Violation]:
    """Whether whatever is bought for an order names a line of that order, of the same item."""
    wrong = []
    for index, line in enumerate(lines):
        place = f"lines[{index}]"
        if line.for_order is None:
            wrong += [violation(Code.MISSING, f"{place}.for_order")] if line.for_line else []
            continue
        if not settings.separate_provisioning:
            why = Sentence("separate provisioning is switched off by the settings")
            wrong.append(violation(Code.ACTION_NOT_OFFERED, f"{place}.for_order", action="for_order", why=why))
        order, found = orders.get(line.for_order), owner(line, orders)
        if order is None:
            details = {"kind": "sales order", "id": line.for_order}
            wrong.append(violation(Code.UNKNOWN_ID, f"{place}.for_order", **details))
        elif found is None and line.for_line is None:
            wrong.append(violation(Code.MISSING, f"{place}.for_line"))
        elif found is None:
            wrong.append(violation(Code.UNKNOWN_LINE, f"{place}.for_line", document=order, line=line.for_line))
        elif found.item != line.item:
            wrong.append(violation(Code.UNKNOWN_VALUE, f"{place}.item", value=line.item, known=found.item))
    return wrong


def check_buying(lines: Sequence[PurchaseOrderLine], orders: Orders, settings: Settings) -> list[Violation]:
    """Whether what is bought for orders is needed by them and not bought yet, and comes to where they need it (F4)."""
    wrong: list[Violation] = []
    needed: dict[tuple[str, LineId], Decimal] = {}
    for index, line in enumerate(lines):
        place, order = f"lines[{index}]", orders.get(line.for_order)
        found = order.line(line.for_line) if order else None
        if order is None or found is None:
            continue
        wrong += [each.at(f"{place}.for_order") for each in check_open(order)]
        if settings.allow_excess_separate:
            continue
        key = (order.id, found.id)
        left = needed.setdefault(key, to_buy(found))
        if line.quantity > left:
            details = {"line": found.id, "order": order.number or order.id, "wanted": line.quantity, "open": left}
            wrong.append(violation(Code.EXCEEDS_SEPARATE_NEED, f"{place}.quantity", **details))
        needed[key] = max(left - line.quantity, ZERO)
        if line.warehouse != found.warehouse:
            details = {"item": line.item, "warehouse": found.warehouse}
            wrong.append(violation(Code.OTHER_WAREHOUSE, f"{place}.warehouse", **details))
    return wrong


def bought(purchase: PurchaseOrder, orders: Orders) -> dict[str, SalesOrder]:
    """The sales orders with what a purchase order brings for them ordered; those that nothing changed are left out."""
    return _changed(
        purchase.lines,
        orders,
        lambda line, each: ordered(line, each.open, purchase.id, each.id, each.expected_on),
    )


def given_up(purchase: PurchaseOrder, orders: Orders) -> dict[str, SalesOrder]:
    """The sales orders with what a purchase order was to bring for them to be bought again."""
    return _changed(purchase.lines, orders, lambda line, each: unordered(line, purchase.id, each.id))


def check_given_up(purchase: PurchaseOrder, orders: Orders) -> list[Violation]:
    """Whether nothing a purchase order was to bring is waited for by the orders it buys for."""
    waiting = {
        id: quantity
        for id in given_up(purchase, orders)
        if (quantity := total(_bought_for(line, purchase) for line in orders[id].lines))
    }
    if not waiting:
        return []
    return [violation(Code.PROMISED, promised=total(waiting.values()), documents=Listed(orders[id] for id in waiting))]


def _bought_for(line: OrderLine, purchase: PurchaseOrder) -> Decimal:
    return total(ordered_from(line, purchase.id, each.id) for each in purchase.lines)


def _changed(
    parts: Sequence[Any], orders: Orders, change: Callable[[OrderLine, Any], OrderLine]
) -> dict[str, SalesOrder]:
    changed: dict[str, SalesOrder] = {}
    for each in parts:
        order = changed.get(each.for_order) or orders.get(each.for_order)
        line = order.line(each.for_line) if order else None
        if order and line and (after := change(line, each)) is not line:
            changed[order.id] = order.with_lines({line.id: after})
    return changed


def pegged_by(receipt: GoodsReceipt) -> list[Key]:
    """The keys of the register PEGGED that a receipt moves."""
    return list(
        dict.fromkeys(
            (each.item, each.warehouse, each.for_order, each.for_line) for each in receipt.lines if each.for_order
        )
    )


def check_coming(receipt: GoodsReceipt, purchase: PurchaseOrder | None, settings: Settings) -> list[Violation]:
    """Whether no more comes for an order than was bought for it, and to where it was to come (F4)."""
    if purchase is None or settings.allow_excess_separate:
        return []
    wrong, came = [], dict[LineId, Decimal]()
    for index, line in enumerate(receipt.lines):
        by = purchase.line(line.purchase_line)
        if by is None or not line.for_order:
            continue
        came[by.id] = came.get(by.id, ZERO) + line.quantity
        if came[by.id] > by.open:
            details = {"line": by.id, "wanted": came[by.id], "open": by.open}
            wrong.append(violation(Code.EXCEEDS_ORDERED, f"lines[{index}].quantity", **details))
        if line.warehouse != by.warehouse:
            details = {"item": line.item, "warehouse": by.warehouse}
            wrong.append(violation(Code.OTHER_WAREHOUSE, f"lines[{index}].warehouse", **details))
    return wrong


def came_for(receipt: GoodsReceipt) -> tuple[Given, ...]:
    """Who gets what was bought for them, as the queue tells what it gives."""
    return tuple(
        Given(each.for_order, each.for_line, each.item, each.warehouse, each.quantity)
        for each in receipt.lines
        if each.for_order
    )


def repegged(receipt: GoodsReceipt, purchase: PurchaseOrder | None) -> GoodsReceipt:
    """The draft of a receipt for whom its purchase order is now: that may have changed since it was written."""
    lines = []
    for each in receipt.lines:
        by = purchase.line(each.purchase_line) if purchase else None
        lines.append(evolve(each, for_order=by.for_order, for_line=by.for_line) if by else each)
    return evolve(receipt, lines=tuple(lines))


def arrived(receipt: GoodsReceipt, orders: Orders, pegged: Mapping[Key, Decimal]) -> dict[str, SalesOrder]:
    """
    The sales orders after goods came that were bought for them.

    Args:
        pegged: What there was of such goods before, by the keys of the register PEGGED.
    """
    there = dict(pegged)

    def change(line: OrderLine, each: GoodsReceiptLine) -> OrderLine:
        line = unordered(line, receipt.purchase_order or "", each.purchase_line, each.quantity)
        key = (each.item, each.warehouse, each.for_order, each.for_line)
        there[key] = there.get(key, ZERO) + each.quantity
        return matched(line, there[key]) if each.warehouse == line.warehouse else line

    return _changed(receipt.lines, orders, change)


def taken_back(
    receipt: GoodsReceipt, purchase: PurchaseOrder | None, orders: Orders, pegged: Mapping[Key, Decimal]
) -> dict[str, SalesOrder]:
    """
    The sales orders after a receipt was un-posted: what it brought is ordered again, as far as it is expected again.

    Args:
        purchase: The purchase order as it is after that.
    """
    there = dict(pegged)

    def change(line: OrderLine, each: GoodsReceiptLine) -> OrderLine:
        key = (each.item, each.warehouse, each.for_order, each.for_line)
        there[key] = there.get(key, ZERO) - each.quantity
        if each.warehouse == line.warehouse:
            line = matched(line, there[key])
        by = purchase.line(each.purchase_line) if purchase else None
        if purchase and by and (by.for_order, by.for_line) == (each.for_order, each.for_line):
            again = min(each.quantity, by.open - ordered_from(line, purchase.id, by.id))
            line = ordered(line, max(again, ZERO), purchase.id, by.id, by.expected_on)
        return line

    return _changed(receipt.lines, orders, change)


def short_of(receipt: GoodsReceipt, pegged: Mapping[Key, Decimal]) -> list[Key]:
    """What a receipt brought for orders and is not there any more: it was shipped, freed or moved."""
    left = dict(pegged)
    for each in receipt.lines:
        if each.for_order:
            key = (each.item, each.warehouse, each.for_order, each.for_line)
            left[key] = left.get(key, ZERO) - each.quantity
    return [key for key in pegged_by(receipt) if left.get(key, ZERO) < 0]
