"""Why an order is in its state, what is owed since when, and what may be done now (G11, D11-D14, E8)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import DAY, a_line, a_stage, an_order, reserved
from tradecore import OrderState, OrderStatus, Percent, SalesOrder, Settings, StageKind
from tradecore.documents import Posting
from tradecore.rules.controls import STEPS
from tradecore.rules.explaining import allowed, explain

PREPAYMENT, CREDIT = StageKind.PREPAYMENT, StageKind.CREDIT


def a_hundred(*, paid: int = 0, shipped: int = 0, returned: int = 0, **facts: Any) -> SalesOrder:
    """An order of ten chairs for 100: 40 due today, 60 due in ten days."""
    stages = (
        a_stage(PREPAYMENT, 40, "1", share=40, due=DAY),
        a_stage(CREDIT, 60, "2", share=60, due=DAY + timedelta(days=10)),
    )
    moved: dict[str, Any] = {"shipped": Decimal(shipped), "shipped_amount": Decimal(shipped * 10)}
    moved |= {"returned": Decimal(returned), "returned_amount": Decimal(returned * 10)}
    line = a_line(quantity=10, **moved)
    return an_order(lines=[line], stages=stages, paid=Decimal(paid), **facts)


def on(order: SalesOrder, days: int = 0) -> Any:
    """The explanation as of some days later."""
    return explain(order, Settings(), DAY + timedelta(days=days))


def test_state_comes_with_its_reason_and_facts() -> None:
    """The test that chose it and the quantities it looked at."""
    found = on(an_order(lines=[a_line(quantity=3, provisions=(reserved(2),))]))
    assert (OrderState.READY_TO_PROVISION, "nothing was decided for some open goods") == (found.state, found.because)
    (line,) = found.facts.lines
    assert (3, 3, {"reserve": 2, "none": 1}) == (line.ordered, line.open, line.by_action)
    assert "it is not posted" == on(an_order(posting=Posting.DRAFT)).because


@pytest.mark.parametrize(
    ("order", "percents"),
    [
        (a_hundred(), ("0 %", "0 %", "0 %")),
        (a_hundred(paid=25, shipped=5), ("25 %", "50 %", "25 %")),
        (a_hundred(paid=50, shipped=10, returned=5), ("100 %", "100 %", "0 %")),
        (a_hundred(paid=30, shipped=10, returned=10), ("100 %", "100 %", "0 %")),
    ],
)
def test_percents_are_by_amount_and_net_of_returns(order: SalesOrder, percents: tuple[str, ...]) -> None:
    """Paid, shipped and debt of what is owed (decision 10, D12-D14, beyond 4.1a)."""
    found = on(order)
    assert percents == tuple(str(each) for each in (found.paid_percent, found.shipped_percent, found.debt_percent))


@pytest.mark.parametrize(
    ("paid", "days", "overdue", "planned", "since"),
    [
        (0, 0, 0, 40, None),
        (0, 1, 40, 40, DAY),
        (15, 1, 25, 25, DAY),
        (40, 1, 0, 0, None),
        (40, 10, 0, 60, None),
        (0, 11, 100, 100, DAY),
        (50, 11, 50, 50, DAY + timedelta(days=10)),
    ],
)
def test_overdue_is_seen_from_a_day(paid: int, days: int, overdue: int, planned: int, since: Any) -> None:
    """What was due before that day and is not paid, and since when; what is due by it is planned (D11)."""
    found = on(a_hundred(paid=paid), days)
    assert (overdue, planned, since) == (found.overdue.amount, found.planned_debt.amount, found.overdue_since)
    assert bool(overdue) is found.is_overdue


def test_returned_goods_are_not_overdue() -> None:
    """No more is overdue than is owed."""
    found = on(a_hundred(paid=40, shipped=10, returned=5), 11)
    assert 10 == found.overdue.amount
    assert (0, None) == (on(a_hundred(paid=50, shipped=10, returned=5), 11).overdue.amount, None)


def test_money_beyond_what_is_owed_is_to_be_refunded() -> None:
    """After a return or a cancellation (note b)."""
    assert 30 == on(a_hundred(paid=80, shipped=10, returned=5)).refund_due.amount
    assert 0 == on(a_hundred(paid=100)).refund_due.amount


def test_every_command_is_listed_once() -> None:
    """Allowed, or refused with reasons that can be read."""
    options = allowed(a_hundred(), Settings())
    assert [*STEPS, "set_status", "set_status"] == [each.command for each in options]
    assert [OrderStatus.ON_APPROVAL, OrderStatus.CLOSED] == [each.status for each in options if each.status]
    assert {"fill", "provision", "pay", "cancel", "close_with_cancellation", "mark", "set_status"} == {
        e.command for e in options if e.allowed
    }
    assert all(str(reason) for each in options for reason in each.refused)


def test_a_draft_may_be_edited_and_placed() -> None:
    """And nothing else; a closed order may only be refunded."""
    draft = allowed(an_order(posting=Posting.DRAFT, status=OrderStatus.ON_APPROVAL), Settings())
    assert ["edit", "post", "mark"] == [each.command for each in draft if each.allowed]
    closed = allowed(a_hundred(status=OrderStatus.CLOSED, paid=1), Settings())
    assert ["refund"] == [each.command for each in closed if each.allowed]
    assert Percent(1) == on(a_hundred(paid=1)).paid_percent
