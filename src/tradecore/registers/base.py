"""Registers: ledgers of signed entries that follow from posted documents. A balance is a sum of entries."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import TypeAlias

import attrs

from tradecore.values.record import Ref

Key: TypeAlias = tuple[str, ...]
"""The values of a register's dimensions, or the first of them."""

Place: TypeAlias = tuple[str, Key]
"""Name of a register and a key in it."""

_ZERO = Decimal(0)


@attrs.frozen
class Register:
    """
    What a ledger counts, and by what.

    Attributes:
        name: Unique; the stores name their tables after it.

        dimensions: What balances are kept by. A prefix of them may be asked for.

        resources: What is counted.

        measures: Sums of resources that guards may bound: name -> sign of each resource (1, 0 or -1).

        floors: Measures that never fall below zero.

        attributes: What an entry notes beside its dimensions.

        totals: Whether stores keep balances ready; otherwise they are summed from the entries.

        timeline: The resource that must never be short at any moment of the past; its last moment is kept.
    """

    name: str
    dimensions: tuple[str, ...]
    resources: tuple[str, ...]
    measures: Mapping[str, tuple[int, ...]] = attrs.field(factory=dict, hash=False)
    floors: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    totals: bool = True
    timeline: str = ""
    _sums: dict[str, Callable[[tuple[Decimal, ...]], Decimal]] = attrs.field(
        init=False, repr=False, eq=False, hash=False
    )

    def __attrs_post_init__(self) -> None:
        sums = {name: _weighted(weights) for name, weights in self.measures.items()}
        object.__setattr__(self, "_sums", sums)

    @property
    def timeline_index(self) -> int | None:
        """The place of the timeline among the resources."""
        return self.resources.index(self.timeline) if self.timeline else None

    def measure(self, name: str, amounts: tuple[Decimal, ...]) -> Decimal:
        """The measure of these amounts."""
        return self._sums[name](amounts)


def _weighted(weights: tuple[int, ...]) -> Callable[[tuple[Decimal, ...]], Decimal]:
    """The sum of amounts by weights of 1, 0 and -1; what is measured most is written out."""
    plus = [index for index, weight in enumerate(weights) if weight > 0]
    minus = [index for index, weight in enumerate(weights) if weight < 0]
    if len(plus) == 1 and not minus:
        return itemgetter(plus[0])
    if len(plus) == len(minus) == 1:
        (more,), (less,) = plus, minus
        return lambda amounts: amounts[more] - amounts[less]
    return lambda amounts: sum((amounts[n] for n in plus), _ZERO) - sum((amounts[n] for n in minus), _ZERO)


@attrs.frozen
class Entry:
    """
    One line of a register. Never changed, never removed: a correction is another entry.

    Attributes:
        register: Name of the register.

        key: The values of its dimensions.

        amounts: What is added to each resource; may be negative.

        at: The moment it counts from.

        document: The document it follows from.

        attributes: The values of the register's attributes.

        seq: Its place in the order of commits, given by the store.
    """

    register: str
    key: Key
    amounts: tuple[Decimal, ...]
    at: datetime
    document: Ref
    attributes: tuple[str, ...] = ()
    seq: int = attrs.field(default=0, eq=False)


@attrs.frozen
class Balance:
    """
    The sum of the entries under one key.

    Attributes:
        last_at: The latest moment of an entry that moved the timeline resource; None if there is none.

        version: Grows with every entry under the key; `Unchanged` guards compare it.
    """

    key: Key
    amounts: tuple[Decimal, ...]
    last_at: datetime | None = None
    version: int = 0


@attrs.frozen
class Turnover:
    """Sums of entries that agree in the fields they were grouped by."""

    group: tuple[str, ...]
    amounts: tuple[Decimal, ...]
