"""Quantity: a number of one unit of measure."""

from decimal import Decimal

import attrs
from typing_extensions import override

from tradecore.errors import Code, Invalid, violation
from tradecore.values.numbers import Number, exact


@attrs.frozen(init=False, repr=False, order=False)
class Quantity:
    """
    An exact number of one unit. Mixing units raises `Invalid` with `UNIT_MISMATCH`.

    >>> Quantity(3, "pcs") - Quantity("0.5", "pcs")
    Quantity('2.5', 'pcs')
    """

    value: Decimal
    unit: str

    def __init__(self, value: Number, unit: str) -> None:
        self.__attrs_init__(exact(value), unit)  # pyright: ignore[reportAttributeAccessIssue]

    def _same(self, other: "Quantity") -> Decimal:
        if other.unit != self.unit:
            raise Invalid((violation(Code.UNIT_MISMATCH, got=other.unit, expected=self.unit),))
        return other.value

    def __add__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.value + self._same(other), self.unit)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return Quantity(self.value - self._same(other), self.unit)

    def __lt__(self, other: "Quantity") -> bool:
        return self.value < self._same(other)

    def __le__(self, other: "Quantity") -> bool:
        return self.value <= self._same(other)

    def __gt__(self, other: "Quantity") -> bool:
        return self.value > self._same(other)

    def __ge__(self, other: "Quantity") -> bool:
        return self.value >= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.value)

    @override
    def __str__(self) -> str:
        return f"{self.value:f} {self.unit}"

    @override
    def __repr__(self) -> str:
        return f"Quantity('{self.value:f}', {self.unit!r})"
