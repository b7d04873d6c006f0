"""The laws of a shop: what must hold after every command, whatever was called before. No commands are chosen here."""

from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any

import attrs

from tests.unit.builders import Clock, agreements, reference_data
from tradecore import (
    Actor,
    ItemKind,
    OrderLine,
    OrderState,
    OrderStatus,
    OrderUsage,
    PaymentPurpose,
    ProvisioningAction,
    Refused,
    Right,
    SalesOrder,
    Settings,
    StageTerms,
    Trade,
)
from tradecore.calling import run
from tradecore.documents import HELD, SEPARATE, STATUSES, Posting
from tradecore.registers import PEGGED, SETTLEMENTS, STOCK, SUPPLIER_SETTLEMENTS, SUPPLY, Key, settlement_key
from tradecore.rules.controls import STEPS
from tradecore.rules.explaining import Option
from tradecore.rules.paying import order_kind
from tradecore.rules.payment_stages import cover_stages
from tradecore.rules.provisioning import check_provisioning
from tradecore.storage.memory import MemoryStore
from tradecore.values.numbers import ZERO, total

#: Reasons that follow from what the caller gives beside the order: a moment, a choice, a person's allowance.
OF_FURTHER_INPUT = {
    "post": {"AGREEMENT_NOT_CHOSEN", "NO_APPLICABLE_AGREEMENT"},
    "ship": {"NEGATIVE_IN_TIME"},
}


#: State -> a command that it offers, or that it keeps shut: the table of states and the commands speak alike.
NEXT_STEP = {
    OrderState.AWAITING_ADVANCE: ("fill", False),
    OrderState.READY_TO_PROVISION: ("fill", True),
    OrderState.AWAITING_PREPAYMENT: ("ship", False),
    OrderState.READY_TO_SHIP: ("release_to_ship", True),
    OrderState.SHIPPING: ("ship", True),
}


class LawfulShop:
    """A shop in memory whose every command is planned, done and repeated, and whose books are proved after it."""

    def __init__(self, settings: Settings, stages: tuple[StageTerms, ...]) -> None:
        self.clock = Clock()
        self.settings = settings
        self.store = MemoryStore()
        self.trade = self._trade(settings)
        self.trade.catalog.save([*reference_data(), *agreements(*stages)])
        self.calls = 0
        self.done: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()

    def _trade(self, settings: Settings) -> Trade:
        clerk = Actor("clerk", rights={Right.REOPEN})  # type: ignore[arg-type]  # any iterable will do
        return Trade(self.store, settings=settings, clock=self.clock).acting_as(clerk)

    def change(self, **settings: Any) -> None:
        """The company works in another way from now on."""
        self.trade = self._trade(attrs.evolve(self.trade.settings, **settings))

    def call(self, command: str, *args: Any, repeat: bool = False, **kwargs: Any) -> Any:
        """
        Plan a command, such as `orders.place`; call it; with `repeat` call it again with its key. All must agree.

        A refusal is answered with None. `Conflict` leaves: nobody else is here to be faster.
        """
        self.clock.pass_(minutes=1)
        self.calls += 1
        once = attrgetter(command)(self.trade.once(f"key-{self.calls}") if repeat else self.trade)
        before = self.books()
        plan = once.plan(*args, **kwargs)
        assert before == self.books(), "a plan has written something"
        try:
            result = once(*args, **kwargs)
        except Refused as refused:
            assert str(refused)
            assert before == self.books(), "a refused command has written something"
            assert [(each.code, each.place) for each in plan.violations] == _told(refused)
            self.refused[command, refused.code] += 1
            return None
        assert plan.allowed, plan.violations
        self.done[command] += 1
        if repeat:
            after = self.books()
            assert result == once(*args, **kwargs)
            assert after == self.books(), "a repeated command has written something"
        return result

    def books(self) -> tuple[int, int, int]:
        """How much has been written so far."""
        store = self.store
        versions = sum(record.version for kind in store._records.values() for record in kind.values())
        return versions, store._seq, len(store._events)

    def orders(self) -> list[SalesOrder]:
        """Every order there is."""
        return list(self.trade.orders.stream(posting=list(Posting), limit=1000))

    def prove(self) -> None:
        """Everything that must hold at any time."""
        report = self.trade.check()
        assert report.sound, [str(fault) for fault in report.faults]
        for order in self.orders():
            prove_order(order)
            self.prove_settled(order)
            assert order.posted or not any(line.shipped for line in order.lines)
            assert order.posted or not order.paid
            explained = self.trade.orders.explain(order.id)
            assert order.state == explained.state
            assert explained.overdue.amount >= 0
        self.prove_named()
        self.prove_collected()
        self.prove_refunded()
        self.prove_bought()
        self.prove_stock()
        self.prove_separate()

    def prove_settled(self, order: SalesOrder) -> None:
        """What the ledger says of an order is what the order says of itself."""
        key = settlement_key(order.customer, order.currency, order.id)
        balance = self.store._balances[SETTLEMENTS.name].get(key)
        charged, paid = balance.amounts if balance else (ZERO, ZERO)
        assert (order.shipped_amount - order.returned_amount, order.paid) == (charged, paid)

    def prove_bought(self) -> None:
        """What the ledger says of a purchase order is what was received by it, and what it says was paid for it."""
        received: dict[str, Decimal] = defaultdict(Decimal)
        for receipt in self.trade.receipts.stream(limit=1000):
            received[receipt.purchase_order or ""] += receipt.amount if receipt.posted else ZERO
        for purchase in self.trade.purchases.stream(limit=1000):
            balance = self.store._balances[SUPPLIER_SETTLEMENTS.name].get(("mill", "EUR", purchase.id))
            charged, paid = balance.amounts if balance else (ZERO, ZERO)
            assert (received[purchase.id], purchase.paid) == (charged, paid)
            assert purchase.posted or not purchase.paid

    def prove_named(self) -> None:
        """Money named for a stage is what posted payments name, less what posted refunds do."""
        named: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for sign, desk in ((1, self.trade.payments), (-1, self.trade.outgoing)):
            for payment in desk.stream(limit=1000):
                for each in payment.allocations if payment.posted and order_kind(payment) is SalesOrder else ():
                    named[each.order, each.stage] += sign * each.amount
        for order in self.orders():
            for stage in order.stages:
                assert stage.assigned == named[order.id, stage.id]

    def prove_collected(self) -> None:
        """An intermediary owes what it has collected less its fees and what it has paid out."""
        posted = [each for each in self.trade.payments.stream(limit=1000) if each.posted]
        collected = [each for each in posted if each.via == "mill"]
        owed = total(ZERO if each.paid_out else each.net for each in collected)
        owed -= total(each.amount for each in posted if each.purpose is PaymentPurpose.PAYOUT)
        balance = self.store._balances[SETTLEMENTS.name].get(settlement_key("mill", "EUR"))
        charged, paid = balance.amounts if balance else (ZERO, ZERO)
        assert owed == charged - paid
        assert total(each.amount for each in collected) == charged

    def prove_refunded(self) -> None:
        """What a return has given back is what posted refunds for it gave, and none stands on one that is not posted."""
        given: dict[str, Decimal] = defaultdict(Decimal)
        for payment in self.trade.outgoing.stream(limit=1000):
            given[payment.sales_return or ""] += payment.amount if payment.posted else ZERO
        for document in self.trade.returns.stream(limit=1000):
            assert document.refunded == given[document.id]
            assert document.posted or not document.refunded

    def prove_stock(self) -> None:
        """Stock and supply are never below zero: not free, not reserved, not on hand at any moment of the past."""
        for register in (STOCK, SUPPLY):
            for balance in self.store._balances[register.name].values():
                for floor in register.floors:
                    assert register.measure(floor, balance.amounts) >= 0, (floor, balance)
        for key in self.store._balances[STOCK.name]:
            assert min(on_hand_in_time(self.store, key), default=ZERO) >= 0, key

    def prove_separate(self) -> None:
        """What orders use of what was bought for them is there; without the right to excess there is nothing else."""
        used: dict[Key, Decimal] = defaultdict(Decimal)
        held: dict[Key, Decimal] = defaultdict(Decimal)
        for order in self.orders():
            for line in order.lines:
                used[line.item, line.warehouse, order.id, line.id] += line.separate
                held[line.item, line.warehouse] += line.held(*HELD)
        there = {key: balance.amounts[0] for key, balance in self.store._balances[PEGGED.name].items()}
        assert all(quantity <= there.get(key, ZERO) for key, quantity in used.items())
        if not self.settings.allow_excess_separate:
            assert {key: quantity for key, quantity in used.items() if quantity} == {
                k: q for k, q in there.items() if q
            }
        kinds = {line.item: line.kind for order in self.orders() for line in order.lines}
        for key, quantity in there.items():
            held[key[:2]] += quantity if kinds[key[0]] is ItemKind.GOODS else ZERO
        reserved = {key: balance.amounts[1] for key, balance in self.store._balances[STOCK.name].items()}
        assert {key: q for key, q in held.items() if q} == {key: q for key, q in reserved.items() if q}

    def prove_queue(self, item: str | None) -> None:
        """After the queue was run, whoever still waits may not be provided for, or nothing is free for it."""
        for waits in self.trade.stock.queue(item=item):
            free = self.trade.stock.balance(waits.line.item, waits.line.warehouse).free.value
            assert not free or check_provisioning(waits.order, self.settings, "supply")

    def prove_allowed(self, order: SalesOrder) -> None:
        """A command that is offered is refused only for its further input; one that is not offered is refused."""
        options = {each.command: each for each in self.trade.orders.allowed(order.id)}
        if order.state in NEXT_STEP and order.usage is OrderUsage.STOCK_AND_TO_ORDER:
            command, offered = NEXT_STEP[order.state]
            assert options[command].allowed is offered, (order.state, options[command].refused)
        for option in options.values():
            plan = plain_call(self.trade, option, order)
            codes = {each.code for each in plan.violations} - OF_FURTHER_INPUT.get(option.command, set())
            if option.allowed:
                assert not codes, (option, plan.violations)
            else:
                assert not plan.allowed, option
            assert all(str(each) for each in option.refused)


def _told(refused: Refused) -> list[tuple[str, str]]:
    return [(each.code, each.place) for each in refused.violations]


def on_hand_in_time(store: MemoryStore, key: tuple[str, ...]) -> list[Decimal]:
    """What was on hand after every document, in the order of their moments; what was taken back counts for nothing."""
    moved: dict[Any, Decimal] = defaultdict(Decimal)
    places: dict[Any, int] = {}
    for entry in run(store.entries(STOCK, [key])):
        if entry.amounts[0]:
            moved[entry.at, entry.document] += entry.amounts[0]
            places[entry.at, entry.document] = entry.seq
    amounts, amount = [], ZERO
    for place in sorted(moved, key=lambda each: (each[0], places[each])):
        amount += moved[place]
        amounts.append(amount)
    return amounts


def prove_order(order: SalesOrder) -> None:
    """The laws of one order: every quantity has its place, money adds up, nothing is below zero."""
    for line in order.lines:
        parts = (line.cancelled, line.shipped, total(each.quantity for each in line.provisions), line.unprovided)
        assert line.quantity == total(parts)
        assert min(parts) >= 0, (line, parts)
        assert 0 <= line.returned <= line.shipped
        assert 0 <= line.returned_amount <= line.shipped_amount <= line.amount
        assert all(each.quantity > 0 for each in line.provisions)
        assert all(each.quantity > 0 for each in line.cancellations)
        if line.shipped == line.quantity:
            assert line.amount == line.shipped_amount
        if line.shipped == line.returned:
            assert line.shipped_amount == line.returned_amount
        if order.usage is OrderUsage.AS_BILL:
            assert not line.provisions
    assert order.shipped_amount <= order.total
    if not any(line.open for line in order.lines):
        assert order.shipped_amount == order.total
    prove_held_as_its_status_says(order)
    if order.stages:
        assert order.total == total(stage.amount for stage in order.stages)
        assert total(stage.share.value for stage in order.stages) == 100
    if order.status is OrderStatus.TO_EXECUTE:
        assert (order.provisioned_at is None) == any(_awaits_goods(line) for line in order.lines)
    assert order.paid >= 0
    if order.usage is OrderUsage.AS_BILL:
        assert not order.stages
        return
    covered = cover_stages(order)
    assert all(0 <= each.paid <= each.stage.amount for each in covered)
    assert min(order.paid, order.total) == total(each.paid for each in covered)
    assert all(stage.assigned >= 0 for stage in order.stages)


def _awaits_goods(line: OrderLine) -> bool:
    if line.kind is ItemKind.SERVICE:
        return line.held(*SEPARATE) > line.separate
    return line.open > line.held(*HELD) + line.separate


#: Status of an order from stock only -> the action all its open goods are under; none is held under others.
WHOLE = {OrderStatus.IN_RESERVE: ProvisioningAction.RESERVE, OrderStatus.TO_SHIP: ProvisioningAction.SHIP}


def prove_held_as_its_status_says(order: SalesOrder) -> None:
    """An order from stock only holds all its open goods, under the action of its status; on approval nothing is held."""
    assert order.status in STATUSES[order.usage]
    closed = order.status is OrderStatus.CLOSED
    assert closed == (order.closed_from is not None)
    assert closed or not any(each.by_closing for line in order.lines for each in line.cancellations)
    if order.usage is OrderUsage.STOCK_ONLY:
        for line in order.lines:
            action = WHOLE.get(order.status) if line.kind is ItemKind.GOODS else None
            held = {each.action: each.quantity for each in line.provisions}
            assert held == ({action: line.open} if action and line.open else {})
    elif order.status is OrderStatus.ON_APPROVAL:
        assert not any(line.provisions for line in order.lines)


def plain_call(trade: Trade, option: Option, order: SalesOrder) -> Any:
    """The plan of the plainest call of a command: no input but what it cannot do without."""
    if option.status:
        return trade.orders.set_status.plan(order.id, option.status)
    small = order.money(Decimal("0.01"))
    calls: dict[str, Callable[[], Any]] = {
        "provision": lambda: trade.orders.provision.plan(order.id, {}),
        "pay": lambda: trade.payments.receive.plan(order=order.id, amount=small),
        "refund": lambda: trade.outgoing.refund.plan(order=order.id, amount=small),
        "cancel": lambda: trade.orders.cancel.plan(order.id, reason="refused"),
        "close_with_cancellation": lambda: trade.orders.close_with_cancellation.plan(order.id, reason="refused"),
    }
    assert calls.keys() < STEPS.keys()
    return calls.get(option.command, lambda: getattr(trade.orders, option.command).plan(order.id))()
