"""
Who gets what when there is not enough for all (F2): one deterministic function, and its reasons.

Those who want goods stand in a queue by rank; goods are handed out from the earliest on, first come first served. So
the n-th piece that is wanted is the n-th piece that is there or comes. The same function shares out what lies free,
what a receipt brings, and what a purchase order still promises after it has shrunk.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import TypeAlias

import attrs

from tradecore.registers import Key
from tradecore.values.numbers import ZERO

Rank: TypeAlias = tuple[str, ...]
"""A place in the queue: texts that sort as shipment dates, order dates, numbers and lines do."""


class Reason(StrEnum):
    """Why somebody in a queue gets all, or not all."""

    SERVED = "served"  #: There is enough for it.
    NOTHING_COMES = "nothing_comes"  #: Nothing is free, and nothing is expected.
    NOTHING_LEFT = "nothing_left"  #: Those before it take what there is.
    TOO_LATE = "too_late"  #: What is left comes after the day it is wanted.


@attrs.frozen
class Demand:
    """
    What somebody in a queue wants.

    Attributes:
        key: The goods, as precisely as they must fit.

        rank: The place in the queue; the lowest is served first.

        by: The day it is wanted; None is any day.
    """

    key: Key
    rank: tuple[str, ...]
    quantity: Decimal
    order: str = ""
    line: str = ""
    by: date | None = None


@attrs.frozen
class Offer:
    """
    Goods that are handed out.

    Attributes:
        on: The day they come; None if they are here.

        source: What they come with.
    """

    key: Key
    quantity: Decimal
    on: date | None = None
    source: str = ""


@attrs.frozen
class Part:
    """A quantity of an offer."""

    offer: Offer
    quantity: Decimal


@attrs.frozen
class Share:
    """
    What one demand gets.

    Attributes:
        place: Its place in the queue for these goods, from 1.

        ahead: What those before it want.

        parts: What it gets, and of which offers.

        waits: What it does not get, `because` of this.
    """

    demand: Demand
    place: int
    ahead: Decimal
    parts: tuple[Part, ...]
    waits: Decimal
    because: Reason

    @property
    def given(self) -> Decimal:
        """What it gets in all."""
        return self.demand.quantity - self.waits


def distribute(demands: Iterable[Demand], offers: Iterable[Offer], *, late: bool = False) -> tuple[Share, ...]:
    """
    Share out the offers among the demands for the same goods, in the order of their ranks.

    The answer does not depend on the order in which demands and offers are given.

    Args:
        late: Whether goods are given that come after the day they are wanted. If not, they are left for those who
            come later in the queue and can wait for them.

    Returns:
        A share for each demand above zero: by goods, and in the order of the queue.
    """
    wanted: dict[Key, list[Demand]] = {}
    for demand in demands:
        if demand.quantity > 0:
            wanted.setdefault(demand.key, []).append(demand)
    offered: dict[Key, list[Offer]] = {}
    for offer in offers:
        if offer.quantity > 0 and offer.key in wanted:
            offered.setdefault(offer.key, []).append(offer)
    shares: list[Share] = []
    for key in sorted(wanted):
        queue = sorted(wanted[key], key=_rank)
        shares += _share_out(queue, sorted(offered.get(key, ()), key=_earliest), late=late)
    return tuple(shares)


_rank = attrgetter("rank")


def _earliest(offer: Offer) -> tuple[date, str]:
    return offer.on or date.min, offer.source


def _share_out(queue: Sequence[Demand], offers: Sequence[Offer], *, late: bool) -> Iterable[Share]:
    coming = iter(offers)
    offer = next(coming, None)
    left = offer.quantity if offer else ZERO
    nothing = Reason.NOTHING_LEFT if offers else Reason.NOTHING_COMES
    ahead = ZERO
    for place, demand in enumerate(queue, start=1):
        wanted, because, parts = demand.quantity, Reason.SERVED, []
        while wanted:
            if offer is None:
                because = nothing
                break
            if not late and offer.on and demand.by and offer.on > demand.by:
                because = Reason.TOO_LATE
                break
            if wanted < left:
                parts.append(Part(offer, wanted))
                left, wanted = left - wanted, ZERO
            else:
                parts.append(Part(offer, left))
                wanted -= left
                offer = next(coming, None)
                left = offer.quantity if offer else ZERO
        yield Share(demand, place, ahead, tuple(parts), wanted, because)
        ahead += demand.quantity
