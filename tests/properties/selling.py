"""Rules of a random life: everything that is done with orders, shipments and returns."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, multiple, rule

from tests.properties.shop import LawfulShop
from tests.unit.builders import DAY, ON_CREDIT, PREPAID, WITH_ADVANCE, euro
from tradecore import (
    DueBase,
    FillStrategy,
    NewLine,
    OrderApproval,
    OrderLine,
    OrderState,
    OrderStatus,
    OrderUsage,
    Percent,
    Provision,
    ProvisioningAction,
    SalesOrder,
    Settings,
    StageGating,
    StageKind,
    StageTerms,
    Trade,
)
from tradecore.documents import STATUSES, Posting

GOODS = ("chair", "table", "wire")
ITEMS = (*GOODS, "delivery")
HALVES = (
    StageTerms(kind=StageKind.CREDIT, share=Percent("33.33"), days=-2),
    StageTerms(kind=StageKind.PREPAYMENT, share=Percent("66.67"), days=2),
)
BY_EVENTS = (
    StageTerms(kind=StageKind.CREDIT, share=Percent(20), base=DueBase.PROVISIONING, business_days=True),
    StageTerms(kind=StageKind.CREDIT, share=Percent(80), base=DueBase.OWNERSHIP, days=-3, business_days=True),
)
TERMS = ((), PREPAID, ON_CREDIT, WITH_ADVANCE, HALVES, BY_EVENTS)
MICRO = Decimal("0.000001")

quantities = st.sampled_from(["1", "2", "3", "7", "0.5", "0.333333"]).map(Decimal)
parts = st.sampled_from(["1", "1", "0.5", "0.25", "1.5"]).map(Decimal)
days = st.sampled_from([None, None, None, -20, -2, 0, 3])
ship_days = st.sampled_from([None, 0, 2, 9])
places = st.sampled_from(["main", "main", "main", "spare"])
rarely = st.sampled_from([False, False, True])
actions = st.sampled_from(ProvisioningAction)

order_lines = st.lists(
    st.builds(
        NewLine,
        item=st.sampled_from(ITEMS),
        quantity=quantities,
        price=st.sampled_from([None, None, None, Decimal("0.01"), Decimal("9.99")]),
        discount=st.sampled_from([None, None, Percent(10), Percent(100)]),
        warehouse=st.sampled_from([None, None, "spare"]),
    ),
    min_size=1,
    max_size=3,
)

#: Commands of an order that need nothing but its id.
PLAIN = ("post", "approve", "execute", "fill", "release", "release_to_ship", "close", "reopen")


def day(offset: int | None) -> date | None:
    """A day near the first one."""
    return None if offset is None else DAY + timedelta(days=offset)


def start_of(usage: OrderUsage, approval: OrderApproval, number: int) -> OrderStatus:
    """One of the statuses in which orders may start, most often ON_APPROVAL."""
    possible = [status for status in STATUSES[usage] if status is not OrderStatus.CLOSED]
    ahead = number < len(possible) and approval is not OrderApproval.ALWAYS
    return possible[number] if ahead else OrderStatus.ON_APPROVAL


def cut(amount: Decimal) -> Decimal:
    """An amount as money can be, above zero."""
    return max(amount.quantize(Decimal("0.01")), Decimal("0.01"))


class Selling(RuleBasedStateMachine):
    """Every rule calls commands with whatever comes; `LawfulShop` knows what must hold."""

    orders = Bundle("orders")
    shipments = Bundle("shipments")
    returns = Bundle("returns")

    @initialize(
        target=orders,
        stages=st.sampled_from(TERMS),
        approval=st.sampled_from(OrderApproval),
        usage=st.sampled_from([*OrderUsage, OrderUsage.STOCK_AND_TO_ORDER]),
        begins=st.integers(0, 5),
        controls=st.sampled_from([(True, True), (True, True), (True, False), (False, True), (False, False)]),
        strict=st.booleans(),
        queue=st.booleans(),
        rest=st.sampled_from(
            [ProvisioningAction.TO_PROVISION, ProvisioningAction.PROVISION_SEPARATELY, ProvisioningAction.NONE]
        ),
        excess=st.sampled_from([None, False, True]),
        zone=st.sampled_from(["UTC", "Asia/Tokyo"]),
        gating=st.sampled_from(StageGating),
        lines=order_lines,
        part=parts,
    )
    def open(
        self,
        stages: tuple[StageTerms, ...],
        approval: OrderApproval,
        usage: OrderUsage,
        begins: int,
        controls: tuple[bool, bool],
        strict: bool,
        queue: bool,
        rest: ProvisioningAction,
        excess: bool | None,
        zone: str,
        gating: StageGating,
        lines: Any,
        part: Decimal,
    ) -> Any:
        """Open a shop with some settings, something on its shelves and two orders."""
        settings = Settings(
            order_usage=usage,
            default_status=start_of(usage, approval, begins),
            order_approval=approval,
            execute_on_approval=approval is OrderApproval.ALWAYS and usage is not OrderUsage.AS_BILL,
            forbid_close_partly_shipped=controls[0],
            forbid_close_partly_paid=controls[1],
            close_with_cancellation_needs_controls=strict,
            allocate_on_receipt=queue,
            separate_provisioning=excess is not None,
            allow_excess_separate=bool(excess),
            fill=FillStrategy(rest=rest if excess is not None else ProvisioningAction.NONE),
            timezone=zone,
            stage_gating=gating if usage is OrderUsage.STOCK_AND_TO_ORDER else StageGating.WHOLE_ORDER,
        )
        self.shop = LawfulShop(settings, stages)
        stock = [{"item": "chair", "quantity": 6}, {"item": "wire", "quantity": 3}]
        self.call("stock_receipts.receive", warehouse="main", lines=stock)
        given: dict[str, Any] = {"warehouse": "main", "status": OrderStatus.ON_APPROVAL}
        first = self.trade.orders.place(customer="acme", lines=lines, **given)
        second = self.trade.orders.place(customer="bolt", lines=[{"item": "chair", "quantity": 3}], **given)
        self.advance_order(first.id, Decimal(1))
        for _ in range(4):
            self.advance_order(second.id, part)
        return multiple(first.id, second.id)

    @property
    def trade(self) -> Trade:
        """The trade value everything is called on."""
        return self.shop.trade

    def call(self, command: str, *args: Any, **kwargs: Any) -> "str | MultipleResults[str]":
        """The id of what the command made or changed; nothing if it was refused."""
        done = self.shop.call(command, *args, **kwargs)
        return multiple() if done is None else str(done.id)

    def at(self, offset: int | None) -> datetime | None:
        """A moment some days from now."""
        return None if offset is None else self.shop.clock.now + timedelta(days=offset)

    @rule(jump=st.sampled_from([-3, -1, 1, 5]))
    def clock_jumps(self, jump: int) -> None:
        """Time passes, or somebody sets the clock back."""
        self.shop.clock.pass_(days=jump)

    @rule(
        target=orders, lines=order_lines, ship=ship_days, at=days, stages=st.sampled_from([None, None, None, *TERMS]),
        draft=rarely, customer=st.sampled_from(["acme", "acme", "bolt"]), again=rarely, steps=st.integers(0, 3),
    )  # fmt: skip
    def place(
        self, lines: Any, ship: Any, at: Any, stages: Any, draft: bool, customer: str, again: bool, steps: int
    ) -> Any:
        """Place an order, and take it some steps on."""
        given = {"ship_on": day(ship), "at": self.at(at), "stages": stages, "draft": draft, "repeat": again}
        order = self.call("orders.place", customer=customer, warehouse="main", lines=lines, **given)
        for _ in range(steps if isinstance(order, str) else 0):
            self.advance_order(str(order), Decimal(1))
        return order

    @rule(order=orders, part=parts, steps=st.integers(1, 5))
    def advance(self, order: str, part: Decimal, steps: int) -> None:
        """Do what is next."""
        for _ in range(steps):
            self.advance_order(order, part)

    @rule(order=orders, status=st.sampled_from(OrderStatus), approve=rarely, again=rarely)
    def set_status(self, order: str, status: OrderStatus, approve: bool, again: bool) -> None:
        """Set any status, back and forth."""
        self.call("orders.set_status", order, status, approve=approve, repeat=again)

    @rule(order=orders, status=st.none() | st.sampled_from(OrderStatus), again=rarely)
    def reopen(self, order: str, status: OrderStatus | None, again: bool) -> None:
        """Close an order, if need be with cancellation, and reopen it, where it was or elsewhere."""
        self.call("orders.close", order)
        self.call("orders.close_with_cancellation", order, reason="unpaid")
        self.call("orders.reopen", order, status=status, repeat=again)

    @rule(usage=st.sampled_from(OrderUsage), begins=st.integers(0, 5))
    def change_usage(self, usage: OrderUsage, begins: int) -> None:
        """The company uses new orders for something else; old ones must not notice."""
        approval = self.trade.settings.order_approval
        self.shop.change(
            order_usage=usage,
            default_status=start_of(usage, approval, begins),
            execute_on_approval=approval is OrderApproval.ALWAYS and usage is not OrderUsage.AS_BILL,
            stage_gating=StageGating.WHOLE_ORDER,
        )

    def advance_order(self, id: str, part: Decimal) -> None:
        """Do for an order what its state asks for."""
        order = self.trade.orders.get(id)
        state = order.state or "draft"
        if order.usage is OrderUsage.STOCK_ONLY and state is OrderState.READY_TO_SHIP:
            self.call("orders.set_status", id, OrderStatus.TO_SHIP)
        else:
            {**self._steps(order, part), "draft": lambda: self.call("orders.post", id)}[state]()

    def _steps(self, order: SalesOrder, part: Decimal) -> dict[str, Callable[[], object]]:
        """What each state asks for."""

        def pay() -> object:
            return self.call("payments.receive", order=order.id, amount=order.money(cut(order.total * part)))

        def ship() -> object:
            return self.call("orders.ship", order.id, lines=self._parts(order, part))

        def approve() -> object:
            if not order.approved_by:
                return self.call("orders.approve", order.id, execute=True, fill=True)
            return self.call("orders.execute", order.id, fill=True)

        return {
            OrderState.NOT_CONTROLLED: lambda: (ship(), pay()),
            OrderState.AWAITING_APPROVAL: approve,
            OrderState.AWAITING_ADVANCE: pay,
            OrderState.AWAITING_PREPAYMENT: pay,
            OrderState.AWAITING_PAYMENT: pay,
            OrderState.READY_TO_PROVISION: lambda: self.call("orders.fill", order.id, strategy=FillStrategy()),
            OrderState.AWAITING_PROVISIONING: lambda: self._supply(order),
            OrderState.READY_TO_SHIP: ship,
            OrderState.SHIPPING: ship,
            OrderState.READY_TO_CLOSE: lambda: self.call("orders.close", order.id),
            OrderState.CLOSED: lambda: None,
        }

    def _supply(self, order: SalesOrder) -> None:
        for line in order.lines:
            for each in line.provisions:
                if each.source:
                    self.call("receipts.receive", purchase_order=each.source)
                elif each.action is ProvisioningAction.TO_PROVISION:
                    lines = [{"item": line.item, "quantity": each.quantity}]
                    self.call("stock_receipts.receive", warehouse=line.warehouse, lines=lines)
                    self.call("stock.supply", order.id, line.id)

    def _parts(self, order: SalesOrder, part: Decimal) -> list[dict[str, Any]]:
        found = [(line.id, (line.open * part).quantize(MICRO)) for line in order.lines]
        return [{"line": id, "quantity": quantity} for id, quantity in found if quantity > 0]

    @rule(
        target=orders, lines=order_lines, others=st.none() | order_lines, draft=st.booleans(), paid=st.booleans(),
        approved=st.booleans(), stages=st.sampled_from([None, None, *TERMS]), ship=ship_days,
    )  # fmt: skip
    def edit(self, lines: Any, others: Any, draft: bool, paid: bool, approved: bool, stages: Any, ship: Any) -> Any:
        """Edit an order that was just written, and paid for or approved perhaps."""
        order = self.call("orders.place", customer="acme", warehouse="main", lines=lines, draft=draft)
        if isinstance(order, str):
            if paid:
                self.call("payments.receive", order=order, amount=euro(3), stage="1")
            if approved:
                self.call("orders.approve", order)
            given = {name: value for name, value in (("lines", others), ("stages", stages)) if value}
            self.call("orders.edit", order, ship_on=day(ship), warehouse="spare", **given)
        return order

    @rule(order=orders, stages=st.sampled_from(TERMS))
    def edit_any(self, order: str, stages: Any) -> None:
        """Edit any order."""
        given = {"stages": stages} if stages else {}
        self.call("orders.edit", order, comment="x", recipient=None, **given)

    @rule(order=orders, command=st.sampled_from(PLAIN), again=rarely)
    def plain(self, order: str, command: str, again: bool) -> None:
        """Call a command that needs nothing but the order."""
        self.call(f"orders.{command}", order, repeat=again)

    @rule(order=orders, stock=st.booleans(), supply=st.booleans(), again=rarely)
    def fill(self, order: str, stock: bool, supply: bool, again: bool) -> None:
        """Fill the provisioning."""
        self.call("orders.fill", order, strategy=FillStrategy(from_stock=stock, from_supply=supply), repeat=again)

    @rule(order=orders, part=parts, action=actions, other=actions, data=st.data())
    def provision(self, order: str, part: Decimal, action: Any, other: Any, data: Any) -> None:
        """Say by hand how a line is covered."""
        line = data.draw(st.sampled_from(self.trade.orders.get(order).lines))
        wanted = [self._provision(line, action, line.open * part), self._provision(line, other, line.open / 4)]
        self.call("orders.provision", order, {line.id: [each for each in wanted if each.quantity > 0]})

    def _provision(self, line: OrderLine, action: ProvisioningAction, quantity: Decimal) -> Provision:
        quantity = quantity.quantize(MICRO)
        if action is not ProvisioningAction.RESERVE_BY_DATE:
            return Provision(action=action, quantity=quantity)
        known = [(each, by) for each in self.trade.purchases.find() for by in each.lines if by.item == line.item]
        if not known:
            return Provision(action=action, quantity=quantity, on=DAY, source="none", source_line="1")
        source, by = known[-1]
        return Provision(action=action, quantity=quantity, on=by.expected_on, source=source.id, source_line=by.id)

    @rule(order=orders, part=parts, one=st.booleans())
    def cancel(self, order: str, part: Decimal, one: bool) -> None:
        """Cancel a part, or all that is open."""
        lines = self._parts(self.trade.orders.get(order), part) if one else None
        self.call("orders.cancel", order, lines=lines, reason="refused")

    @rule(order=orders, again=rarely)
    def close_with_cancellation(self, order: str, again: bool) -> None:
        """Close an order and cancel the rest."""
        self.call("orders.close_with_cancellation", order, reason="unpaid", repeat=again)

    @rule(order=orders)
    def look(self, order: str) -> None:
        """Ask what is allowed, and compare with what happens."""
        self.shop.prove_allowed(self.trade.orders.get(order))

    @rule(
        target=shipments,
        order=orders,
        steps=st.integers(0, 4),
        part=st.none() | parts,
        draft=rarely,
        at=days,
        again=rarely,
    )
    def ship(self, order: str, steps: int, part: Any, draft: bool, at: Any, again: bool) -> Any:
        """Ship an order or a part of it, or only write that down."""
        for _ in range(steps):
            if self.trade.orders.get(order).state not in (OrderState.READY_TO_SHIP, OrderState.SHIPPING):
                self.advance_order(order, Decimal(1))
        lines = None if part is None else self._parts(self.trade.orders.get(order), part)
        command = "shipments.draft" if draft else "orders.ship"
        return self.call(command, order, lines=lines, at=self.at(at), repeat=again)

    @rule(target=returns, shipment=shipments, part=st.none() | parts, draft=rarely, at=days, again=rarely)
    def take_back(self, shipment: str, part: Any, draft: bool, at: Any, again: bool) -> Any:
        """Take goods back, all of a shipment or a part of its first line."""
        line = self.trade.shipments.get(shipment).lines[0]
        lines = [{"line": line.id, "quantity": (line.quantity * part).quantize(MICRO)}] if part else None
        given = {"lines": lines, "draft": draft, "at": self.at(at), "repeat": again}
        return self.call("returns.receive", shipment, **given)

    @rule(shipment=shipments, at=days, again=rarely)
    def turn_shipment(self, shipment: str, at: Any, again: bool) -> None:
        """Post a shipment or take it back, or give it another moment."""
        if at is not None:
            self.call("shipments.redate", shipment, self.at(at), repeat=again)
        self.turn("shipments", shipment, repeat=again)

    @rule(document=returns, again=rarely)
    def turn_return(self, document: str, again: bool) -> None:
        """Post a return or take it back."""
        self.turn("returns", document, repeat=again)

    @rule(order=orders, again=rarely)
    def mark(self, order: str, again: bool) -> None:
        """Mark an order for deletion, or take the mark away."""
        marked = self.trade.orders.get(order).posting is Posting.MARKED
        self.call(f"orders.{'unmark' if marked else 'mark'}", order, repeat=again)

    @rule(shipment=shipments)
    def mark_shipment(self, shipment: str) -> None:
        """The same with a shipment and what came back of it."""
        self.mark_any("shipments", shipment)

    @rule(document=returns)
    def mark_return(self, document: str) -> None:
        """The same with a return."""
        self.mark_any("returns", document)

    def mark_any(self, desk: str, id: str) -> None:
        """Mark a document, or take the mark away."""
        marked = getattr(self.trade, desk).get(id).posting is Posting.MARKED
        self.call(f"{desk}.{'unmark' if marked else 'mark'}", id)

    def turn(self, desk: str, id: str, *, repeat: bool) -> None:
        """Post what is a draft, and take back what is posted."""
        document = getattr(self.trade, desk).get(id)
        self.call(f"{desk}.{'unpost' if document.posting is Posting.POSTED else 'post'}", id, repeat=repeat)
