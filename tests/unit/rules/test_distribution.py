"""Who gets what when there is not enough: by rank and by date, with a reason for everybody."""

from datetime import timedelta
from decimal import Decimal

from tests.unit.builders import DAY
from tradecore.registers import Key
from tradecore.rules.distribution import Demand, Offer, Reason, Share, distribute

CHAIR: Key = ("chair", "main")


def wants(rank: str, quantity: int, *, by: int | None = None, key: Key = CHAIR) -> Demand:
    """Somebody in the queue who wants so many, by some day from now."""
    return Demand(key, (rank,), Decimal(quantity), order=rank, by=None if by is None else DAY + timedelta(days=by))


def offers(quantity: int, *, on: int | None = None, source: str = "", key: Key = CHAIR) -> Offer:
    """So many that are here, or come some days from now."""
    return Offer(key, Decimal(quantity), None if on is None else DAY + timedelta(days=on), source)


def told(shares: tuple[Share, ...]) -> list[tuple[str, list[int], Reason]]:
    """Who got which quantities, and why no more."""
    return [(each.demand.order, [int(part.quantity) for part in each.parts], each.because) for each in shares]


def test_the_lowest_rank_is_served_first() -> None:
    """Whoever is last gets what is left; then there is nothing."""
    shares = distribute([wants("c", 2), wants("a", 2), wants("b", 2)], [offers(3)])
    served, short = Reason.SERVED, Reason.NOTHING_LEFT
    assert [("a", [2], served), ("b", [1], short), ("c", [], short)] == told(shares)
    assert [(1, 0), (2, 2), (3, 4)] == [(each.place, int(each.ahead)) for each in shares]
    assert [(2, 0), (1, 1), (0, 2)] == [(int(each.given), int(each.waits)) for each in shares]


def test_what_is_here_goes_before_what_comes() -> None:
    """The earliest first, whatever the order in which it is offered; one demand may take of several."""
    coming = [offers(1, on=5, source="late"), offers(1, on=1, source="soon"), offers(1)]
    (share,) = distribute([wants("a", 4)], coming)
    assert ["", "soon", "late"] == [part.offer.source for part in share.parts]
    assert (1, Reason.NOTHING_LEFT) == (int(share.waits), share.because)


def test_goods_that_come_too_late_are_left_for_those_who_can_wait() -> None:
    """Unless late goods are wanted too."""
    queue, coming = [wants("a", 2, by=1), wants("b", 2, by=9), wants("c", 2)], [offers(3, on=5)]
    served = Reason.SERVED
    in_time = [("a", [], Reason.TOO_LATE), ("b", [2], served), ("c", [1], Reason.NOTHING_LEFT)]
    assert in_time == told(distribute(queue, coming))
    late = [("a", [2], served), ("b", [1], Reason.NOTHING_LEFT), ("c", [], Reason.NOTHING_LEFT)]
    assert late == told(distribute(queue, coming, late=True))


def test_goods_are_told_apart() -> None:
    """Each key has a queue of its own; where nothing is offered, nothing comes."""
    table: Key = ("table", "main")
    shares = distribute([wants("a", 1, key=table), wants("b", 1)], [offers(5), offers(5, key=("lamp", "main"))])
    assert [("b", [1], Reason.SERVED), ("a", [], Reason.NOTHING_COMES)] == told(shares)


def test_nothing_is_neither_wanted_nor_offered() -> None:
    """Quantities of zero do not stand in the queue."""
    assert () == distribute([wants("a", 0)], [offers(1)])
    assert [("a", [], Reason.NOTHING_COMES)] == told(distribute([wants("a", 1)], [offers(0), offers(-1)]))
