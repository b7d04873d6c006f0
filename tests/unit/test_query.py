"""Queries: what conditions mean, in which order records come, and where pages begin."""

import base64
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import DAY, NOON, a_shop, an_order, placed
from tradecore import Invalid, Item, OrderState, SalesOrder
from tradecore.query import (
    PAGE_LIMIT,
    Eq,
    In,
    Not,
    Page,
    Query,
    Range,
    decode_cursor,
    encode_cursor,
    holds,
    run,
    sort_key,
)

TOMORROW = DAY + timedelta(days=1)


def found(query: Query[SalesOrder], *orders: SalesOrder) -> list[str]:
    """Ids of what a query finds."""
    return [each.id for each in run(query, orders)]


@pytest.mark.parametrize(
    ("condition", "with_date", "without"),
    [
        (Eq("ship_on", DAY), True, False),
        (Eq("ship_on", None), False, True),
        (In("ship_on", [DAY, TOMORROW]), True, False),
        (In("ship_on", []), False, False),
        (Not("ship_on", [DAY]), False, True),
        (Not("ship_on", [TOMORROW]), True, True),
        (Range("ship_on", DAY, DAY), True, False),
        (Range("ship_on", TOMORROW, None), False, False),
        (Range("ship_on", None, TOMORROW), True, False),
        (Range("ship_on"), True, False),
    ],
)
def test_conditions(condition: Any, with_date: bool, without: bool) -> None:
    """Both ends are included; no values find nothing; a record without a value is in no range."""
    assert (with_date, without) == (holds(condition, an_order(ship_on=DAY)), holds(condition, an_order()))


def test_equals_are_sorted_by_id() -> None:
    """In both directions; records without a value in the field are left out."""
    orders = [
        an_order(id="b", ship_on=DAY),
        an_order(id="a", ship_on=DAY),
        an_order(id="c", ship_on=TOMORROW),
        an_order(id="d"),
    ]
    assert ["a", "b", "c"] == found(Query(SalesOrder, sort="ship_on"), *orders)
    assert ["c", "b", "a"] == found(Query(SalesOrder, sort="ship_on", descending=True), *orders)
    assert ["a"] == found(Query(SalesOrder, sort="ship_on", limit=1), *orders)
    assert (DAY, "a") == sort_key(Query(SalesOrder, sort="ship_on"), orders[1])


@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_each_other_without_gap_or_overlap(descending: bool) -> None:
    """Whatever the page size, the pages are the whole."""
    orders = [an_order(id=str(n), ship_on=DAY + timedelta(days=n // 3)) for n in range(10)]
    whole = run(Query(SalesOrder, sort="ship_on", descending=descending), orders)
    for limit in (1, 3, 4, 10):
        pages: list[SalesOrder] = []
        after = None
        while page := run(Query(SalesOrder, (), "ship_on", descending, limit, after), orders):
            pages += page
            after = page[-1].ship_on, page[-1].id
        assert whole == pages


def test_what_cannot_be_compared_is_refused() -> None:
    """Fields that no store has in order, and silly limits, all at once."""
    with pytest.raises(Invalid) as refused:
        Query(SalesOrder, (Eq("comment", "x"),), "total", limit=0).check()
    assert ("NOT_SORTABLE", "NOT_SORTABLE", "OUT_OF_RANGE") == refused.value.codes
    assert "possible: id, number" in str(refused.value)
    Query(SalesOrder, limit=PAGE_LIMIT + 1).check()
    with pytest.raises(Invalid):
        Query(SalesOrder, limit=PAGE_LIMIT + 1).check(PAGE_LIMIT)


@pytest.mark.parametrize("sort", ["id", "at", "due_on", "state"])
def test_cursors_remember_where_a_page_ended(sort: str) -> None:
    """Moments, days, enums and texts come back as they were."""
    order = an_order(due_on=DAY, state=OrderState.SHIPPING, total=Decimal(10))
    cursor = encode_cursor(Query(SalesOrder, sort=sort), order)
    assert (getattr(order, sort), order.id) == decode_cursor(SalesOrder, sort, cursor)


@pytest.mark.parametrize(
    "parts",
    [
        ["item", "at", "t", NOON.isoformat(), "x"],
        ["sales_order", "id", "s", "x", "x"],
        ["sales_order", "at", "n", "1", "x"],
        ["sales_order", "at", "t", "yesterday", "x"],
        ["sales_order", "at", "t", None, "x"],
        ["sales_order", "at", "t", NOON.isoformat(), 5],
        ["sales_order"],
        {},
        5,
    ],
)
def test_foreign_cursors_are_refused(parts: Any) -> None:
    """Of another kind, another field, another type, or made up."""
    cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
    with pytest.raises(Invalid) as refused:
        decode_cursor(SalesOrder, "at", cursor)
    assert ("BAD_CURSOR",) == refused.value.codes


def test_garbage_is_no_cursor() -> None:
    """Nor is a cursor for a field that is not there."""
    for sort, cursor in (("at", "%%%"), ("at", "é"), ("colour", "e30=")):
        with pytest.raises(Invalid):
            decode_cursor(SalesOrder, sort, cursor)


def test_a_page_of_the_largest_size_can_be_asked_for() -> None:
    """The limit itself is allowed, one more is not; the next page is offered only where there is one."""
    trade = a_shop()
    orders = [placed(trade, chair=1) for _ in range(3)]
    assert 3 == len(trade.orders.find(limit=PAGE_LIMIT))
    with pytest.raises(Invalid) as refused:
        trade.orders.find(limit=PAGE_LIMIT + 1)
    assert "1001 is outside 1 to 1000" in str(refused.value)
    assert trade.orders.find(limit=3).next is None
    first = trade.orders.find(limit=2, descending=True)
    assert first.next
    last = trade.orders.find(limit=2, descending=True, after=first.next)
    assert {each.id for each in orders} == {each.id for page in (first, last) for each in page}
    assert [] == list(Page[Item](()))
    assert 3 == len(list(trade.orders.stream(limit=1)))
