"""002, section 4.2: goods are bought for one customer's order and for nobody else."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import DAY, ON_CREDIT, PREPAID, a_provision, euro, placed
from tradecore import (
    FillStrategy,
    Item,
    ItemKind,
    NewPurchaseLine,
    OrderState,
    Partner,
    Price,
    ProvisioningAction,
    Refused,
    SalesOrder,
    SeparateQuantity,
    Settings,
    Trade,
)

SEPARATE, SHIP = ProvisioningAction.PROVISION_SEPARATELY, ProvisioningAction.SHIP_SEPARATELY
ALONE = FillStrategy(rest=SEPARATE)
STRICT = Settings(separate_provisioning=True, fill=ALONE)
FREELY = Settings(separate_provisioning=True, allow_excess_separate=True, fill=ALONE)


def refusal(call: Callable[[], Any]) -> tuple[str, ...]:
    """The codes a call is refused with."""
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.codes


def ordered(trade: Trade, quantity: int, item: str = "chair") -> SalesOrder:
    """An order that is executed and filled."""
    return trade.orders.execute(placed(trade, **{item: quantity}).id, fill=True)


def buy(trade: Trade, order: SalesOrder, quantity: int, **facts: Any) -> str:
    """The id of a purchase order for chairs for one order, expected in a week."""
    line: dict[str, Any] = {"item": "chair", "quantity": quantity, "price": 6, "expected_on": DAY + timedelta(days=7)}
    line |= {"for_order": order.id} | facts
    return trade.purchases.place(supplier="mill", warehouse="main", currency="EUR", lines=[NewPurchaseLine(**line)]).id


def parts(trade: Trade, order: SalesOrder) -> list[tuple[str, int, str]]:
    """How the one line of an order is covered: action, quantity, and whether it is still to buy, ordered or here."""
    return [
        (each.action.value, int(each.quantity), "here" if each.here else "ordered" if each.source else "")
        for each in trade.orders.get(order.id).lines[0].provisions
    ]


def stock(trade: Trade, warehouse: str = "main") -> tuple[int, int, int]:
    """Chairs on hand, reserved, and expected but promised to nobody."""
    found = trade.stock.balance("chair", warehouse)
    numbers = (found.on_hand.value, found.reserved.value, found.expected.value - found.promised.value)
    return int(numbers[0]), int(numbers[1]), int(numbers[2])


def sound(trade: Trade) -> bool:
    """Whether everything that is kept agrees with what it follows from."""
    return not [str(fault) for fault in trade.check().faults]


def test_what_is_not_in_stock_is_bought_for_the_order(shop: Shop) -> None:
    """
    The clerk fills the order: three chairs are in stock, two are to be bought for it alone (E10). The buyer sees them,
    orders them for this order, and they come: nobody else may have them. They are released and shipped separately.
    """
    trade = shop(stages=ON_CREDIT, settings=STRICT, chair=3)
    order = ordered(trade, 5)
    assert [("reserve", 3, ""), ("provision_separately", 2, "")] == parts(trade, order)
    assert OrderState.AWAITING_PROVISIONING == order.state
    assert [(order.id, "1", 2)] == [(each.order, each.line, each.quantity) for each in trade.separate.needs()]

    purchase = buy(trade, order, 2)
    assert [("reserve", 3, ""), ("provision_separately", 2, "ordered")] == parts(trade, order)
    assert () == trade.separate.needs()
    assert (3, 3, 0) == stock(trade), "what is bought for one order is promised to nobody else"
    assert [("to_provision", 1)] == [
        (each.action.value, each.quantity)
        for each in trade.orders.fill(ordered_by_bolt(trade).id, strategy=FillStrategy()).lines[0].provisions
    ]

    trade.receipts.receive(purchase_order=purchase)
    assert [("reserve", 3, ""), ("provision_separately", 2, "here")] == parts(trade, order)
    assert (5, 5, 0) == stock(trade), "it comes on hand and reserved at once"
    assert () == trade.stock.allocate().lines, "the queue gets nothing of it"
    assert OrderState.READY_TO_SHIP == trade.orders.get(order.id).state

    trade.orders.release_to_ship(order.id)
    assert [("ship", 3, ""), ("ship_separately", 2, "here")] == parts(trade, order)
    assert OrderState.SHIPPING == trade.orders.get(order.id).state
    shipment = trade.orders.ship(order.id)
    assert (5, 2) == (shipment.lines[0].quantity, shipment.lines[0].separate)
    assert (0, 0, 0) == stock(trade)
    assert OrderState.AWAITING_PAYMENT == trade.orders.get(order.id).state
    assert sound(trade)


def ordered_by_bolt(trade: Trade) -> SalesOrder:
    """Another customer wants a chair, too."""
    order = trade.orders.place(customer="bolt", warehouse="main", lines=[{"item": "chair", "quantity": 1}])
    return trade.orders.execute(order.id)


def test_shipping_comes_in_parts_and_may_be_taken_back(shop: Shop) -> None:
    """What was bought for the order goes first; taking the shipment back gives it to the order again (decision 6)."""
    trade = shop(stages=ON_CREDIT, settings=STRICT, chair=3)
    order = ordered(trade, 5)
    trade.receipts.receive(purchase_order=buy(trade, order, 2))
    shipment = trade.orders.ship(order.id, lines=[{"line": "1", "quantity": 3}])
    assert [("reserve", 2, "")] == parts(trade, order)
    trade.shipments.unpost(shipment.id)
    assert [("reserve", 2, ""), ("ship", 1, ""), ("ship_separately", 2, "here")] == parts(trade, order)
    assert (5, 5, 0) == stock(trade)
    trade.shipments.post(shipment.id)
    assert (2, 2, 0) == stock(trade)
    back = trade.returns.receive(shipment.id)
    assert (5, 2, 0) == stock(trade), "what the customer brings back is free stock"
    trade.returns.unpost(back.id)
    assert sound(trade)


def test_nothing_is_shipped_before_it_came_and_was_paid(shop: Shop) -> None:
    """Ship separately is like Ship: it needs the goods, and the prepayment (E7, A9)."""
    trade = shop(stages=PREPAID, settings=STRICT)
    order = ordered(trade, 2)
    purchase = buy(trade, order, 2)
    ship = {"1": [a_provision(SHIP, 2)]}
    assert "SHORT_SEPARATE" in refusal(lambda: trade.orders.provision(order.id, ship))
    assert "NOTHING_TO_SHIP" in refusal(lambda: trade.orders.release_to_ship(order.id))
    trade.receipts.receive(purchase_order=purchase)
    assert OrderState.AWAITING_PREPAYMENT == trade.orders.get(order.id).state
    assert ("PREPAYMENT_UNPAID",) == refusal(lambda: trade.orders.provision(order.id, ship))
    trade.payments.receive(order=order.id, amount=euro(20))
    assert OrderState.SHIPPING == trade.orders.provision(order.id, ship).state
    trade.orders.ship(order.id)
    trade.orders.close(order.id)


def test_no_more_is_bought_than_is_needed(shop: Shop) -> None:
    """Unless excess is allowed: not more, not to another warehouse, not twice, and not for what is not needed (F4)."""
    trade = shop(stages=ON_CREDIT, settings=STRICT)
    order = ordered(trade, 3)
    assert ("EXCEEDS_SEPARATE_NEED",) == refusal(lambda: buy(trade, order, 4))
    assert ("OTHER_WAREHOUSE",) == refusal(lambda: buy(trade, order, 1, warehouse="spare"))
    assert ("UNKNOWN_VALUE",) == refusal(lambda: buy(trade, order, 1, item="table", for_line="1"))
    assert ("UNKNOWN_LINE",) == refusal(lambda: buy(trade, order, 1, for_line="9"))
    assert ("UNKNOWN_ID",) == refusal(lambda: buy(trade, order, 1, for_order="nobody"))
    assert ("MISSING",) == refusal(lambda: buy(trade, order, 1, item="table"))
    purchase = buy(trade, order, 2)
    assert ("EXCEEDS_SEPARATE_NEED",) == refusal(lambda: buy(trade, order, 2))
    more = [{"purchase_line": "1", "quantity": 3}]
    assert ("EXCEEDS_ORDERED",) == refusal(lambda: trade.receipts.receive(purchase_order=purchase, lines=more))
    elsewhere = [{"purchase_line": "1", "quantity": 2, "warehouse": "spare"}]
    assert ("OTHER_WAREHOUSE",) == refusal(lambda: trade.receipts.receive(purchase_order=purchase, lines=elsewhere))
    assert [("provision_separately", 2, "ordered"), ("provision_separately", 1, "")] == parts(trade, order)


def test_what_was_bought_for_an_order_is_not_given_up(shop: Shop) -> None:
    """Once it is ordered or here, its part of the order is neither cancelled, released nor closed away (F4)."""
    trade = shop(stages=ON_CREDIT, settings=STRICT, chair=1)
    order = ordered(trade, 4)
    trade.receipts.receive(purchase_order=buy(trade, order, 1))
    buy(trade, order, 1)
    two = [{"line": "1", "quantity": 3}]
    assert ("SEPARATE_STARTED",) == refusal(lambda: trade.orders.cancel(order.id, lines=two, reason="refused"))
    assert ("SEPARATE_STARTED",) == refusal(lambda: trade.orders.close_with_cancellation(order.id, reason="refused"))
    less = {"1": [a_provision(SEPARATE, 1)]}
    assert ("SEPARATE_STARTED",) == refusal(lambda: trade.orders.provision(order.id, less))
    trade.orders.release(order.id)
    bought = [("provision_separately", 1, "here"), ("provision_separately", 1, "ordered")]
    assert bought == parts(trade, order), "the rest is let go"
    assert ("SEPARATE_STARTED",) == refusal(lambda: trade.orders.release(order.id))
    assert 2 == trade.orders.cancel(order.id, reason="refused").lines[0].open, "the rest is cancelled"
    assert ("SEPARATE_STARTED",) == refusal(lambda: trade.orders.cancel(order.id, reason="refused"))


def test_what_came_is_freed_by_saying_so(shop: Shop) -> None:
    """The customer changes his mind: the chairs are made free stock, and then the order may be closed (F4)."""
    trade = shop(stages=ON_CREDIT, settings=STRICT)
    order = ordered(trade, 2)
    trade.receipts.receive(purchase_order=buy(trade, order, 2))
    assert ("NO_SURPLUS",) == refusal(lambda: trade.separate.free(order.id))
    freed = trade.separate.free(order.id, lines=[SeparateQuantity(line="1", quantity=2)])
    assert (2, 0, 0) == stock(trade)
    assert [("provision_separately", 2, "")] == parts(trade, order), "it is to be bought again, or not at all"
    trade.separate.unpost(freed.id)
    assert [("provision_separately", 2, "here")] == parts(trade, order)
    trade.separate.free(order.id, lines=[{"line": "1", "quantity": 2}])
    trade.orders.close_with_cancellation(order.id, reason="refused")
    assert sound(trade)


def test_an_order_that_goods_were_bought_for_is_not_thrown_away(shop: Shop) -> None:
    """It may be marked for deletion once the goods are freed (H13, F4)."""
    trade = shop(stages=ON_CREDIT, settings=STRICT)
    order = ordered(trade, 2)
    trade.receipts.receive(purchase_order=buy(trade, order, 2))
    assert ("SEPARATE_STARTED",) == refusal(lambda: trade.orders.mark(order.id))
    trade.separate.free(order.id, lines=[{"line": "1", "quantity": 2}])
    trade.orders.mark(order.id)
    assert () == trade.separate.needs()
    assert sound(trade)


def test_a_receipt_is_taken_back_and_posted_again(shop: Shop) -> None:
    """The goods are ordered again, and here again; once they are shipped the receipt stands (decision 6)."""
    trade = shop(stages=ON_CREDIT, settings=STRICT)
    order = ordered(trade, 2)
    receipt = trade.receipts.receive(purchase_order=buy(trade, order, 2))
    trade.receipts.unpost(receipt.id)
    assert [("provision_separately", 2, "ordered")] == parts(trade, order)
    assert (0, 0, 0) == stock(trade)
    trade.receipts.post(receipt.id)
    shipment = trade.orders.ship(order.id)
    assert ("LATER_DOCUMENTS",) == refusal(lambda: trade.receipts.unpost(receipt.id))
    trade.shipments.unpost(shipment.id)
    trade.receipts.unpost(receipt.id)
    assert [("provision_separately", 2, "ordered")] == parts(trade, order)
    assert sound(trade)


def test_excess_is_allowed_where_the_company_wants_it(shop: Shop) -> None:
    """
    More is bought than needed, to another warehouse, too; the order shrinks afterwards. What is left over stays with
    the order until it is moved or freed (F4).
    """
    trade = shop(stages=ON_CREDIT, settings=FREELY)
    order = ordered(trade, 3)
    trade.receipts.receive(purchase_order=buy(trade, order, 2, warehouse="spare"))
    trade.receipts.receive(purchase_order=buy(trade, order, 4))
    assert [("provision_separately", 3, "here")] == parts(trade, order)
    left = {(each.warehouse, int(each.quantity), int(each.surplus)) for each in trade.separate.stock(order=order.id)}
    assert {("main", 4, 1), ("spare", 2, 2)} == left
    trade.orders.cancel(order.id, lines=[{"line": "1", "quantity": 2}], reason="refused")
    assert [("provision_separately", 1, "here")] == parts(trade, order)
    assert (4, 4, 0) == stock(trade), "cancelling frees nothing by itself"

    trade.separate.move(order.id, to="main", lines=[{"line": "1", "warehouse": "spare"}])
    assert (6, 6, 0) == stock(trade)
    trade.orders.close_with_cancellation(order.id, reason="refused")
    assert [6] == [int(each.surplus) for each in trade.separate.stock(order=order.id)]
    freed = trade.separate.free(order.id)
    assert [6] == [line.quantity for line in freed.lines]
    assert (6, 0, 0) == stock(trade)
    assert () == trade.separate.stock()
    assert sound(trade)


def test_goods_in_another_warehouse_come_home(shop: Shop) -> None:
    """Goods that came elsewhere are the order's, but it cannot use them before they are moved (F4)."""
    trade = shop(stages=ON_CREDIT, settings=FREELY)
    order = ordered(trade, 2)
    trade.receipts.receive(purchase_order=buy(trade, order, 2, warehouse="spare"))
    assert [("provision_separately", 2, "")] == parts(trade, order)
    assert (2, 2, 0) == stock(trade, "spare")
    move = trade.separate.move(order.id, to="main", lines=[{"line": "1", "warehouse": "spare"}])
    assert [("provision_separately", 2, "here")] == parts(trade, order)
    assert ((2, 2, 0), (0, 0, 0)) == (stock(trade), stock(trade, "spare"))
    shipment = trade.orders.ship(order.id)
    assert ("LATER_DOCUMENTS",) == refusal(lambda: trade.separate.unpost(move.id))
    trade.shipments.unpost(shipment.id)
    trade.separate.unpost(move.id)
    assert [("provision_separately", 2, "")] == parts(trade, order)
    assert sound(trade)


def test_goods_are_not_carried_about_freely(shop: Shop) -> None:
    """Unless excess is allowed, what was bought for an order stays in the warehouse it is shipped from (F4)."""
    trade = shop(stages=ON_CREDIT, settings=STRICT)
    order = ordered(trade, 2)
    trade.receipts.receive(purchase_order=buy(trade, order, 2))
    one = [{"line": "1", "quantity": 1}]
    assert ("OTHER_WAREHOUSE",) == refusal(lambda: trade.separate.move(order.id, to="spare", lines=one))
    assert ("UNKNOWN_ID",) == refusal(lambda: trade.separate.move(order.id, to="moon", lines=one))
    three = [{"line": "1", "quantity": 3}]
    assert ("SHORT_SEPARATE",) == refusal(lambda: trade.separate.free(order.id, lines=three))


def test_surplus_is_used_when_the_order_is_filled_again(shop: Shop) -> None:
    """What was released and is still there for the order covers it before anything else does (E9)."""
    trade = shop(stages=ON_CREDIT, settings=FREELY, table=1)
    order = ordered(trade, 2)
    trade.receipts.receive(purchase_order=buy(trade, order, 2))
    trade.orders.release(order.id)
    assert [] == parts(trade, order)
    trade.orders.fill(order.id)
    assert [("provision_separately", 2, "here")] == parts(trade, order)


def test_work_is_bought_for_an_order_too(shop: Shop) -> None:
    """Upholstery is done by a workshop for this order: it is ordered, received and passed on (F3)."""
    trade = shop(stages=ON_CREDIT, settings=STRICT)
    trade.catalog.save([
        Item(id="upholstery", name="Upholstery", kind=ItemKind.SERVICE),
        Partner(id="workshop", name="Workshop"),
        Price.of("wholesale", "upholstery", Decimal(40), DAY.replace(month=1)),
    ])  # fmt: skip
    order = trade.orders.execute(placed(trade, upholstery=1).id, fill=True)
    assert OrderState.SHIPPING == order.state, "work of our own needs nobody"
    order = trade.orders.provision(order.id, {"1": [a_provision(SEPARATE, 1)]})
    assert OrderState.AWAITING_PROVISIONING == order.state
    assert ("NOTHING_TO_SHIP",) == refusal(lambda: trade.orders.ship(order.id))
    line = {"item": "upholstery", "quantity": 1, "price": 25, "expected_on": DAY}
    given: dict[str, Any] = {"supplier": "workshop", "warehouse": "main", "currency": "EUR"}
    assert ("NOT_STOCKED",) == refusal(lambda: trade.purchases.place(lines=[line], **given))
    purchase = trade.purchases.place(lines=[line | {"for_order": order.id}], **given)
    receipt = trade.receipts.receive(purchase_order=purchase.id)
    assert 25 == receipt.amount
    assert OrderState.READY_TO_SHIP == trade.orders.get(order.id).state
    trade.orders.release_to_ship(order.id)
    shipment = trade.orders.ship(order.id)
    assert (1, 1) == (shipment.lines[0].quantity, shipment.lines[0].separate)
    trade.shipments.unpost(shipment.id)
    assert [("ship_separately", 1, "here")] == parts(trade, order)
    assert sound(trade)


def test_a_draft_of_a_purchase_buys_nothing_yet(shop: Shop) -> None:
    """Only posting it orders the goods for the order, and is controlled (decision 6)."""
    trade = shop(stages=ON_CREDIT, settings=STRICT)
    order = ordered(trade, 2)
    line = {"item": "chair", "quantity": 2, "price": 6, "expected_on": DAY, "for_order": order.id}
    given: dict[str, Any] = {"supplier": "mill", "warehouse": "main", "currency": "EUR", "lines": [line]}
    first, second = (trade.purchases.place(draft=True, **given) for _ in range(2))
    assert [("provision_separately", 2, "")] == parts(trade, order)
    trade.purchases.post(first.id)
    assert [("provision_separately", 2, "ordered")] == parts(trade, order)
    assert ("EXCEEDS_SEPARATE_NEED",) == refusal(lambda: trade.purchases.post(second.id))


def test_switched_off_nothing_is_bought_for_one_order(shop: Shop) -> None:
    """Only Provision separately and Ship separately are refused; reserving goes on as ever (F1, decision 5)."""
    trade = shop(stages=ON_CREDIT, chair=1)
    order = ordered(trade, 2)
    assert [("reserve", 1, ""), ("to_provision", 1, "")] == parts(trade, order)
    for action in (SEPARATE, SHIP):
        codes = refusal(lambda action=action: trade.orders.provision(order.id, {"1": [a_provision(action, 1)]}))
        assert "ACTION_NOT_OFFERED" == codes[0]
    assert ("ACTION_NOT_OFFERED",) == refusal(lambda: buy(trade, order, 1))
    assert "ACTION_NOT_OFFERED" in refusal(lambda: trade.orders.fill(order.id, strategy=ALONE))
    with pytest.raises(Refused) as refused:
        Settings(allow_excess_separate=True, fill=ALONE)
    assert ("SETTING_CONTRADICTS",) * 2 == refused.value.codes
