"""Moments, days and periods. A moment is aware, in UTC and exact to the millisecond, which every store keeps."""

from datetime import UTC, date, datetime
from typing import Self

import attrs

from tradecore.errors import Code, Invalid, Violation, violation

FIRST_YEAR, LAST_YEAR = 1900, 9000


def check_moment(value: object) -> datetime | Violation:
    """The moment in UTC to the millisecond, or the reason why it is none."""
    if not isinstance(value, datetime):
        return violation(Code.WRONG_TYPE, expected="a datetime", got=type(value).__name__)
    if value.utcoffset() is None:
        return violation(Code.NAIVE_MOMENT, value=value.isoformat())
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        return violation(Code.OUT_OF_RANGE, value=value.isoformat(), low=FIRST_YEAR, high=LAST_YEAR)
    return value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)


def check_day(value: object) -> date | Violation:
    """The day, or the reason why it is none."""
    if not isinstance(value, date) or isinstance(value, datetime):
        return violation(Code.WRONG_TYPE, expected="a date", got=type(value).__name__)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        return violation(Code.OUT_OF_RANGE, value=value.isoformat(), low=FIRST_YEAR, high=LAST_YEAR)
    return value


def moment(value: datetime) -> datetime:
    """
    `value` as tradecore keeps moments.

    Raises:
        Invalid: It has no time zone, or lies outside the years 1900 to 9000.
    """
    checked = check_moment(value)
    if isinstance(checked, Violation):
        raise Invalid((checked,))
    return checked


@attrs.frozen
class Period:
    """
    Days from `start` to `end`, both included; an open side is None.

    Raises:
        Invalid: It ends before it starts.
    """

    start: date | None = None
    end: date | None = None

    def __attrs_post_init__(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise Invalid((violation(Code.BAD_PERIOD, start=self.start, end=self.end),))

    @classmethod
    def day(cls, day: date) -> Self:
        """One day."""
        return cls(day, day)

    def __contains__(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
