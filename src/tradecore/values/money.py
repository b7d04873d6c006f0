"""Money: an amount of one currency, never more exact than the currency's smallest unit."""

from decimal import Decimal
from typing import Self

import attrs
from typing_extensions import override

from tradecore.errors import Code, Invalid, Violation, violation
from tradecore.values.currencies import DECIMALS
from tradecore.values.numbers import ZERO, Number, check_number, rounded


def check_currency(value: object) -> str | Violation:
    """The currency code, or the reason why it is none."""
    if not isinstance(value, str):
        return violation(Code.WRONG_TYPE, expected="a currency code", got=type(value).__name__)
    return value if value in DECIMALS else violation(Code.UNKNOWN_CURRENCY, value=value[:8])


def check_known_currency(value: str | None) -> list[Violation]:
    """A violation at the place `currency`, unless the code is known or left out."""
    found = value if value is None else check_currency(value)
    return [found.at("currency")] if isinstance(found, Violation) else []


@attrs.frozen(init=False, repr=False, order=False)
class Money:
    """
    An amount of money in one currency.

    Adding, subtracting or comparing another currency raises `Invalid` with `CURRENCY_MISMATCH`.

    Attributes:
        amount: Exact, with no more decimals than the currency has.

        currency: ISO 4217 code.

    >>> Money("12.5", "EUR") + Money(3, "EUR")
    Money('15.50', 'EUR')
    """

    amount: Decimal
    currency: str

    def __init__(self, amount: Number, currency: str) -> None:
        known = check_currency(currency)
        if isinstance(known, Violation):
            raise Invalid((known.at("currency"),))
        places = DECIMALS[known]
        number = check_number(amount, places)
        if isinstance(number, Violation):
            raise Invalid((number.at("amount"),))
        self.__attrs_init__(rounded(number, places), known)  # pyright: ignore[reportAttributeAccessIssue]

    @classmethod
    def round(cls, amount: Decimal, currency: str) -> Self:
        """`amount` rounded to the smallest unit of `currency`, halves away from zero."""
        return cls(rounded(amount, DECIMALS[currency]), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """No money, in `currency`."""
        return cls(ZERO, currency)

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise Invalid((violation(Code.CURRENCY_MISMATCH, got=other.currency, expected=self.currency),))
        return other.amount

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    @override
    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    @override
    def __repr__(self) -> str:
        return f"Money('{self.amount:f}', {self.currency!r})"
