"""What documents mean to the registers (section Y of the catalogue)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.unit.builders import DAY, NOON, a_line, a_service, an_order, promised, released, reserved, waiting
from tradecore import (
    Allocation,
    GoodsReceipt,
    IncomingPayment,
    OrderStatus,
    OutgoingPayment,
    PaymentPurpose,
    PurchaseOrder,
    StockReceipt,
)
from tradecore.changes import Floor
from tradecore.documents import (
    Cancellation,
    Document,
    GoodsReceiptLine,
    Posting,
    PurchaseOrderLine,
    StockReceiptLine,
)
from tradecore.rules import shipping
from tradecore.rules.posting import (
    check_draft,
    check_posted,
    entries_between,
    floors,
    movements,
    need_source,
    post,
    save,
    series_of,
    unpost,
)
from tradecore.settings import Settings

HEAD: dict[str, Any] = {"at": NOON, "posting": Posting.POSTED}
DAY_TEXT = DAY.isoformat()


def ledger(document: Document) -> dict[tuple[str, ...], tuple[int, ...]]:
    """What a document stands for, by register and key."""
    return {(place[0], *place[1]): tuple(map(int, amounts)) for place, amounts in movements(document).items()}


def test_an_order_on_approval_moves_nothing() -> None:
    """An unconfirmed need, and a draft, are only paper (A5, decision 6)."""
    lines = [a_line(provisions=(reserved(1),))]
    assert {} == ledger(an_order(lines=lines, status=OrderStatus.ON_APPROVAL))
    assert {} == ledger(an_order(lines=lines, posting=Posting.DRAFT))
    assert {} == ledger(an_order(lines=lines, posting=Posting.MARKED))


def test_an_order_in_execution_moves_by_action() -> None:
    """Reserves hold stock, promises hold supply, what waits is a need, a cancellation is counted by its reason."""
    line = a_line(
        quantity=20,
        provisions=(reserved(1), released(2), promised(4), waiting(8)),
        cancellations=(Cancellation(quantity=Decimal(3), reason="refused"),),
    )
    rank = "9999-12-31 2026-03-02T12:00:00.000+00:00"
    assert {
        ("order_lines", "order", "1"): (0, 3, 0, 0),
        ("stock", "chair", "main"): (0, 3),
        ("supply", "chair", "main", DAY_TEXT, "po", "1"): (0, 4),
        ("needs", "chair", "main", "po/1", rank, "order", "1"): (4,),
        ("needs", "chair", "main", "", rank, "order", "1"): (8,),
    } == ledger(an_order(lines=[line]))
    amounts = [tuple(map(int, each.amounts)) for each in entries_between(None, an_order(lines=[line]), NOON)][:2]
    assert [(20, 0, 0, 0), (0, 3, 0, 0)] == amounts, "with and without a reason they stand apart"


def test_a_need_moves_with_its_place_in_the_queue() -> None:
    """Another shipment date, of the order or of the line, is another place (F2)."""
    order = an_order(lines=[a_line(provisions=(waiting(1),))])
    later = attrs.evolve(order, ship_on=DAY)
    moved = [(each.key[3][:10], int(each.amounts[0])) for each in entries_between(order, later, NOON)]
    assert [("2026-03-02", 1), ("9999-12-31", -1)] == moved
    line = attrs.evolve(later.lines[0], ship_on=DAY + timedelta(days=1))
    (new, old) = entries_between(later, attrs.evolve(later, lines=(line,)), NOON)
    assert ("2026-03-03", "2026-03-02") == (new.key[3][:10], old.key[3][:10])


def test_a_shipment_takes_stock_and_charges() -> None:
    """Services are charged and take nothing."""
    order = an_order(lines=[a_line(quantity=2, provisions=(reserved(2),)), a_service()])
    shipment = post(shipping.make_shipment(order, {"1": Decimal(2), "2": Decimal(1)}, id="sh", at=NOON, author="a"))
    expected = {
        ("stock", "chair", "main"): (-2, 0),
        ("order_lines", "order", "1"): (0, 0, 2, 0),
        ("order_lines", "order", "2"): (0, 0, 1, 0),
        ("settlements", "acme", "EUR", "", "order"): (30, 0),
    }
    assert expected == ledger(shipment)
    back = post(shipping.make_return(shipment, {"1": Decimal(1), "2": Decimal(1)}, id="rt", at=NOON, author="a"))
    assert {
        ("stock", "chair", "main"): (1, 0),
        ("order_lines", "order", "1"): (0, 0, 0, 1),
        ("order_lines", "order", "2"): (0, 0, 0, 1),
        ("settlements", "acme", "EUR", "", "order"): (-20, 0),
    } == ledger(back)


def test_supplies_bring_stock_and_debt() -> None:
    """A purchase order brings expectation, a goods receipt stock and debt, a stock receipt stock alone (K1, K4, K17)."""
    goods: dict[str, Any] = {"id": "1", "item": "chair", "warehouse": "main", "quantity": Decimal(5)}
    line = PurchaseOrderLine(**goods, price=Decimal(4), expected_on=DAY, received=Decimal(2))
    purchase = PurchaseOrder(id="po", supplier="mill", currency="EUR", lines=(line,), **HEAD)
    assert {("supply", "chair", "main", DAY_TEXT, "po", "1"): (3, 0)} == ledger(purchase)
    came = GoodsReceiptLine(**goods, price=Decimal(4), amount=Decimal(20))
    receipt = GoodsReceipt(id="gr", supplier="mill", currency="EUR", lines=(came, came), **HEAD)
    expected = {("stock", "chair", "main"): (10, 0), ("supplier_settlements", "mill", "EUR", ""): (40, 0)}
    assert expected == ledger(receipt)
    assert ("supplier_settlements", "mill", "EUR", "po") in ledger(attrs.evolve(receipt, purchase_order="po"))
    found = StockReceiptLine(id="1", item="chair", quantity=Decimal(7))
    assert {("stock", "chair", "main"): (7, 0)} == ledger(
        StockReceipt(id="sr", warehouse="main", lines=(found,), **HEAD)
    )


def test_payments_settle() -> None:
    """By order, the rest on the partner's balance; refunds the other way, suppliers in a ledger of their own."""
    parts = (Allocation(order="o1", amount=Decimal(3)), Allocation(order="o1", amount=Decimal(2), stage="1"))
    facts: dict[str, Any] = {"partner": "acme", "amount": Decimal(9), "currency": "EUR", "allocations": parts, **HEAD}
    settled = {("settlements", "acme", "EUR", "", "o1"): (0, 5), ("settlements", "acme", "EUR", "", ""): (0, 4)}
    assert settled == ledger(IncomingPayment(id="ip", **facts))
    assert {place: (0, -amounts[1]) for place, amounts in settled.items()} == ledger(OutgoingPayment(id="op", **facts))
    sent = OutgoingPayment(id="op", purpose=PaymentPurpose.TO_SUPPLIER, **facts)
    assert {("supplier_settlements", *place[1:3], place[4]): paid for place, paid in settled.items()} == ledger(sent)


@pytest.mark.parametrize("change", [{"comment": "x"}, {"paid": Decimal(5)}, {"ship_on": DAY}])
def test_what_moves_nothing_makes_no_entries(change: dict[str, Any]) -> None:
    """Comments, money and dates leave lines alone."""
    order = an_order(lines=[a_line(provisions=(reserved(1),))])
    assert () == entries_between(order, attrs.evolve(order, **change), NOON)


def test_entries_are_the_difference() -> None:
    """From what a document stood for to what it stands for; taking it back is the opposite."""
    before = an_order(lines=[a_line(quantity=5, provisions=(reserved(3), waiting(2)))])
    after = an_order(lines=[a_line(quantity=5, provisions=(reserved(5),))])
    entries = entries_between(before, after, NOON)
    assert [("stock", (0, 2)), ("needs", (-2,))] == [(e.register, tuple(map(int, e.amounts))) for e in entries]
    undone = entries_between(after, unpost(after), NOON)
    posted = entries_between(None, after, NOON)
    assert [tuple(-a for a in each.amounts) for each in posted] == [each.amounts for each in undone]
    executed = entries_between(attrs.evolve(after, status=OrderStatus.ON_APPROVAL), after, NOON)
    assert len(posted) == len(executed)


def test_floors_stand_under_what_is_lowered() -> None:
    """Free stock when it is reserved, reserves when they go, supply when it is promised."""
    order = an_order(lines=[a_line(quantity=9, provisions=(reserved(3), promised(2)))])
    up = list(floors(entries_between(None, order, NOON)))
    assert {("stock", "free"), ("supply", "open")} == {
        (each.register, each.measure) for each in up if isinstance(each, Floor)
    }
    down = list(floors(entries_between(order, unpost(order), NOON)))
    lowered = {(each.register, each.measure) for each in down if isinstance(each, Floor)}
    assert {("stock", "reserved"), ("supply", "promised"), ("needs", "quantity")} == lowered


def test_saving_is_document_entries_and_floors() -> None:
    """One value with everything that must be written together."""
    order = an_order(lines=[a_line(provisions=(reserved(1),))])
    changes = save(None, order, at=NOON, series="SO-2026")
    assert (1, 2, 1) == (len(changes.saves), len(changes.entries), len(changes.guards))
    assert ("SO-2026", 0) == (changes.saves[0].series, changes.saves[0].expected)
    assert "SO-2026" == series_of(order, Settings())


def test_posting_is_checked() -> None:
    """Posted once, un-posted once, and never when marked."""
    draft, posted, marked = an_order(posting=Posting.DRAFT), an_order(), an_order(posting=Posting.MARKED)
    found = [[each.code for each in check_draft(order)] for order in (draft, posted, marked)]
    assert [[], ["ALREADY_POSTED"], ["MARKED"]] == found
    assert [["NOT_POSTED"], []] == [[each.code for each in check_posted(order)] for order in (draft, posted)]
    assert ("", "po/1") == (need_source("", "1"), need_source("po", "1"))


def test_intermediaries_owe_what_they_collected() -> None:
    """The customer has paid all of it; the intermediary owes it, less the fee that it has earned (D19)."""
    facts: dict[str, Any] = {**HEAD, "partner": "acme", "amount": Decimal(100), "currency": "EUR"}
    collected = IncomingPayment(id="ip", **facts, via="visa", fee=Decimal(3))
    customer = ("settlements", "acme", "EUR", "", "")
    service, bought = ("settlements", "visa", "EUR", "", ""), ("supplier_settlements", "visa", "EUR", "")
    assert {customer: (0, 100), service: (100, 3), bought: (3, 3)} == ledger(collected)
    at_once = attrs.evolve(collected, paid_out=True)
    assert {customer: (0, 100), service: (100, 100), bought: (3, 3)} == ledger(at_once)
    free = attrs.evolve(collected, fee=Decimal(0))
    assert {customer: (0, 100), service: (100, 0)} == ledger(free)
    payout = IncomingPayment(id="po", **facts | {"partner": "visa"}, purpose=PaymentPurpose.PAYOUT)
    assert {service: (0, 100)} == ledger(payout)


def test_other_payments_move_nothing() -> None:
    """Rent and loans are no debts of trade (D16)."""
    facts: dict[str, Any] = {**HEAD, "amount": Decimal(100), "currency": "EUR", "purpose": PaymentPurpose.OTHER}
    assert {} == ledger(IncomingPayment(id="ip", **facts)) == ledger(OutgoingPayment(id="op", **facts))
