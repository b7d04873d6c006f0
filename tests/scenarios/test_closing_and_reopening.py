"""A clerk closes orders in every way there is, and one that was closed by mistake is worked on again (002, section 6)."""

from typing import Any

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import figures, shelf
from tests.unit.builders import ON_CREDIT, PREPAID, euro, executed, placed
from tradecore import (
    Actor,
    Event,
    NewLine,
    OrderState,
    OrderStatus,
    OrderUsage,
    Refused,
    Right,
    SalesOrder,
    Settings,
)

BOSS = Actor("boss", rights=frozenset({Right.REOPEN}))
FREE = Settings(forbid_close_partly_shipped=False, forbid_close_partly_paid=False)


def refusal(call: Any) -> tuple[str, ...]:
    """The codes a call is refused with."""
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.codes


def cancelled(order: SalesOrder) -> list[list[tuple[str, int]]]:
    """What of each line was cancelled, and why."""
    return [[(each.reason, int(each.quantity)) for each in line.cancellations] for line in order.lines]


def test_what_was_not_delivered_is_cancelled_with_its_own_reason(shop: Shop) -> None:
    """Half of the chairs and the delivery were shipped: the rest is cancelled, the wire for a reason of its own."""
    trade = shop(stages=ON_CREDIT, chair=4, wire=2)
    order = executed(trade, chair=4, wire=2, delivery=1).id
    trade.orders.ship(order, lines=[{"line": "1", "quantity": 2}, {"line": "3", "quantity": 1}])
    assert ("NOT_FULLY_SHIPPED", "NOT_FULLY_SHIPPED", "NOT_FULLY_PAID") == refusal(lambda: trade.orders.close(order))
    assert ("NOT_FULLY_PAID",) == refusal(lambda: trade.orders.close_with_cancellation(order, reason="refused"))
    trade.payments.receive(order=order, amount=euro(35))
    closed = trade.orders.close_with_cancellation(order, reason="refused", reasons={"2": "unpaid"})
    assert [[("refused", 2)], [("unpaid", 2)], []] == cancelled(closed)
    assert (OrderState.CLOSED, "35.00 EUR", "35.00 EUR") == figures(trade, order)
    assert (("2", "0"), ("2", "0")) == (shelf(trade, "chair"), shelf(trade, "wire"))


def test_the_strict_company_cancels_only_beside_its_controls(shop: Shop) -> None:
    """002 says in one place that closing with cancellation needs the flags: a setting reads it so (H9)."""
    strict = Settings(forbid_close_partly_paid=False, close_with_cancellation_needs_controls=True)
    trade = shop(stages=ON_CREDIT, settings=strict, chair=1)
    order = executed(trade, chair=1).id
    assert ("CLOSING_NOT_CONTROLLED",) == refusal(lambda: trade.orders.close_with_cancellation(order, reason="unpaid"))
    done = trade.orders.close_many_with_cancellation([order], reason="unpaid")
    assert ["CLOSING_NOT_CONTROLLED"] == [each.error.code for each in done if each.error]
    trade.orders.cancel(order, reason="unpaid")
    assert OrderState.CLOSED is trade.orders.close(order).state


def test_a_closed_order_is_worked_on_again_by_whoever_may(shop: Shop) -> None:
    """What closing cancelled is open again, what was cancelled before is not; then it is delivered and closed anew."""
    trade = shop(stages=ON_CREDIT, chair=5)
    order = executed(trade, chair=5).id
    trade.orders.cancel(order, lines=[{"line": "1", "quantity": 1}], reason="refused")
    trade.orders.close_with_cancellation(order, reason="unpaid")
    assert ("5", "0") == shelf(trade, "chair")
    assert ("ORDER_CLOSED",) == refusal(lambda: trade.orders.set_status(order, OrderStatus.TO_EXECUTE))
    assert ("RIGHT_NEEDED",) == refusal(lambda: trade.orders.reopen(order))
    assert ("NOT_CLOSED",) == refusal(lambda: trade.acting_as(BOSS).orders.reopen(placed(trade, chair=1).id))

    again = trade.acting_as(BOSS).orders.reopen(order, comment="They called back")
    assert (OrderStatus.TO_EXECUTE, OrderState.READY_TO_PROVISION) == (again.status, again.state)
    assert ([[("refused", 1)]], euro(40)) == (cancelled(again), again.money(again.total))
    assert euro(40) == again.money(again.stages[0].amount)
    trade.orders.fill(order)
    trade.orders.ship(order)
    trade.payments.receive(order=order, amount=euro(40))
    assert OrderState.CLOSED is trade.orders.close(order).state
    assert ("boss", "reopen_order") in [(each.actor, each.command) for each in trade.orders.history(order)]

    told: list[Event] = []
    trade.relay(told.append)
    (event,) = [each for each in told if each.type == "OrderReopened"]
    assert ("They called back", "boss") == (event.data["comment"], event.actor)
    assert "ControlLifted" in [each.type for each in told if each.document == event.document], "the right is on record"


def test_every_control_runs_again_when_an_order_is_reopened(shop: Shop) -> None:
    """From stock only: the reserve must be there again, and for shipment the money too; else it says what is missing."""
    trade = shop(stages=PREPAID, settings=Settings(order_usage=OrderUsage.STOCK_ONLY), chair=5).acting_as(BOSS)
    order = placed(trade, chair=4).id
    trade.orders.set_status(order, OrderStatus.IN_RESERVE)
    trade.orders.close_with_cancellation(order, reason="unpaid")
    trade.orders.set_status(placed(trade, chair=3).id, OrderStatus.IN_RESERVE)
    assert ("SHORT_STOCK",) == refusal(lambda: trade.orders.reopen(order))
    assert ("SHORT_STOCK", "PREPAYMENT_UNPAID") == refusal(
        lambda: trade.orders.reopen(order, status=OrderStatus.TO_SHIP)
    )
    asked = trade.orders.reopen(order, status=OrderStatus.ON_APPROVAL)
    assert (OrderStatus.ON_APPROVAL, [[]], ("5", "3")) == (asked.status, cancelled(asked), shelf(trade, "chair"))


def test_an_order_closed_before_it_was_agreed_is_asked_about_again(shop: Shop) -> None:
    """It comes back to approval, where it was closed; one with shipments cannot come back as far as that."""
    trade = shop(stages=ON_CREDIT, settings=FREE, chair=2).acting_as(BOSS)
    asked, shipped = placed(trade, chair=1).id, executed(trade, chair=1).id
    trade.orders.ship(shipped)
    assert [True, True] == [each.ok for each in trade.orders.close_many([asked, shipped])]
    assert OrderStatus.ON_APPROVAL is trade.orders.reopen(asked).status
    assert ("LATER_DOCUMENTS",) == refusal(lambda: trade.orders.reopen(shipped, status=OrderStatus.ON_APPROVAL))
    assert OrderState.AWAITING_PAYMENT is trade.orders.reopen(shipped).state


def test_a_bill_is_opened_again_as_it_was(shop: Shop) -> None:
    """Closing cancelled nothing of it, so nothing comes back."""
    trade = shop(settings=Settings(order_usage=OrderUsage.AS_BILL)).acting_as(BOSS)
    line = NewLine(item="chair", quantity=2)
    bill = trade.orders.place(customer="acme", warehouse="main", lines=[line])
    trade.orders.close(bill.id)
    again = trade.orders.reopen(bill.id)
    assert (bill.lines, OrderStatus.ON_APPROVAL) == (again.lines, again.status)
