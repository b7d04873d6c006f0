"""Business days: which days count where terms say "business days", and how they are counted. Knows no countries."""

from datetime import date, timedelta
from typing import Protocol, runtime_checkable

import attrs

from tradecore.errors import Unsupported

_DAY = timedelta(days=1)
#: Days in a row without a business day after which a calendar is given up.
_LONGEST_REST = 366


@runtime_checkable
class BusinessCalendar(Protocol):
    """Says which days are business days. The same day is always answered alike."""

    def is_business_day(self, day: date, /) -> bool:
        """Whether business is done on that day."""
        ...


@attrs.frozen
class WeekdayCalendar:
    """Monday to Friday, without holidays."""

    def is_business_day(self, day: date, /) -> bool:
        """Whether it is neither a Saturday nor a Sunday."""
        return day.weekday() < 5


WEEKDAYS = WeekdayCalendar()


def business_days_after(day: date, count: int, calendar: BusinessCalendar) -> date:
    """
    The business day that is `count` business days after `day`, or before it if below zero.

    With zero it is the day itself, or the next business day where that is none.

    Raises:
        Unsupported: The calendar has no business day for a year.

    >>> business_days_after(date(2026, 3, 6), 1, WEEKDAYS)  # a Friday
    datetime.date(2026, 3, 9)
    """
    if not count:
        return day if calendar.is_business_day(day) else _next(day, _DAY, calendar)
    step = _DAY if count > 0 else -_DAY
    for _ in range(abs(count)):
        day = _next(day, step, calendar)
    return day


def _next(day: date, step: timedelta, calendar: BusinessCalendar) -> date:
    for _ in range(_LONGEST_REST):
        day += step
        if calendar.is_business_day(day):
            return day
    raise Unsupported(f"{calendar} has no business day for a year before {day}.")
