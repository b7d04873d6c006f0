"""Due days: counted from an event, moved when it happens and back when it is undone."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.unit.builders import DAY, NOON, WITH_ADVANCE, a_line, a_stage, an_order, released, reserved, waiting
from tradecore import BusinessCalendar, DueBase, OrderStatus, SalesOrder, Settings, StageKind
from tradecore.rules.due_days import date_stages
from tradecore.rules.order_state import kept
from tradecore.rules.payment_stages import plan_stages

USUAL = Settings()
LATER = NOON + timedelta(days=4)
ORDER, PROVISIONING, SHIPMENT, OWNERSHIP, FIXED_DAY = DueBase


def due(base: DueBase, *, days: int = 0, settings: Settings = USUAL, facts: Any = None, **stage: Any) -> date | None:
    """The due day of the one stage of an order."""
    one = a_stage(StageKind.CREDIT, 10, base=base, days=days, **stage)
    order = attrs.evolve(an_order(stages=(one,)), **facts or {})
    return date_stages(order, order.stages, settings)[0].due


def day(number: int) -> date:
    """A day of March 2026; the 2nd is the Monday of the order."""
    return date(2026, 3, number)


def test_due_dates_count_from_their_event() -> None:
    """From the order, or from the shipment once its day is known (D6, C7)."""
    order = an_order(stages=plan_stages(WITH_ADVANCE, Decimal(100), "EUR"))
    assert [DAY, DAY + timedelta(days=3), None] == [each.due for each in date_stages(order, order.stages, USUAL)]
    sent = attrs.evolve(order, first_shipped_at=NOON + timedelta(days=5))
    assert DAY + timedelta(days=35) == date_stages(sent, order.stages, USUAL)[2].due


@pytest.mark.parametrize(
    ("base", "fact"),
    [(PROVISIONING, "provisioned_at"), (SHIPMENT, "first_shipped_at"), (OWNERSHIP, "owned_at")],
)
def test_an_event_takes_the_place_of_the_desired_day(base: DueBase, fact: str) -> None:
    """Nothing is known at first; the desired day of shipment stands in; the event decides."""
    assert due(base) is None
    assert day(12) == due(base, days=2, facts={"ship_on": day(10)})
    assert day(8) == due(base, days=2, facts={"ship_on": day(10), fact: LATER})


def test_ownership_passes_with_the_shipment_unless_later() -> None:
    """An ordinary sale makes the customer the owner at once; a transfer of its own names another day."""
    shipped = {"first_shipped_at": LATER, "ship_on": day(20)}
    assert day(6) == due(OWNERSHIP, facts=shipped)
    assert day(16) == due(OWNERSHIP, facts={**shipped, "owned_at": LATER + timedelta(days=10)})


def test_a_fixed_day_moves_with_nothing() -> None:
    """Whatever happens to the order."""
    happened = {"provisioned_at": LATER, "first_shipped_at": LATER, "owned_at": LATER, "ship_on": day(9)}
    assert day(31) == due(FIXED_DAY, on=day(31), facts=happened)


def test_business_days_leave_out_the_weekend() -> None:
    """From a Monday: five business days are a week, two before it is the Thursday of the week before."""
    assert day(9) == due(ORDER, days=5, business_days=True)
    assert date(2026, 2, 26) == due(ORDER, days=-2, business_days=True)
    assert day(9) == due(FIXED_DAY, on=day(7), business_days=True), "a Saturday becomes the Monday after it"


def test_a_due_day_stands_when_holidays_are_announced() -> None:
    """What was counted once is counted anew only when its event moves (decision 16)."""
    told = a_stage(StageKind.CREDIT, 10, base=SHIPMENT, days=1, business_days=True)
    order = attrs.evolve(an_order(stages=(told,)), first_shipped_at=NOON)
    (stage,) = date_stages(order, order.stages, USUAL)
    assert (day(3), DAY) == (stage.due, stage.counted_from)
    closed = Settings(calendar=Closed(day(3), day(9)))
    assert (stage,) == date_stages(order, (stage,), closed)
    (moved,) = date_stages(attrs.evolve(order, first_shipped_at=LATER), (stage,), closed)
    assert (day(10), day(6)) == (moved.due, moved.counted_from)
    (back,) = date_stages(attrs.evolve(order, first_shipped_at=None), (moved,), closed)
    assert (None, None) == (back.due, back.counted_from)


@attrs.frozen(init=False)
class Closed:
    """Weekdays, but for some days."""

    days: tuple[date, ...]

    def __init__(self, *days: date) -> None:
        self.__attrs_init__(days)  # type: ignore[attr-defined]  # attrs makes it

    def is_business_day(self, day: date, /) -> bool:
        """Whether it is a weekday, and none of those."""
        return day.weekday() < 5 and day not in self.days


def test_any_calendar_will_do() -> None:
    """One of a country, or one of your own."""
    assert isinstance(Closed(), BusinessCalendar)
    assert day(5) == due(ORDER, days=2, business_days=True, settings=Settings(calendar=Closed(day(3))))


def moment(order: SalesOrder, at: datetime | None = None) -> datetime | None:
    """Since when the goods of an order are held, after a change at a moment."""
    return kept(order, USUAL, at=at).provisioned_at


def test_goods_are_provided_when_the_last_of_them_is_held() -> None:
    """Waiting or undecided goods are not; services need none (G2, G4)."""
    held = an_order(lines=[a_line(quantity=2, provisions=(reserved(1), released(1)))])
    assert LATER == moment(held, LATER)
    assert moment(an_order(lines=[a_line(quantity=2, provisions=(reserved(1), waiting(1)))]), LATER) is None
    assert moment(an_order(lines=[a_line(quantity=2, provisions=(reserved(1),))]), LATER) is None
    assert moment(attrs.evolve(held, status=OrderStatus.ON_APPROVAL), LATER) is None


def test_the_moment_of_provisioning_stands_until_it_is_undone() -> None:
    """A second look changes nothing; letting the goods go forgets it; closing keeps it."""
    held = attrs.evolve(an_order(lines=[a_line(provisions=(reserved(1),))]), provisioned_at=NOON)
    assert NOON == moment(held, LATER) == moment(held)
    assert moment(attrs.evolve(held, lines=(a_line(),)), LATER) is None
    assert NOON == moment(attrs.evolve(held, lines=(a_line(),), status=OrderStatus.CLOSED), LATER)
