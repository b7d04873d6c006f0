"""Goods travel for weeks and stay ours on the way: ownership passes by a document of its own (C2, C3)."""

from datetime import date

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import owes, shelf
from tests.unit.builders import Clock, euro
from tradecore import (
    Agreement,
    BusinessOperation,
    DueBase,
    LineQuantity,
    NewLine,
    OrderState,
    Percent,
    Refused,
    SalesOrder,
    StageKind,
    StageTerms,
    Trade,
)

AFTER_OWNERSHIP = (StageTerms(kind=StageKind.CREDIT, share=Percent(100), days=10, base=DueBase.OWNERSHIP),)


def transit_shop(shop: Shop) -> Trade:
    """A shop whose customers may also buy goods that travel as ours."""
    trade = shop(stages=AFTER_OWNERSHIP, chair=10)
    terms = {"name": "By sea", "price_kind": "wholesale", "stages": AFTER_OWNERSHIP, "deferred_ownership_allowed": True}
    trade.catalog.save([Agreement(id="by-sea", operation=BusinessOperation.SALE_IN_TRANSIT, **terms)])
    return trade


def sent(trade: Trade) -> SalesOrder:
    """Four chairs and a delivery, executed."""
    lines = [NewLine(item="chair", quantity=4), NewLine(item="delivery", quantity=1)]
    order = trade.orders.place(customer="acme", warehouse="main", agreement="by-sea", lines=lines)
    return trade.orders.execute(order.id, fill=True)


def test_ownership_passes_in_parts(shop: Shop, clock: Clock) -> None:
    """Four chairs leave; nothing is owed for them until they become the customer's, three first and then one."""
    trade = transit_shop(shop)
    order = sent(trade)
    assert BusinessOperation.SALE_IN_TRANSIT is order.operation
    shipment = trade.orders.ship(order.id)
    assert ("6", "0") == shelf(trade, "chair")
    assert "15.00 EUR" == owes(trade), "the delivery was rendered; the chairs are still ours"
    (travelling,) = trade.ownership.in_transit(customer="acme")
    assert ("4 pcs", 40, shipment.id) == (str(travelling.quantity), travelling.amount, travelling.shipment)
    assert OrderState.SHIPPING == trade.orders.get(order.id).state
    with pytest.raises(Refused) as refused:
        trade.orders.close_with_cancellation(order.id, reason="refused")
    assert "STILL_ENTRUSTED" in refused.value.codes

    clock.pass_(days=20)
    first = trade.ownership.transfer(shipment.id, lines=[LineQuantity(line="1", quantity=3)])
    assert (30, "45.00 EUR") == (first.amount, owes(trade))
    assert date(2026, 4, 1) == trade.orders.get(order.id).due_on, "the credit runs from the day of ownership"
    trade.ownership.transfer(shipment.id)
    assert () == trade.ownership.in_transit()
    assert OrderState.AWAITING_PAYMENT == trade.orders.get(order.id).state
    trade.payments.receive(order=order.id, amount=euro(55))
    assert OrderState.CLOSED == trade.orders.close(order.id).state


def test_a_transfer_is_taken_back(shop: Shop) -> None:
    """The wrong shipment was passed: un-posting makes the goods ours again, and nobody owes for them."""
    trade = transit_shop(shop)
    order = sent(trade)
    shipment = trade.orders.ship(order.id)
    transfer = trade.ownership.transfer(shipment.id)
    assert ["shipment", "ownership_transfer"] == [each.KIND for each in trade.orders.documents(order.id)]
    with pytest.raises(Refused) as refused:
        trade.shipments.unpost(shipment.id)
    assert "LATER_DOCUMENTS" in refused.value.codes
    trade.ownership.unpost(transfer.id)
    assert "15.00 EUR" == owes(trade)
    assert "4 pcs" == str(trade.ownership.in_transit()[0].quantity)
    trade.ownership.post(transfer.id)
    assert "55.00 EUR" == owes(trade)
    back = trade.returns.receive(shipment.id, lines=[LineQuantity(line="1", quantity=1)])
    assert "45.00 EUR" == owes(trade)
    with pytest.raises(Refused) as refused:
        trade.ownership.unpost(transfer.id)
    assert str(back) in str(refused.value)


def test_goods_come_back_from_the_road(shop: Shop) -> None:
    """Two of four never arrive and come back: they were ours, so nobody owes less; the rest is passed and paid."""
    trade = transit_shop(shop)
    order = sent(trade)
    shipment = trade.orders.ship(order.id)
    trade.returns.receive(shipment.id, lines=[LineQuantity(line="1", quantity=2)])
    assert ("8", "0") == shelf(trade, "chair")
    assert "15.00 EUR" == owes(trade)
    with pytest.raises(Refused) as refused:
        trade.ownership.transfer(shipment.id, lines=[LineQuantity(line="1", quantity=3)])
    assert ("EXCEEDS_ENTRUSTED",) == refused.value.codes
    trade.ownership.transfer(shipment.id)
    why = trade.orders.explain(order.id)
    assert (OrderState.AWAITING_PAYMENT, euro(35)) == (why.state, why.shipped_debt)


def test_only_the_agreement_opens_the_road(shop: Shop) -> None:
    """Without its flag an order for goods in transit is refused, whoever asks (C3)."""
    trade = transit_shop(shop)
    for agreement in ("std", None):
        with pytest.raises(Refused) as refused:
            trade.orders.place(
                customer="acme",
                warehouse="main",
                agreement=agreement,
                operation=BusinessOperation.SALE_IN_TRANSIT,
                lines=[NewLine(item="chair", quantity=1)],
            )
        assert {"TRANSIT_NOT_ALLOWED", "AGREEMENT_NOT_CHOSEN"} & set(refused.value.codes)
    plain = trade.orders.place(
        customer="acme",
        warehouse="main",
        agreement="by-sea",
        operation=BusinessOperation.SALE,
        lines=[NewLine(item="chair", quantity=1)],
    )
    assert BusinessOperation.SALE is plain.operation
