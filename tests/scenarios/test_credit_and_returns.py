"""Goods are shipped in parts on credit; some come back; money goes both ways."""

from datetime import date, timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import DAY, ON_CREDIT, PREPAID, Clock, euro, executed
from tradecore import Due, LineQuantity, NewLine, OrderState, PaymentFor, Percent, Refused


def test_partial_shipments_on_credit(shop: Shop, clock: Clock) -> None:
    """Three tables of 33.33 are shipped one by one; the parts add up to the order, the credit runs from the first."""
    trade = shop(stages=ON_CREDIT, table=3)
    order = executed(trade, table=3)
    amounts = []
    for _ in range(3):
        clock.pass_(days=1)
        amounts.append(trade.orders.ship(order.id, lines=[LineQuantity(line="1", quantity=1)]).amount)
    order = trade.orders.get(order.id)
    assert order.total == sum(amounts) == order.shipped_amount
    assert OrderState.AWAITING_PAYMENT == order.state
    assert DAY + timedelta(days=31) == order.due_on
    explanation = trade.orders.explain(order.id, as_of=date(2026, 5, 1))
    assert explanation.is_overdue
    assert (euro("99.99"), Percent(100)) == (explanation.shipped_debt, explanation.debt_percent)
    assert [order.id] == [each.id for each in trade.orders.find(due=Due.OVERDUE, as_of=date(2026, 5, 1))]


def test_returned_goods_need_not_be_paid(shop: Shop) -> None:
    """One of four chairs comes back after payment: it is in stock again, and its price can be refunded."""
    trade = shop(stages=PREPAID, chair=4)
    order = executed(trade, chair=4)
    trade.payments.receive(order=order.id, amount=euro(40))
    shipment = trade.orders.ship(order.id)
    back = trade.returns.receive(shipment.id, lines=[LineQuantity(line="1", quantity=1)])
    assert 10 == back.amount
    assert "1 pcs" == str(trade.stock.balance("chair", "main").free)
    explanation = trade.orders.explain(order.id)
    assert (OrderState.READY_TO_CLOSE, euro(10)) == (explanation.state, explanation.refund_due)
    with pytest.raises(Refused) as refused:
        trade.outgoing.refund(order=order.id, amount=euro(41))
    assert "EXCEEDS_PAID" in refused.value.codes
    trade.outgoing.refund(order=order.id, amount=euro(10))
    (balance,) = trade.partners.balance("acme")
    assert (euro(30), euro(30), euro(0)) == (balance.charged, balance.paid, balance.debt)
    assert ["shipment", "sales_return", "incoming_payment", "outgoing_payment"] == sorted(
        (each.KIND for each in trade.orders.documents(order.id)),
        key=["shipment", "sales_return", "incoming_payment", "outgoing_payment"].index,
    )


def test_one_payment_covers_several_orders(shop: Shop) -> None:
    """Money is spread over two orders; what is left stands on the balance and is allocated later (D17)."""
    trade = shop(stages=PREPAID, chair=10)
    first, second = executed(trade, chair=2), executed(trade, chair=3)
    parts = [PaymentFor(order=first.id, amount=20), PaymentFor(order=second.id, amount=25)]
    payment = trade.payments.receive(partner="acme", amount=euro(60), allocations=parts)
    assert 15 == payment.unallocated
    assert OrderState.READY_TO_SHIP == trade.orders.get(first.id).state
    assert OrderState.AWAITING_PREPAYMENT == trade.orders.get(second.id).state
    trade.payments.allocate(payment.id, [parts[0], PaymentFor(order=second.id, amount=30)])
    assert OrderState.READY_TO_SHIP == trade.orders.get(second.id).state
    (balance,) = trade.partners.balance("acme")
    assert euro(-60) == balance.debt
    assert euro(-10) == balance.by_order[""]


def test_services_are_shipped_with_goods(shop: Shop) -> None:
    """A delivery needs no stock: it is ready at once and is charged with the goods."""
    trade = shop(stages=PREPAID, chair=1)
    lines = [NewLine(item="chair", quantity=1), NewLine(item="delivery", quantity=1)]
    order = trade.orders.place(customer="acme", warehouse="main", lines=lines)
    order = trade.orders.execute(order.id, fill=True)
    assert OrderState.AWAITING_PREPAYMENT == order.state
    trade.payments.receive(order=order.id, amount=order.money(order.total))
    shipment = trade.orders.ship(order.id)
    assert [("chair", 10), ("delivery", 15)] == [(each.item, each.amount) for each in shipment.lines]
    assert OrderState.READY_TO_CLOSE == trade.orders.get(order.id).state
