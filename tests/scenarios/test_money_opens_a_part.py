"""A company that works as the money comes: goods are provided and shipped up to the value that is covered."""

from typing import Any

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import ON_CREDIT, PREPAID, WITH_ADVANCE, euro
from tradecore import NewLine, OrderState, ProvisioningAction, Refused, Settings, StageGating, StageTerms, Trade

AS_IT_COMES = Settings(stage_gating=StageGating.COVERED_AMOUNT)


def ten_chairs(trade: Trade, stages: tuple[StageTerms, ...]) -> str:
    """The id of an executed order of ten chairs for 100 euro."""
    line = NewLine(item="chair", quantity=10)
    order = trade.orders.place(customer="acme", warehouse="main", lines=[line], stages=stages)
    trade.orders.approve(order.id, execute=True)
    return order.id


def refusal(call: Any, *args: Any, **kwargs: Any) -> str:
    """What a refused call says."""
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.violations[0].message


def test_goods_leave_as_they_are_paid(shop: Shop) -> None:
    """All is due before shipment; the customer pays in parts and fetches in parts (D5, A9)."""
    trade = shop(settings=AS_IT_COMES, chair=10)
    order = ten_chairs(trade, PREPAID)
    assert OrderState.AWAITING_PREPAYMENT == trade.orders.fill(order).state
    assert "The prepayment is not paid: 100.00 EUR of 100.00 EUR is missing." == refusal(trade.orders.ship, order)

    trade.payments.receive(order=order, amount=euro(45))
    assert OrderState.READY_TO_SHIP == trade.orders.get(order).state
    too_many = [{"line": "1", "quantity": 5}]
    told = refusal(trade.orders.ship, order, lines=too_many)
    assert "Goods for 50.00 EUR would be shipped; advance and prepayment received cover 45.00 EUR." == told
    assert 4 == trade.orders.ship(order).lines[0].quantity
    assert OrderState.AWAITING_PREPAYMENT == trade.orders.get(order).state

    trade.payments.receive(order=order, amount=euro(55))
    assert OrderState.SHIPPING == trade.orders.release_to_ship(order).state
    assert 6 == trade.orders.ship(order).lines[0].quantity
    assert OrderState.READY_TO_CLOSE == trade.orders.get(order).state


def test_half_an_advance_reserves_half_the_goods(shop: Shop) -> None:
    """The advance is 30 of 100; 15 have come, so goods worth 50 are reserved (D4)."""
    trade = shop(settings=AS_IT_COMES, chair=10)
    order = ten_chairs(trade, WITH_ADVANCE)
    assert "The advance is not paid: 30.00 EUR of 30.00 EUR is missing." == refusal(trade.orders.fill, order)
    trade.payments.receive(order=order, amount=euro(15))
    why = trade.orders.explain(order)
    assert (OrderState.READY_TO_PROVISION, euro(50), euro(25)) == (
        why.state, why.provisioning_covered, why.shipment_covered,
    )  # fmt: skip

    filled = trade.orders.fill(order)
    assert 5 == filled.lines[0].held(ProvisioningAction.RESERVE)
    assert OrderState.AWAITING_ADVANCE == filled.state
    told = refusal(trade.orders.fill, order)
    assert "Goods for 100.00 EUR would be provided; the advance received covers 50.00 EUR." == told

    trade.payments.receive(order=order, amount=euro(15))
    assert 10 == trade.orders.fill(order).lines[0].held(ProvisioningAction.RESERVE)


def test_the_usual_way_waits_for_all_of_it(shop: Shop) -> None:
    """Without the setting one cent short keeps everything where it is."""
    trade = shop(chair=10)
    order = ten_chairs(trade, PREPAID)
    trade.orders.fill(order)
    trade.payments.receive(order=order, amount=euro("99.99"))
    told = refusal(trade.orders.ship, order, lines=[{"line": "1", "quantity": 1}])
    assert "The prepayment is not paid: 0.01 EUR of 100.00 EUR is missing." == told


def test_an_order_keeps_its_gating(shop: Shop) -> None:
    """When the company becomes strict, orders placed before are still shipped as they are paid (decision 16)."""
    order = ten_chairs(shop(settings=AS_IT_COMES, chair=10), PREPAID)
    strict = shop()
    strict.orders.fill(order)
    strict.payments.receive(order=order, amount=euro(20))
    assert 2 == strict.orders.ship(order).lines[0].quantity


def test_credit_lets_everything_through(shop: Shop) -> None:
    """Where nothing is due before, nothing is measured."""
    trade = shop(settings=AS_IT_COMES, chair=10)
    order = ten_chairs(trade, ON_CREDIT)
    trade.orders.fill(order)
    assert 10 == trade.orders.ship(order).lines[0].quantity


def test_a_refund_closes_the_gate_again(shop: Shop) -> None:
    """What is released stays released; nothing more is, until the money comes back."""
    trade = shop(settings=AS_IT_COMES, chair=10)
    order = ten_chairs(trade, PREPAID)
    trade.orders.fill(order)
    trade.payments.receive(order=order, amount=euro(50))
    trade.orders.release_to_ship(order)
    trade.outgoing.refund(order=order, amount=euro(30))
    assert 5 == trade.orders.get(order).lines[0].held(ProvisioningAction.SHIP)
    told = refusal(trade.orders.release_to_ship, order)
    assert "Goods for 100.00 EUR would be shipped; advance and prepayment received cover 20.00 EUR." == told
    assert 2 == trade.orders.ship(order).lines[0].quantity
