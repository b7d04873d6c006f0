"""Several warehouses, and one item on two lines of an order."""

from decimal import Decimal

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import figures, shelf
from tests.unit.builders import ON_CREDIT, reserved
from tradecore import NewLine, OrderState, ProvisioningAction, Refused, Trade


def order_of(trade: Trade, *lines: NewLine) -> str:
    """The id of an order of these lines, executed and not filled."""
    order = trade.orders.place(customer="acme", warehouse="main", lines=lines)
    return trade.orders.execute(order.id).id


def test_each_line_has_its_warehouse(shop: Shop) -> None:
    """Lines are reserved and shipped where they say."""
    trade = shop(stages=ON_CREDIT, chair=5)
    trade.stock_receipts.receive(warehouse="spare", lines=[{"item": "chair", "quantity": 2}])
    order = order_of(trade, NewLine(item="chair", quantity=4), NewLine(item="chair", quantity=2, warehouse="spare"))
    trade.orders.fill(order)
    assert (("5", "4"), ("2", "2")) == (shelf(trade, "chair"), shelf(trade, "chair", "spare"))
    trade.orders.ship(order)
    assert (("1", "0"), ("0", "0")) == (shelf(trade, "chair"), shelf(trade, "chair", "spare"))
    assert (OrderState.AWAITING_PAYMENT, "0.00 EUR", "60.00 EUR") == figures(trade, order)


def test_twin_lines_are_reserved_together_or_not_at_all(shop: Shop) -> None:
    """Two lines that fit alone are refused together; own reserves may be moved between them (beyond 4.12, 4.13)."""
    trade = shop(stages=ON_CREDIT, chair=5)
    order = order_of(trade, NewLine(item="chair", quantity=4), NewLine(item="chair", quantity=3))
    with pytest.raises(Refused) as refused:
        trade.orders.provision(order, {"1": [reserved(4)], "2": [reserved(2)]})
    assert ("SHORT_STOCK", "SHORT_STOCK") == refused.value.codes
    assert "6 is wanted, 5 is free" in str(refused.value)
    trade.orders.provision(order, {"1": [reserved(4)], "2": [reserved(1)]})
    assert ("5", "5") == shelf(trade, "chair")
    moved = trade.orders.provision(order, {"1": [reserved(2)], "2": [reserved(3)]})
    assert [2, 3] == [line.held(ProvisioningAction.RESERVE) for line in moved.lines]
    assert ("5", "5") == shelf(trade, "chair")


def test_own_reserve_may_be_shipped(shop: Shop) -> None:
    """Goods held for an order can be shipped to it although none are free (beyond 4.13)."""
    trade = shop(stages=ON_CREDIT, chair=5)
    first = order_of(trade, NewLine(item="chair", quantity=5))
    trade.orders.fill(first)
    second = order_of(trade, NewLine(item="chair", quantity=1))
    trade.orders.fill(second)
    with pytest.raises(Refused) as refused:
        trade.orders.ship(second)
    assert ("NOTHING_TO_SHIP",) == refused.value.codes
    assert Decimal(5) == trade.orders.ship(first).lines[0].quantity
    assert ("0", "0") == shelf(trade, "chair")
