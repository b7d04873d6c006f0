"""A customer orders what must first be bought."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import DAY, ON_CREDIT, euro, placed
from tradecore import (
    Event,
    NewLine,
    NewPurchaseLine,
    NewReceiptLine,
    OrderState,
    ProvisioningAction,
    Refused,
    SalesOrder,
    Settings,
    Trade,
)
from tradecore.values.evolving import evolve


def bought(trade: Trade, quantity: int, *, days: int = 7) -> str:
    """The id of a purchase order for chairs that are expected in so many days."""
    line = NewPurchaseLine(item="chair", quantity=quantity, price=6, expected_on=DAY + timedelta(days=days))
    return trade.purchases.place(supplier="mill", warehouse="main", currency="EUR", lines=[line]).id


def test_stock_supply_and_queue_cover_one_line(shop: Shop) -> None:
    """Ten chairs: three from stock, five promised from the purchase order, two wait (E9, E10)."""
    trade = shop(stages=ON_CREDIT, chair=3)
    bought(trade, 5)
    order = placed(trade, chair=10)
    order = trade.orders.execute(order.id, fill=True)
    assert [("reserve", 3), ("reserve_by_date", 5), ("to_provision", 2)] == [
        (each.action.value, each.quantity) for each in order.lines[0].provisions
    ]
    assert OrderState.AWAITING_PROVISIONING == order.state
    stock = trade.stock.balance("chair", "main")
    assert ("0 pcs", "5 pcs", "5 pcs") == (str(stock.free), str(stock.expected), str(stock.promised))


def test_goods_that_arrive_go_to_whom_they_were_promised(shop: Shop) -> None:
    """The receipt turns the promise into a reserve; the supplier is owed, and an event tells who got what."""
    trade = shop(stages=ON_CREDIT)
    purchase = bought(trade, 5)
    order = trade.orders.execute(placed(trade, chair=5).id, fill=True)
    receipt = trade.receipts.receive(purchase_order=purchase)
    assert 30 == receipt.amount
    order = trade.orders.get(order.id)
    assert [ProvisioningAction.RESERVE] == [each.action for each in order.lines[0].provisions]
    assert OrderState.READY_TO_SHIP == order.state
    (owed,) = trade.partners.balance("mill")
    assert euro(-30) == owed.debt
    trade.outgoing.pay(partner="mill", amount=euro(30))
    (owed,) = trade.partners.balance("mill")
    assert euro(0) == owed.debt
    told: list[Event] = []
    trade.relay(told.append)
    assert [{"order": order.id, "line": "1", "item": "chair", "quantity": "5"}] == next(
        event.data["given"] for event in told if event.type == "OrderSupplied"
    )


def test_goods_come_in_parts(shop: Shop) -> None:
    """A part of a purchase order covers a part of the promise; the rest stays expected and promised."""
    trade = shop(stages=ON_CREDIT)
    purchase = bought(trade, 5)
    order = trade.orders.execute(placed(trade, chair=5).id, fill=True)
    trade.receipts.receive(purchase_order=purchase, lines=[NewReceiptLine(purchase_line="1", quantity=2)])
    stock = trade.stock.balance("chair", "main")
    assert ("2 pcs", "3 pcs", "3 pcs") == (str(stock.reserved), str(stock.expected), str(stock.promised))
    trade.orders.ship(order.id)
    assert 2 == trade.orders.get(order.id).lines[0].shipped
    trade.receipts.receive(purchase_order=purchase)
    assert 3 == trade.orders.ship(order.id).lines[0].quantity


def test_the_queue_serves_by_shipment_date(shop: Shop) -> None:
    """Goods of the common pool go to the order that must ship first, not to the one placed first (F2)."""
    trade = shop(stages=ON_CREDIT, settings=Settings(allocate_on_receipt=True))
    wanted = []
    for days in (9, 2):
        line = NewLine(item="chair", quantity=4, ship_on=DAY + timedelta(days=days))
        order = trade.orders.place(customer="acme", warehouse="main", lines=[line])
        wanted.append(trade.orders.execute(order.id, fill=True).id)
    late, early = wanted
    assert [early, late] == [each.order.id for each in trade.stock.queue(item="chair")]
    trade.receipts.receive(
        supplier="mill", warehouse="main", currency="EUR", lines=[NewReceiptLine(item="chair", quantity=5, price=6)]
    )
    assert OrderState.READY_TO_SHIP == trade.orders.get(early).state
    assert 1 == trade.orders.get(late).lines[0].held(ProvisioningAction.RESERVE)
    assert [late] == [each.order.id for each in trade.stock.queue(item="chair")]


def test_promised_goods_cannot_be_given_up(shop: Shop) -> None:
    """A purchase order that orders wait for is not un-posted; the refusal names them."""
    trade = shop(stages=ON_CREDIT)
    purchase = bought(trade, 5)
    order = trade.orders.execute(placed(trade, chair=5).id, fill=True)
    with pytest.raises(Refused) as refused:
        trade.purchases.unpost(purchase)
    assert ("PROMISED",) == refused.value.codes
    assert order.number in str(refused.value)
    trade.orders.release(order.id)
    trade.purchases.unpost(purchase)
    assert "0 pcs" == str(trade.stock.balance("chair", "main").expected)


def wanted(trade: Trade, quantity: int, *, in_days: int) -> SalesOrder:
    """An order of chairs to be shipped some days from now, executed and filled."""
    line = {"item": "chair", "quantity": quantity}
    ship_on = DAY + timedelta(days=in_days)
    order = trade.orders.place(customer="acme", warehouse="main", lines=[line], ship_on=ship_on)
    return trade.orders.execute(order.id, fill=True)


def covered(order: SalesOrder) -> dict[str, int]:
    """How an order's one line is covered."""
    return {each.action.value: int(each.quantity) for each in order.lines[0].provisions}


def test_supply_that_comes_too_late_is_not_promised(shop: Shop) -> None:
    """Only what is expected by the shipment date is promised (E4)."""
    trade = shop(stages=ON_CREDIT)
    bought(trade, 4, days=3)
    assert {"to_provision": 2} == covered(wanted(trade, 2, in_days=2))
    assert {"reserve_by_date": 2} == covered(wanted(trade, 2, in_days=3))


def test_several_buyers_share_what_is_promised(shop: Shop) -> None:
    """Two orders of one purchase order are promised no more than it brings."""
    trade = shop(stages=ON_CREDIT)
    purchase = bought(trade, 3, days=3)
    first, second = wanted(trade, 2, in_days=5), wanted(trade, 2, in_days=4)
    assert {"reserve_by_date": 1, "to_provision": 1} == covered(second)
    trade.receipts.receive(purchase_order=purchase, lines=[{"purchase_line": "1", "quantity": 2}])
    assert {"reserve": 1, "to_provision": 1} == covered(trade.orders.get(second.id)), "the earlier shipment is first"
    assert {"reserve": 1, "reserve_by_date": 1} == covered(trade.orders.get(first.id))


def test_promised_goods_do_not_come_elsewhere(shop: Shop) -> None:
    """Goods that orders wait for in one warehouse are not received in another."""
    trade = shop(stages=ON_CREDIT)
    purchase = bought(trade, 4)
    wanted(trade, 3, in_days=9)
    line = NewReceiptLine(purchase_line="1", quantity=4, warehouse="spare")
    with pytest.raises(Refused) as refused:
        trade.receipts.receive(purchase_order=purchase, lines=[line])
    assert ("PROMISED",) == refused.value.codes
    trade.receipts.receive(purchase_order=purchase, lines=[evolve(line, quantity=Decimal(1))])
