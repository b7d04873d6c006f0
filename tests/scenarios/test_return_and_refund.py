"""Goods come back after they were paid, and so does the money."""

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import figures, owes, shelf
from tests.unit.builders import PREPAID, euro, executed
from tradecore import OrderState, Refused


def test_return_after_payment_and_refund(shop: Shop) -> None:
    """What came back need not be paid, is in stock again, and reopens nothing (K11, K12, D20; beyond 4.1a, 4.15)."""
    trade = shop(stages=PREPAID, chair=5)
    order = executed(trade, chair=5).id
    trade.payments.receive(order=order, amount=euro(50))
    shipment = trade.orders.ship(order)
    assert ("0", "0") == shelf(trade, "chair")

    back = trade.returns.receive(shipment.id, lines=[{"line": "1", "quantity": 2}])
    assert (OrderState.READY_TO_CLOSE, "50.00 EUR", "30.00 EUR") == figures(trade, order)
    assert ("2", "0") == shelf(trade, "chair")
    assert ("20.00 EUR", "-20.00 EUR") == (str(trade.orders.explain(order).refund_due), owes(trade))

    trade.outgoing.refund(order=order, amount=euro(20))
    assert (OrderState.READY_TO_CLOSE, "30.00 EUR", "30.00 EUR") == figures(trade, order)
    assert ("100 %", "0.00 EUR") == (str(trade.orders.explain(order).paid_percent), owes(trade))

    with pytest.raises(Refused) as refused:
        trade.returns.receive(shipment.id, lines=[{"line": "1", "quantity": 4}])
    assert ("EXCEEDS_SHIPPED",) == refused.value.codes
    with pytest.raises(Refused) as refused:
        trade.shipments.unpost(shipment.id)
    assert ("LATER_DOCUMENTS",) == refused.value.codes
    assert back.number in str(refused.value)
    assert OrderState.CLOSED is trade.orders.close(order).state


def test_all_of_it_comes_back(shop: Shop) -> None:
    """An order whose goods all came back owes nothing; both steps can be taken back (beyond 4.1b)."""
    trade = shop(stages=PREPAID, chair=5)
    order = executed(trade, chair=5).id
    trade.payments.receive(order=order, amount=euro(50))
    back = trade.returns.receive(trade.orders.ship(order).id)
    payment = trade.outgoing.refund(order=order, amount=euro(50))
    assert (OrderState.READY_TO_CLOSE, "0.00 EUR", "0.00 EUR") == figures(trade, order)
    trade.outgoing.unpost(payment.id)
    trade.returns.unpost(back.id)
    assert (OrderState.READY_TO_CLOSE, "50.00 EUR", "50.00 EUR") == figures(trade, order)
    assert ("0", "0") == shelf(trade, "chair")
