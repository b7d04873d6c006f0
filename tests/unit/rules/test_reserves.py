"""Reserves whose money does not come: when a reminder is due, when the reserve ends (H5, H10, H11, I6, T4)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import DAY, a_line, a_stage, an_order, promised, reserved, waiting
from tradecore import (
    ContactPerson,
    Invalid,
    OrderStatus,
    Partner,
    ReserveEnd,
    ReservePolicy,
    SalesOrder,
    Settings,
    StageKind,
)
from tradecore.rules.reserves import awaited, check_expiring, expired, latest_due, remind

PREPAYMENT, CREDIT, ADVANCE = StageKind.PREPAYMENT, StageKind.CREDIT, StageKind.ADVANCE
RELEASE = ReservePolicy(end=ReserveEnd.RELEASE, after_days=2, remind_days_before=(3, 1))
BY_HAND = ReservePolicy()


def held(*stages: Any, **facts: Any) -> SalesOrder:
    """An order of ten chairs held in the warehouse, to be prepaid on DAY unless stages say otherwise."""
    planned = stages or (a_stage(PREPAYMENT, 100, due=DAY),)
    line = a_line(quantity=10, provisions=facts.pop("provisions", (reserved(10),)))
    return an_order(lines=[line], stages=planned, **facts)


def on(days: int) -> date:
    """Some days after DAY."""
    return DAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (held(), True),
        (held(provisions=(promised(10),)), True),
        (held(provisions=(waiting(10),)), False),
        (held(provisions=()), False),
        (held(status=OrderStatus.CLOSED), False),
        (held(paid=Decimal(100)), False),
        (held(a_stage(CREDIT, 100, due=DAY)), False),
        (held(a_stage(PREPAYMENT, 100)), False),
    ],
)
def test_a_reserve_waits_for_money_that_has_a_day(order: SalesOrder, expected: bool) -> None:
    """Held or promised goods, and an advance or a prepayment that is due some day and not paid."""
    assert expected is (awaited(order, BY_HAND) is not None)


def test_the_first_stage_that_is_missing_counts() -> None:
    """With what is missing of it; a credit is not waited for."""
    stages = (
        a_stage(PREPAYMENT, 30, "1", share=30, due=on(5)),
        a_stage(ADVANCE, 30, "2", share=30, due=on(1)),
        a_stage(CREDIT, 40, "3", share=40, due=DAY),
    )
    money = awaited(held(*stages, paid=Decimal(45)), RELEASE)
    assert money is not None
    assert ("2", ADVANCE, 25, on(1), on(3)) == (
        money.stage,
        money.kind,
        money.missing.amount,
        money.due,
        money.ends_on,
    )


@pytest.mark.parametrize(
    ("days", "meant_for", "ended"),
    [(-2, None, False), (-1, -1, False), (0, -1, False), (1, 1, False), (2, None, True), (30, None, True)],
)
def test_reminders_come_before_the_end(days: int, meant_for: int | None, ended: bool) -> None:
    """Three days and one day before; a day without a scan loses nothing; after the end there is nothing to remind of."""
    found = remind(held(), None, RELEASE, on(days))
    assert meant_for == (None if found is None else (date.fromisoformat(found.key.split("/")[2]) - DAY).days)
    assert ended is expired(held(), RELEASE, on(days))
    if found is not None:
        assert (ReserveEnd.RELEASE, on(2), DAY) == (found.what, found.when, found.due)


def test_where_people_decide_the_due_day_counts() -> None:
    """The reminder comes the day before, and nothing ends by itself."""
    assert remind(held(), None, BY_HAND, on(-2)) is None
    found = remind(held(), None, BY_HAND, on(-1))
    assert found is not None
    assert ("order/1/2026-03-01", ReserveEnd.BY_HAND, DAY) == (found.key, found.what, found.when)
    assert not expired(held(), BY_HAND, on(99))


def test_the_contact_of_the_order_is_written_to() -> None:
    """Else the first of the customer; nobody where there is none."""
    people = (ContactPerson(id="a", name="Ann"), ContactPerson(id="b", name="Bob"))
    acme = Partner(id="acme", name="Acme", contacts=people)
    for contact, expected in ((None, "Ann"), ("b", "Bob"), ("gone", "Ann")):
        found = remind(held(contact=contact), acme, BY_HAND, on(-1))
        assert found is not None
        assert found.contact is not None
        assert expected == found.contact.name
    nobody = remind(held(), Partner(id="acme", name="Acme"), BY_HAND, on(-1))
    assert nobody is not None
    assert nobody.contact is None


@given(st.integers(1, 20), st.sets(st.integers(1, 30), max_size=3), st.integers(-40, 40))
def test_whoever_must_be_reminded_is_looked_at(after: int, before: set[int], days: int) -> None:
    """The scan reads orders up to a due day: none behind it needs a reminder."""
    policy = ReservePolicy(end=ReserveEnd.RELEASE, after_days=after, remind_days_before=tuple(before))
    if remind(held(), None, policy, on(days)) is not None:
        assert latest_due(policy, on(days)) >= DAY


@given(st.integers(1, 20), st.integers(1, 30), st.integers(-40, 40))
def test_a_reserve_ends_only_after_its_reminder(after: int, before: int, days: int) -> None:
    """On any day a reserve is either ended or may still be reminded of, never both."""
    policy = ReservePolicy(end=ReserveEnd.RELEASE, after_days=after, remind_days_before=(before,))
    reminded = remind(held(), None, policy, on(days)) is not None
    assert not (reminded and expired(held(), policy, on(days)))
    assert reminded is (after - before <= days < after)


def test_a_reserve_is_not_ended_before_its_day() -> None:
    """The refusal names the day; a closed order and settings without an end say so."""
    (stands,) = check_expiring(held(), RELEASE, on(1))
    assert ("RESERVE_STANDS", on(2)) == (stands.code, stands.details["on"])
    assert ["RESERVE_STANDS"] == [each.code for each in check_expiring(held(provisions=()), RELEASE, on(9))]
    assert ["RESERVES_DO_NOT_EXPIRE"] == [each.code for each in check_expiring(held(), BY_HAND, on(9))]
    assert ["ORDER_CLOSED"] == [each.code for each in check_expiring(held(status=OrderStatus.CLOSED), RELEASE, on(9))]
    assert () == check_expiring(held(), RELEASE, on(2))


@pytest.mark.parametrize(
    ("policy", "codes"),
    [
        ({"after_days": 3}, ["reserves.after_days"]),
        ({"end": ReserveEnd.RELEASE}, ["reserves.end"]),
        ({"end": ReserveEnd.CLOSE}, ["reserves.end", "reserves.end"]),
        ({"end": ReserveEnd.RELEASE, "after_days": 1, "reason": "unpaid"}, ["reserves.reason"]),
        (
            {"end": ReserveEnd.CLOSE, "after_days": 0, "reason": "unpaid", "remind_days_before": (0, 1)},
            ["reserves.after_days", "reserves.remind_days_before[0]"],
        ),
    ],
)
def test_policies_that_contradict_themselves_are_refused(policy: dict[str, Any], codes: list[str]) -> None:
    """All at once (decision 15)."""
    with pytest.raises(Invalid) as refused:
        ReservePolicy(**policy)
    assert codes == [each.place for each in refused.value.violations]


def test_by_default_nothing_ends() -> None:
    """The policy is off."""
    assert Settings().reserves == BY_HAND
