"""A customer asked for a reserve and does not pay (002, sections 6 and 7.1)."""

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import Clock, executed, placed
from tradecore import Due, OrderState, Percent, Refused, Settings, StageKind, StageTerms

IN_THREE_DAYS = (StageTerms(kind=StageKind.PREPAYMENT, share=Percent(100), days=3),)


def test_orders_due_tomorrow_are_found_and_released(shop: Shop, clock: Clock) -> None:
    """The manager finds what falls due tomorrow, releases one reserve, and closes the order that was refused."""
    trade = shop(stages=IN_THREE_DAYS, chair=10)
    orders = [executed(trade, chair=2) for _ in range(3)]
    clock.pass_(days=2)
    executed(trade, chair=1)
    found = trade.orders.find(state=OrderState.AWAITING_PREPAYMENT, due=Due.TOMORROW)
    assert {each.id for each in orders} == {each.id for each in found}

    first, second, _ = (each.id for each in found)
    released = trade.orders.release(first)
    assert OrderState.READY_TO_PROVISION == released.state
    assert "5 pcs" == str(trade.stock.balance("chair", "main").free)

    closed = trade.orders.close_with_cancellation(second, reason="refused")
    assert OrderState.CLOSED == closed.state
    assert [("refused", 2)] == [(each.reason, each.quantity) for each in closed.lines[0].cancellations]
    assert "7 pcs" == str(trade.stock.balance("chair", "main").free)


def test_overdue_orders_are_closed_together_with_a_reason(shop: Shop, clock: Clock) -> None:
    """Marked in the list and closed with cancellation: a result for each, and the reason is kept (H4, H5)."""
    trade = shop(stages=IN_THREE_DAYS, chair=10)
    orders = [executed(trade, chair=2) for _ in range(3)]
    clock.pass_(days=10)
    overdue = [each.id for each in trade.orders.find(due=Due.OVERDUE, limit=2)]
    done = trade.orders.close_many_with_cancellation([*overdue, "nobody"], reason="unpaid")
    assert [True, True, False] == [each.ok for each in done]
    assert "NOT_FOUND" == (done[2].error.code if done[2].error else "")
    assert 1 == len([each for each in orders if trade.orders.get(each.id).state is not OrderState.CLOSED])
    assert "10 pcs" == str(trade.stock.balance("chair", "main").on_hand)
    assert "2 pcs" == str(trade.stock.balance("chair", "main").reserved)


def test_an_unfinished_order_is_not_closed_as_it_is(shop: Shop) -> None:
    """Both controls refuse: not shipped, not paid; and a cancellation wants a reason from the directory."""
    trade = shop(stages=IN_THREE_DAYS, chair=10)
    order = executed(trade, chair=2)
    with pytest.raises(Refused) as refused:
        trade.orders.close(order.id)
    assert ("NOT_FULLY_SHIPPED", "NOT_FULLY_PAID") == refused.value.codes
    with pytest.raises(Refused) as refused:
        trade.orders.close_with_cancellation(order.id)
    assert ("REASON_REQUIRED",) == refused.value.codes
    with pytest.raises(Refused) as refused:
        trade.orders.close_with_cancellation(order.id, reason="no such reason")
    assert ("UNKNOWN_ID",) == refused.value.codes


def test_without_controls_an_order_is_closed_and_says_so(shop: Shop) -> None:
    """With both controls off the rest is recorded as cancelled without control (H9, decision 14)."""
    settings = Settings(forbid_close_partly_paid=False, forbid_close_partly_shipped=False)
    trade = shop(stages=IN_THREE_DAYS, settings=settings, chair=1)
    order = trade.orders.close(executed(trade, chair=1).id)
    assert ["CLOSED_WITHOUT_CONTROL"] == [each.reason for each in order.lines[0].cancellations]
    assert "1 pcs" == str(trade.stock.balance("chair", "main").free)


def test_allowed_tells_what_may_be_done_now(shop: Shop) -> None:
    """Each command of the order is allowed or refused with its reasons."""
    trade = shop(stages=IN_THREE_DAYS, chair=1)
    order = placed(trade, chair=1)
    options = {each.command: each for each in trade.orders.allowed(order.id)}
    assert options["edit"].allowed
    assert options["execute"].allowed
    assert ["NOT_IN_EXECUTION"] == [each.code for each in options["ship"].refused]
