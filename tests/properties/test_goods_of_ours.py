"""Goods of ours in other hands: never more than were handed over, and nobody owes for what is not his."""

from collections import defaultdict
from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import Clock, a_shop
from tradecore import (
    Agreement,
    BusinessOperation,
    LineQuantity,
    NewLine,
    Refused,
    SalesOrder,
    Trade,
)
from tradecore.registers import ENTRUSTED, SETTLEMENTS
from tradecore.rules.posting import own_account
from tradecore.storage.memory import MemoryStore
from tradecore.values.numbers import ZERO, total

OPERATIONS = (BusinessOperation.SALE_IN_TRANSIT, BusinessOperation.CONSIGNMENT)
quantities = st.sampled_from(["1", "2", "3", "0.5", "0.333333", "7"]).map(Decimal)
#: What a clerk does next, how much of it, and to which of the documents there are.
steps = st.lists(
    st.tuples(
        st.sampled_from(["ship", "ship", "pass", "pass", "pass", "back", "unpost", "unpost", "post", "pay"]),
        quantities,
        st.integers(0, 9),
    ),
    min_size=3,
    max_size=14,
)


class Doings:
    """A clerk who tries things, and the shop that lets him or not."""

    def __init__(self, operation: BusinessOperation, facts: dict[str, Any]) -> None:
        self.store, self.operation = MemoryStore(), operation
        self.trade: Trade = a_shop(store=self.store, clock=Clock(), chair=30, table=30)
        terms = {"name": "L", "price_kind": "wholesale", "operation": operation, "deferred_ownership_allowed": True}
        self.trade.catalog.save([Agreement(id="later", **terms)])
        self.orders = [self._order(facts), self._order({})]
        self.shipments: list[str] = []
        self.made: list[tuple[str, str]] = []

    def _order(self, facts: dict[str, Any]) -> str:
        lines = [
            NewLine(item="chair", quantity=9),
            NewLine(item="table", quantity=3),
            NewLine(item="delivery", quantity=1),
        ]
        order = self.trade.orders.place(customer="acme", warehouse="main", agreement="later", lines=lines, **facts)
        order = self.trade.orders.execute(order.id, fill=True)
        if due := total(stage.amount for stage in order.stages if stage.kind != "credit"):
            self.trade.payments.receive(order=order.id, amount=order.to_pay(due))
        return order.id

    def try_(self, step: str, quantity: Decimal, which: int) -> None:
        """Do it, if it is allowed."""
        with suppress(Refused):
            getattr(self, step)(quantity, which)

    def ship(self, quantity: Decimal, which: int) -> None:
        """Ship a part of an order."""
        lines = [LineQuantity(line=str(which % 3 + 1), quantity=quantity)]
        self.shipments.append(self.trade.orders.ship(self.orders[which % 2], lines=lines).id)

    def pass_(self, quantity: Decimal, which: int) -> None:
        """Pass ownership, by a transfer or by a report."""
        if self.operation is BusinessOperation.CONSIGNMENT:
            item = ("chair", "table")[which % 2]
            found = self.trade.consignments.report(customer="acme", lines=[{"item": item, "quantity": quantity}])
            self.made.append(("consignments", found.id))
        elif self.shipments:
            lines = [LineQuantity(line="1", quantity=quantity)]
            shipment = self.shipments[which % len(self.shipments)]
            self.made.append(("ownership", self.trade.ownership.transfer(shipment, lines=lines).id))

    def back(self, quantity: Decimal, which: int) -> None:
        """Take goods back."""
        if self.shipments:
            lines = [LineQuantity(line="1", quantity=quantity)]
            found = self.trade.returns.receive(self.shipments[which % len(self.shipments)], lines=lines)
            self.made.append(("returns", found.id))

    def unpost(self, _: Decimal, which: int) -> None:
        """Take something back."""
        known = [*self.made, *(("shipments", id) for id in self.shipments)]
        if known:
            desk, id = known[which % len(known)]
            getattr(self.trade, desk).unpost(id)

    def post(self, _: Decimal, which: int) -> None:
        """Post what was taken back."""
        known = [*self.made, *(("shipments", id) for id in self.shipments)]
        if known:
            desk, id = known[which % len(known)]
            getattr(self.trade, desk).post(id)

    def pay(self, quantity: Decimal, which: int) -> None:
        """Pay something."""
        order = self.trade.orders.get(self.orders[which % 2])
        self.trade.payments.receive(order=order.id, amount=order.to_pay((quantity * 10).quantize(Decimal(1))))


def prove(doings: Doings) -> None:
    """The books agree with each other and with the documents."""
    trade, store = doings.trade, doings.store
    assert trade.check().sound, trade.check().faults
    for balance in store._balances[ENTRUSTED.name].values():
        assert balance.amounts[0] >= 0
        assert balance.amounts[1] >= 0
    held: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in (*trade.ownership.in_transit(), *trade.consignments.held()):
        held[each.order, each.line] += each.quantity.value
    for id in doings.orders:
        order = trade.orders.get(id)
        assert {line.id: line.entrusted for line in order.lines} == {line.id: held[id, line.id] for line in order.lines}
        prove_debt(doings, order)


def prove_debt(doings: Doings, order: SalesOrder) -> None:
    """What is owed is what passed less what came back of it, by the books, the order and its documents alike."""
    trade = doings.trade
    balance = doings.store._balances[SETTLEMENTS.name].get(own_account(order))
    booked = balance.amounts if balance else (ZERO, ZERO)
    assert (order.charged - order.credited, order.paid) == booked
    shipped = [each for each in trade.shipments.stream(where={"order": order.id}) if each.posted]
    passed = [
        line
        for desk in (trade.ownership, trade.consignments)
        for each in desk.stream()
        if each.posted
        for line in each.lines
        if line.order == order.id
    ]
    backs = [each for each in trade.returns.stream(where={"order": order.id}) if each.posted]
    charges = total(each.charge for each in shipped) + total(line.charge for line in passed)
    assert (order.charged, order.credited) == (charges, total(each.credit for each in backs))
    services = total(line.amount for each in shipped for line in each.lines if line.kind == "service")
    assert order.passed_amount == services + total(line.amount for line in passed)
    assert order.recalled_amount == total(each.recalled_amount for each in backs)
    assert sum(stage.amount for stage in order.stages) == order.settled_total
    if not any(line.open or line.entrusted for line in order.lines):
        assert order.amount_due == order.charged - order.credited


@given(operation=st.sampled_from(OPERATIONS), foreign=st.booleans(), doings=steps)
def test_nothing_is_owed_for_what_is_not_his(operation: BusinessOperation, foreign: bool, doings: Any) -> None:
    """Whatever a clerk tries, goods in other hands are never below zero and debt equals what passed."""
    facts = {"settlement_currency": "UAH", "rate": Decimal("41.2537")} if foreign else {}
    clerk = Doings(operation, facts)
    clerk.ship(Decimal(7), 0)
    for step, quantity, which in doings:
        clerk.try_("pass_" if step == "pass" else step, quantity, which)
    prove(clerk)
