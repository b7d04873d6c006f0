"""Business calendars of countries, from the library `holidays`: the extra `calendar`. It is imported when it is used."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs

from tradecore.errors import Code, MissingDriver, Violation, violation

if TYPE_CHECKING:
    from types import ModuleType


@attrs.frozen
class CountryCalendar:
    """
    The business days of a country, or of a part of it: its weekends, its public holidays, its moved working days.

    Attributes:
        code: `PL`, or with a part of the country `DE-BY`, as ISO 3166 names them.
    """

    code: str

    def is_business_day(self, day: date, /) -> bool:
        """Whether people work there on that day."""
        return day in _business_days(self.code, day.year)


def country_calendar(code: str) -> CountryCalendar | Violation:
    """
    The calendar of a country, or why there is none.

    Raises:
        MissingDriver: The extra `calendar` is not installed.
    """
    known: Mapping[str, Any] = _library().list_supported_countries(include_aliases=False)
    country, _, part = code.partition("-")
    if country not in known or (part and part not in known[country]):
        return violation(Code.UNKNOWN_VALUE, value=code, known="countries of ISO 3166 such as PL, and parts as DE-BY")
    return CountryCalendar(code)


@lru_cache(maxsize=256)
def _business_days(code: str, year: int) -> frozenset[date]:
    country, _, part = code.partition("-")
    known = _library().country_holidays(country, subdiv=part or None, years=year)
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))
    return frozenset(day for day in days if known.is_working_day(day))


def _library() -> "ModuleType":
    try:
        import holidays
    except ImportError as error:
        raise MissingDriver("Calendars of countries need the extra: pip install 'tradecore[calendar]'") from error
    return holidays
