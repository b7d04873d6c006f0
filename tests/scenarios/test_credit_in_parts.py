"""Goods leave in odd parts, and parts are taken back."""

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import owes
from tests.unit.builders import ON_CREDIT, euro, executed
from tradecore import OrderState


def test_odd_parts_add_up(shop: Shop) -> None:
    """Nothing is lost to rounding when a shipment is taken back and shipped otherwise (beyond 4.10)."""
    trade = shop(stages=ON_CREDIT, wire=10)
    order = executed(trade, wire=7).id
    parts = [trade.orders.ship(order, lines=[{"line": "1", "quantity": "0.333333"}]) for _ in range(3)]
    assert ["0.02", "0.03", "0.02"] == [str(each.amount) for each in parts]
    trade.shipments.unpost(parts[1].id)
    trade.orders.ship(order, lines=[{"line": "1", "quantity": 2}])
    trade.orders.ship(order)
    found = trade.orders.get(order)
    assert euro("0.49").amount == found.total == found.shipped_amount
    assert ("0.49 EUR", OrderState.AWAITING_PAYMENT) == (owes(trade), found.state)
