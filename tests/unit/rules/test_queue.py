"""The queue: who gets goods that come, in which order, and how that is told."""

from datetime import timedelta
from decimal import Decimal

from tests.unit.builders import DAY, NOON, a_line, an_order, promised, reserved, waiting
from tradecore import OrderLine, SalesOrder
from tradecore.registers import Key
from tradecore.rules import queue
from tradecore.rules.distribution import Offer

CHAIR: Key = ("chair", "main")


def waits(id: str, quantity: int = 2, *, ship: int | None = None, at: int = 0, number: str = "") -> SalesOrder:
    """An order that waits for chairs, to be shipped and placed some days from now."""
    line = a_line(quantity=quantity, provisions=(waiting(quantity),))
    day = None if ship is None else DAY + timedelta(days=ship)
    return an_order(id=id, lines=[line], ship_on=day, at=NOON + timedelta(days=at), number=number or id)


def run(*orders: SalesOrder, source: str = "", limit: int | None = None, **came: int) -> queue.Served:
    """Serve these orders with goods that came to the main warehouse, by item."""
    goods = {((item, "main"), source): Decimal(quantity) for item, quantity in came.items()}
    return queue.serve({each.id: each for each in orders}, queue.needs_of(orders), goods, limit)


def got(served: queue.Served) -> list[tuple[str, int]]:
    """Who got how many."""
    return [(each.order, int(each.quantity)) for each in served.given]


def covered(line: OrderLine) -> list[tuple[str, int]]:
    """Action and quantity of every provision."""
    return [(each.action.value, int(each.quantity)) for each in line.provisions]


def test_order_of_the_queue() -> None:
    """Shipment date, then order date, then number; without a date last (F2)."""
    late, early, never = waits("late", ship=9), waits("early", ship=1), waits("never")
    first, second = waits("b", ship=5, at=1, number="SO-1"), waits("a", ship=5, at=1, number="SO-2")
    older = waits("c", ship=5, at=0, number="SO-9")
    found = queue.waiting([never, late, second, first, older, early], ())
    assert ["early", "c", "b", "a", "late", "never"] == [each.order.id for each in found]
    assert [1, 2, 3, 4, 5, 6] == [each.place for each in found]


def test_first_come_first_served_until_nothing_is_left() -> None:
    """The last to be served gets a part, the rest goes on waiting (decision 4)."""
    served = run(waits("late", ship=9), waits("early", ship=1), waits("last", ship=20), chair=3)
    assert [("early", 2), ("late", 1)] == got(served)
    assert {"early", "late"} == served.orders.keys()
    assert [("to_provision", 1), ("reserve", 1)] == covered(served.orders["late"].lines[0])
    told = [{"order": "early", "line": "1", "item": "chair", "quantity": "2"}]
    assert told == queue.told(served.given[:1])


def test_other_goods_serve_nobody() -> None:
    """Another item or another warehouse is not what is waited for, and nothing is nothing."""
    goods = {(("chair", "spare"), ""): Decimal(5), (("table", "main"), ""): Decimal(5)}
    order = waits("one")
    assert queue.Served() == queue.serve({"one": order}, queue.needs_of([order]), goods)
    assert queue.Served() == run(order, chair=0)


def test_only_the_lines_that_are_named() -> None:
    """A clerk may serve one line although another is before it."""
    line = a_line("2", quantity=2, provisions=(waiting(2),))
    order = an_order(lines=[a_line("1", quantity=2, provisions=(waiting(2),)), line])
    served = queue.serve({"order": order}, queue.needs_of([order], ["2"]), {(CHAIR, ""): Decimal(3)})
    assert ["2"] == [each.line for each in served.given]
    assert [[("to_provision", 2)], [("reserve", 2)]] == [covered(line) for line in served.orders["order"].lines]


def test_promises_are_kept_before_the_queue() -> None:
    """Goods of a purchase order go to those they were promised to; only what is left is of the common pool."""
    line = a_line(quantity=3, provisions=(promised(3),))
    later = an_order(id="promised", lines=[line], ship_on=DAY + timedelta(days=30))
    served = run(waits("waiting", ship=0), later, source="po/1", chair=4)
    assert [("promised", 3)] == got(served)
    assert [("reserve", 3)] == covered(served.orders["promised"].lines[0])
    assert {(CHAIR, ""): 1} == queue.left_over({(CHAIR, "po/1"): Decimal(4)}, served.given)


def test_an_order_may_get_goods_twice() -> None:
    """Once as promised and once from the queue; its reserve is one."""
    order = an_order(lines=[a_line(quantity=5, provisions=(promised(2), waiting(3)))])
    once = run(order, source="po/1", chair=4).orders["order"]
    assert [("to_provision", 1), ("reserve", 4)] == covered(run(once, chair=2).orders["order"].lines[0])


def test_no_more_is_supplied_than_waits() -> None:
    """The reserve grows by what waited, not by what came."""
    line = a_line(quantity=5, provisions=(waiting(2), reserved(1)))
    assert [("reserve", 3)] == covered(queue.supplied(line, Decimal(9), ""))


def test_a_line_that_gets_nothing_says_why() -> None:
    """It does not wait, or nothing is free."""
    assert ["SHORT_STOCK"] == [each.code for each in queue.check_given(waits("one"), "1", ())]
    assert ["NOTHING_TO_PROVISION"] == [each.code for each in queue.check_given(an_order(), "1", ())]
    given = (queue.Given("one", "1", "chair", "main", Decimal(1)),)
    assert () == queue.check_given(an_order(), "1", given)


def test_a_run_serves_no_more_orders_than_asked_for() -> None:
    """The first of the queue; whether others would have got something is told."""
    orders = [waits(f"o{day}", ship=day) for day in range(5)]
    served = run(*orders, chair=7, limit=2)
    assert [("o0", 2), ("o1", 2)] == got(served)
    assert served.more
    assert not run(*orders, chair=7, limit=4).more
    assert not run(*orders, chair=4, limit=2).more


def test_only_those_who_get_something_are_called() -> None:
    """The others need not be loaded."""
    needs = queue.needs_of([waits(f"o{day}", ship=day) for day in range(5)])
    goods = {(CHAIR, ""): Decimal(5)}
    assert ["o0", "o1", "o2"] == sorted(queue.called(needs, goods))
    assert ["o0", "o1"] == sorted(queue.called(needs, goods, 2))


def test_numbers_decide_among_equal_dates() -> None:
    """Whoever has the same dates as one that is served is called too, so that numbers can be compared (F2)."""
    equals = [waits("a", number="SO-3"), waits("b", number="SO-1"), waits("c", number="SO-2")]
    needs, goods = queue.needs_of(equals), {(CHAIR, ""): Decimal(3)}
    assert ["a", "b", "c"] == sorted(queue.called(needs, goods, 1))
    assert [("b", 2), ("c", 1)] == got(run(*equals, chair=3))
    assert [("b", 2)] == got(run(*equals, chair=3, limit=1))


def test_who_is_not_served_still_keeps_its_place() -> None:
    """An order that was not loaded leaves its share to nobody behind it."""
    first, second = waits("first", ship=1), waits("second", ship=2)
    served = queue.serve({"second": second}, queue.needs_of([first, second]), {(CHAIR, ""): Decimal(3)})
    assert [("second", 1)] == got(served)
    assert served.more


def test_those_who_wait_are_told_why() -> None:
    """Who is before them, what is free, what comes and when, and what nothing is left for."""
    orders = [waits("early", ship=1), waits("late", ship=3), waits("last", ship=9)]
    offers = [Offer(CHAIR, Decimal(1)), Offer(CHAIR, Decimal(2), DAY + timedelta(days=5), "po/1")]
    late = "may come on 2026-03-07 with po/1"
    assert [
        f"nobody is before it; 1 would be given to it from stock now; 1 {late}, 4 days late",
        f"1 before it want 2; 1 {late}, 2 days late; nothing is left for 1",
        "2 before it want 4; nothing is left for 2",
    ] == [each.says for each in queue.waiting(orders, offers)]
    (alone,) = queue.waiting(orders[:1], ())
    assert "nobody is before it; nothing is free and nothing is expected" == alone.says
