"""Purchase orders and what is received by them (K1-K4)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from tradecore.catalog import Item, ItemKind
from tradecore.documents import (
    GoodsReceipt,
    GoodsReceiptLine,
    Provision,
    PurchaseOrder,
    PurchaseOrderLine,
    SalesOrder,
    StockReceiptLine,
)
from tradecore.documents.inputs import NewPurchaseLine, NewReceiptLine, NewStockLine
from tradecore.errors import Code, Violation, violation
from tradecore.registers import Key
from tradecore.rules.posting import need_source
from tradecore.values.currencies import DECIMALS
from tradecore.values.evolving import evolve
from tradecore.values.money import check_known_currency
from tradecore.values.numbers import EXACT, LIMIT, ZERO, rounded, total
from tradecore.values.text import check_distinct


def check_goods(
    lines: Sequence[NewPurchaseLine | NewStockLine | NewReceiptLine], items: Mapping[str, Item]
) -> list[Violation]:
    """Whether every line names known goods and a quantity above zero."""
    wrong = [] if lines else [violation(Code.EMPTY, "lines")]
    for index, line in enumerate(lines):
        place = f"lines[{index}]"
        if line.quantity <= 0:
            wrong.append(violation(Code.NOT_POSITIVE, f"{place}.quantity", value=line.quantity))
        if line.item is None:
            continue
        if line.item not in items:
            wrong.append(violation(Code.UNKNOWN_ID, f"{place}.item", kind="item", id=line.item))
        elif items[line.item].kind is ItemKind.SERVICE:
            wrong.append(violation(Code.NOT_STOCKED, f"{place}.item", item=line.item))
    return wrong


def check_prices(lines: Sequence[NewPurchaseLine | NewReceiptLine]) -> list[Violation]:
    """Whether costs are not negative and amounts can be kept."""
    wrong = []
    for index, line in enumerate(lines):
        price = line.price or ZERO
        if price < 0:
            wrong.append(violation(Code.NEGATIVE, f"lines[{index}].price", value=price))
        elif price * line.quantity >= LIMIT:
            wrong.append(violation(Code.OUT_OF_RANGE, f"lines[{index}].price", value=price, low=0, high="its amount"))
    return wrong


def check_ids(ids: Sequence[str | None]) -> list[Violation]:
    """Whether line ids are given once; those left out are numbers."""
    return check_distinct([id or str(number) for number, id in enumerate(ids, start=1)], "lines[{}].id")


def purchase_lines(
    lines: Sequence[NewPurchaseLine], items: Mapping[str, Item], warehouse: str
) -> tuple[PurchaseOrderLine, ...]:
    """The lines of a purchase order whose request was checked."""
    return tuple(
        PurchaseOrderLine(
            id=line.id or str(number),
            item=line.item,
            unit=items[line.item].unit,
            warehouse=line.warehouse or warehouse,
            quantity=line.quantity,
            price=line.price,
            expected_on=line.expected_on,
        )
        for number, line in enumerate(lines, start=1)
    )


def stock_lines(lines: Sequence[NewStockLine], items: Mapping[str, Item]) -> tuple[StockReceiptLine, ...]:
    """The lines of a stock receipt whose request was checked."""
    return tuple(
        StockReceiptLine(id=str(number), item=line.item, unit=items[line.item].unit, quantity=line.quantity)
        for number, line in enumerate(lines, start=1)
    )


def everything_open(order: PurchaseOrder) -> tuple[NewReceiptLine, ...]:
    """A receipt of all that is still expected."""
    return tuple(NewReceiptLine(quantity=line.open, purchase_line=line.id) for line in order.lines if line.open > 0)


def check_receiving(order: PurchaseOrder | None, lines: Sequence[NewReceiptLine]) -> list[Violation]:
    """Whether the lines of a receipt name lines of its purchase order, or goods of their own."""
    wrong = [] if order is None or order.posted else [violation(Code.NOT_POSTED, "purchase_order", document=order)]
    for index, line in enumerate(lines):
        place = f"lines[{index}]"
        if line.purchase_line is None:
            wrong += [
                violation(Code.MISSING, f"{place}.{name}") for name in ("item", "price") if getattr(line, name) is None
            ]
        elif order is None or order.line(line.purchase_line) is None:
            document = order or "A receipt without a purchase order"
            wrong.append(
                violation(Code.UNKNOWN_LINE, f"{place}.purchase_line", document=document, line=line.purchase_line)
            )
        elif line.item not in (None, _line(order, line).item):
            details = {"value": line.item, "known": _line(order, line).item}
            wrong.append(violation(Code.UNKNOWN_VALUE, f"{place}.item", **details))
    return wrong


def _line(order: PurchaseOrder, line: NewReceiptLine) -> PurchaseOrderLine:
    return next(each for each in order.lines if each.id == line.purchase_line)


def receipt_lines(
    lines: Sequence[NewReceiptLine],
    order: PurchaseOrder | None,
    items: Mapping[str, Item],
    *,
    warehouse: str,
    currency: str,
) -> tuple[GoodsReceiptLine, ...]:
    """The lines of a goods receipt whose request was checked."""
    made = []
    for number, line in enumerate(lines, start=1):
        by = _line(order, line) if order and line.purchase_line else None
        price = line.price if line.price is not None else by.price if by else ZERO
        item = by.item if by else line.item or ""
        made.append(
            GoodsReceiptLine(
                id=str(number),
                item=item,
                unit=by.unit if by else items[item].unit,
                warehouse=line.warehouse or (by.warehouse if by else warehouse),
                quantity=line.quantity,
                price=price,
                amount=rounded(EXACT.multiply(price, line.quantity), DECIMALS[currency]),
                purchase_line=line.purchase_line or "",
            )
        )
    return tuple(made)


def received(order: PurchaseOrder, receipt: GoodsReceipt, sign: int = 1) -> PurchaseOrder:
    """The purchase order after the receipt was posted (`sign` 1) or un-posted (-1)."""
    quantities: dict[str, Decimal] = {}
    for line in receipt.lines:
        quantities[line.purchase_line] = quantities.get(line.purchase_line, ZERO) + sign * line.quantity
    return evolve(
        order,
        lines=tuple(
            evolve(line, received=line.received + quantities[line.id]) if line.id in quantities else line
            for line in order.lines
        ),
    )


def arrivals(receipt: GoodsReceipt) -> dict[tuple[Key, str], Decimal]:
    """What came, by item and warehouse and by the purchase order line it was promised from."""
    found: dict[tuple[Key, str], Decimal] = {}
    for line in receipt.lines:
        source = need_source(receipt.purchase_order or "", line.purchase_line) if line.purchase_line else ""
        place = ((line.item, line.warehouse), source)
        found[place] = found.get(place, ZERO) + line.quantity
    return found


def sources_of(came: Mapping[tuple[Key, str], Decimal], order: PurchaseOrder | None) -> dict[str, list[Key]]:
    """Purchase order line -> the goods that came by it or were to come; the empty source is the common pool."""
    found = sources(order) if order else {}
    for key, source in came:
        found.setdefault(source, []).append(key)
    return found


def sources(order: PurchaseOrder) -> dict[str, list[Key]]:
    """The lines of a purchase order as sources, with their goods."""
    return {need_source(order.id, line.id): [(line.item, line.warehouse)] for line in order.lines}


def check_promised(order: PurchaseOrder, waiting: Iterable[SalesOrder]) -> tuple[Violation, ...]:
    """Whether nothing of the purchase order is promised to a sales order."""
    promised: dict[str, Decimal] = {}
    for each in waiting:
        quantity = total(part.quantity for line in each.lines for part in line.provisions if part.source == order.id)
        if quantity:
            promised[str(each)] = quantity
    if not promised:
        return ()
    return (violation(Code.PROMISED, promised=total(promised.values()), documents=", ".join(promised)),)


def check_still_promised(order: PurchaseOrder, waiting: Iterable[SalesOrder]) -> tuple[Violation, ...]:
    """Whether what a purchase order is still expected to bring covers what it still promises to sales orders."""
    wrong, orders = [], list(waiting)
    for line in order.lines:
        source = need_source(order.id, line.id)
        promised = {
            str(each): quantity
            for each in orders
            if (quantity := total(p.quantity for part in each.lines for p in part.provisions if _of(p, source)))
        }
        if total(promised.values()) > line.open:
            details = {"promised": total(promised.values()), "documents": ", ".join(promised)}
            wrong.append(violation(Code.PROMISED, f"lines[{line.id}]", **details))
    return tuple(wrong)


def _of(provision: Provision, source: str) -> bool:
    return need_source(provision.source, provision.source_line) == source


def check_source(order: PurchaseOrder | None, supplier: str | None, currency: str | None) -> list[Violation]:
    """Whether a receipt says who brought the goods, once."""
    if order is None:
        given = {"supplier": supplier, "currency": currency}
        missing = [violation(Code.MISSING, name) for name, value in given.items() if value is None]
        return missing + check_known_currency(currency)
    wrong = []
    if supplier not in (None, order.supplier):
        details = {"kind": "purchase order", "id": order.id, "owner": order.supplier, "partner": supplier}
        wrong.append(violation(Code.OTHER_PARTNER, "supplier", **details))
    if currency not in (None, order.currency):
        wrong.append(violation(Code.CURRENCY_MISMATCH, "currency", got=currency, expected=order.currency))
    return wrong
