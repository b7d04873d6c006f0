"""Separate provisioning: a line in step with what was bought for it, and what may not be given up."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import DAY, USUAL, a_line, a_provision, a_service, an_order, released, reserved, waiting
from tradecore import OrderLine, OrderState, Provision, ProvisioningAction, PurchaseOrder, Settings
from tradecore.documents import GoodsReceipt, GoodsReceiptLine, Posting, PurchaseOrderLine
from tradecore.rules import buying, provisions, separate
from tradecore.rules.order_state import derive_order_state, order_facts
from tradecore.rules.proving_separate import SeparateBooks

SEPARATELY, SHIP = ProvisioningAction.PROVISION_SEPARATELY, ProvisioningAction.SHIP_SEPARATELY
STRICT = Settings(separate_provisioning=True)
FREELY = Settings(separate_provisioning=True, allow_excess_separate=True)


def to_buy(quantity: int) -> Provision:
    """To be bought for the line, not ordered yet."""
    return a_provision(SEPARATELY, quantity)


def bought(quantity: int, source: str = "po") -> Provision:
    """Ordered from a supplier for the line."""
    return a_provision(SEPARATELY, quantity, source=source, source_line="1", on=DAY)


def here(quantity: int) -> Provision:
    """Bought for the line, and come."""
    return a_provision(SEPARATELY, quantity, arrived=True)


def gone_out(quantity: int) -> Provision:
    """The same, released to ship."""
    return a_provision(SHIP, quantity)


def a_bought_line(*parts: Provision, quantity: int = 10) -> OrderLine:
    """A line that is covered so."""
    return a_line(quantity=quantity, provisions=parts)


def covered(line: OrderLine) -> list[tuple[str, int]]:
    """Released, here, ordered, to buy: how much of each; others by their action."""
    names = []
    for each in line.provisions:
        kind = "ordered" if each.source else "to buy"
        name = "here" if each.arrived else kind if each.action is SEPARATELY else each.action.value
        names.append((name, int(each.quantity)))
    return names


@pytest.mark.parametrize(
    ("parts", "there", "expected"),
    [
        ((to_buy(5),), 3, [("here", 3), ("to buy", 2)]),
        ((to_buy(5),), 9, [("here", 5)]),
        ((here(3), to_buy(2)), 3, [("here", 3), ("to buy", 2)]),
        ((here(3), to_buy(2)), 1, [("here", 1), ("to buy", 4)]),
        ((gone_out(2), here(3)), 3, [("ship_separately", 2), ("here", 1), ("to buy", 2)]),
        ((gone_out(2), here(3)), 1, [("ship_separately", 1), ("to buy", 4)]),
        ((bought(4), to_buy(1)), 2, [("here", 1), ("ordered", 4)]),
        ((reserved(4),), 2, [("reserve", 4)]),
    ],
)
def test_a_line_uses_what_is_there_for_it_and_no_more(parts: Any, there: int, expected: Any) -> None:
    """What it loses is to be bought again, released goods last; what it still has to buy is covered first."""
    line = a_bought_line(*parts)
    after = separate.matched(line, Decimal(there))
    assert expected == covered(after)
    assert separate.matched(after, Decimal(there)) is after, "it is in step now"


def test_ordering_takes_from_what_is_to_be_bought() -> None:
    """No more than that; given up, it is to be bought again."""
    line = a_bought_line(reserved(1), to_buy(5))
    once = separate.ordered(line, Decimal(3), "po", "1", DAY)
    assert [("reserve", 1), ("ordered", 3), ("to buy", 2)] == covered(once)
    twice = separate.ordered(once, Decimal(9), "po2", "1", DAY)
    assert [("reserve", 1), ("ordered", 3), ("ordered", 2)] == covered(twice)
    assert (0, 5, 2) == (separate.to_buy(twice), separate.started(twice), separate.ordered_from(twice, "po2", "1"))
    assert separate.ordered(twice, Decimal(1), "po", "1", DAY) is twice
    assert [("reserve", 1), ("ordered", 2), ("to buy", 3)] == covered(separate.unordered(twice, "po", "1"))
    part = separate.unordered(twice, "po", "1", Decimal(2))
    assert [("reserve", 1), ("ordered", 1), ("ordered", 2), ("to buy", 2)] == covered(part)
    assert separate.unordered(line, "po", "1") is line


def test_by_hand_only_sums_are_said() -> None:
    """How much of a separate quantity is ordered or here is as it was."""
    line = a_bought_line(here(2), bought(3), to_buy(1))
    more = separate.wanted(line, [reserved(1), to_buy(8)], Decimal(2))
    assert [("reserve", 1), ("here", 2), ("ordered", 3), ("to buy", 3)] == covered(more)
    shipping = separate.wanted(line, [gone_out(2), to_buy(2)], Decimal(2))
    assert [("ship_separately", 2), ("ordered", 2)] == covered(shipping)
    claimed = separate.wanted(a_bought_line(), [here(3), bought(2)], Decimal(0))
    assert [("to buy", 5)] == covered(claimed), "nobody can say that goods have come"


def test_what_was_started_is_bound() -> None:
    """Ordered or come, released or not; with excess nothing is (F4)."""
    line = a_bought_line(reserved(1), to_buy(1), bought(2), here(3), gone_out(1))
    assert (6, 0, 0) == tuple(
        separate.bound(each, s) for each, s in ((line, STRICT), (line, FREELY), (a_line(), USUAL))
    )
    assert [("ordered", 2), ("here", 3), ("ship_separately", 1)] == covered(separate.let_go(line, STRICT))
    assert [] == covered(separate.let_go(line, FREELY))
    order = an_order(lines=[line, a_line("2")])
    assert ["lines[0]"] == [each.place for each in separate.check_giving_up(order, ["1", "2"], STRICT)]
    assert [] == separate.check_giving_up(order, ["1", "2"], FREELY)


def test_a_cancelled_quantity_is_taken_from_what_was_bought_last() -> None:
    """First what only waits, then reserves, then what is ordered for the order, at last what is here for it."""
    parts = (here(1), bought(1), released(1), reserved(1), to_buy(1), waiting(1))
    order = ["to_provision", "to buy", "reserve", "ship", "ordered", "here"]
    for count in range(7):
        left = a_bought_line(*provisions.less(parts, Decimal(count), provisions.cancelled_first))
        assert {*order[count:]} == {name for name, _ in covered(left)}


def test_a_shipped_quantity_is_taken_from_what_was_bought_first() -> None:
    """What is released before what is not, and what was bought for the order before stock."""
    parts = (reserved(1), here(1), released(1), gone_out(1), to_buy(1))
    order = ["ship_separately", "ship", "here", "reserve"]
    for count in range(5):
        left = a_bought_line(*provisions.less(parts, Decimal(count), provisions.shipped_first))
        assert {*order[count:], "to buy"} == {name for name, _ in covered(left)}


@pytest.mark.parametrize(
    ("part", "state"),
    [
        (to_buy(1), OrderState.AWAITING_PROVISIONING),
        (bought(1), OrderState.AWAITING_PROVISIONING),
        (here(1), OrderState.READY_TO_SHIP),
        (gone_out(1), OrderState.SHIPPING),
    ],
)
@pytest.mark.parametrize("made", [a_line, a_service])
def test_states_look_at_what_has_come(made: Any, part: Provision, state: OrderState) -> None:
    """What is bought for the order must come, goods and work alike; then it waits to be released (G5-G7)."""
    order = an_order(lines=[made(provisions=(part,))])
    assert state is derive_order_state(order_facts(order, USUAL)).state


def a_purchase(*lines: tuple[int, str], posting: Posting = Posting.POSTED) -> PurchaseOrder:
    """A purchase order for lines of one order: quantity and warehouse of each."""
    parts = tuple(
        PurchaseOrderLine(
            id=str(number), item="chair", warehouse=warehouse, quantity=Decimal(quantity), price=Decimal(4),
            expected_on=DAY, for_order="order", for_line="1",
        )
        for number, (quantity, warehouse) in enumerate(lines, start=1)
    )  # fmt: skip
    order = an_order()
    return PurchaseOrder(id="po", at=order.at, supplier="mill", currency="EUR", lines=parts, posting=posting)


def test_two_lines_together_buy_no_more_than_is_needed() -> None:
    """Each alone would be right (F4)."""
    orders = {"order": an_order(lines=[a_bought_line(to_buy(5))])}
    assert [] == buying.check_buying(a_purchase((3, "main"), (2, "main")).lines, orders, STRICT)
    wrong = buying.check_buying(a_purchase((3, "main"), (3, "spare")).lines, orders, STRICT)
    assert [("EXCEEDS_SEPARATE_NEED", "lines[1].quantity"), ("OTHER_WAREHOUSE", "lines[1].warehouse")] == [
        (each.code, each.place) for each in wrong
    ]
    assert [] == buying.check_buying(a_purchase((3, "main"), (9, "spare")).lines, orders, FREELY)


def a_receipt(quantity: int, *, line: str = "1", warehouse: str = "main") -> GoodsReceipt:
    """A receipt of chairs that were bought for the order."""
    part = GoodsReceiptLine(
        id="1", item="chair", warehouse=warehouse, quantity=Decimal(quantity), price=Decimal(4), amount=Decimal(4),
        purchase_line=line, for_order="order", for_line="1",
    )  # fmt: skip
    return GoodsReceipt(id="gr", at=an_order().at, supplier="mill", currency="EUR", purchase_order="po", lines=(part,))


def test_what_comes_covers_what_was_ordered_and_then_what_was_not() -> None:
    """And what comes elsewhere covers nothing yet."""
    orders = {"order": an_order(lines=[a_bought_line(bought(3), to_buy(2))])}
    after = buying.arrived(a_receipt(4), orders, {})
    assert [("here", 4), ("to buy", 1)] == covered(after["order"].lines[0])
    elsewhere = buying.arrived(a_receipt(2, warehouse="spare"), orders, {})
    assert [("ordered", 1), ("to buy", 4)] == covered(elsewhere["order"].lines[0])
    full = {"order": an_order(lines=[a_bought_line(here(3))])}
    assert {} == buying.arrived(a_receipt(1), full, {("chair", "main", "order", "1"): Decimal(3)})


def test_what_is_taken_back_is_ordered_again() -> None:
    """As far as the purchase order expects it again; the rest is to be bought."""
    key = ("chair", "main", "order", "1")
    orders = {"order": an_order(lines=[a_bought_line(here(4), to_buy(1))])}
    back = buying.taken_back(a_receipt(4), a_purchase((3, "main")), orders, {key: Decimal(4)})
    assert [("ordered", 3), ("to buy", 2)] == covered(back["order"].lines[0])
    nobody = buying.taken_back(a_receipt(4), None, orders, {key: Decimal(4)})
    assert [("to buy", 5)] == covered(nobody["order"].lines[0])
    assert [key] == buying.short_of(a_receipt(4), {key: Decimal(3)})
    assert [] == buying.short_of(a_receipt(4), {key: Decimal(4)})


def test_books_that_disagree_are_found() -> None:
    """A line that uses more than came, and one that waits for more than is ordered for it."""
    key = ("chair", "main", "order", "1")
    books = SeparateBooks({key: (Decimal(3),)})
    books.note(an_order(lines=[a_bought_line(here(2), gone_out(1), bought(3))]))
    books.note(a_purchase((3, "main")))
    assert [] == list(books.faults())
    books = SeparateBooks({key: (Decimal(2),)})
    books.note(an_order(lines=[a_bought_line(here(2), gone_out(1), bought(3))]))
    books.note(a_purchase((3, "main"), posting=Posting.DRAFT))
    assert [
        "sales_order order.lines[1]: uses 3 of what was bought for it, 2 is there",
        "sales_order order.lines[1]: waits for 3 from po/1, 0 is expected for it",
    ] == [str(each) for each in books.faults()]
