"""The queue: deterministic, fair, and nothing is given that is not there."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import DAY, NOON, a_line, an_order, waiting
from tradecore.rules import queue
from tradecore.rules.distribution import Demand, Offer, Reason, distribute
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO, total

days = st.integers(0, 5).map(lambda count: DAY.replace(day=2 + count))
quantities = st.integers(1, 5).map(Decimal)
keys = st.sampled_from([("chair", "main"), ("chair", "spare"), ("table", "main")])


@st.composite
def demands(draw: st.DrawFn) -> list[Demand]:
    """A queue: ranks begin with the day by which goods are wanted, and no two are equal."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        by = draw(st.none() | days)
        rank = (by.isoformat() if by else "9999-12-31", f"{number:02d}")
        found.append(Demand(draw(keys), rank, draw(quantities), f"so-{number}", "1", by))
    return found


offers = st.lists(
    st.builds(Offer, keys, quantities, st.none() | days, st.sampled_from(["a", "b", "c"])),
    max_size=12,
    unique_by=lambda each: (each.key, each.on, each.source),
)


@given(queue_=demands(), coming=offers, late=st.booleans(), data=st.data())
def test_the_answer_does_not_depend_on_the_order_of_the_question(
    queue_: list[Demand], coming: list[Offer], late: bool, data: Any
) -> None:
    """Whoever asks first has no advantage."""
    first = distribute(queue_, coming, late=late)
    assert first == distribute(data.draw(st.permutations(queue_)), data.draw(st.permutations(coming)), late=late)


@given(queue_=demands(), coming=offers, late=st.booleans())
def test_nothing_is_given_twice_and_nobody_is_passed_over(
    queue_: list[Demand], coming: list[Offer], late: bool
) -> None:
    """Parts of an offer add up to it at most; whoever gets less than it wants leaves nothing for those behind it."""
    shares = distribute(queue_, coming, late=late)
    assert len(queue_) == len(shares)
    taken: dict[Offer, Decimal] = defaultdict(Decimal)
    for share in shares:
        assert share.demand.quantity == share.waits + total(part.quantity for part in share.parts)
        assert (share.because is Reason.SERVED) == (not share.waits)
        for part in share.parts:
            taken[part.offer] += part.quantity
            assert part.quantity > 0
            assert late or not (part.offer.on and share.demand.by) or part.offer.on <= share.demand.by
    assert all(quantity <= offer.quantity for offer, quantity in taken.items())
    for share in shares:
        usable = [
            each
            for each in coming
            if each.key == share.demand.key
            and (late or not (each.on and share.demand.by) or each.on <= share.demand.by)
        ]
        behind = [each for each in shares if each.demand.key == share.demand.key and each.place > share.place]
        if share.waits:
            assert all(taken[each] == each.quantity for each in usable)
            assert not any(part.offer in usable for each in behind for part in each.parts)


@given(queue_=demands(), coming=offers)
def test_all_that_can_be_given_is_given(queue_: list[Demand], coming: list[Offer]) -> None:
    """Of every good, the lesser of what is wanted and what comes."""
    shares = distribute(queue_, coming, late=True)
    for key in {each.key for each in queue_}:
        wanted = total(each.quantity for each in queue_ if each.key == key)
        there = total(each.quantity for each in coming if each.key == key)
        assert min(wanted, there) == total(each.given for each in shares if each.demand.key == key)


@st.composite
def orders(draw: st.DrawFn) -> list[Any]:
    """Orders that wait for chairs, some of them placed at the same moment for the same day."""
    found = []
    for number in range(draw(st.integers(1, 7))):
        lines = [
            a_line(str(id), quantity=n, provisions=(waiting(n),))
            for id, n in enumerate(draw(st.lists(quantities, min_size=1, max_size=2)), 1)
        ]
        at = NOON.replace(hour=draw(st.sampled_from([12, 12, 13])))
        order = an_order(
            id=f"o{number}", number=f"SO-{9 - number}", at=at, lines=lines, ship_on=draw(st.sampled_from([None, DAY]))
        )
        found.append(order)
    return found


@given(known=orders(), free=st.integers(0, 12).map(Decimal), limit=st.none() | st.integers(1, 4))
def test_serving_in_portions_comes_to_the_same(known: list[Any], free: Decimal, limit: int | None) -> None:
    """However few orders are served at a time, and however few of them are loaded, in the end all have the same."""
    goods = {(("chair", "main"), ""): free}
    at_once = queue.serve({each.id: each for each in known}, queue.needs_of(known), goods).orders
    now, left = {each.id: each for each in known}, free
    for _ in range(len(known) + 1):
        needs = queue.needs_of(now.values())
        some = {id: now[id] for id in queue.called(needs, {(("chair", "main"), ""): left}, limit)}
        served = queue.serve(some, needs, {(("chair", "main"), ""): left}, limit)
        assert limit is None or len(served.orders) <= limit
        now |= served.orders
        left -= total(each.quantity for each in served.given)
        if not served.more:
            break
    assert left >= ZERO
    assert [at_once.get(each.id, each) for each in known] == [evolve(each) for each in now.values()]
