"""What unpaid stages let through: nothing, or goods up to the value that the money received covers."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.unit.builders import a_line, a_service, a_stage, an_order, released, reserved, waiting
from tradecore import OrderLine, SalesOrder, StageGating, StageKind, Violation
from tradecore.rules import provisioning, shipping
from tradecore.rules.order_state import kept
from tradecore.rules.stage_gating import (
    PROVISIONING,
    RELEASE,
    SHIPMENT,
    check_advance,
    check_all,
    check_change,
    check_prepayment,
    check_some,
    let_through,
    passage,
    passed_value,
)
from tradecore.settings import FillStrategy, Settings

WHOLE, COVERED = StageGating
ADVANCE, PREPAYMENT, CREDIT = StageKind.ADVANCE, StageKind.PREPAYMENT, StageKind.CREDIT


def codes(found: Iterable[Violation]) -> list[str]:
    """What is wrong, by name."""
    return [each.code for each in found]


def goods(*provisions: Any, quantity: int = 10, **facts: Any) -> OrderLine:
    """Ten chairs for 100 euro, so far provided for."""
    return a_line(quantity=quantity, provisions=provisions, **facts)


def order_of(*lines: OrderLine, paid: int | str = 0, gating: StageGating = COVERED, **facts: Any) -> SalesOrder:
    """An order with an advance of 20 %, a prepayment of 30 %, a credit of 50 %."""
    total = sum(line.amount for line in lines)
    parts = [(ADVANCE, 20, "1"), (PREPAYMENT, 30, "2"), (CREDIT, 50, "3")]
    stages = tuple(a_stage(kind, total * share / 100, id, share=share) for kind, share, id in parts)
    return an_order(lines=lines, stages=stages, paid=Decimal(paid), total=total, stage_gating=gating, **facts)


@pytest.mark.parametrize(
    ("paid", "advance", "shipment"),
    [(0, 0, 0), (1, 5, 2), (10, 50, 20), (20, 100, 40), (49, 100, 98), (50, 100, 100), (100, 100, 100)],
)
def test_money_covers_goods_in_the_proportion_of_the_stages(paid: int, advance: int, shipment: int) -> None:
    """Half of an advance opens provisioning for half of the order; advance and prepayment open shipment alike."""
    order = order_of(goods(), paid=paid)
    assert (advance, shipment) == (passage(order, PROVISIONING).covers, passage(order, SHIPMENT).covers)


@pytest.mark.parametrize(
    ("paid", "advance", "shipment"), [(0, 0, 0), (19, 0, 0), (20, 100, 0), (49, 100, 0), (50, 100, 100)]
)
def test_the_whole_order_waits_for_the_whole_stage(paid: int, advance: int, shipment: int) -> None:
    """As it is usual: one cent less opens nothing."""
    order = order_of(goods(), paid=paid, gating=WHOLE)
    assert (advance, shipment) == (passage(order, PROVISIONING).covers, passage(order, SHIPMENT).covers)


def test_what_is_covered_is_rounded_down() -> None:
    """A third of 100 is 33.33, and no more may pass."""
    stages = (a_stage(PREPAYMENT, 90, "1"), a_stage(CREDIT, 10, "2"))
    order = an_order(lines=[goods()], stages=stages, paid=Decimal(30), total=Decimal(100), stage_gating=COVERED)
    assert Decimal("33.33") == passage(order, SHIPMENT).covers


def test_refusals_say_what_is_wanted_and_what_is_covered() -> None:
    """Ten chairs of 10 are wanted; 15 of 20 has come, which covers 75."""
    order = order_of(goods(), paid=15)
    (short,) = check_all(order, PROVISIONING, {"1": Decimal(8)})
    assert "Goods for 80.00 EUR would be provided; the advance received covers 75.00 EUR." == short.message
    assert () == check_all(order, PROVISIONING, {"1": Decimal(7)})
    (short,) = check_all(order, SHIPMENT, {"1": Decimal(4)})
    assert "Goods for 40.00 EUR would be shipped; advance and prepayment received cover 30.00 EUR." == short.message
    assert "ship_unpaid" == short.override


def test_a_shut_gate_says_what_is_missing() -> None:
    """Where nothing has come, nothing is covered; the old sentence says it best."""
    for order in (order_of(goods()), order_of(goods(), paid=5, gating=WHOLE)):
        assert ["ADVANCE_UNPAID"] == codes(check_advance(order)) == codes(check_some(order, PROVISIONING, {}))
        assert ["PREPAYMENT_UNPAID"] == codes(check_prepayment(order)) == codes(check_all(order, RELEASE, {}))
    assert () == check_advance(order_of(goods(), paid=1)) == check_prepayment(order_of(goods(), paid=1))


def test_whole_lines_pass_in_whole_units() -> None:
    """75 euro are seven chairs and a half: seven pass. Of a line in metres the half passes too."""
    order = order_of(goods(), paid=15)
    assert {"1": 7} == let_through(order, PROVISIONING, {"1": Decimal(10)})
    metres = order_of(a_line(quantity="2.5", price=40, provisions=()), paid=15)
    assert {"1": Decimal("1.875")} == let_through(metres, PROVISIONING, {"1": Decimal("2.5")})


def test_lines_pass_in_their_order() -> None:
    """The second line gets what the first has left, and what fits: a cheap thing passes after a dear one did not."""
    lines = (a_line("1", quantity=1, price=90), a_line("2", quantity=10, price=1))
    order = order_of(*lines, paid=10)
    assert {"2": 10} == let_through(order, PROVISIONING, {"1": Decimal(1), "2": Decimal(10)})
    assert {"1": 1} == let_through(order_of(*lines, paid=18), PROVISIONING, {"1": Decimal(1), "2": Decimal(10)})
    assert {"1": 1, "2": 5} == let_through(order_of(*lines, paid=19), PROVISIONING, {"1": Decimal(1), "2": Decimal(10)})


def test_what_passed_before_counts() -> None:
    """Provided: reserved, waiting and shipped goods. Released: what is released and shipped. Shipped: what is gone."""
    line = goods(reserved(2), released(1), waiting(1), shipped=Decimal(3), shipped_amount=Decimal(30))
    order = order_of(line, a_service(quantity=1, shipped=Decimal(1)), paid=15)
    assert [70, 50, 40] == [passed_value(order, gate) for gate in (PROVISIONING, RELEASE, SHIPMENT)]


def test_what_came_back_makes_room() -> None:
    """Returned goods need not be paid, so their value may pass again."""
    gone = {"shipped": Decimal(5), "shipped_amount": Decimal(50), "provisions": (reserved(5),)}
    line = a_line(quantity=10, **gone)
    order = order_of(line, paid=25)
    assert {} == let_through(order, SHIPMENT, {"1": Decimal(5)})
    back = order_of(attrs.evolve(line, returned=Decimal(2), returned_amount=Decimal(20)), paid=25)
    assert {"1": 2} == let_through(back, SHIPMENT, {"1": Decimal(5)})


def test_what_is_too_much_may_shrink() -> None:
    """After a refund more is provided than is covered: it may be less, or the same in another way, but not more."""
    order = order_of(goods(reserved(8)), paid=10)
    assert () == check_change(order, order_of(goods(reserved(6)), paid=10), PROVISIONING)
    assert () == check_change(order, order_of(goods(waiting(8)), paid=10), PROVISIONING)
    assert ["EXCEEDS_ADVANCE"] == codes(check_change(order, order_of(goods(reserved(9)), paid=10), PROVISIONING))
    assert {} == let_through(order, PROVISIONING, {"1": Decimal(1)})


def test_goods_for_nothing_need_no_money() -> None:
    """A gift passes with whatever is covered."""
    gift = a_line("2", quantity=1, price=0)
    assert {"2": 1} == let_through(order_of(goods(), gift, paid=1), SHIPMENT, {"2": Decimal(1)})


def test_money_named_for_the_credit_covers_nothing() -> None:
    """What was given for another stage opens no gate, not even a little."""
    order = order_of(goods(), paid=15)
    named = attrs.evolve(order, stages=(*order.stages[:2], attrs.evolve(order.stages[2], assigned=Decimal(15))))
    assert passage(named, PROVISIONING).shut


def test_filling_stops_where_the_money_does() -> None:
    """Seven of ten chairs are reserved; the other three wait for money, not for goods."""
    order = order_of(goods(), paid=15)
    stock = provisioning.Available({("chair", "main"): Decimal(100)}, {})
    filled = provisioning.fill(order, stock, FillStrategy())
    assert (reserved(7),) == filled.lines[0].provisions
    assert ["EXCEEDS_ADVANCE"] == codes(provisioning.check_filling(filled, Settings()))


def test_release_and_shipment_stop_where_the_money_does() -> None:
    """30 euro are covered: three chairs are released, and once they are shipped no more are."""
    order = order_of(goods(reserved(10)), paid=15)
    ready = shipping.release_to_ship(order)
    assert {released(3), reserved(7)} == set(ready.lines[0].provisions)
    assert ["EXCEEDS_PREPAYMENT"] == codes(shipping.check_release_to_ship(ready, Settings()))
    assert {"1": 3} == shipping.everything_ready(ready)
    assert () == shipping.check_shipping(ready, Settings())
    assert ["EXCEEDS_PREPAYMENT"] == codes(shipping.check_quantities(ready, {"1": Decimal(4)}))
    more = order_of(goods(released(4), reserved(6)), paid=15)
    assert ["EXCEEDS_PREPAYMENT"] == codes(shipping.check_more_to_ship(ready, more))


@pytest.mark.parametrize(
    ("provisions", "shipped", "paid", "state"),
    [
        ((), 0, 0, "AWAITING_ADVANCE"),
        ((), 0, 1, "AWAITING_ADVANCE"),
        ((), 0, 2, "READY_TO_PROVISION"),
        ((reserved(7),), 0, 15, "AWAITING_ADVANCE"),
        ((waiting(10),), 0, 2, "AWAITING_PROVISIONING"),
        ((reserved(10),), 0, 0, "AWAITING_ADVANCE"),
        ((reserved(10),), 0, 4, "AWAITING_PREPAYMENT"),
        ((reserved(10),), 0, 5, "READY_TO_SHIP"),
        ((released(3), reserved(7)), 0, 15, "SHIPPING"),
        ((reserved(7),), 3, 15, "AWAITING_PREPAYMENT"),
        ((reserved(7),), 3, 20, "READY_TO_SHIP"),
        ((), 10, 50, "AWAITING_PAYMENT"),
    ],
)
def test_states_follow_what_may_pass(provisions: Any, shipped: int, paid: int, state: str) -> None:
    """An order waits for money when the money lets nothing further through, and not before."""
    gone = {"shipped": Decimal(shipped), "shipped_amount": Decimal(shipped) * 10}
    order = order_of(goods(*provisions, **gone), paid=paid)
    found = kept(order, Settings(stage_gating=COVERED)).state
    assert found is not None
    assert state == found.name
