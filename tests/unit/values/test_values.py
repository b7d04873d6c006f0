"""Money, quantities, percents, periods: they add up among their own kind only."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from operator import add, ge, gt, le, lt, sub
from typing import Any

import pytest

from tests.unit.builders import DAY, euro
from tradecore import Invalid, Money, Percent, Period, Quantity
from tradecore.errors import Violation
from tradecore.values.money import check_currency
from tradecore.values.period import check_day, check_moment, moment


def test_money_is_exact_to_the_smallest_unit_of_its_currency() -> None:
    """Each currency has its own number of decimals."""
    assert ["1.50 EUR", "2 JPY", "1.234 KWD"] == [
        str(Money(a, c)) for a, c in (("1.5", "EUR"), (2, "JPY"), ("1.234", "KWD"))
    ]
    assert Money("0.13", "EUR") == Money.round(Decimal("0.125"), "EUR")
    for amount, currency in (("1.555", "EUR"), ("0.5", "JPY")):
        with pytest.raises(Invalid) as refused:
            Money(amount, currency)
        assert ("TOO_MANY_DECIMALS",) == refused.value.codes


@pytest.mark.parametrize(
    ("value", "code"), [("ZZZ", "UNKNOWN_CURRENCY"), ("eur", "UNKNOWN_CURRENCY"), (5, "WRONG_TYPE")]
)
def test_currencies_are_those_of_iso(value: object, code: str) -> None:
    """An unknown currency is refused, not guessed."""
    found = check_currency(value)
    assert isinstance(found, Violation)
    assert code == found.code
    with pytest.raises(Invalid):
        Money(1, value)  # type: ignore[arg-type]  # on purpose


def test_money_and_quantities_are_counted() -> None:
    """They add, subtract, compare and know when there are none."""
    assert euro("12.50") + euro(3) == euro("15.5")
    assert euro(1) - euro(3) == -euro(2)
    assert euro(1) < euro(2) <= euro(2) < euro(3) >= euro(3) > euro(0)
    assert not Money.zero("EUR")
    assert "Money('1.00', 'EUR')" == repr(euro(1))
    three = Quantity(3, "pcs")
    assert Quantity("2.5", "pcs") == three - Quantity("0.5", "pcs")
    assert three + three > three >= three
    assert three < Quantity(4, "pcs")
    assert three <= three
    assert bool(three)
    assert ("3 pcs", "Quantity('3', 'pcs')") == (str(three), repr(three))


@pytest.mark.parametrize("operator", [add, sub, lt, le, gt, ge])
def test_kinds_are_never_mixed(operator: Any) -> None:
    """Two currencies or two units have no sum and no order."""
    with pytest.raises(Invalid) as refused:
        operator(euro(1), Money(1, "UAH"))
    assert ("CURRENCY_MISMATCH",) == refused.value.codes
    with pytest.raises(Invalid) as refused:
        operator(Quantity(1, "pcs"), Quantity(1, "m"))
    assert ("UNIT_MISMATCH",) == refused.value.codes


def test_percents_are_parts_of_a_hundred() -> None:
    """A part of an amount, and what part an amount is; nothing of nothing is all of it."""
    assert Decimal(25) == Percent("12.5").of(Decimal(200))
    assert ["33.33 %", "100 %", "0 %", "1000 %"] == [
        str(Percent.ratio(Decimal(a), Decimal(b))) for a, b in ((1, 3), (0, 0), (-5, 3), (99, 1))
    ]
    assert ("Percent('5')", False) == (repr(Percent(5)), bool(Percent(0)))
    for value in (-1, "1000.1"):
        with pytest.raises(Invalid):
            Percent(value)


def test_moments_are_aware_and_kept_to_the_millisecond() -> None:
    """A moment is turned to UTC; one without a time zone is no moment."""
    east = timezone(timedelta(hours=2))
    assert datetime(2026, 3, 2, 10, 0, 0, 123000, tzinfo=UTC) == moment(datetime(2026, 3, 2, 12, 0, 0, 123999, east))
    for wrong, code in (
        (datetime(2026, 3, 2), "NAIVE_MOMENT"),  # noqa: DTZ001  # on purpose
        (datetime(1899, 1, 1, tzinfo=UTC), "OUT_OF_RANGE"),
        (datetime(9001, 1, 1, tzinfo=UTC), "OUT_OF_RANGE"),
    ):
        with pytest.raises(Invalid) as refused:
            moment(wrong)
        assert (code,) == refused.value.codes
    assert isinstance(check_moment("now"), Violation)


def test_days_are_dates_and_nothing_else() -> None:
    """A moment is not a day, and years have bounds."""
    assert DAY == check_day(DAY)
    found = [check_day(each) for each in (datetime(2026, 3, 2, tzinfo=UTC), "2026-03-02", date(1899, 1, 1))]
    assert ["WRONG_TYPE", "WRONG_TYPE", "OUT_OF_RANGE"] == [each.code for each in found if isinstance(each, Violation)]


def test_periods_include_both_ends() -> None:
    """An open side has no bound; a period does not end before it starts."""
    days = [DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]
    assert [False, True, False] == [each in Period.day(DAY) for each in days]
    assert [False, True, True] == [each in Period(DAY) for each in days]
    assert [True, True, False] == [each in Period(None, DAY) for each in days]
    with pytest.raises(Invalid) as refused:
        Period(DAY, DAY - timedelta(days=1))
    assert ("BAD_PERIOD",) == refused.value.codes
