"""Random lives of orders that goods and work are bought for alone: nothing is reserved twice, no more than is needed."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, invariant, multiple, rule

from tests.properties.shop import LawfulShop
from tests.unit.builders import DAY, ON_CREDIT
from tradecore import FillStrategy, NewPurchaseLine, Provision, ProvisioningAction, SeparateQuantity, Settings
from tradecore.documents import Posting

SEPARATELY = ProvisioningAction.PROVISION_SEPARATELY
ACTIONS = (SEPARATELY, SEPARATELY, ProvisioningAction.SHIP_SEPARATELY, *ProvisioningAction)
WITHOUT_SOURCE = [each for each in ACTIONS if each is not ProvisioningAction.RESERVE_BY_DATE]

parts = st.sampled_from(["1", "1", "0.5", "2"]).map(Decimal)
places = st.sampled_from(["main", "main", "main", "spare"])
rarely = st.sampled_from([False, False, False, True])
Ids = str | MultipleResults[str]


class Buying(RuleBasedStateMachine):
    """Every rule calls commands with whatever comes; `LawfulShop` knows what must hold."""

    orders = Bundle("orders")
    purchases = Bundle("purchases")
    receipts = Bundle("receipts")
    shipments = Bundle("shipments")
    reassignments = Bundle("reassignments")

    @initialize(
        target=orders, excess=st.booleans(), controls=st.booleans(), queue=st.booleans(), stock=st.integers(0, 3)
    )
    def open(self, excess: bool, controls: bool, queue: bool, stock: int) -> Any:
        """Open a shop that buys for single orders, with few chairs and two orders in execution."""
        settings = Settings(
            separate_provisioning=True,
            allow_excess_separate=excess,
            forbid_close_partly_shipped=controls,
            forbid_close_partly_paid=False,
            allocate_on_receipt=queue,
            fill=FillStrategy(rest=SEPARATELY),
        )
        self.shop = LawfulShop(settings, ON_CREDIT)
        if stock:
            lines = [{"item": "chair", "quantity": stock}]
            self.call("stock_receipts.receive", warehouse="main", lines=lines)
        return multiple(self.order(3, 1, fill=True), self.order(2, 2, fill=False))

    def order(self, chairs: int, work: int, *, fill: bool) -> str:
        """The id of an order of chairs and of work on them, in execution."""
        lines = [{"item": "chair", "quantity": chairs}, {"item": "delivery", "quantity": work}]
        order = self.shop.trade.orders.place(customer="acme", warehouse="main", lines=lines)
        return self.shop.trade.orders.execute(order.id, fill=fill).id

    def call(self, command: str, *args: Any, **kwargs: Any) -> Ids:
        """The id of what the command made or changed; nothing if it was refused."""
        done = self.shop.call(command, *args, **kwargs)
        return multiple() if done is None else str(done.id)

    def turn(self, desk: str, id: str, *, repeat: bool) -> None:
        """Post what is a draft, and take back what is posted."""
        document = getattr(self.shop.trade, desk).get(id)
        self.call(f"{desk}.{'unpost' if document.posting is Posting.POSTED else 'post'}", id, repeat=repeat)

    @rule(target=orders, chairs=st.integers(1, 3))
    def order_more(self, chairs: int) -> str:
        """Another customer comes."""
        return self.order(chairs, 1, fill=True)

    @rule(order=orders, line=st.sampled_from(["1", "1", "2"]), part=parts, action=st.sampled_from(WITHOUT_SOURCE),
          other=st.sampled_from(WITHOUT_SOURCE))  # fmt: skip
    def provision(self, order: str, line: str, part: Decimal, action: Any, other: Any) -> None:
        """Say by hand how a line is covered."""
        known = self.shop.trade.orders.get(order).line(line)
        assert known
        wanted = [Provision(action=action, quantity=known.open * part), Provision(action=other, quantity=Decimal(1))]
        self.call("orders.provision", order, {line: [each for each in wanted if each.quantity > 0]})

    @rule(order=orders, command=st.sampled_from(["fill", "fill", "release", "release_to_ship", "close"]))
    def plain(self, order: str, command: str) -> None:
        """What needs nothing but the order."""
        self.call(f"orders.{command}", order)

    @rule(order=orders, one=st.booleans())
    def give_up(self, order: str, one: bool) -> None:
        """Cancel a chair, or close the order and cancel the rest."""
        if one:
            self.call("orders.cancel", order, lines=[{"line": "1", "quantity": 1}], reason="refused")
        else:
            self.call("orders.close_with_cancellation", order, reason="refused")

    @rule(target=purchases, order=orders, place=places, part=parts, both=st.booleans(), draft=rarely, again=rarely)
    def buy(self, order: str, place: str, part: Decimal, both: bool, draft: bool, again: bool) -> Any:
        """Order about as much as is to be bought for an order, here or elsewhere."""
        lines = [
            NewPurchaseLine(
                item=line.item, quantity=quantity, price=1, expected_on=DAY, warehouse=place, for_order=order,
                for_line=line.id,
            )
            for line in self.shop.trade.orders.get(order).lines[: 2 if both else 1]
            if (quantity := line.held(SEPARATELY) * part)
        ]  # fmt: skip
        given = {"supplier": "mill", "warehouse": "main", "currency": "EUR", "draft": draft, "repeat": again}
        return self.call("purchases.place", lines=lines, **given) if lines else multiple()

    @rule(target=receipts, purchase=purchases, one=st.booleans(), place=places, draft=rarely, again=rarely)
    def receive(self, purchase: str, one: bool, place: str, draft: bool, again: bool) -> Any:
        """Receive what was bought, or one of it, here or elsewhere."""
        lines = [{"purchase_line": "1", "warehouse": place, "quantity": 1}] if one else None
        return self.call("receipts.receive", purchase_order=purchase, lines=lines, draft=draft, repeat=again)

    @rule(target=shipments, order=orders, one=st.booleans(), again=rarely)
    def ship(self, order: str, one: bool, again: bool) -> Any:
        """Ship all that is ready, or one chair."""
        lines = [{"line": "1", "quantity": 1}] if one else None
        return self.call("orders.ship", order, lines=lines, repeat=again)

    @rule(target=reassignments, order=orders, one=st.booleans(), to=st.none() | places)
    def reassign(self, order: str, one: bool, to: str | None) -> Any:
        """Free or move something that was bought for an order, or all that it does not use."""
        there = self.shop.trade.separate.stock(order=order)
        lines = [SeparateQuantity(line=each.line, quantity=1, warehouse=each.warehouse) for each in there[:1]]
        given: dict[str, Any] = {"lines": lines if one else None} | ({"to": to} if to else {})
        return self.call("separate.move" if to else "separate.free", order, **given)

    @rule(purchase=purchases, again=rarely)
    def turn_purchase(self, purchase: str, again: bool) -> None:
        """Post a purchase order or take it back."""
        self.turn("purchases", purchase, repeat=again)

    @rule(receipt=receipts, again=rarely)
    def turn_receipt(self, receipt: str, again: bool) -> None:
        """Post a receipt or take it back."""
        self.turn("receipts", receipt, repeat=again)

    @rule(shipment=shipments, again=rarely)
    def turn_shipment(self, shipment: str, again: bool) -> None:
        """Post a shipment or take it back."""
        self.turn("shipments", shipment, repeat=again)

    @rule(document=reassignments, again=rarely)
    def take_reassignment_back(self, document: str, again: bool) -> None:
        """Take a reassignment back."""
        self.call("separate.unpost", document, repeat=again)

    @rule(order=orders)
    def look(self, order: str) -> None:
        """Ask what is allowed, and compare with what happens."""
        self.shop.prove_allowed(self.shop.trade.orders.get(order))

    @invariant()
    def books_are_right(self) -> None:
        """Whatever was done, the laws hold."""
        if hasattr(self, "shop"):
            self.shop.prove()


TestBuying = Buying.TestCase
