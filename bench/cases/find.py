"""A page of 50 orders "awaiting prepayment" by due date, first and last, against the indexed query written by hand."""

from collections.abc import Iterator
from typing import Any

import tradecore as tc
from bench.floor.pages import PAGE, Listed, Mark, Pages, pages
from bench.library import Library
from bench.measuring import Bench
from bench.places import SERVERS
from bench.seeding import FIRST_DAY, seed
from bench.work import Unsound
from tradecore.query import Eq, Query, encode_cursor

FEW, ON_SERVERS, MANY = 3_000, 1_000, 1_000_000
STATE = tc.OrderState.AWAITING_PREPAYMENT
#: One order in ten waits for its prepayment; the others have not been approved or are closed.
_MIX = ("approve", *["place"] * 8, "close")
_DAYS = 60
_DAY = FIRST_DAY.date().replace(month=2, day=3)


def measure(bench: Bench, store: str) -> None:
    """Measure a store."""
    bench.must_be_wanted("find", store)
    size = MANY if bench.full else ON_SERVERS if store in SERVERS else FEW
    bench.say(f"find: {size:,} orders for {store} ...")
    library = Library(bench.places.fresh(store))
    library.prepare()
    seed(library.trade.store, size, mix=_MIX, days=_DAYS)
    raw = pages(store, bench.places.fresh(store))
    waiting = [_listed(order) for order in library.trade.orders.stream(state=STATE, sort="due_on", limit=500)]
    raw.load([*waiting, *_others(size - len(waiting))])
    _compare(bench, (store, size), library.trade, raw, waiting)
    raw.close()
    library.finish()


def _compare(bench: Bench, where: tuple[str, int], trade: tc.Trade, raw: Pages, waiting: list[Listed]) -> None:
    store, size = where
    before_last = waiting[-PAGE - 1]
    mark: Mark = (before_last.due, before_last.id)
    state, on = STATE.value, _DAY.isoformat()
    query = Query(tc.SalesOrder, (Eq("state", STATE),), "due_on", limit=PAGE)
    cursor = encode_cursor(query, trade.orders.get(before_last.id))

    def due() -> Any:
        return trade.orders.find(state=STATE, due=tc.Due.TODAY, as_of=_DAY, limit=PAGE)

    def first() -> Any:
        return trade.orders.find(state=STATE, sort="due_on", limit=PAGE)

    def last() -> Any:
        return trade.orders.find(state=STATE, sort="due_on", limit=PAGE, after=cursor)

    _same([order.id for order in last()], [each.id for each in waiting[-PAGE:]])
    _same(len(due()), len(raw.due(state, on, whole=True)))
    _same(PAGE, len(raw.after(state, mark, whole=True)))
    wanted = [
        ("due on a day, order rows", "raw query", lambda: raw.due(state, on, whole=False), due),
        ("due on a day, whole orders", "raw queries", lambda: raw.due(state, on, whole=True), due),
        ("last page, whole orders", "raw queries", lambda: raw.after(state, mark, whole=True), last),
        ("last page against first", "first page", first, last),
    ]
    for what, base, base_call, call in wanted:
        row = ("find", store, f"{what}, of {size:,}")
        bench.compare(row, base, "us", bench.cost_of(base_call), bench.cost_of(call))


def _same(expected: object, found: object) -> None:
    if expected != found:
        raise Unsound(f"the two sides find different pages: {expected} and {found}")


def _listed(order: tc.SalesOrder) -> Listed:
    lines = [(line.id, line.item, int(line.quantity), int(line.amount * 100)) for line in order.lines]
    stages = [(stage.id, int(stage.amount * 100), str(stage.due or "")) for stage in order.stages]
    due, at = str(order.due_on), order.at.isoformat()
    return Listed(order.id, STATE.value, due, order.number, order.customer, at, int(order.total * 100), lines, stages)


def _others(number: int) -> Iterator[Listed]:
    """Orders nobody asks for, so that both sides search among as many; their lines are never read."""
    for each in range(number):
        day = FIRST_DAY.date().isoformat()
        yield Listed(f"other-{each:08d}", "closed", day, f"SO-{each}", "customer-1", day, 100, (), ())
