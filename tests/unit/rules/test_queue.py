"""The queue: who gets goods that come, in which order, and how that is told."""

from datetime import date, timedelta
from decimal import Decimal

from tests.unit.builders import DAY, NOON, a_line, an_order, promised, reserved, waiting
from tradecore import OrderLine, SalesOrder
from tradecore.registers import Key
from tradecore.rules import queue

CHAIR: Key = ("chair", "main")


def waits(id: str, quantity: int = 2, *, ship: int | None = None, at: int = 0, number: str = "") -> SalesOrder:
    """An order that waits for chairs, to be shipped and placed some days from now."""
    line = a_line(quantity=quantity, provisions=(waiting(quantity),))
    day = None if ship is None else DAY + timedelta(days=ship)
    return an_order(id=id, lines=[line], ship_on=day, at=NOON + timedelta(days=at), number=number or id)


def orders(*given: SalesOrder) -> dict[str, SalesOrder]:
    """Orders by id."""
    return {each.id: each for each in given}


def covered(line: OrderLine) -> list[tuple[str, int]]:
    """Action and quantity of every provision."""
    return [(each.action.value, int(each.quantity)) for each in line.provisions]


def test_order_of_the_queue() -> None:
    """Shipment date, then order date, then number; without a date last (F2)."""
    late, early, never = waits("late", ship=9), waits("early", ship=1), waits("never")
    first, second = waits("b", ship=5, at=1, number="SO-1"), waits("a", ship=5, at=1, number="SO-2")
    older = waits("c", ship=5, at=0, number="SO-9")
    found = queue.waiting([never, late, second, first, older, early], CHAIR)
    assert ["early", "c", "b", "a", "late", "never"] == [each.order.id for each in found]
    assert date.max == found[-1].rank[0]


def test_first_come_first_served_until_nothing_is_left() -> None:
    """The last to be served gets a part, the rest goes on waiting (decision 4)."""
    known = orders(waits("late", ship=9), waits("early", ship=1), waits("last", ship=20))
    changed, given = queue.run_queue(known, {(CHAIR, ""): Decimal(3)})
    assert [("early", 2), ("late", 1)] == [(each.order, int(each.quantity)) for each in given]
    assert {"early", "late"} == changed.keys()
    assert [("to_provision", 1), ("reserve", 1)] == covered(changed["late"].lines[0])
    told = [{"order": "early", "line": "1", "item": "chair", "quantity": "2"}]
    assert told == queue.told(given[:1])


def test_other_goods_serve_nobody() -> None:
    """Another item or another warehouse is not what is waited for."""
    known = orders(waits("one"))
    assert ({}, ()) == queue.run_queue(
        known, {(("chair", "spare"), ""): Decimal(5), (("table", "main"), ""): Decimal(5)}
    )
    assert ({}, ()) == queue.run_queue(known, {(CHAIR, ""): Decimal(0)})


def test_only_the_lines_that_are_named() -> None:
    """A clerk may serve one line although another is before it."""
    line = a_line("2", quantity=2, provisions=(waiting(2),))
    order = an_order(lines=[a_line("1", quantity=2, provisions=(waiting(2),)), line])
    changed, given = queue.run_queue(orders(order), {(CHAIR, ""): Decimal(3)}, lines=["2"])
    assert ["2"] == [each.line for each in given]
    assert [[("to_provision", 2)], [("reserve", 2)]] == [covered(line) for line in changed["order"].lines]


def test_promises_are_kept_before_the_queue() -> None:
    """Goods of a purchase order go to those they were promised to, then, with the setting, to the queue (decision 4)."""
    line = a_line(quantity=3, provisions=(promised(3),))
    known = orders(waits("waiting", ship=0), an_order(id="promised", lines=[line], ship_on=DAY + timedelta(days=30)))
    came = {(CHAIR, "po/1"): Decimal(4)}
    alone, given = queue.supply(known, came, pool=False)
    assert {"promised"} == alone.keys()
    assert [("reserve", 3)] == covered(alone["promised"].lines[0])
    both, given = queue.supply(known, came, pool=True)
    assert [("promised", 3), ("waiting", 1)] == [(each.order, int(each.quantity)) for each in given]
    assert [("to_provision", 1), ("reserve", 1)] == covered(both["waiting"].lines[0])


def test_an_order_may_get_goods_twice() -> None:
    """Once as promised and once from the queue; its reserve is one."""
    line = a_line(quantity=5, provisions=(promised(2), waiting(3)))
    changed, given = queue.supply(orders(an_order(lines=[line])), {(CHAIR, "po/1"): Decimal(4)}, pool=True)
    assert [2, 2] == [int(each.quantity) for each in given]
    assert [("to_provision", 1), ("reserve", 4)] == covered(changed["order"].lines[0])


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
