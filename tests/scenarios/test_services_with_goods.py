"""A delivery is sold with the goods: it needs no stock and is rendered with them or after."""

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import figures, owes, shelf
from tests.unit.builders import ON_CREDIT, PREPAID, euro, executed
from tradecore import OrderState


def test_service_comes_after_the_goods(shop: Shop) -> None:
    """It is part of what is paid and shipped, and keeps the order open until it is rendered (B13; beyond 4.1b)."""
    trade = shop(stages=PREPAID, chair=2)
    order = executed(trade, chair=2, delivery=1).id
    assert OrderState.AWAITING_PREPAYMENT is trade.orders.get(order).state
    assert ("2", "2") == shelf(trade, "chair")
    trade.payments.receive(order=order, amount=euro(35))
    trade.orders.ship(order, lines=[{"line": "1", "quantity": 2}])
    assert (OrderState.SHIPPING, "35.00 EUR", "20.00 EUR") == figures(trade, order)
    trade.orders.ship(order)
    assert (OrderState.READY_TO_CLOSE, "35.00 EUR", "35.00 EUR") == figures(trade, order)
    assert ("0.00 EUR", ("0", "0")) == (owes(trade), shelf(trade, "chair"))


def test_service_alone(shop: Shop) -> None:
    """An order of services goes from execution straight to being shipped."""
    trade = shop(stages=ON_CREDIT)
    order = executed(trade, delivery="1.5").id
    assert OrderState.SHIPPING is trade.orders.get(order).state
    trade.orders.ship(order)
    assert (OrderState.AWAITING_PAYMENT, "0.00 EUR", "22.50 EUR") == figures(trade, order)
    trade.payments.receive(order=order, amount=euro("22.50"))
    assert OrderState.CLOSED is trade.orders.close(order).state


def test_service_is_cancelled_like_goods(shop: Shop) -> None:
    """A service that is not wanted any more need not be paid."""
    trade = shop(stages=PREPAID, chair=2)
    order = executed(trade, chair=2, delivery=1).id
    after = trade.orders.cancel(order, lines=[{"line": "2"}], reason="refused")
    assert (20, 20) == (after.total, after.stages[0].amount)
    assert ("2", "2") == shelf(trade, "chair")
