"""Prices in one currency, payments in another, at a rate that is frozen with the order (C15)."""

from decimal import Decimal

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import owes
from tests.unit.builders import PREPAID, euro
from tradecore import (
    Contract,
    ContractUsage,
    LineQuantity,
    Money,
    NewLine,
    OrderState,
    Percent,
    Refused,
    SalesOrder,
    Settings,
    Trade,
)

RATE = Decimal("41.2537")


def hryvnia(amount: str) -> Money:
    """So many hryvnias."""
    return Money(amount, "UAH")


def in_hryvnias(trade: Trade, quantity: int) -> SalesOrder:
    """An order of so many tables of 33.33 euros, paid in hryvnias."""
    lines = [NewLine(item="table", quantity=quantity)]
    paid = {"settlement_currency": "UAH", "rate": RATE}
    order = trade.orders.place(customer="acme", warehouse="main", lines=lines, **paid)  # type: ignore[arg-type]
    return trade.orders.execute(order.id, fill=True)


def test_an_order_in_euros_is_paid_in_hryvnias(shop: Shop) -> None:
    """Three tables are prepaid; each is shipped on its own, and the parts add up to what was paid, to the kopiyka."""
    trade = shop(stages=PREPAID, table=3)
    order = in_hryvnias(trade, 3)
    assert (Decimal("99.99"), Decimal("4124.96")) == (order.total, order.stages[0].amount)
    with pytest.raises(Refused) as refused:
        trade.payments.receive(order=order.id, amount=euro("99.99"))
    assert ("CURRENCY_MISMATCH",) == refused.value.codes
    trade.payments.receive(order=order.id, amount=hryvnia("4124.96"))
    charged = []
    for _ in range(3):
        shipment = trade.orders.ship(order.id, lines=[LineQuantity(line="1", quantity=1)])
        charged.append(shipment.charge)
    assert [Decimal("1374.99"), Decimal("1374.98"), Decimal("1374.99")] == charged
    order = trade.orders.get(order.id)
    assert (OrderState.READY_TO_CLOSE, order.paid) == (order.state, sum(charged))
    why = trade.orders.explain(order.id)
    assert (euro("99.99"), euro("99.99"), hryvnia("4124.96")) == (why.total, why.shipped, why.paid)
    assert (Percent(100), hryvnia("0")) == (why.paid_percent, why.shipped_debt)
    assert "0.00 UAH" == owes(trade)


def test_goods_that_come_back_are_credited_at_the_frozen_rate(shop: Shop) -> None:
    """One of two tables comes back, then the other: what was charged is credited exactly."""
    trade = shop(stages=PREPAID, table=2)
    order = in_hryvnias(trade, 2)
    trade.payments.receive(order=order.id, amount=trade.orders.get(order.id).to_pay(order.stages[0].amount))
    shipment = trade.orders.ship(order.id)
    one = [LineQuantity(line="1", quantity=1)]
    backs = [trade.returns.receive(shipment.id, lines=one) for _ in range(2)]
    assert shipment.charge == sum(each.credit for each in backs)
    why = trade.orders.explain(order.id)
    assert why.refund_due == order.to_pay(order.stages[0].amount)
    trade.returns.unpost(backs[0].id)
    order = trade.orders.get(order.id)
    assert order.charged - order.credited == shipment.charge - backs[1].credit


def test_what_cannot_be_right_is_refused(shop: Shop) -> None:
    """A rate is needed where the currencies differ, and only there; the contract names the currency of its orders."""
    trade = shop(settings=Settings(contract_usage=ContractUsage.OPTIONAL), table=5)

    def codes(**facts: object) -> tuple[str, ...]:
        lines = [NewLine(item="table", quantity=1)]
        with pytest.raises(Refused) as refused:
            trade.orders.place(customer="acme", warehouse="main", lines=lines, **facts)  # type: ignore[arg-type]
        return refused.value.codes

    assert ("RATE_MISSING",) == codes(settlement_currency="UAH")
    assert ("RATE_MISSING",) == codes(settlement_currency="UAH", rate=0)
    assert ("RATE_NOT_NEEDED",) == codes(rate=2)
    assert ("UNKNOWN_CURRENCY",) == codes(settlement_currency="XYZ", rate=2)
    trade.catalog.save([Contract(id="kyiv", name="Kyiv", partner="acme", currency="UAH")])
    assert ("RATE_MISSING",) == codes()
    assert ("CURRENCY_MISMATCH",) == codes(settlement_currency="PLN", rate=4)
    lines = [NewLine(item="table", quantity=1)]
    order = trade.orders.place(customer="acme", warehouse="main", lines=lines, rate=RATE)
    assert ("UAH", RATE, Decimal("1374.99")) == (order.settlement_currency, order.rate, order.settled_total)
