"""Purchase orders and what is received by them."""

from decimal import Decimal
from typing import Any

from tests.unit.builders import DAY, NOON
from tradecore import GoodsReceipt, Item, ItemKind, NewPurchaseLine, NewReceiptLine, NewStockLine, PurchaseOrder
from tradecore.documents import Posting, PurchaseOrderLine
from tradecore.rules import purchasing
from tradecore.rules.queue import Given, Need

ITEMS = {"chair": Item(id="chair", name="Chair"), "delivery": Item(id="delivery", name="D", kind=ItemKind.SERVICE)}


def a_purchase(*quantities: int, received: int = 0, posting: Posting = Posting.POSTED) -> PurchaseOrder:
    """A purchase order of chairs at 4, a line for each quantity."""
    lines = tuple(
        PurchaseOrderLine(
            id=str(number), item="chair", warehouse="main", quantity=Decimal(quantity), price=Decimal(4), expected_on=DAY,
            received=Decimal(received),
        )
        for number, quantity in enumerate(quantities, start=1)
    )  # fmt: skip
    return PurchaseOrder(id="po", number="PO-1", at=NOON, supplier="mill", currency="EUR", lines=lines, posting=posting)


def a_receipt(*lines: NewReceiptLine, order: PurchaseOrder | None = None) -> GoodsReceipt:
    """A receipt of these lines."""
    made = purchasing.receipt_lines(lines, order, ITEMS, warehouse="main", currency="EUR")
    by = order.id if order else None
    return GoodsReceipt(id="gr", at=NOON, supplier="mill", currency="EUR", purchase_order=by, lines=made)


def by_line(line: str, quantity: int, **facts: Any) -> NewReceiptLine:
    """A received quantity of a line of a purchase order."""
    return NewReceiptLine(purchase_line=line, quantity=Decimal(quantity), **facts)


def told(violations: Any) -> list[tuple[str, str]]:
    """Code and place of violations."""
    return [(each.code, each.place) for each in violations]


def test_goods_are_goods() -> None:
    """Known, held in stock, more than none; and there is at least one line."""
    lines = [
        NewStockLine(item=item, quantity=Decimal(quantity))
        for item, quantity in (("chair", 0), ("lamp", 1), ("delivery", 1))
    ]
    expected = [
        ("NOT_POSITIVE", "lines[0].quantity"),
        ("UNKNOWN_ID", "lines[1].item"),
        ("NOT_STOCKED", "lines[2].item"),
    ]
    assert expected == told(purchasing.check_goods(lines, ITEMS))
    assert [("EMPTY", "lines")] == told(purchasing.check_goods([], ITEMS))
    assert [] == told(purchasing.check_goods([by_line("1", 1)], ITEMS))


def test_costs_are_not_negative_and_amounts_can_be_kept() -> None:
    """A billion pieces at a million each is a mistake."""
    prices = [-1, 10**6]
    lines = [NewPurchaseLine(item="chair", quantity=10**9, price=price, expected_on=DAY) for price in prices]
    assert [("NEGATIVE", "lines[0].price"), ("OUT_OF_RANGE", "lines[1].price")] == told(purchasing.check_prices(lines))


def test_lines_are_numbered_unless_named() -> None:
    """A name given twice is refused, also by what would be numbered."""
    lines = [NewPurchaseLine(item="chair", quantity=1, price=1, expected_on=DAY, id=id) for id in (None, "x", None)]
    assert ["1", "x", "3"] == [line.id for line in purchasing.purchase_lines(lines, ITEMS, "main")]
    assert [("DUPLICATE", "lines[1].id")] == told(purchasing.check_ids([None, "1"]))


def test_a_receipt_names_a_line_or_goods_of_its_own() -> None:
    """Without a line item and cost are needed; the purchase order must be posted."""
    order = a_purchase(5)
    alone = NewReceiptLine(quantity=Decimal(1))
    assert [("MISSING", "lines[0].item"), ("MISSING", "lines[0].price")] == told(
        purchasing.check_receiving(None, [alone])
    )
    assert [("UNKNOWN_LINE", "lines[0].purchase_line")] == told(purchasing.check_receiving(None, [by_line("1", 1)]))
    assert [("UNKNOWN_LINE", "lines[0].purchase_line")] == told(purchasing.check_receiving(order, [by_line("9", 1)]))
    assert [("UNKNOWN_VALUE", "lines[0].item")] == told(
        purchasing.check_receiving(order, [by_line("1", 1, item="table")])
    )
    assert [] == told(purchasing.check_receiving(order, [by_line("1", 1, item="chair")]))
    draft = a_purchase(5, posting=Posting.DRAFT)
    assert [("NOT_POSTED", "purchase_order")] == told(purchasing.check_receiving(draft, []))


def test_a_receipt_says_once_who_brought_the_goods() -> None:
    """With a purchase order it is said there, without one it must be said here, in a known currency."""
    order = a_purchase(5)
    check = purchasing.check_source
    assert [] == told((*check(order, None, None), *check(order, "mill", "EUR"), *check(None, "mill", "EUR")))
    assert [("OTHER_PARTNER", "supplier"), ("CURRENCY_MISMATCH", "currency")] == told(check(order, "acme", "UAH"))
    assert [("MISSING", "supplier"), ("MISSING", "currency")] == told(check(None, None, None))
    assert [("UNKNOWN_CURRENCY", "currency")] == told(check(None, "mill", "ZZZ"))


def test_price_and_place_come_from_the_purchase_order() -> None:
    """Unless the receipt says otherwise; the amount is rounded (K2)."""
    receipt = a_receipt(by_line("1", 2), by_line("2", 1, price="3.333", warehouse="spare"), order=a_purchase(5, 5))
    assert [(8, "main"), (Decimal("3.33"), "spare")] == [(line.amount, line.warehouse) for line in receipt.lines]
    assert Decimal("11.33") == receipt.amount
    alone = a_receipt(NewReceiptLine(item="chair", quantity=Decimal(2), price=Decimal(1)))
    assert ("chair", "pcs", "main", "") == (
        alone.lines[0].item, alone.lines[0].unit, alone.lines[0].warehouse, alone.lines[0].purchase_line,
    )  # fmt: skip


def test_what_is_received_is_expected_no_more() -> None:
    """More may come than was ordered; un-posting is the opposite (K1, K3)."""
    order = a_purchase(5, 5)
    receipt = a_receipt(by_line("1", 2), by_line("1", 4), order=order)
    after = purchasing.received(order, receipt)
    assert [(6, 0), (0, 5)] == [(line.received, line.open) for line in after.lines]
    assert order == purchasing.received(after, receipt, -1)
    assert [("2", 5)] == [(line.purchase_line, line.quantity) for line in purchasing.everything_open(after)]


def test_what_came_by_place_and_source() -> None:
    """Lines of one source are added up; goods without a purchase order belong to the common pool."""
    order = a_purchase(5)
    receipt = a_receipt(by_line("1", 2), by_line("1", 1), order=order)
    assert {(("chair", "main"), "po/1"): 3} == purchasing.arrivals(receipt)
    alone = a_receipt(NewReceiptLine(item="chair", quantity=Decimal(2), price=Decimal(1)))
    assert {(("chair", "main"), ""): 2} == purchasing.arrivals(alone)
    assert [("chair", "main", "po/1"), ("chair", "main", "po/2")] == purchasing.sources(a_purchase(5, 5))
    assert [("chair", "main", "po/1")] == purchasing.sources(a_purchase(5, 5), receipt)


def a_need(quantity: int, *, order: str = "so", source: str = "po/1") -> Need:
    """An order that was promised goods of a purchase order line."""
    return Need(("chair", "main"), source, "2026-03-02", order, "1", Decimal(quantity))


def test_promised_goods_keep_a_purchase_order_posted() -> None:
    """The orders that wait for it are named, with what they wait for."""
    (wrong,) = purchasing.check_promised([a_need(3), a_need(2, order="other")], "SO-1, SO-2")
    assert ("PROMISED", 5, "SO-1, SO-2") == (wrong.code, wrong.details["promised"], wrong.details["documents"])
    assert () == purchasing.check_promised([], "")


def test_what_is_still_expected_covers_what_is_still_promised() -> None:
    """A receipt elsewhere may not eat up the promise."""
    promised = [a_need(3), a_need(9, source="other/1")]
    assert {} == purchasing.overpromised(a_purchase(5, received=2), promised)
    over = purchasing.overpromised(a_purchase(5, received=3), promised)
    assert {"1": promised[:1]} == over
    assert [("PROMISED", "lines[1]")] == told(purchasing.check_still_promised(over, {"1": "SO-1"}))


def test_what_was_given_is_promised_no_more() -> None:
    """Line by line and source by source."""
    given = [Given("so", "1", "chair", "main", Decimal(2), source="po/1")]
    promised = [a_need(3), a_need(2, source="po/2"), a_need(1, order="other")]
    assert [1, 2, 1] == [int(each.quantity) for each in purchasing.not_kept(promised, given)]
    assert [] == purchasing.not_kept([a_need(2)], given)
