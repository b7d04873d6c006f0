"""Goods are bought, paid for in two parts, sold, and everything can be followed from any end."""

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import DAY, PREPAID, Clock, euro, placed
from tradecore import OrderState, Refused, Trade
from tradecore.documents import Document


def numbers(documents: tuple[Document, ...]) -> list[str]:
    """The series of documents, which tell what they are."""
    return [each.number[:2] for each in documents]


def bought(trade: Trade, quantity: int) -> str:
    """The id of a purchase order for chairs."""
    lines = [{"item": "chair", "quantity": quantity, "price": 6, "expected_on": DAY}]
    return trade.purchases.place(supplier="mill", warehouse="main", currency="EUR", lines=lines).id


def test_related_documents_are_seen_from_every_end(shop: Shop, clock: Clock) -> None:
    """An order and the purchase it waits for; then all that was made for each (B4-B8, B10)."""
    trade = shop(stages=PREPAID)
    purchase, order = bought(trade, 5), placed(trade, chair=5).id
    trade.orders.execute(order, fill=True)
    assert (["PO"], ["SO"]) == (numbers(trade.orders.documents(order)), numbers(trade.purchases.documents(purchase)))

    clock.pass_(hours=1)
    advance = trade.outgoing.pay(purchase_order=purchase, amount=euro(10))
    clock.pass_(hours=1)
    receipt = trade.receipts.receive(purchase_order=purchase)
    clock.pass_(hours=1)
    trade.outgoing.pay(purchase_order=purchase, amount=euro(20))
    assert ["OP", "GR", "OP"] == numbers(trade.purchases.documents(purchase))
    assert ["PO", "GR", "OP"] == numbers(trade.outgoing.documents(advance.id))
    assert ["PO", "OP", "OP"] == numbers(trade.receipts.documents(receipt.id))
    assert 30 == trade.purchases.get(purchase).paid

    payment = trade.payments.receive(order=order, amount=euro(50))
    clock.pass_(hours=1)
    shipment = trade.orders.ship(order)
    clock.pass_(hours=1)
    back = trade.returns.receive(shipment.id)
    clock.pass_(hours=1)
    refund = trade.outgoing.refund(order=order, amount=euro(50))
    assert ["IP", "SH", "RT", "OP"] == numbers(trade.orders.documents(order))
    assert ["SO", "IP", "RT", "OP"] == numbers(trade.shipments.documents(shipment.id))
    assert ["SO", "IP", "SH", "OP"] == numbers(trade.returns.documents(back.id))
    assert ["SO", "SH", "RT", "OP"] == numbers(trade.payments.documents(payment.id))
    assert ["SO", "IP", "SH", "RT"] == numbers(trade.outgoing.documents(refund.id))
    assert OrderState.READY_TO_CLOSE is trade.orders.get(order).state


def test_payments_to_suppliers_are_taken_back_and_made_again(shop: Shop) -> None:
    """A purchase order stands as long as money stands on it (B6)."""
    trade = shop()
    purchase = bought(trade, 2)
    payment = trade.outgoing.pay(purchase_order=purchase, amount=euro(12))
    with pytest.raises(Refused) as refused:
        trade.purchases.unpost(purchase)
    assert payment.number in str(refused.value)
    trade.outgoing.unpost(payment.id)
    assert () == trade.purchases.documents(purchase)
    trade.purchases.unpost(purchase)
    trade.purchases.post(purchase)
    trade.outgoing.post(payment.id)
    assert (12, [payment.id]) == (
        trade.purchases.get(purchase).paid,
        [each.id for each in trade.outgoing.find(where={"purpose": "to_supplier"})],
    )
