"""Checks of the company are asked by every way to a checkpoint; rights lift violations and leave a trace."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.unit.builders import a_shop, executed, placed
from tradecore import (
    Actor,
    AsyncTrade,
    Case,
    Check,
    Checkpoint,
    Conflict,
    EventType,
    Refused,
    Right,
    Settings,
    Trade,
    Violation,
)
from tradecore.calling import run
from tradecore.changes import Floor
from tradecore.documents import Shipment
from tradecore.values.record import Ref

BOSS = Actor("boss", rights=frozenset({Right.SHIP_UNPAID}))


def refusing(case: Case) -> Iterator[Violation]:
    """Refuse whatever is asked, and say where."""
    yield Violation("NOT_TODAY", sentence="Not {step} today.", details={"step": case.checkpoint.value}).unless(
        "any_day"
    )


def test_a_right_ships_what_is_unpaid() -> None:
    """Not silently: event and history say who went past what (A9, note f of section X)."""
    trade = a_shop(chair=5)
    order = executed(trade, chair=2)
    with pytest.raises(Refused) as refused:
        trade.orders.ship(order.id)
    assert ("PREPAYMENT_UNPAID",) == refused.value.codes
    (told,) = trade.acting_as(BOSS).orders.ship.plan(order.id).told
    assert "PREPAYMENT_UNPAID" == told.code
    shipment = trade.acting_as(BOSS).orders.ship(order.id)
    assert 2 == shipment.lines[0].quantity
    (record,) = trade.shipments.history(shipment.id)
    assert ("boss", ["PREPAYMENT_UNPAID"]) == (record.actor, [each.code for each in record.told])
    found = [event for event in run(trade.store.events_after(0, 100)) if event.type is EventType.CONTROL_LIFTED]
    assert [("boss", shipment.ref)] == [(each.actor, each.document) for each in found]
    assert "ship_unpaid" == found[0].data["violations"][0]["right"]


def test_a_right_lifts_nothing_else() -> None:
    """Whoever may ship unpaid may not ship what is not there."""
    trade = a_shop()
    order = executed(trade, chair=2)
    option = {each.command: each for each in trade.acting_as(BOSS).orders.allowed(order.id)}["ship"]
    assert ["NOTHING_TO_SHIP"] == [each.code for each in option.refused]
    assert ["PREPAYMENT_UNPAID"] == [each.code for each in option.told]


@pytest.mark.parametrize("checkpoint", [Checkpoint.PLACE, Checkpoint.EXECUTE, Checkpoint.PROVISION, Checkpoint.SHIP])
def test_checks_are_asked_where_they_stand(checkpoint: Checkpoint) -> None:
    """The step is refused, named by the checkpoint, and nothing is written; a right lifts it."""
    check = Check(name="never", at={checkpoint}, find=refusing)
    trade = a_shop(chair=5, checks=[check])
    free = trade.acting_as(Actor("x", rights=frozenset({"any_day"})))

    def whole_way(trade: Trade) -> None:
        order = executed(trade, chair=1)
        trade.payments.receive(order=order.id, amount=order.money(order.total))
        trade.orders.ship(order.id)

    with pytest.raises(Refused) as refused:
        whole_way(trade)
    assert f"Not {checkpoint} today." in str(refused.value)
    whole_way(free)


def test_allowed_and_plan_ask_the_same_checks() -> None:
    """A screen knows before anybody clicks."""
    trade = a_shop(chair=5, checks=[Check(name="never", at={Checkpoint.APPROVE}, find=refusing)])
    order = placed(trade, chair=1)
    (option,) = [each for each in trade.orders.allowed(order.id) if each.command == "approve"]
    plan = trade.orders.approve.plan(order.id)
    assert ["NOT_TODAY"] == [each.code for each in option.refused] == [each.code for each in plan.violations]
    assert not plan.allowed


def test_a_warning_is_told_and_refuses_nothing() -> None:
    """It stands in the plan, in the event and in the history."""

    def warn(case: Case) -> Iterator[Violation]:
        for each in refusing(case):
            yield each.as_warning()

    trade = a_shop(checks=[Check(name="warn", at={Checkpoint.PLACE}, find=warn)])
    order = placed(trade, chair=1)
    assert ["NOT_TODAY"] == [each.code for each in trade.orders.history(order.id)[0].told]
    (event,) = [event for event in run(trade.store.events_after(0, 100)) if event.type is EventType.CONTROL_WARNED]
    assert [{"code": "NOT_TODAY", "message": "Not place today."}] == event.data["violations"]


def test_a_check_sees_what_it_reads() -> None:
    """A limit on what one customer may be shipped: balances and records are there when it is asked."""

    def reads(case: Case) -> list[tuple[str, tuple[str, ...]] | Ref]:
        assert isinstance(case.after, Shipment)
        return [("settlements", (case.after.customer, "EUR")), Ref("partner", case.after.customer)]

    def limit(case: Case) -> Iterator[Violation]:
        (partner,) = case.records.values()
        if sum((each.amounts[0] for each in case.balances.values()), Decimal(0)):
            yield Violation("LIMIT", details={"partner": partner.id}, sentence="{partner} has its limit.")

    trade = a_shop(chair=5, checks=[Check(name="limit", at={Checkpoint.SHIP}, find=limit, reads=reads)])
    first, second = executed(trade, chair=1), executed(trade, chair=1)
    for order in (first, second):
        trade.payments.receive(order=order.id, amount=order.money(order.total))
    trade.orders.ship(first.id)
    with pytest.raises(Refused) as refused:
        trade.orders.ship(second.id)
    assert "acme has its limit." == refused.value.violations[0].message


def test_guards_of_a_check_stand_in_the_commit() -> None:
    """What a check relied on must still hold when the command is written; otherwise the race is lost."""
    floor = Floor("stock", ("chair", "main"), "free", Decimal(4))
    check = Check(name="safety stock", at={Checkpoint.PROVISION}, find=lambda _: (), guards=lambda _: [floor])
    trade = a_shop(chair=5, checks=[check], settings=Settings(attempts=1))
    executed(trade, chair=1)
    with pytest.raises(Conflict) as lost:
        executed(trade, chair=1)
    assert (floor,) == lost.value.lost


def test_both_colours_take_checks() -> None:
    """AsyncTrade as well; where nothing is registered, nothing is asked."""
    check = Check(name="never", at={Checkpoint.PLACE}, find=refusing)
    assert (check,) == AsyncTrade(checks=[check])._context.checks
    assert not AsyncTrade()._context.checks
