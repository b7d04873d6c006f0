"""Percent: a part of a hundred, exact."""

from decimal import Decimal

import attrs
from typing_extensions import override

from tradecore.errors import Code, Invalid, violation
from tradecore.values.numbers import EXACT, ZERO, Number, exact, rounded

_HUNDRED = Decimal(100)


@attrs.frozen(init=False, repr=False)
class Percent:
    """
    A percentage between 0 and 1000.

    >>> Percent("12.5").of(Decimal(200))
    Decimal('25.0')
    """

    value: Decimal

    def __init__(self, value: Number) -> None:
        number = exact(value)
        if not ZERO <= number <= 1000:
            raise Invalid((violation(Code.OUT_OF_RANGE, value=number, low=0, high=1000),))
        self.__attrs_init__(number)  # pyright: ignore[reportAttributeAccessIssue]

    def of(self, amount: Decimal) -> Decimal:
        """This part of `amount`, not rounded."""
        return EXACT.divide(EXACT.multiply(amount, self.value), _HUNDRED)

    @classmethod
    def ratio(cls, part: Decimal, whole: Decimal) -> "Percent":
        """How many percent `part` is of `whole`, to two decimals; nothing of nothing is 100 %."""
        if not whole:
            return cls(100)
        return cls(min(rounded(part * 100 / whole, 2), Decimal(1000)) if part > 0 else 0)

    def __bool__(self) -> bool:
        return bool(self.value)

    @override
    def __str__(self) -> str:
        return f"{self.value:f} %"

    @override
    def __repr__(self) -> str:
        return f"Percent('{self.value:f}')"


NO_PERCENT = Percent(0)
HUNDRED_PERCENT = Percent(100)
