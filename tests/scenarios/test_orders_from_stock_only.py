"""Orders are taken only for what is in stock; the status reserves and releases the whole of it (002, section 1)."""

from typing import Any

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import shelf
from tests.unit.builders import ON_CREDIT, PREPAID, WITH_ADVANCE, euro, placed
from tradecore import (
    ChannelStatus,
    NewLine,
    OrderApproval,
    OrderState,
    OrderStatus,
    OrderUsage,
    ProvisioningAction,
    Refused,
    SalesOrder,
    Settings,
)

STOCK_ONLY = Settings(order_usage=OrderUsage.STOCK_ONLY)
ASKED, IN_RESERVE, TO_SHIP = OrderStatus.ON_APPROVAL, OrderStatus.IN_RESERVE, OrderStatus.TO_SHIP


def refusal(call: Any) -> list[tuple[str, str]]:
    """The codes and places a call is refused with."""
    with pytest.raises(Refused) as refused:
        call()
    return [(each.code, each.place) for each in refused.value.violations]


def test_an_order_goes_from_approval_to_reserve_to_shipment(shop: Shop) -> None:
    """On approval nothing moves; in reserve all is held; to ship it must be paid; then it is shipped and closed."""
    trade = shop(stages=PREPAID, settings=STOCK_ONLY, chair=10, table=5)
    order = placed(trade, chair=3, table=2).id
    assert ("10", "0") == shelf(trade, "chair")

    held = trade.orders.set_status(order, IN_RESERVE)
    assert (IN_RESERVE, OrderState.AWAITING_PREPAYMENT) == (held.status, held.state)
    assert (("10", "3"), ("5", "2")) == (shelf(trade, "chair"), shelf(trade, "table"))
    assert [("PREPAYMENT_UNPAID", "")] == refusal(lambda: trade.orders.set_status(order, TO_SHIP))
    assert [("NOT_IN_STATUS", "")] == refusal(lambda: trade.orders.ship(order))

    trade.payments.receive(order=order, amount=held.money(held.total))
    assert OrderState.READY_TO_SHIP is trade.orders.get(order).state
    released = trade.orders.set_status(order, TO_SHIP)
    assert (TO_SHIP, OrderState.SHIPPING) == (released.status, released.state)
    trade.orders.ship(order, lines=[{"line": "1", "quantity": 1}])
    trade.orders.ship(order)
    assert OrderState.READY_TO_CLOSE is trade.orders.get(order).state
    assert OrderState.CLOSED is trade.orders.set_status(order, OrderStatus.CLOSED).state
    assert (("7", "0"), ("3", "0")) == (shelf(trade, "chair"), shelf(trade, "table"))


def test_every_short_line_is_named_and_nothing_is_reserved(shop: Shop) -> None:
    """All or nothing: one line would fit, and is not held either (A8)."""
    trade = shop(settings=STOCK_ONLY, chair=10, table=1)
    order = placed(trade, chair=11, table=2, wire=1, delivery=1)
    fits = placed(trade, chair=10)
    expected = [("SHORT_STOCK", f"lines[{index}]") for index in range(3)]
    assert expected == refusal(lambda: trade.orders.set_status(order.id, IN_RESERVE))
    assert expected == [(each.code, each.place) for each in trade.orders.execute.plan(order.id).violations]
    assert ("10", "0") == shelf(trade, "chair")
    assert ASKED is trade.orders.get(order.id).status
    trade.orders.set_status(fits.id, IN_RESERVE)
    assert ("10", "10") == shelf(trade, "chair")


def test_lines_are_not_handled_one_by_one(shop: Shop) -> None:
    """What an order from stock and to order can do with a line is refused by its name here."""
    trade = shop(stages=ON_CREDIT, settings=STOCK_ONLY, chair=5)
    order = trade.orders.execute(placed(trade, chair=3).id)
    assert (IN_RESERVE, ProvisioningAction.RESERVE) == (order.status, order.lines[0].provisions[0].action)
    for call in (
        lambda: trade.orders.fill(order.id),
        lambda: trade.orders.provision(order.id, {"1": []}),
        lambda: trade.orders.release(order.id, lines=["1"]),
        lambda: trade.orders.release_to_ship(order.id),
        lambda: trade.stock.supply(order.id, "1"),
    ):
        assert [("NOT_IN_USAGE", "")] == refusal(call)
    assert [("NOT_IN_USAGE", "status")] == refusal(lambda: trade.orders.set_status(order.id, OrderStatus.TO_EXECUTE))


def test_moving_back_releases_what_was_held(shop: Shop) -> None:
    """A reserve is let go by going back to approval (H11); once something is shipped that is refused, naming it."""
    trade = shop(stages=ON_CREDIT, settings=STOCK_ONLY, chair=5)
    order = placed(trade, chair=4).id
    trade.orders.set_status(order, TO_SHIP)
    assert ("5", "4") == shelf(trade, "chair")
    back = trade.orders.release(order)
    assert (ASKED, OrderState.AWAITING_APPROVAL, ()) == (back.status, back.state, back.lines[0].provisions)
    assert ("5", "0") == shelf(trade, "chair")
    assert [("NOTHING_TO_RELEASE", "")] == refusal(lambda: trade.orders.release(order))
    trade.orders.edit(order, lines=[{"item": "chair", "quantity": 5}])

    trade.orders.set_status(order, TO_SHIP)
    shipment = trade.orders.ship(order, lines=[{"line": "1", "quantity": 2}])
    for back_again in (lambda: trade.orders.set_status(order, ASKED), lambda: trade.orders.release(order)):
        with pytest.raises(Refused, match=shipment.number):
            back_again()
    reserved = trade.orders.set_status(order, IN_RESERVE)
    assert (OrderState.READY_TO_SHIP, 3) == (reserved.state, reserved.lines[0].held(ProvisioningAction.RESERVE))
    trade.shipments.unpost(shipment.id)
    again = trade.orders.get(order)
    assert (5, OrderState.READY_TO_SHIP) == (again.lines[0].held(ProvisioningAction.RESERVE), again.state)


def test_an_unpaid_advance_shows_although_the_goods_are_held(shop: Shop) -> None:
    """The reserve does not wait for money; the state tells that money is missing (A6, A10)."""
    trade = shop(stages=WITH_ADVANCE, settings=STOCK_ONLY, chair=5)
    order = trade.orders.set_status(placed(trade, chair=5).id, IN_RESERVE)
    assert OrderState.AWAITING_ADVANCE is order.state
    assert [("ADVANCE_UNPAID", "")] == refusal(lambda: trade.orders.set_status(order.id, TO_SHIP))
    trade.payments.receive(order=order.id, amount=euro(15))
    assert OrderState.AWAITING_PREPAYMENT is trade.orders.get(order.id).state


def test_who_sets_the_status_may_approve_with_it(shop: Shop) -> None:
    """What needs approval is refused, unless whoever sets the status approves it: his name stays (M8)."""
    always = Settings(order_usage=OrderUsage.STOCK_ONLY, order_approval=OrderApproval.ALWAYS)
    trade = shop(stages=ON_CREDIT, settings=always, chair=5).acting_as("ann")
    order = placed(trade, chair=1).id
    assert [("APPROVAL_REQUIRED", "")] == refusal(lambda: trade.orders.set_status(order, IN_RESERVE))
    done = trade.acting_as("boss").orders.set_status(order, IN_RESERVE, approve=True)
    assert ("boss", OrderState.READY_TO_SHIP) == (done.approved_by, done.state)


def test_many_orders_at_once_each_with_its_own_answer(shop: Shop) -> None:
    """The clerk marks three orders and sets one status: two fit on the shelf, the third says what it lacks (A15)."""
    trade = shop(stages=ON_CREDIT, settings=STOCK_ONLY, chair=5)
    orders = [placed(trade, chair=quantity).id for quantity in (2, 3, 1)]
    done = trade.orders.set_status_many(orders, IN_RESERVE)
    assert [True, True, False] == [each.ok for each in done]
    assert "1 is wanted, 0 is free" in str(done[2].error)
    assert ("5", "5") == shelf(trade, "chair")


def test_orders_of_a_portal_start_where_the_settings_say(shop: Shop) -> None:
    """The portal's orders wait for approval, all others are reserved at once, or refused naming what is short (A14)."""
    portal = ChannelStatus(channel="portal", status=ASKED)
    settings = Settings(order_usage=OrderUsage.STOCK_ONLY, default_status=IN_RESERVE, channel_status=(portal,))
    trade = shop(stages=ON_CREDIT, settings=settings, chair=5)

    def ordered(quantity: int, **facts: Any) -> SalesOrder:
        line = NewLine(item="chair", quantity=quantity)
        return trade.orders.place(customer="acme", warehouse="main", lines=[line], **facts)

    assert ASKED is ordered(4, channel="portal").status
    assert ASKED is ordered(4, status=ASKED).status
    by_phone = ordered(4, channel="phone")
    assert (IN_RESERVE, OrderState.READY_TO_SHIP) == (by_phone.status, by_phone.state)
    assert [("SHORT_STOCK", "lines[0]")] == refusal(lambda: ordered(2))
    assert ["portal"] == [each.channel for each in trade.orders.find(channel="portal")]

    draft = ordered(1, draft=True)
    assert (ASKED, ("5", "4")) == (draft.status, shelf(trade, "chair"))
    assert (IN_RESERVE, ("5", "5")) == (trade.orders.post(draft.id).status, shelf(trade, "chair"))
