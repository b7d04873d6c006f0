"""Purchase orders and what is received by them (K1-K4)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from tradecore.catalog import Item, ItemKind
from tradecore.documents import (
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseOrder,
    PurchaseOrderLine,
    SalesOrder,
    StockReceiptLine,
)
from tradecore.documents.inputs import NewPurchaseLine, NewReceiptLine, NewStockLine
from tradecore.errors import Code, Violation, violation
from tradecore.registers import Key
from tradecore.rules.buying import owner
from tradecore.rules.posting import need_source
from tradecore.rules.queue import Given, Need
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
        elif items[line.item].kind is ItemKind.SERVICE and not _is_bought_for_one(line):
            wrong.append(violation(Code.NOT_STOCKED, f"{place}.item", item=line.item))
    return wrong


def _is_bought_for_one(line: NewPurchaseLine | NewStockLine | NewReceiptLine) -> bool:
    """Whether it is said here, or by the purchase order, which order it is for: only then work is bought (F3)."""
    if isinstance(line, NewPurchaseLine):
        return line.for_order is not None
    return isinstance(line, NewReceiptLine) and line.purchase_line is not None


def check_prices(lines: Sequence[NewPurchaseLine | NewReceiptLine]) -> list[Violation]:
    """Whether costs are not negative and amounts can be kept."""
    wrong = []
    for index, line in enumerate(lines):
        price = line.price or ZERO
        if price < 0:
            wrong.append(violation(Code.NEGATIVE, f"lines[{index}].price", value=price))
        elif price * line.quantity >= LIMIT:
            wrong.append(violation(Code.OUT_OF_RANGE, f"lines[{index}].price", value=price, low=0, high="its amount"))
    if not wrong and total((line.price or ZERO) * line.quantity for line in lines) >= LIMIT:
        wrong.append(violation(Code.OUT_OF_RANGE, "lines", value="their total", low=0, high=LIMIT))
    return wrong


def check_amount(receipt: GoodsReceipt) -> tuple[Violation, ...]:
    """Whether what was received, at the prices of its purchase order, costs no more than can be kept."""
    if receipt.amount < LIMIT:
        return ()
    return (violation(Code.OUT_OF_RANGE, "lines", value="their total", low=0, high=LIMIT),)


def check_ids(ids: Sequence[str | None]) -> list[Violation]:
    """Whether line ids are given once; those left out are numbers."""
    return check_distinct([id or str(number) for number, id in enumerate(ids, start=1)], "lines[{}].id")


def purchase_lines(
    lines: Sequence[NewPurchaseLine],
    items: Mapping[str, Item],
    warehouse: str,
    orders: Mapping[str, SalesOrder] = {},  # read only
) -> tuple[PurchaseOrderLine, ...]:
    """The lines of a purchase order whose request was checked; `orders` are those that something is bought for."""
    made = []
    for number, line in enumerate(lines, start=1):
        item, owned = items[line.item], owner(line, orders)
        made.append(
            PurchaseOrderLine(
                id=line.id or str(number),
                item=item.id,
                kind=item.kind,
                unit=item.unit,
                warehouse=line.warehouse or (owned.warehouse if owned else warehouse),
                quantity=line.quantity,
                price=line.price,
                expected_on=line.expected_on,
                for_order=line.for_order or "",
                for_line=owned.id if owned else "",
            )
        )
    return tuple(made)


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
                kind=by.kind if by else items[item].kind,
                unit=by.unit if by else items[item].unit,
                warehouse=line.warehouse or (by.warehouse if by else warehouse),
                quantity=line.quantity,
                price=price,
                amount=rounded(EXACT.multiply(price, line.quantity), DECIMALS[currency]),
                purchase_line=line.purchase_line or "",
                for_order=by.for_order if by else "",
                for_line=by.for_line if by else "",
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
    """What came for everybody, by item and warehouse and by the purchase order line it was promised from."""
    found: dict[tuple[Key, str], Decimal] = {}
    for line in receipt.lines:
        if line.for_order:
            continue
        source = need_source(receipt.purchase_order or "", line.purchase_line) if line.purchase_line else ""
        place = ((line.item, line.warehouse), source)
        found[place] = found.get(place, ZERO) + line.quantity
    return found


def sources(order: PurchaseOrder, receipt: GoodsReceipt | None = None) -> list[Key]:
    """
    The lines of a purchase order as the register of needs finds who waits for them.

    Of a receipt only those it brings, and only goods for everybody: what was bought for one line names it.
    """
    brought = {line.purchase_line for line in receipt.lines} if receipt else None
    return [
        (line.item, line.warehouse, need_source(order.id, line.id))
        for line in order.lines
        if brought is None or (line.id in brought and not line.for_order)
    ]


def check_promised(needs: Sequence[Need], names: str) -> tuple[Violation, ...]:
    """Whether nothing of a purchase order is promised to a sales order; `names` are theirs."""
    if not needs:
        return ()
    return (violation(Code.PROMISED, promised=total(each.quantity for each in needs), documents=names),)


def not_kept(promised: Iterable[Need], given: Iterable[Given]) -> list[Need]:
    """What is still promised after some of it was given."""
    got = {(each.order, each.line, each.source): each.quantity for each in given}
    left = [
        evolve(each, quantity=each.quantity - got.get((each.order, each.line, each.source), ZERO)) for each in promised
    ]
    return [each for each in left if each.quantity]


def overpromised(order: PurchaseOrder, promised: Sequence[Need]) -> dict[str, list[Need]]:
    """The lines of a purchase order that are expected to bring less than they promise, with those who wait for it."""
    found = {}
    for line in order.lines:
        needs = [each for each in promised if each.source == need_source(order.id, line.id)]
        if total(each.quantity for each in needs) > line.open:
            found[line.id] = needs
    return found


def check_still_promised(over: Mapping[str, Sequence[Need]], names: Mapping[str, str]) -> tuple[Violation, ...]:
    """A violation for each line that promises more than it brings; `names` are those of the orders that wait."""
    return tuple(
        violation(
            Code.PROMISED,
            f"lines[{id}]",
            promised=total(each.quantity for each in needs),
            documents=names[id],
        )
        for id, needs in over.items()
    )


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
