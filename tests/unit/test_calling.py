"""How commands are called: conflicts are retried but not for ever, keys, dry runs, many at once."""

import logging
from typing import Any

import pytest
from typing_extensions import override

from tests.unit.builders import a_shop, euro, executed, placed
from tradecore import Actor, AsyncTrade, Conflict, Invalid, KeyReused, NotFound, Refused, Settings, Trade, TradeError
from tradecore.calling import run
from tradecore.changes import Changes, Committed, Repeated
from tradecore.errors import Unsupported
from tradecore.storage.memory import MemoryStore


class RacingStore(MemoryStore):
    """A store on which somebody else is faster a number of times."""

    def __init__(self, lost: int) -> None:
        super().__init__()
        self.lost = lost
        self.tried = 0

    @override
    async def commit(self, changes: Changes) -> Committed | Repeated:
        """Lose, then commit."""
        self.tried += 1
        if self.lost:
            self.lost -= 1
            raise Conflict(("somebody",))
        return await super().commit(changes)


class WaitingStore(MemoryStore):
    """A store that says it waits."""

    @property
    @override
    def waits(self) -> Any:
        """Always."""
        return True


def racing(lost: int, *, attempts: int = 3) -> tuple[Trade, RacingStore]:
    """A shop whose next commits are lost."""
    store = RacingStore(0)
    trade = a_shop(store=store, settings=Settings(attempts=attempts), chair=5)
    store.lost, store.tried = lost, 0
    return trade, store


def test_a_lost_race_is_run_again() -> None:
    """The caller does not notice (11.2 of the errors)."""
    trade, store = racing(2)
    assert placed(trade, chair=1).number
    assert 3 == store.tried


def test_conflicts_are_not_retried_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    """As often as the settings say, each told in the log; then the conflict is the caller's."""
    trade, store = racing(99)
    with caplog.at_level(logging.INFO, "tradecore"), pytest.raises(Conflict) as conflict:
        placed(trade, chair=1)
    assert ("Somebody was faster: somebody", 3) == (str(conflict.value), store.tried)
    assert 2 == len([each for each in caplog.records if "command.conflict" in each.message])
    assert not trade.orders.find().items


def test_a_key_makes_a_command_happen_once() -> None:
    """The answer is that of the first time, also when the command could not be done again (beyond 4.20)."""
    trade = a_shop(chair=5)
    first = placed(trade.once("k1"), chair=1)
    assert first == placed(trade.once("k1"), chair=1)
    approved = trade.once("k2").orders.approve(first.id)
    trade.orders.execute(first.id)
    assert approved == trade.once("k2").orders.approve(first.id)
    assert 1 == len(trade.orders.find())


def test_a_key_means_one_thing() -> None:
    """Another command, another input: a mistake, and nothing is written."""
    trade = a_shop(chair=5)
    order = placed(trade.once("k1"), chair=1)
    with pytest.raises(KeyReused):
        placed(trade.once("k1"), chair=2)
    with pytest.raises(KeyReused):
        trade.once("k1").orders.approve(order.id)
    with pytest.raises(KeyReused):
        trade.once("k1").orders.approve("nobody")
    with pytest.raises(NotFound):
        trade.once("k9").orders.approve("nobody")
    assert 1 == len(trade.orders.find())


def test_a_refused_command_may_be_tried_again_with_its_key() -> None:
    """Only what was done is remembered."""
    trade = a_shop(chair=5)
    order = executed(trade, chair=1)
    with pytest.raises(Refused):
        trade.once("k").orders.ship(order.id)
    trade.payments.receive(order=order.id, amount=euro(10))
    assert trade.once("k").orders.ship(order.id) == trade.once("k").orders.ship(order.id)


def test_a_plan_writes_nothing() -> None:
    """It answers what would be answered, with the changes, or why not."""
    trade = a_shop(chair=5)
    order = placed(trade, chair=7)
    plan = trade.orders.execute.plan(order.id, fill=True)
    assert plan.allowed
    assert plan.result
    assert [5, 2] == [each.quantity for each in plan.result.lines[0].provisions]
    assert plan.changes.saves
    refused = trade.orders.ship.plan(order.id)
    assert (False, None, ("NOT_IN_EXECUTION",)) == (
        refused.allowed,
        refused.result,
        tuple(e.code for e in refused.violations),
    )
    wrong = trade.orders.ship.plan(5)  # type: ignore[arg-type]  # on purpose
    assert ["WRONG_TYPE"] == [each.code for each in wrong.violations]
    assert 1 == trade.orders.get(order.id).version


def test_a_name_that_is_taken_is_refused() -> None:
    """The caller's own id is given to one document only."""
    trade = a_shop(chair=5)
    lines = [{"item": "chair", "quantity": 1}]
    place: dict[str, Any] = {"customer": "acme", "warehouse": "main", "lines": lines, "id": "web-1"}
    assert "web-1" == trade.orders.place(**place).id
    with pytest.raises(Refused) as refused:
        trade.orders.place(**place)
    assert ("DUPLICATE",) == refused.value.codes


def test_many_are_called_each_on_its_own() -> None:
    """One refusal does not stop the others; a key counts for each document (A15, H4)."""
    trade = a_shop(chair=5)
    first, second = placed(trade, chair=1).id, placed(trade, chair=1).id
    trade.orders.approve(second)
    done = trade.once("k").orders.approve_many([first, second, "nobody", 5])  # type: ignore[list-item]  # on purpose
    codes = [each.error.code if each.error else "" for each in done]
    assert ["", "ALREADY_APPROVED", "NOT_FOUND", "WRONG_TYPE"] == codes
    assert [True, False] == [each.ok for each in done[:2]]
    again = trade.once("k").orders.approve_many([first])
    assert (done[0].result, first) == (again[0].result, again[0].id)
    for wrong in (first, None, 5, {"id": first}):
        with pytest.raises(Invalid):
            trade.orders.approve_many(wrong)  # type: ignore[arg-type]  # on purpose


def test_actors_stand_in_the_history() -> None:
    """By id, or as a value."""
    trade = a_shop(chair=5)
    order = placed(trade.acting_as("ann"), chair=1)
    trade.acting_as(Actor("bob", "Bob")).orders.approve(order.id)
    assert ["ann", "bob"] == [each.actor for each in trade.orders.history(order.id)]
    assert ("ann", "bob") == (order.author, trade.orders.get(order.id).approved_by)
    with pytest.raises(Invalid):
        trade.acting_as("")


def test_a_store_that_waits_needs_an_event_loop() -> None:
    """`Trade` says so at once, `run` if a coroutine waits after all."""
    with pytest.raises(Unsupported):
        Trade(WaitingStore())
    assert AsyncTrade(WaitingStore()).store.waits

    async def waits() -> None:
        import asyncio

        await asyncio.sleep(0)

    with pytest.raises(RuntimeError):
        run(waits())


def test_unknown_desks_are_attribute_errors() -> None:
    """And stores without transactions of the host say so."""
    trade = Trade()
    with pytest.raises(AttributeError):
        _ = trade.rockets
    with pytest.raises(Unsupported):
        trade.within(None)
    assert isinstance(Unsupported("x"), TradeError)
    assert trade.orders is trade.orders


def test_figures_do_not_depend_on_the_hosts_decimal_context() -> None:
    """A host that counts with four digits gets the same totals."""
    import decimal

    with decimal.localcontext() as context:
        context.prec = 4
        trade = a_shop(chair=123456)
        line = {"item": "chair", "quantity": 12345, "price": "1.23"}
        order = trade.orders.place(customer="acme", warehouse="main", lines=[line])
        assert trade.check().sound
    assert "15184.35" == str(order.total)
