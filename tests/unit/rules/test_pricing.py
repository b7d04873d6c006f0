"""Prices: a line is rounded once, and its parts add up to it."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import a_line, an_order
from tradecore import Percent
from tradecore.documents import Cancellation
from tradecore.rules.pricing import line_total, next_part, order_total, part_of, price_line


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "tax", "included", "amount", "tax_part"),
    [
        ("3", "33.33", 0, 0, True, "99.99", "0"),
        ("3", "33.33", 0, 20, True, "99.99", "16.67"),
        ("3", "33.33", 0, 20, False, "119.99", "20.00"),
        ("1", "10", 25, 20, True, "7.50", "1.25"),
        ("0.333333", "0.01", 0, 20, True, "0.00", "0.00"),
        ("1", "10", 100, 20, False, "0.00", "0.00"),
        ("1", "0.125", 0, 0, True, "0.13", "0"),
        ("7", "0.07", "12.5", 0, True, "0.43", "0"),
    ],
)
def test_line_is_rounded_once_and_its_tax_after(
    quantity: str, price: str, discount: str, tax: str, included: bool, amount: str, tax_part: str
) -> None:
    """Quantity times price less discount, halves away from zero; the tax is inside or on top (N1, N5)."""
    found = price_line(
        Decimal(quantity), Decimal(price), Percent(discount), Percent(tax), currency="EUR", tax_included=included
    )
    assert (Decimal(amount), Decimal(tax_part)) == (found.amount, found.tax)


def test_currency_says_how_fine_an_amount_is() -> None:
    """Yen have no decimals, dinars have three."""
    amounts = [
        price_line(Decimal(1), Decimal("1.2345"), Percent(0), Percent(0), currency=each, tax_included=True).amount
        for each in ("JPY", "EUR", "KWD")
    ]
    assert ["1", "1.23", "1.235"] == [str(each) for each in amounts]


def test_parts_of_a_line_add_up() -> None:
    """Each next part is what is due by then less what was billed."""
    billed, parts = Decimal(0), []
    for done in range(3):
        part = next_part(
            Decimal("0.10"), Decimal(3), done=Decimal(done), billed=billed, quantity=Decimal(1), currency="EUR"
        )
        billed += part
        parts.append(part)
    assert (["0.03", "0.04", "0.03"], Decimal("0.10")) == ([str(each) for each in parts], billed)
    assert Decimal("0.10") == part_of(Decimal("0.10"), Decimal(3), Decimal(3), "EUR")


def test_what_was_billed_too_early_is_not_billed_again() -> None:
    """A part is never below zero, whatever was taken back in between."""
    billed = {"done": Decimal(3), "billed": Decimal("0.03"), "quantity": Decimal(1)}
    assert 0 == next_part(Decimal("0.05"), Decimal(10), **billed, currency="EUR")


def test_cancelled_quantity_costs_nothing() -> None:
    """A line costs what is not cancelled; once nothing is open, what was shipped; never less than that."""
    two = (Cancellation(quantity=Decimal(2), reason="refused"),)
    line = a_line(quantity=3, price="33.33", cancellations=two)
    assert Decimal("33.33") == line_total(line, "EUR")
    one: dict[str, Any] = {"shipped": Decimal(1), "shipped_amount": Decimal("0.04")}
    assert Decimal("0.04") == line_total(a_line(quantity=3, amount=Decimal("0.10"), cancellations=two, **one), "EUR")
    six = (Cancellation(quantity=Decimal(6), reason="refused"),)
    three: dict[str, Any] = {"shipped": Decimal(3), "shipped_amount": Decimal("0.03")}
    assert Decimal("0.03") == line_total(a_line(quantity=10, amount=Decimal("0.05"), cancellations=six, **three), "EUR")
    assert Decimal("133.32") == order_total(an_order(lines=[line, a_line("2", quantity=3, price="33.33")]))
