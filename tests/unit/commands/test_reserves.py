"""Commands around reserves whose money does not come, and the list of orders with figures (I5-I7, H10, H11)."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.builders import DAY, Clock, a_shop, euro, executed
from tradecore import (
    AsyncTrade,
    Due,
    EventType,
    Invalid,
    OrderState,
    Percent,
    Refused,
    ReserveEnd,
    ReservePolicy,
    Settings,
    StageKind,
    StageTerms,
    Trade,
)
from tradecore.calling import run

IN_THREE_DAYS = (StageTerms(kind=StageKind.PREPAYMENT, share=Percent(100), days=3),)
RELEASE = ReservePolicy(end=ReserveEnd.RELEASE, after_days=2)
CLOSE = ReservePolicy(end=ReserveEnd.CLOSE, after_days=2, reason="unpaid")


def a_waiting_shop(policy: ReservePolicy, **stock: Any) -> tuple[Trade, Clock]:
    """A shop whose orders are prepaid within three days."""
    clock = Clock()
    return a_shop(stages=IN_THREE_DAYS, settings=Settings(reserves=policy), clock=clock, **stock), clock


def test_reserves_are_let_go_when_their_day_has_come() -> None:
    """Nothing on the day before; then the goods are free, the order is open, and the event says why."""
    trade, clock = a_waiting_shop(RELEASE, chair=5)
    order = executed(trade, chair=2)
    clock.pass_(days=4)
    assert () == trade.orders.expire_reserves()
    with pytest.raises(Refused) as refused:
        trade.orders.expire_reserve(order.id)
    assert ("RESERVE_STANDS",) == refused.value.codes
    (done,) = trade.orders.expire_reserves(as_of=DAY + timedelta(days=5))
    assert done.ok
    assert (order.id, OrderState.READY_TO_PROVISION) == (done.id, trade.orders.get(order.id).state)
    assert 0 == trade.stock.balance("chair", "main").reserved.value
    events = [event for event in run(trade.store.events_after(0, 100)) if event.document == order.ref]
    (why,) = [event for event in events if event.type is EventType.ORDER_RESERVE_EXPIRED]
    assert {"stage": "1", "missing": "20.00 EUR", "due": "2026-03-05"} == why.data
    assert EventType.ORDER_RELEASED in [event.type for event in events]
    assert () == trade.orders.expire_reserves(as_of=DAY + timedelta(days=50)), "there is nothing left to let go"


def test_or_the_order_is_closed_with_its_reason() -> None:
    """A result for each; an order that is paid in the meantime is left alone (H10)."""
    trade, clock = a_waiting_shop(CLOSE, chair=5)
    orders = [executed(trade, chair=1) for _ in range(3)]
    trade.payments.receive(order=orders[1].id, amount=euro(10))
    clock.pass_(days=5)
    done = trade.orders.expire_reserves()
    assert {orders[0].id, orders[2].id} == {each.id for each in done if each.ok}
    closed = trade.orders.get(orders[0].id)
    assert (OrderState.CLOSED, "unpaid") == (closed.state, closed.lines[0].cancellations[0].reason)


def test_more_orders_than_a_page_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scan reads to its end, also for an event loop."""
    monkeypatch.setattr("tradecore.commands.reserves.PAGE_LIMIT", 2)
    trade, clock = a_waiting_shop(RELEASE, chair=5)
    orders = {executed(trade, chair=1).id for _ in range(3)}
    clock.pass_(days=5)
    waiting = AsyncTrade(trade.store, settings=trade.settings, clock=clock)
    done = asyncio.run(waiting.orders.expire_reserves())
    assert orders == {each.id for each in done if each.ok}


def test_a_reason_that_is_unknown_refuses_each() -> None:
    """The setting names an id, the directory does not have it: told for each order, nothing is closed."""
    policy = ReservePolicy(end=ReserveEnd.CLOSE, after_days=2, reason="no such reason")
    trade, clock = a_waiting_shop(policy, chair=5)
    executed(trade, chair=1)
    clock.pass_(days=9)
    (done,) = trade.orders.expire_reserves()
    assert isinstance(done.error, Refused)
    assert ("UNKNOWN_ID",) == done.error.codes


def test_without_a_policy_nothing_ends() -> None:
    """And asking for it says so."""
    trade, clock = a_waiting_shop(ReservePolicy(), chair=5)
    order = executed(trade, chair=1)
    clock.pass_(days=99)
    assert () == trade.orders.expire_reserves()
    with pytest.raises(Refused) as refused:
        trade.orders.expire_reserve(order.id)
    assert ("RESERVES_DO_NOT_EXPIRE",) == refused.value.codes


def test_reminders_come_a_page_at_a_time() -> None:
    """Only orders that hold something and wait for money; the same key until the next reminder."""
    trade, _ = a_waiting_shop(RELEASE, chair=5)
    orders = [executed(trade, chair=1) for _ in range(3)]
    executed(trade, fill=False, chair=1)
    day = DAY + timedelta(days=4)
    first = trade.orders.due_reminders(as_of=day, limit=2)
    second = trade.orders.due_reminders(as_of=day, limit=2, after=first.next)
    found = [*first, *second]
    assert {each.id for each in orders} == {each.order for each in found}
    assert {f"{each.id}/1/2026-03-06" for each in orders} == {each.key for each in found}
    assert not trade.orders.due_reminders(as_of=DAY).items
    assert not trade.orders.due_reminders(as_of=day + timedelta(days=1)).items
    with pytest.raises(Invalid):
        trade.orders.due_reminders(limit=0)


def test_the_overview_has_the_figures_of_every_order() -> None:
    """The pages of `find`, with what a list shows: overdue or not, paid, shipped, debt by amount and percent."""
    trade, clock = a_waiting_shop(ReservePolicy(), chair=5)
    late = executed(trade, chair=1)
    clock.pass_(hours=1)
    paid = executed(trade, chair=2)
    trade.payments.receive(order=paid.id, amount=euro(20))
    trade.orders.ship(paid.id)
    clock.pass_(days=4)
    page = trade.orders.overview(limit=1)
    (first,) = page
    assert (late.id, True, "0 %") == (first.order.id, first.is_overdue, str(first.paid_percent))
    (second,) = trade.orders.overview(limit=1, after=page.next)
    assert (False, "100 %", "100 %") == (second.is_overdue, str(second.paid_percent), str(second.shipped_percent))
    assert [late.id] == [each.order.id for each in trade.orders.overview(due=Due.OVERDUE)]
    (before,) = trade.orders.overview(due=Due.TOMORROW, as_of=DAY + timedelta(days=2))
    assert (late.id, False) == (before.order.id, before.is_overdue)
