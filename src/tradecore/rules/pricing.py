"""What order lines cost. Rounding is per line, to the currency's smallest unit, halves away from zero."""

from decimal import Decimal

import attrs

from tradecore.documents import OrderLine, SalesOrder
from tradecore.values.currencies import DECIMALS
from tradecore.values.numbers import EXACT, ZERO, rounded, total
from tradecore.values.percent import Percent

_HUNDRED = Decimal(100)


@attrs.frozen
class LineAmount:
    """What a quantity costs: all of it with tax, and the tax alone."""

    amount: Decimal
    tax: Decimal


def price_line(
    quantity: Decimal, price: Decimal, discount: Percent, tax_rate: Percent, *, currency: str, tax_included: bool
) -> LineAmount:
    """
    The amount and the tax of a line (N1, N5): quantity times price less discount, rounded; then the tax, rounded.

    Where prices hold the tax it is taken out of the amount, otherwise it comes on top.
    """
    places = DECIMALS[currency]
    worth = EXACT.multiply(quantity, price)
    if discount:
        worth = EXACT.divide(EXACT.multiply(worth, _HUNDRED - discount.value), _HUNDRED)
    worth = rounded(worth, places)
    if not tax_rate:
        return LineAmount(worth, ZERO)
    if tax_included:
        return LineAmount(worth, rounded(EXACT.divide(worth * tax_rate.value, _HUNDRED + tax_rate.value), places))
    tax = rounded(EXACT.divide(worth * tax_rate.value, _HUNDRED), places)
    return LineAmount(worth + tax, tax)


def part_of(amount: Decimal, quantity: Decimal, whole: Decimal, currency: str) -> Decimal:
    """What `quantity` costs where `whole` costs `amount`: rounded, and exactly `amount` for the whole."""
    if quantity == whole:
        return amount
    return rounded(EXACT.divide(EXACT.multiply(amount, quantity), whole), DECIMALS[currency])


def next_part(
    amount: Decimal, whole: Decimal, *, done: Decimal, billed: Decimal, quantity: Decimal, currency: str
) -> Decimal:
    """What the next `quantity` costs when `done` of `whole` were billed at `billed`: parts add up to the whole."""
    return max(part_of(amount, done + quantity, whole, currency) - billed, ZERO)


def line_total(line: OrderLine, currency: str) -> Decimal:
    """What is not cancelled costs: never less than what was shipped, and just that once nothing is open."""
    if not line.cancellations:
        return line.amount
    if not line.open:
        return line.shipped_amount
    return max(part_of(line.amount, line.quantity - line.cancelled, line.quantity, currency), line.shipped_amount)


def order_total(order: SalesOrder) -> Decimal:
    """What everything not cancelled costs with tax."""
    return total([line_total(line, order.currency) for line in order.lines])
