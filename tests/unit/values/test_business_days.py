"""Business days: which days count, and how they are counted."""

import builtins
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from tradecore import Invalid, Settings
from tradecore.errors import MissingDriver, Unsupported
from tradecore.values.business_days import WEEKDAYS, business_days_after
from tradecore.values.countries import CountryCalendar, country_calendar

FRIDAY = date(2026, 3, 6)


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [(0, 0, 0), (0, 1, 3), (0, 6, 10), (1, 0, 3), (1, 1, 3), (0, -1, -1), (3, -1, 0), (2, -5, -4)],
)
def test_weekends_are_stepped_over(day: int, count: int, found: int) -> None:
    """Forwards and backwards; with no days to count a weekend waits for the Monday."""
    moved = business_days_after(FRIDAY + timedelta(days=day), count, WEEKDAYS)
    assert FRIDAY + timedelta(days=found) == moved


def test_a_calendar_that_never_works_is_given_up() -> None:
    """Nobody waits for ever."""

    @attrs.frozen
    class Never:
        def is_business_day(self, day: date, /) -> bool:
            return day is None

    with pytest.raises(Unsupported, match="no business day for a year"):
        business_days_after(FRIDAY, 1, Never())


def test_countries_have_their_holidays() -> None:
    """The third of May is free in Poland; the sixth of January in Bavaria, and not in Berlin."""
    poland = CountryCalendar("PL")
    assert [False, True] == [poland.is_business_day(date(2024, 5, day)) for day in (3, 6)]
    epiphany = date(2026, 1, 6)
    assert [False, True] == [CountryCalendar(code).is_business_day(epiphany) for code in ("DE-BY", "DE-BE")]
    assert date(2026, 4, 7) == business_days_after(date(2026, 4, 2), 2, poland), "Easter Monday does not count"


def test_settings_take_a_country() -> None:
    """By its code; what is no country is refused."""
    assert CountryCalendar("UA") == Settings(calendar="UA").business_days == country_calendar("UA")
    assert WEEKDAYS == Settings().business_days
    for code in ("XX", "DE-XX", "", "pl"):
        with pytest.raises(Invalid) as refused:
            Settings(calendar=code)
        assert ["calendar"] == [each.place for each in refused.value.violations]
    with pytest.raises(Invalid, match="Expected a country or a calendar, got int"):
        Settings(calendar=5)  # type: ignore[arg-type]  # on purpose


def test_a_missing_library_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who wants a country needs it, and is told how to get it."""
    usual = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "holidays":
            raise ImportError(name)
        return usual(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDriver, match=r"tradecore\[calendar\]"):
        Settings(calendar="PL")
    assert Settings().business_days is WEEKDAYS
