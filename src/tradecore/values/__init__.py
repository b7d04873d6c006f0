"""Values: money, quantities, percents, moments, ids. They know no documents and no stores."""

from tradecore.values.money import Money
from tradecore.values.numbers import Number
from tradecore.values.percent import HUNDRED_PERCENT, NO_PERCENT, Percent
from tradecore.values.period import Period
from tradecore.values.quantity import Quantity
from tradecore.values.record import Record, Ref
from tradecore.values.unset import UNSET, Unset

__all__ = [
    "HUNDRED_PERCENT",
    "NO_PERCENT",
    "UNSET",
    "Money",
    "Number",
    "Percent",
    "Period",
    "Quantity",
    "Record",
    "Ref",
    "Unset",
]
