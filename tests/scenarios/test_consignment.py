"""Goods are handed to a consignee: he owes for what he has sold, and gives back what he has not (C4)."""

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import owes, shelf
from tests.unit.builders import Clock, euro
from tradecore import (
    Agreement,
    BusinessOperation,
    LineQuantity,
    NewLine,
    OrderState,
    Percent,
    Refused,
    Shipment,
    StageKind,
    StageTerms,
    Trade,
)
from tradecore.commands.ownership import EntrustedGoods


def handed_over(trade: Trade, quantity: int, **facts: str) -> Shipment:
    """So many chairs, with the consignee."""
    lines = [NewLine(item="chair", quantity=quantity)]
    order = trade.orders.place(customer="bolt", warehouse="main", agreement="on-sale", lines=lines, **facts)
    trade.orders.execute(order.id, fill=True)
    return trade.orders.ship(order.id)


def consigning(shop: Shop, **stock: int) -> Trade:
    """A shop that hands goods to consignees."""
    trade = shop(**stock)
    operation = BusinessOperation.CONSIGNMENT
    trade.catalog.save([Agreement(id="on-sale", name="On sale", price_kind="wholesale", operation=operation)])
    return trade


def test_a_consignee_reports_what_he_sold(shop: Shop, clock: Clock) -> None:
    """Ten chairs in two deliveries; he sells eight, first those that came first; two come back."""
    trade = consigning(shop, chair=10)
    first = handed_over(trade, 6)
    clock.pass_(days=1)
    second = handed_over(trade, 4)
    assert ("0", "0") == shelf(trade, "chair")
    assert () == trade.partners.balance("bolt"), "nothing was ever owed"
    with pytest.raises(Refused):
        trade.consignments.held(customer="nobody")
    assert [("6 pcs", 60), ("4 pcs", 40)] == [(str(each.quantity), each.amount) for each in _held(trade)]
    why = trade.orders.explain(first.order)
    assert (OrderState.SHIPPING, euro(0), False) == (why.state, why.shipped_debt, why.is_overdue)

    report = trade.consignments.report(customer="bolt", lines=[{"item": "chair", "quantity": 8}])
    assert [(first.id, 6), (second.id, 2)] == [(each.shipment, each.quantity) for each in report.lines]
    assert "80.00 EUR" == owes(trade, "bolt")
    assert [OrderState.AWAITING_PAYMENT, OrderState.SHIPPING] == [
        trade.orders.get(each.order).state for each in (first, second)
    ]
    with pytest.raises(Refused) as refused:
        trade.consignments.report(customer="bolt", lines=[{"item": "chair", "quantity": 3}])
    assert ("EXCEEDS_ENTRUSTED",) == refused.value.codes

    trade.returns.receive(second.id, lines=[LineQuantity(line="1", quantity=2)])
    assert ("2", "0") == shelf(trade, "chair")
    assert () == trade.consignments.held()
    for shipment, amount in ((first, 60), (second, 20)):
        trade.payments.receive(order=shipment.order, amount=euro(amount))
        assert OrderState.CLOSED == trade.orders.close(shipment.order).state
    assert "0.00 EUR" == owes(trade, "bolt")


def test_sold_goods_come_back_after_those_that_were_not(shop: Shop) -> None:
    """Of five chairs two are sold. Four come back: three were ours, one had been sold and need not be paid."""
    trade = consigning(shop, chair=5)
    shipment = handed_over(trade, 5)
    report = trade.consignments.report(customer="bolt", lines=[{"item": "chair", "quantity": 2}])
    back = trade.returns.receive(shipment.id, lines=[LineQuantity(line="1", quantity=4)])
    assert (3, 40, 30) == (back.lines[0].recalled, back.amount, back.recalled_amount)
    assert "10.00 EUR" == owes(trade, "bolt")
    with pytest.raises(Refused) as refused:
        trade.consignments.unpost(report.id)
    assert ("LATER_DOCUMENTS",) == refused.value.codes
    trade.returns.unpost(back.id)
    trade.consignments.unpost(report.id)
    assert ("5 pcs", "0.00 EUR") == (str(_held(trade)[0].quantity), owes(trade, "bolt"))
    trade.consignments.post(report.id)
    assert "20.00 EUR" == owes(trade, "bolt")


def test_nobody_pays_before_he_has_sold(shop: Shop) -> None:
    """A consignment has no stage before shipment, neither in the agreement nor in an order."""
    trade = consigning(shop, chair=1)
    early = (StageTerms(kind=StageKind.PREPAYMENT, share=Percent(100)),)
    facts = {"id": "bad", "name": "Bad", "price_kind": "wholesale", "stages": early}
    with pytest.raises(Refused) as refused:
        trade.catalog.save([Agreement(operation=BusinessOperation.CONSIGNMENT, **facts)])
    assert ("STAGE_BEFORE_SALE",) == refused.value.codes
    lines = [NewLine(item="chair", quantity=1)]
    with pytest.raises(Refused) as refused:
        trade.orders.place(customer="bolt", warehouse="main", agreement="on-sale", lines=lines, stages=early)
    assert ("STAGE_BEFORE_SALE",) == refused.value.codes


def _held(trade: Trade) -> list[EntrustedGoods]:
    return sorted(trade.consignments.held(customer="bolt"), key=lambda each: -each.amount)
