"""A customer orders what is in stock and pays before it is shipped."""

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import PREPAID, WITH_ADVANCE, euro, executed, placed
from tradecore import OrderState, OrderStatus, ProvisioningAction, Refused


def test_a_prepaid_order_goes_from_placing_to_closing(shop: Shop) -> None:
    """The clerk places, executes, waits for the money, ships and closes; stock and balance follow."""
    trade = shop(stages=PREPAID, chair=10)

    order = placed(trade, chair=3)
    assert ("SO-2026-000001", OrderState.AWAITING_APPROVAL) == (order.number, order.state)
    order = trade.orders.execute(order.id, fill=True)
    assert OrderState.AWAITING_PREPAYMENT == order.state
    assert "3 pcs" == str(trade.stock.balance("chair", "main").reserved)

    with pytest.raises(Refused) as refused:
        trade.orders.ship(order.id)
    assert ("PREPAYMENT_UNPAID",) == refused.value.codes

    trade.payments.receive(order=order.id, amount=euro(30))
    assert OrderState.READY_TO_SHIP == trade.orders.get(order.id).state
    assert OrderState.SHIPPING == trade.orders.release_to_ship(order.id).state
    shipment = trade.orders.ship(order.id)
    assert ("SH-2026-000001", 30) == (shipment.number, shipment.amount)
    assert OrderState.READY_TO_CLOSE == trade.orders.get(order.id).state

    order = trade.orders.close(order.id)
    assert (OrderStatus.CLOSED, OrderState.CLOSED) == (order.status, order.state)
    stock = trade.stock.balance("chair", "main")
    assert ("7 pcs", "0 pcs", "7 pcs") == (str(stock.on_hand), str(stock.reserved), str(stock.free))
    (balance,) = trade.partners.balance("acme")
    assert euro(0) == balance.debt
    assert trade.check().sound


def test_an_advance_comes_before_goods_are_prepared(shop: Shop) -> None:
    """While the advance is unpaid nothing is reserved (G2); once it is paid somebody must provide the goods (G3)."""
    trade = shop(stages=WITH_ADVANCE, chair=10)
    order = executed(trade, chair=10)
    assert OrderState.AWAITING_ADVANCE == order.state
    assert "10 pcs" == str(trade.stock.balance("chair", "main").free)
    with pytest.raises(Refused) as refused:
        trade.orders.fill(order.id)
    assert ("ADVANCE_UNPAID",) == refused.value.codes

    trade.payments.receive(order=order.id, amount=euro(30))
    assert OrderState.READY_TO_PROVISION == trade.orders.get(order.id).state
    order = trade.orders.fill(order.id)
    assert OrderState.AWAITING_PREPAYMENT == order.state
    assert [ProvisioningAction.RESERVE] == [each.action for each in order.lines[0].provisions]

    trade.payments.receive(order=order.id, amount=euro(30))
    assert OrderState.READY_TO_SHIP == trade.orders.get(order.id).state
    explanation = trade.orders.explain(order.id)
    assert [30, 30, 0] == [each.paid for each in explanation.stages]


def test_a_request_sent_twice_is_one_order(shop: Shop) -> None:
    """A key makes a repeated request answer with the first order; the stock is reserved once."""
    trade = shop(stages=PREPAID, chair=10)
    first = placed(trade.once("web-1"), chair=3)
    assert first == placed(trade.once("web-1"), chair=3)
    assert 1 == len(trade.orders.find())
    done = trade.once("web-2").orders.execute(first.id, fill=True)
    assert done == trade.once("web-2").orders.execute(first.id, fill=True)
    assert "3 pcs" == str(trade.stock.balance("chair", "main").reserved)


def test_what_is_planned_is_not_written(shop: Shop) -> None:
    """A dry run tells what would happen, and a refused one tells why; neither leaves a trace."""
    trade = shop(stages=PREPAID, chair=2)
    order = placed(trade, chair=2)
    plan = trade.orders.execute.plan(order.id, fill=True)
    assert plan.allowed
    assert plan.result is not None
    assert OrderState.AWAITING_PREPAYMENT == plan.result.state
    assert OrderState.AWAITING_APPROVAL == trade.orders.get(order.id).state
    assert ["NOT_IN_EXECUTION"] == [each.code for each in trade.orders.ship.plan(order.id).violations]
    assert 1 == len(trade.orders.history(order.id))


def test_the_whole_day_stands_in_the_history(shop: Shop) -> None:
    """Who did what can be read afterwards, oldest first (V1, V3)."""
    trade = shop(stages=PREPAID, chair=10)
    order = placed(trade.acting_as("ann"), chair=1).id
    trade.acting_as("bob").orders.approve(order, execute=True, fill=True)
    trade.acting_as("ann").payments.receive(order=order, amount=euro(10))
    trade.acting_as("cid").orders.ship(order)
    told = [(each.command, each.actor) for each in trade.orders.history(order)]
    expected = [("place_order", "ann"), ("approve_order", "bob"), ("receive_payment", "ann"), ("ship_order", "cid")]
    assert expected == told
    kinds = [each.KIND for each in trade.orders.documents(order)]
    assert ["incoming_payment", "shipment"] == sorted(kinds)
