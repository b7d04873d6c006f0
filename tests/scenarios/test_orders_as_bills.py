"""The company prints bills from orders and controls nothing else (002, section 1, variant 1)."""

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import figures, owes, shelf
from tests.unit.builders import WITH_ADVANCE, euro, placed
from tradecore import OrderState, OrderStatus, OrderUsage, Refused, Settings, Trade

AS_BILL = Settings(order_usage=OrderUsage.AS_BILL)


def refusal(trade: Trade, command: str, *args: object, **kwargs: object) -> tuple[str, ...]:
    """The codes a command of orders is refused with."""
    with pytest.raises(Refused) as refused:
        getattr(trade.orders, command)(*args, **kwargs)
    return refused.value.codes


def test_a_bill_holds_nothing_and_plans_nothing(shop: Shop) -> None:
    """More than there is may be billed: nothing is reserved, no payment is planned, nothing is awaited."""
    trade = shop(stages=WITH_ADVANCE, settings=AS_BILL, chair=2)
    bill = placed(trade, chair=50)
    assert (OrderState.NOT_CONTROLLED, OrderStatus.ON_APPROVAL, ()) == (bill.state, bill.status, bill.stages)
    assert ("2", "0") == shelf(trade, "chair")
    assert euro(500) == trade.orders.explain(bill.id).total
    assert bill == trade.orders.find(state=OrderState.NOT_CONTROLLED).items[0]


def test_steps_of_controlled_orders_are_refused_by_name(shop: Shop) -> None:
    """Whoever tries to reserve a bill reads that bills hold no goods."""
    trade = shop(settings=AS_BILL, chair=2)
    bill = placed(trade, chair=1).id
    for command in ("approve", "execute", "fill", "release", "release_to_ship"):
        assert ("NOT_IN_USAGE",) == refusal(trade, command, bill)
    assert ("NOT_IN_USAGE",) == refusal(trade, "set_status", bill, OrderStatus.IN_RESERVE)
    assert ("NOT_IN_USAGE",) == refusal(trade, "edit", bill, stages=WITH_ADVANCE)
    allowed = {each.command for each in trade.orders.allowed(bill) if each.allowed}
    assert {"edit", "ship", "pay", "cancel", "close", "close_with_cancellation", "set_status"} <= allowed


def test_a_bill_may_still_be_paid_and_shipped(shop: Shop) -> None:
    """Goods leave the shelf and money comes, in any order; the bill stays what it is."""
    trade = shop(stages=WITH_ADVANCE, settings=AS_BILL, chair=5)
    bill = placed(trade, chair=4, delivery=1).id
    trade.orders.ship(bill, lines=[{"line": "1", "quantity": 3}])
    assert (("2", "0"), "30.00 EUR") == (shelf(trade, "chair"), owes(trade))
    trade.payments.receive(order=bill, amount=euro(55))
    assert (OrderState.NOT_CONTROLLED, "55.00 EUR", "30.00 EUR") == figures(trade, bill)
    assert ("LATER_DOCUMENTS",) == refusal(trade, "edit", bill, comment="x")
    shipment = trade.orders.ship(bill)
    assert [("1", 1), ("2", 1)] == [(each.order_line, each.quantity) for each in shipment.lines]
    trade.shipments.unpost(shipment.id)
    assert ("2", "0") == shelf(trade, "chair"), "what came back is not held for the bill"
    trade.orders.close(bill)
    closed = trade.orders.get(bill)
    assert (OrderStatus.CLOSED, OrderState.NOT_CONTROLLED) == (closed.status, closed.state)
    assert euro(55) == closed.money(closed.total), "it stays what was printed"


def test_shipping_a_bill_takes_what_is_free(shop: Shop) -> None:
    """A bill gives no right to goods: those of others are not touched, and the shortage is named."""
    trade = shop(settings=AS_BILL, chair=3)
    bill = placed(trade, chair=4).id
    assert ("SHORT_STOCK",) == refusal(trade, "ship", bill)
    assert 3 == trade.orders.ship(bill, lines=[{"line": "1", "quantity": 3}]).lines[0].quantity


def test_a_bill_stays_a_bill_when_the_company_changes_its_ways(shop: Shop) -> None:
    """An order keeps the usage it was made under (A1): old bills are not controlled, new orders are."""
    old = placed(shop(settings=AS_BILL, chair=5), chair=4).id
    trade = shop(settings=Settings())
    trade.payments.receive(order=old, amount=euro(40))
    assert OrderState.NOT_CONTROLLED is trade.orders.get(old).state
    assert ("NOT_IN_USAGE",) == refusal(trade, "execute", old)
    new = trade.orders.execute(placed(trade, chair=4).id, fill=True)
    assert OrderState.AWAITING_PREPAYMENT is new.state
