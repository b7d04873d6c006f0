"""Exact decimals: what a number may be, how it is read, rounded and split. Knows no money and no goods."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import TypeAlias

from tradecore.errors import Code, Invalid, Violation, violation

Number: TypeAlias = Decimal | int | str
"""What a caller may write where an exact number is meant. Never a float."""

#: Decimals kept of any number. Every store keeps exactly these.
PLACES = 6
#: Numbers are smaller than this, so that scaled integers of 64 bits hold them.
LIMIT = Decimal(10) ** 12
ZERO = Decimal(0)
ONE = Decimal(1)

_LONGEST = 40
_QUANTA = tuple(Decimal(1).scaleb(-places) for places in range(PLACES + 1))
_MICRO = _QUANTA[PLACES]
#: Wide enough that a product of two legal numbers is exact.
EXACT = Context(prec=60)


def check_number(value: object, places: int = PLACES) -> Decimal | Violation:
    """The number `value` stands for, or the reason why it stands for none."""
    number = _read(value)
    if isinstance(number, Violation):
        return number
    if not number.is_finite():
        return violation(Code.NOT_A_NUMBER, value=str(number))
    if not -LIMIT < number < LIMIT:
        return violation(Code.OUT_OF_RANGE, value=f"{number:.6E}", low=-LIMIT, high=LIMIT)
    if number.same_quantum(ONE):
        return number
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -places and number != number.quantize(_QUANTA[places], context=EXACT):
        return violation(Code.TOO_MANY_DECIMALS, value=number, places=places)
    return plain(number)


def _read(value: object) -> Decimal | Violation:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, float):
        return violation(Code.FLOAT_NOT_EXACT)
    if not isinstance(value, str):
        return violation(Code.WRONG_TYPE, expected="a number", got=type(value).__name__)
    try:
        if len(value) <= _LONGEST and value.isascii() and "_" not in value:
            return Decimal(value)
    except InvalidOperation:
        pass
    return violation(Code.NOT_A_NUMBER, value=value[:_LONGEST])


def exact(value: Number) -> Decimal:
    """
    `value` as an exact decimal.

    Raises:
        Invalid: A float, a NaN, an infinity, more than six decimals, or 10^12 and more.
    """
    number = check_number(value)
    if isinstance(number, Violation):
        raise Invalid((number,))
    return number


def plain(number: Decimal) -> Decimal:
    """The same number without an exponent and without needless zeros, so that equal numbers print alike."""
    if number.same_quantum(ONE):
        return number
    number = number.normalize(EXACT)
    return number if number.as_tuple().exponent <= 0 else number.quantize(ONE, context=EXACT)  # type: ignore[operator]  # finite


def rounded(number: Decimal, places: int) -> Decimal:
    """`number` with `places` decimals; halves go away from zero, as on an invoice."""
    return number.quantize(_QUANTA[places], ROUND_HALF_UP, EXACT)


def scaled(number: Decimal) -> int:
    """`number` as a whole count of millionths."""
    return int(number.scaleb(PLACES, EXACT))


def unscaled(count: int) -> Decimal:
    """The number that `count` millionths are."""
    whole, rest = divmod(count, 1_000_000)
    return plain(Decimal(count).scaleb(-PLACES, EXACT)) if rest else Decimal(whole)


def total(numbers: Iterable[Decimal]) -> Decimal:
    """The sum of `numbers`; zero if there are none."""
    return sum(numbers, ZERO)


def split(amount: Decimal, weights: Sequence[Decimal], places: int) -> tuple[Decimal, ...]:
    """
    `amount` in parts proportional to `weights`, each with at most `places` decimals, adding up to it exactly.

    What rounding leaves goes, unit by unit, to the parts with the largest remainders; among equals to the later one.

    >>> split(Decimal("100.00"), [Decimal(1)] * 3, 2)
    (Decimal('33.33'), Decimal('33.33'), Decimal('33.34'))
    """
    whole = total(weights)
    if not whole:
        return (ZERO,) * len(weights)
    quantum = _QUANTA[places]
    shares = [EXACT.divide(EXACT.multiply(amount, weight), whole) for weight in weights]
    parts = [share.quantize(quantum, ROUND_FLOOR, EXACT) for share in shares]
    missing = int((amount - total(parts)).scaleb(places))
    by_remainder = sorted(range(len(parts)), key=lambda i: (shares[i] - parts[i], i), reverse=True)
    for index in by_remainder[:missing]:
        parts[index] += quantum
    return tuple(parts)
