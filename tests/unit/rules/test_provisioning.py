"""Provisioning: how open quantities are covered, by the strategy and by hand."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import (
    DAY,
    USUAL,
    a_line,
    a_provision,
    a_service,
    an_order,
    promised,
    released,
    reserved,
    waiting,
)
from tradecore import FillStrategy, OrderLine, OrderStatus, ProvisioningAction, SalesOrder
from tradecore.registers import Balance, Key
from tradecore.rules.provisioning import (
    Available,
    check_filling,
    check_promises,
    check_releasing,
    fill,
    goods_keys,
    held_by,
    promises,
    release,
    set_provisions,
    wants,
)
from tradecore.rules.provisions import less, merged, shipped_first

CHAIR = ("chair", "main")


def offered(*, stock: int = 0, supply: tuple[tuple[int, int], ...] = ()) -> Available:
    """Free stock, and supply as pairs of days from now and quantity."""
    coming: dict[Key, Balance] = {
        (*CHAIR, (DAY + timedelta(days=days)).isoformat(), f"po{days}", "1"): Balance(
            (), (Decimal(quantity), Decimal(0))
        )
        for days, quantity in supply
    }
    return Available.of({CHAIR: Balance(CHAIR, (Decimal(stock), Decimal(0)))}, coming)


def covered(line: OrderLine) -> list[tuple[str, int]]:
    """Action and quantity of every provision."""
    return [(each.action.value, int(each.quantity)) for each in line.provisions]


def filled(order: SalesOrder, available: Available, strategy: FillStrategy | None = None, **facts: Any) -> list[Any]:
    """What the first line is covered by."""
    return covered(fill(order, available, strategy or FillStrategy(), **facts).lines[0])


def test_stock_then_supply_then_the_queue() -> None:
    """What is here is reserved, what is expected is promised, the rest waits (E9, E10)."""
    order = an_order(lines=[a_line(quantity=10)], ship_on=DAY + timedelta(days=5))
    expected = [("reserve", 3), ("reserve_by_date", 4), ("to_provision", 3)]
    assert expected == filled(order, offered(stock=3, supply=((2, 4), (6, 9))))


def test_enough_stock_needs_nothing_else() -> None:
    """The line takes no more than it wants."""
    assert [("reserve", 10)] == filled(an_order(lines=[a_line(quantity=10)]), offered(stock=99, supply=((1, 9),)))


def test_earliest_supply_is_promised_first() -> None:
    """Without a shipment date any supply is in time."""
    order = fill(an_order(lines=[a_line(quantity=5)]), offered(supply=((8, 3), (2, 3))), FillStrategy())
    assert [("po2", 3), ("po8", 2)] == [(each.source, int(each.quantity)) for each in order.lines[0].provisions]


def test_date_of_the_line_wins_over_that_of_the_order() -> None:
    """A line may be wanted earlier than the rest."""
    order = an_order(lines=[a_line(quantity=5, ship_on=DAY)], ship_on=DAY + timedelta(days=9))
    assert [("to_provision", 5)] == filled(order, offered(supply=((2, 3),)))


def test_two_lines_of_an_item_share_what_there_is() -> None:
    """The second line gets what the first has left (beyond 4.12)."""
    order = an_order(lines=[a_line("1", quantity=4), a_line("2", quantity=4)])
    lines = fill(order, offered(stock=5, supply=((1, 2),)), FillStrategy()).lines
    assert [("reserve", 4)] == covered(lines[0])
    assert [("reserve", 1), ("reserve_by_date", 2), ("to_provision", 1)] == covered(lines[1])


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (FillStrategy(from_stock=False), [("reserve_by_date", 2), ("to_provision", 3)]),
        (FillStrategy(from_supply=False), [("reserve", 2), ("to_provision", 3)]),
        (FillStrategy(rest=ProvisioningAction.NONE), [("reserve", 2), ("reserve_by_date", 2)]),
    ],
)
def test_strategy_says_what_is_taken(strategy: FillStrategy, expected: list[Any]) -> None:
    """Stock, supply and the rest are switched one by one (E9)."""
    assert expected == filled(an_order(lines=[a_line(quantity=5)]), offered(stock=2, supply=((1, 2),)), strategy)


def test_what_is_covered_stays_as_it_is() -> None:
    """Filling again adds to what there is; services and lines not named are left alone."""
    order = an_order(lines=[a_line(quantity=5, provisions=(reserved(2), waiting(1))), a_service(), a_line("3")])
    after = fill(order, offered(stock=9), FillStrategy(), lines=["1", "2"])
    assert [("reserve", 4), ("to_provision", 1)] == covered(after.lines[0])
    assert order.lines[1:] == after.lines[1:]
    assert [CHAIR] == goods_keys(order)
    assert [] == goods_keys(order, ["2"])


def test_there_must_be_something_to_do() -> None:
    """Filling needs an uncovered quantity, releasing a covered one, both an order in execution."""
    full = an_order(lines=[a_line(provisions=(reserved(1),))])
    assert ["NOTHING_TO_PROVISION"] == [each.code for each in check_filling(full, USUAL)]
    assert ["NOTHING_TO_RELEASE"] == [each.code for each in check_releasing(an_order(), USUAL)]
    assert () == (*check_filling(an_order(), USUAL), *check_releasing(full, USUAL))
    asked = an_order(status=OrderStatus.ON_APPROVAL)
    assert ["NOT_IN_EXECUTION"] * 2 == [
        each.code for each in (*check_filling(asked, USUAL), *check_releasing(asked, USUAL))
    ]


def test_release_gives_everything_back() -> None:
    """Action NONE, for the order or for some lines (E1, H11)."""
    order = an_order(lines=[a_line("1", provisions=(reserved(1),)), a_line("2", provisions=(waiting(1),))])
    assert [(), ()] == [line.provisions for line in release(order, USUAL).lines]
    assert [1, 0] == [len(line.provisions) for line in release(order, USUAL, ["2"]).lines]


def test_provisions_by_hand_replace_what_was() -> None:
    """Equal parts are added up, NONE is nothing (E8)."""
    order = an_order(lines=[a_line(quantity=5, provisions=(waiting(5),))])
    none = a_provision(ProvisioningAction.NONE, 1)
    after = set_provisions(order, {"1": [reserved(1), none, reserved(2), promised(1)]}, USUAL)
    assert isinstance(after, SalesOrder)
    assert [("reserve", 3), ("reserve_by_date", 1)] == covered(after.lines[0])


@pytest.mark.parametrize(
    ("line", "provisions", "codes"),
    [
        ("9", [reserved(1)], ["UNKNOWN_LINE"]),
        ("1", [reserved(4), waiting(2)], ["PROVISION_EXCEEDS_OPEN"]),
        ("1", [reserved(0)], ["NOT_POSITIVE"]),
        ("1", [a_provision(ProvisioningAction.PROVISION_SEPARATELY, 1)], ["ACTION_NOT_OFFERED"]),
        ("1", [a_provision(ProvisioningAction.SHIP_SEPARATELY, 1)], ["ACTION_NOT_OFFERED", "SHORT_SEPARATE"]),
        ("1", [a_provision(ProvisioningAction.RESERVE_BY_DATE, 1)], ["SOURCE_MISSING"]),
        ("2", [reserved(1)], ["NOT_STOCKED"]),
    ],
)
def test_what_cannot_be_provided_is_refused(line: str, provisions: list[Any], codes: list[str]) -> None:
    """Each fault has its code and its place."""
    found = set_provisions(an_order(lines=[a_line(quantity=5), a_service("2")]), {line: provisions}, USUAL)
    assert isinstance(found, tuple)
    assert codes == [each.code for each in found]
    assert all(each.place.startswith(f"provisions[{line}]") for each in found)


def test_quantity_is_taken_in_an_order_of_preference() -> None:
    """What is released goes first, within one rank the last part; what is not ranked is spared."""
    parts = (reserved(2), waiting(2), released(1), reserved(1))
    assert (reserved(1), waiting(2)) == less(parts, Decimal(3), shipped_first)
    assert parts == less(parts, Decimal(0), shipped_first)
    assert (reserved(3),) == merged((reserved(1), reserved(0), reserved(2)))


def test_own_reserves_may_be_moved_between_lines() -> None:
    """Only what an order holds beyond what it held is wanted from free stock (beyond 4.13)."""
    before = an_order(lines=[a_line("1", quantity=5, provisions=(reserved(4),)), a_line("2", quantity=5)])
    after = set_provisions(before, {"1": [reserved(1)], "2": [released(5)]}, USUAL)
    assert isinstance(after, SalesOrder)
    assert [("provisions[2]", 2)] == [(each.place, each.quantity) for each in wants(before, after)]
    assert {CHAIR: 6} == held_by(after)


def test_a_promise_needs_supply_of_that_day_that_nobody_has() -> None:
    """The purchase order, its line, the day and what is left of it must fit (E4)."""
    before = an_order(lines=[a_line(quantity=9, provisions=(promised(2),))])
    after = set_provisions(before, {"1": [promised(5), promised(1, source="other")]}, USUAL)
    assert isinstance(after, SalesOrder)
    key: Key = (*CHAIR, DAY.isoformat(), "po", "1")
    supply = {key: Balance(key, (Decimal(5), Decimal(3)))}
    short = check_promises(before, after, supply)
    assert [("po", 3, 2), ("other", 1, 0)] == [
        (each.details["source"], each.details["wanted"], each.details["free"]) for each in short
    ]
    assert () == check_promises(before, before, {})
    assert {key: 2} == promises(before)
