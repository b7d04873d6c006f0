"""An advance comes before goods are touched, a prepayment before they leave, and credit runs from the shipment."""

from datetime import timedelta

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import figures, shelf
from tests.unit.builders import DAY, WITH_ADVANCE, Clock, euro, executed
from tradecore import OrderState


def test_each_part_of_the_money_opens_the_next_door(shop: Shop, clock: Clock) -> None:
    """The last cent of the advance counts; the credit is due thirty days after the real shipment (G2, G3, D4-D6)."""
    trade = shop(stages=WITH_ADVANCE, chair=10)
    order = executed(trade, chair=10).id
    trade.payments.receive(order=order, amount=euro("29.99"))
    assert OrderState.AWAITING_ADVANCE is trade.orders.get(order).state
    trade.payments.receive(order=order, amount=euro("0.01"))
    assert (OrderState.READY_TO_PROVISION, "30.00 EUR", "0.00 EUR") == figures(trade, order)
    trade.orders.fill(order)
    assert ("10", "10") == shelf(trade, "chair")
    trade.payments.receive(order=order, amount=euro(30))
    assert OrderState.READY_TO_SHIP is trade.orders.get(order).state

    clock.pass_(days=2)
    trade.orders.ship(order)
    assert (OrderState.AWAITING_PAYMENT, "60.00 EUR", "100.00 EUR") == figures(trade, order)
    explained = trade.orders.explain(order)
    assert [0, 0, 40] == [each.missing for each in explained.stages]
    assert DAY + timedelta(days=32) == trade.orders.get(order).due_on
    assert not explained.is_overdue
    assert trade.orders.explain(order, as_of=DAY + timedelta(days=33)).is_overdue

    trade.payments.receive(order=order, amount=euro(40))
    assert OrderState.READY_TO_CLOSE is trade.orders.get(order).state
    assert trade.orders.get(order).due_on is None


def test_half_is_cancelled_after_the_advance_was_paid(shop: Shop) -> None:
    """The paid advance stands, the rest is planned anew, and what is too much can be refunded (decision 9)."""
    trade = shop(stages=WITH_ADVANCE, chair=10)
    order = executed(trade, chair=10).id
    trade.payments.receive(order=order, amount=euro(30))
    after = trade.orders.cancel(order, lines=[{"line": "1", "quantity": 5}], reason="refused")
    assert ["30.00", "8.57", "11.43"] == [f"{stage.amount:.2f}" for stage in after.stages]
    after = trade.orders.cancel(order, lines=[{"line": "1", "quantity": 3}], reason="refused")
    assert ["20.00", "0.00", "0.00"] == [f"{stage.amount:.2f}" for stage in after.stages]
    assert "10.00 EUR" == str(trade.orders.explain(order).refund_due)
    trade.outgoing.refund(order=order, amount=euro(10))
    assert "0.00 EUR" == str(trade.orders.explain(order).refund_due)
