"""Exact decimals: what is a number, how it is rounded, and how it is split."""

from decimal import Decimal
from typing import Any

import pytest

from tradecore import Invalid
from tradecore.errors import Violation
from tradecore.values.numbers import check_number, exact, plain, rounded, scaled, split, total, unscaled


@pytest.mark.parametrize(
    ("given", "expected"),
    [("12.50", "12.5"), (7, "7"), (Decimal("1E+3"), "1000"), ("-0.000001", "-0.000001"), ("0.10000000", "0.1")],
)
def test_numbers_are_kept_without_needless_zeros(given: Any, expected: str) -> None:
    """Equal numbers print alike, whoever wrote them."""
    assert expected == f"{exact(given):f}"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (0.1, "FLOAT_NOT_EXACT"),
        (True, "WRONG_TYPE"),
        (None, "WRONG_TYPE"),
        ("twelve", "NOT_A_NUMBER"),
        ("1_000", "NOT_A_NUMBER"),
        ("١", "NOT_A_NUMBER"),
        ("1" * 41, "NOT_A_NUMBER"),
        (Decimal("NaN"), "NOT_A_NUMBER"),
        ("Infinity", "NOT_A_NUMBER"),
        (10**12, "OUT_OF_RANGE"),
        (-(10**12), "OUT_OF_RANGE"),
        ("0.0000001", "TOO_MANY_DECIMALS"),
    ],
)
def test_what_is_not_exact_is_refused(given: Any, code: str) -> None:
    """Floats, NaN, infinities, too large and too fine numbers have reasons of their own."""
    found = check_number(given)
    assert isinstance(found, Violation)
    assert code == found.code
    with pytest.raises(Invalid):
        exact(given)


def test_halves_go_away_from_zero() -> None:
    """Rounding is that of an invoice."""
    assert ["0.13", "-0.13", "2"] == [str(rounded(Decimal(n), p)) for n, p in (("0.125", 2), ("-0.125", 2), ("1.5", 0))]


def test_millionths_count_both_ways() -> None:
    """A number survives being stored as a whole count."""
    assert 1_500_000 == scaled(Decimal("1.5"))
    assert ["1.5", "3", "-0.000001"] == [f"{unscaled(count):f}" for count in (1_500_000, 3_000_000, -1)]
    assert "1000" == str(plain(Decimal("1E3")))


def test_remainder_goes_to_the_largest_and_among_equals_to_the_later() -> None:
    """Parts differ by at most one unit and the last of equal parts takes it (beyond 4.10)."""
    parts = split(Decimal(100), [Decimal(1)] * 3, 2)
    assert (Decimal("33.33"), Decimal("33.33"), Decimal("33.34")) == parts
    assert (Decimal("0.67"), Decimal("0.33")) == split(Decimal(1), [Decimal(2), Decimal(1)], 2)


def test_split_of_nothing_is_nothing() -> None:
    """Without weights there is nothing to give out."""
    assert [0, 0] == list(split(Decimal(5), [Decimal(0), Decimal(0)], 2))
    assert () == split(Decimal(0), [], 2)
    assert 0 == total([])
