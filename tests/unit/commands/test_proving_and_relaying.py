"""Proving the books, keeping reference data, handing events over, and small questions."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from typing_extensions import override

from tests.unit.builders import DAY, NOON, ON_CREDIT, PREPAID, Clock, a_shop, euro, executed, placed, promised
from tradecore import (
    Conflict,
    Corrupt,
    Due,
    Event,
    Invalid,
    Item,
    OrderApproval,
    OrderState,
    Price,
    Refused,
    Settings,
    Trade,
    Warehouse,
)
from tradecore.query import Query
from tradecore.registers import Balance
from tradecore.storage.memory import MemoryStore


def tampered(trade: Trade) -> Any:
    """The store behind a trade value, to be tampered with."""
    return trade.store


def faults(trade: Trade) -> list[str]:
    """What the proof finds."""
    report = trade.check()
    assert report.sound is not bool(report.faults)
    return [str(fault) for fault in report.faults]


def test_sound_books_are_counted() -> None:
    """Documents and balances that were looked at."""
    trade = a_shop(stages=ON_CREDIT, chair=5)
    trade.orders.ship(executed(trade, chair=2).id)
    report = trade.check()
    assert (3, 2, ()) == (report.documents, report.balances, report.faults)


def test_totals_that_drift_from_their_entries_are_found() -> None:
    """With what is kept and what the entries say (beyond 4.11)."""
    trade = a_shop(chair=5)
    key = ("chair", "main")
    tampered(trade)._balances["stock"][key] = Balance(key, (Decimal(7), Decimal(0)), NOON)
    assert ["stock totals chair/main: kept 7 and 0, entries say 5 and 0"] == faults(trade)
    del tampered(trade)._balances["stock"][key]
    assert ["stock totals chair/main: kept nothing, entries say 5 and 0"] == faults(trade)


def test_documents_and_entries_stand_for_each_other() -> None:
    """A document without entries, entries without a document, a figure or a balance that cannot be."""
    trade = a_shop(stages=ON_CREDIT, chair=5)
    order = executed(trade, chair=2)
    store = tampered(trade)
    store._records["sales_order"][order.id] = attrs.evolve(order, total=Decimal(7), lines=())
    told = faults(trade)
    assert any(each.startswith(f"sales order {order.number} stock/chair/main: kept 0 and 2") for each in told)
    assert any(f"sales_order {order.id}.total" in each for each in told)
    del store._records["sales_order"][order.id]
    assert [f"sales_order {order.id}: entries without a document"] == faults(trade)
    first = store._entries["stock"][0]
    store._entries["stock"][0] = (*first[:3], (Decimal(1), Decimal(0)), *first[4:])
    assert "stock chair/main: free is below zero" in faults(trade)


class TornStore(MemoryStore):
    """A store in which some rows cannot be read, and which does not say whose they are."""

    torn_register = ""

    @override
    async def find(self, query: Query[Any]) -> list[Any]:
        """Refuse every page that holds a torn record."""
        found = await super().find(query)
        if any(getattr(each, "comment", "") == "torn" for each in found):
            raise Corrupt("a row", "it cannot be read")
        return found

    @override
    async def entries(self, register: Any, prefixes: Any = (), **more: Any) -> list[Any]:
        """Refuse every answer that holds the first entry of the torn register."""
        found = await super().entries(register, prefixes, **more)
        if register.name == self.torn_register and any(each.seq == 1 for each in found):
            raise Corrupt(f"{register.name} entry 1", "it cannot be read")
        return found

    @override
    async def balances(self, prefixes: Any) -> Any:
        """Refuse to tell the totals of the torn register."""
        if any(name == self.torn_register and not prefix for name, prefix in prefixes):
            raise Corrupt(f"{self.torn_register} totals", "they cannot be read")
        return await super().balances(prefixes)


class NamingStore(MemoryStore):
    """A store that names the records it cannot read."""

    torn: tuple[str, ...] = ()

    @override
    async def get_many(self, refs: Any) -> Any:
        """Refuse every answer that holds a torn record, by its name or without."""
        found = await super().get_many(refs)
        for ref in found:
            if ref.id in self.torn:
                named = (ref.kind, ref.id) if ref.id != self.torn[-1] else ("", "")
                raise Corrupt(str(ref), "it cannot be read", *named)
        return found


def test_what_is_read_together_goes_past_damage_too() -> None:
    """A line of the queue is told and left out; a fault that names nobody cannot be gone past."""
    store = NamingStore()
    trade = a_shop(store=store)
    orders = [executed(trade, chair=1).id for _ in range(3)]
    store.torn = (orders[1], "nobody")
    with pytest.raises(Corrupt):
        trade.stock.queue()
    told: list[Corrupt] = []
    assert [orders[0], orders[2]] == [each.order.id for each in trade.past_damage(told.append).stock.queue()]
    assert [orders[1]] == [each.id for each in told]
    store.torn = (*orders, "nobody")
    assert () == trade.past_damage(told.append).stock.queue()
    store.torn = (orders[1],)
    with pytest.raises(Corrupt):
        trade.past_damage(told.append).stock.queue()


def test_what_nobody_can_name_ends_its_kind_and_nothing_else() -> None:
    """The report says that the rest was not looked at; other kinds, and entries, are."""
    trade = a_shop(store=TornStore(), chair=5)
    placed(trade, chair=1)
    torn = executed(trade, chair=1)
    store = tampered(trade)
    store._records["sales_order"][torn.id] = attrs.evolve(torn, comment="torn")
    assert ["a row: it cannot be read; what comes behind it was not looked at"] == faults(trade)
    assert 1 == trade.check().documents, "the stock receipt"
    with pytest.raises(Corrupt, match="a row"):
        trade.past_damage(lambda _: None).orders.find()


def test_entries_that_cannot_be_read_are_named_and_the_others_compared() -> None:
    """What a register says is asked for each document then; its totals are a fault of their own."""
    trade = a_shop(store=TornStore(), stages=ON_CREDIT, chair=5)
    order = executed(trade, chair=2)
    store = tampered(trade)
    store.torn_register = "stock"
    assert ["stock totals: they cannot be read", "stock entry 1: it cannot be read"] == faults(trade)
    store._records["sales_order"][order.id] = attrs.evolve(order, lines=())
    assert any(f"sales order {order.number} stock/chair/main: kept 0 and 2" in each for each in faults(trade))


def test_what_other_documents_do_to_an_order_is_compared_with_the_ledgers() -> None:
    """Money received, quantities shipped and returned, money paid to a supplier."""
    trade = a_shop(stages=ON_CREDIT, chair=5)
    order = executed(trade, chair=2)
    trade.orders.ship(order.id)
    trade.payments.receive(order=order.id, amount=euro(5))
    goods = {"item": "chair", "quantity": 1, "price": 4, "expected_on": DAY}
    bought = trade.purchases.place(supplier="mill", warehouse="main", currency="EUR", lines=[goods])
    trade.outgoing.pay(purchase_order=bought.id, amount=euro(4))
    assert [] == faults(trade)
    records = tampered(trade)._records
    shipped = trade.orders.get(order.id)
    line = attrs.evolve(shipped.lines[0], shipped=Decimal(1), returned=Decimal(1))
    records["sales_order"][order.id] = attrs.evolve(shipped, paid=Decimal(6), lines=(line,))
    records["purchase_order"][bought.id] = attrs.evolve(trade.purchases.get(bought.id), paid=Decimal(0))
    told = faults(trade)
    for fault in (
        f"sales_order {order.id}.paid: kept 6, follows 5.00",
        f"sales_order {order.id}.lines[1].shipped: kept 1, follows 2",
        f"sales_order {order.id}.lines[1].returned: kept 1, follows 0",
        f"purchase_order {bought.id}.paid: kept 0, follows 4.00",
    ):
        assert fault in told


def test_an_order_is_judged_by_what_it_remembers() -> None:
    """Who needs approval and where days begin may have been settled otherwise then: that is told, and is no fault."""
    trade = a_shop(stages=PREPAID, chair=5)
    order = executed(trade, chair=2)
    other = Trade(
        trade.store, settings=Settings(order_approval=OrderApproval.ALWAYS, timezone="Asia/Tokyo"), clock=Clock()
    )
    late = Clock(NOON.replace(hour=20))
    tomorrow = placed(Trade(trade.store, clock=late), chair=1)
    report = other.check()
    assert report.sound
    assert [
        f"sales_order {order.id}.state: kept awaiting_prepayment, follows awaiting_approval",
        f"sales_order {tomorrow.id}.stages[1].due: kept 2026-03-02, follows 2026-03-03",
    ] == [str(each) for each in report.by_settings]
    assert () == trade.check().by_settings
    impossible = attrs.evolve(order, state=OrderState.CLOSED, due_on=DAY + timedelta(days=1))
    tampered(trade)._records["sales_order"][order.id] = impossible
    assert ["due_on", "state"] == [each.place.rsplit(".", 1)[1] for each in other.check().faults]


def test_reference_data_is_kept_together_or_not_at_all() -> None:
    """Only reference data, at least one, and not over somebody else's change."""
    trade = a_shop()
    with pytest.raises(Refused) as refused:
        trade.catalog.save([])
    assert ("EMPTY",) == refused.value.codes
    with pytest.raises(Refused) as refused:
        trade.catalog.save([placed(trade, chair=1), Item(id="new", name="New")])
    assert ("UNKNOWN_VALUE",) == refused.value.codes
    chair = trade.catalog.item("chair")
    trade.catalog.save([attrs.evolve(chair, name="Armchair")])
    with pytest.raises(Conflict):
        trade.catalog.save([attrs.evolve(chair, name="Stool")])
    assert "Armchair" == trade.catalog.item("chair").name
    trade.catalog.save([Item(id="chair", name="Stool")])
    assert "Stool" == trade.catalog.item("chair").name
    assert ["main", "spare"] == [each.id for each in trade.catalog.warehouses()]
    assert "Main" == trade.catalog.warehouse("main").name


def test_prices_start_on_their_day() -> None:
    """The latest that has started counts, and a change is seen at once (N1)."""
    trade = a_shop()
    assert 10 == placed(trade, chair=1).lines[0].price
    starts = {DAY: 12, DAY + timedelta(days=1): 99, date(2025, 1, 1): 1}
    trade.catalog.save([Price.of("wholesale", "chair", Decimal(price), day) for day, price in starts.items()])
    assert 12 == placed(trade, chair=1).lines[0].price
    assert 4 == len(trade.catalog.prices(where={"item": "chair"}))


def test_many_agreements_and_prices_are_read_to_the_last() -> None:
    """More than one page of them."""
    trade = a_shop()
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(1001)]
    trade.catalog.save([Price.of("wholesale", "chair", Decimal(number), day) for number, day in enumerate(days)])
    assert 10 == placed(trade, chair=1).lines[0].price, "that of 2026 is the latest"
    at = NOON.replace(year=2022, month=9, day=27)
    lines = [{"item": "chair", "quantity": 1}]
    order = trade.orders.place(customer="acme", warehouse="main", lines=lines, at=at)
    assert 1000 == order.lines[0].price


def test_events_are_handed_over_in_order_and_at_least_once() -> None:
    """Each reader has its own place; one that fails gets its event again."""
    trade = a_shop()
    told: list[Event] = []
    count = trade.relay(told.append, batch=2)
    placed(trade, chair=1)
    assert count == len(told)
    assert 1 == trade.relay(told.append)
    assert [each + 1 for each in range(len(told))] == [each.position for each in told]
    assert len(told) == trade.relay(lambda _: None, reader="other")

    def fail(_: Event) -> None:
        raise ConnectionResetError

    placed(trade, chair=1)
    with pytest.raises(ConnectionResetError):
        trade.relay(fail)
    assert 1 == trade.relay(told.append)
    assert 0 == trade.relay(told.append)


def test_two_readers_of_one_name_do_not_pass_each_other() -> None:
    """Who comes second leaves the place where the first has put it."""
    trade = a_shop()
    placed(trade, chair=1)
    inner: list[int] = []

    def overtaken(_: Event) -> None:
        if not inner:
            inner.append(trade.relay(lambda _: None))

    assert inner or trade.relay(overtaken)
    assert 0 == trade.relay(lambda _: None)


def test_what_is_asked_of_stock_must_be_known() -> None:
    """Every unknown item is named."""
    trade = a_shop(chair=5)
    assert [5, 0] == [each.free.value for each in trade.stock.balances(["chair", "table"], "main")]
    with pytest.raises(Invalid) as refused:
        trade.stock.balances(["chair", "lamp", "bed"], "main")
    assert ["items[1]", "items[2]"] == [each.place for each in refused.value.violations]


def test_a_promise_by_hand_needs_supply() -> None:
    """The refusal says what is not promised yet; in time and place it is given (E4, E8)."""
    trade = a_shop(stages=ON_CREDIT)
    order = executed(trade, fill=False, chair=3)
    line = {"item": "chair", "quantity": 2, "price": 1, "expected_on": DAY}
    bought = trade.purchases.place(supplier="mill", warehouse="main", currency="EUR", lines=[line])
    with pytest.raises(Refused) as refused:
        trade.orders.provision(order.id, {"1": [promised(3, source=bought.id)]})
    assert ("SHORT_SUPPLY",) == refused.value.codes
    assert "3 is wanted, 2 is not promised yet" in str(refused.value)
    after = trade.orders.provision(order.id, {"1": [promised(2, source=bought.id)]})
    assert 2 == after.lines[0].provisions[0].quantity
    assert 2 == trade.stock.balance("chair", "main").promised.value


def test_documents_are_found_by_moment() -> None:
    """And reference data has none."""
    trade = a_shop(chair=5)
    assert 1 == len(trade.stock_receipts.find(since=NOON, until=NOON))
    assert 0 == len(trade.stock_receipts.find(until=NOON - timedelta(days=1)))
    with pytest.raises(Invalid):
        trade.catalog.items(since=NOON)
    assert isinstance(trade.catalog.warehouse("main"), Warehouse)


@pytest.mark.parametrize(
    ("due", "start", "end"),
    [(Due.OVERDUE, None, -1), (Due.TODAY, 0, 0), (Due.TOMORROW, 1, 1), (Due.THIS_WEEK, 0, 6)],
)
def test_due_terms_are_seen_from_a_day(due: Due, start: int | None, end: int) -> None:
    """A Monday's week ends on Sunday (I3)."""
    period = due.period(DAY)
    assert DAY + timedelta(days=end) == period.end
    assert (None if start is None else DAY + timedelta(days=start)) == period.start
