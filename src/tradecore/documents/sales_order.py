"""The sales order (заказ клиента): what a customer wants, how it is provided, and when it is paid."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

import attrs

from tradecore.catalog.payment_terms import DueBase, PaymentTermsMode, StageGating, StageKind
from tradecore.catalog.records import ItemKind, Unit
from tradecore.documents.base import Document
from tradecore.documents.settled import SettledDocument
from tradecore.values.currencies import DECIMALS
from tradecore.values.evolving import evolve
from tradecore.values.money import Money
from tradecore.values.numbers import EXACT, ONE, ZERO, rounded, total
from tradecore.values.percent import NO_PERCENT, Percent
from tradecore.values.text import (
    AgreementId,
    DocumentId,
    ExternalRef,
    Id,
    ItemId,
    LineId,
    PartnerId,
    ReasonId,
    ScheduleId,
    Text,
    TextRule,
    WarehouseId,
)


class OrderUsage(StrEnum):
    """What orders are used for in the company (A1-A4). An order keeps the usage it was made under."""

    AS_BILL = "as_bill"  #: Only to print bills; nothing is controlled.
    STOCK_ONLY = "stock_only"  #: Only goods in stock; the whole order is reserved and shipped.
    STOCK_AND_TO_ORDER = "stock_and_to_order"  #: Each line is reserved, ordered or shipped on its own.


class OrderStatus(StrEnum):
    """What a person decided about the order (A5-A7, A11, A12)."""

    ON_APPROVAL = "on_approval"  #: An unconfirmed need; makes no movements.
    IN_RESERVE = "in_reserve"  #: All goods are reserved.
    TO_SHIP = "to_ship"  #: The reserved goods may be shipped.
    TO_EXECUTE = "to_execute"  #: Reservation and shipment are managed line by line.
    CLOSED = "closed"  #: Nothing more will happen under this order.


#: Usage -> the statuses its orders may have (A2-A7, A11, A12).
STATUSES: Mapping[OrderUsage, tuple[OrderStatus, ...]] = {
    OrderUsage.AS_BILL: (OrderStatus.ON_APPROVAL, OrderStatus.CLOSED),
    OrderUsage.STOCK_ONLY: (
        OrderStatus.ON_APPROVAL,
        OrderStatus.IN_RESERVE,
        OrderStatus.TO_SHIP,
        OrderStatus.CLOSED,
    ),
    OrderUsage.STOCK_AND_TO_ORDER: (OrderStatus.ON_APPROVAL, OrderStatus.TO_EXECUTE, OrderStatus.CLOSED),
}


class OrderState(StrEnum):
    """What follows from the facts (A2, G1-G10); derived, never decided."""

    NOT_CONTROLLED = "not_controlled"  #: It is a bill; nobody watches how it is carried out.
    AWAITING_APPROVAL = "awaiting_approval"  #: Somebody must approve it.
    AWAITING_ADVANCE = "awaiting_advance"  #: The advance must come before goods are prepared.
    READY_TO_PROVISION = "ready_to_provision"  #: Somebody must say where the goods come from.
    AWAITING_PREPAYMENT = "awaiting_prepayment"  #: Goods are prepared; the prepayment must come.
    AWAITING_PROVISIONING = "awaiting_provisioning"  #: Goods must arrive.
    READY_TO_SHIP = "ready_to_ship"  #: Paid and prepared; somebody must release it to ship.
    SHIPPING = "shipping"  #: Released; not everything is shipped yet.
    AWAITING_PAYMENT = "awaiting_payment"  #: Shipped; the rest of the money must come.
    READY_TO_CLOSE = "ready_to_close"  #: Shipped and paid.
    CLOSED = "closed"  #: Closed.


class ProvisioningAction(StrEnum):
    """What is done so that a quantity can be shipped (E1-E7)."""

    NONE = "none"  #: Nothing; no goods are held for it.
    TO_PROVISION = "to_provision"  #: Waits in the queue for goods of the common pool.
    RESERVE = "reserve"  #: Held from the stock of a warehouse.
    RESERVE_BY_DATE = "reserve_by_date"  #: Promised from a purchase order that is expected in time.
    PROVISION_SEPARATELY = "provision_separately"  #: Bought for this order alone.
    SHIP = "ship"  #: Held, and may be shipped.
    SHIP_SEPARATELY = "ship_separately"  #: Bought for this order alone, and may be shipped.


#: Actions that hold goods of a warehouse.
HELD = frozenset({ProvisioningAction.RESERVE, ProvisioningAction.SHIP})

#: Actions that cover a quantity by goods or work bought for the order alone.
SEPARATE = frozenset({ProvisioningAction.PROVISION_SEPARATELY, ProvisioningAction.SHIP_SEPARATELY})


@attrs.frozen(kw_only=True)
class Provision:
    """
    How a part of a line's open quantity is covered (decision 3).

    Attributes:
        on: The day the goods are expected; None where they are here or no day is known.

        source: The purchase order the goods come with, for RESERVE_BY_DATE, and for PROVISION_SEPARATELY once they are
            bought; `source_line` is its line.

        arrived: For PROVISION_SEPARATELY: whether the goods have come, so that they may be shipped.
    """

    action: ProvisioningAction
    quantity: Decimal
    on: date | None = None
    source: DocumentId = ""
    source_line: LineId = ""
    arrived: bool = False

    @property
    def here(self) -> bool:
        """Whether it is of goods that were bought for the order alone and have come."""
        return self.arrived or self.action is ProvisioningAction.SHIP_SEPARATELY


@attrs.frozen(kw_only=True)
class Cancellation:
    """
    A quantity of a line that will not be delivered, and the id of the reason.

    Attributes:
        by_closing: Whether closing the order cancelled it: reopening makes it open again (decision 11).
    """

    quantity: Decimal
    reason: ReasonId
    by_closing: bool = False


@attrs.frozen(kw_only=True)
class OrderLine:
    """
    What a customer ordered of one item.

    Attributes:
        id: Unique in the order.

        quantity: Ordered, in `unit`; cancellations do not change it.

        price: Of one unit, in the order's currency, before the discount.

        list_price: What the price list said when the line was written; None if it said nothing.

        amount: What the whole quantity costs with tax, rounded to the currency.

        tax: The part of `amount` that is tax.

        ship_on: Desired day of shipment; None means the order's.

        provisions: How the open quantity is covered; what they leave is covered by nothing (NONE).

        cancellations: Quantities that will not be delivered, and why (H3).

        shipped: Quantity shipped, kept by posting; `shipped_amount` is its amount with tax.

        returned: Quantity that came back, kept by posting; `returned_amount` is its amount with tax.

        entrusted: Quantity shipped that is still ours: in transit, or with the consignee. Kept by posting.
    """

    id: LineId
    item: ItemId
    kind: ItemKind = ItemKind.GOODS
    unit: Unit = "pcs"
    warehouse: WarehouseId
    quantity: Decimal
    price: Decimal
    list_price: Decimal | None = None
    discount: Percent = NO_PERCENT
    tax_rate: Percent = NO_PERCENT
    amount: Decimal
    tax: Decimal = ZERO
    ship_on: date | None = None
    provisions: tuple[Provision, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()
    shipped: Decimal = ZERO
    shipped_amount: Decimal = ZERO
    returned: Decimal = ZERO
    returned_amount: Decimal = ZERO
    entrusted: Decimal = ZERO

    @property
    def cancelled(self) -> Decimal:
        """The quantity that will not be delivered."""
        return total(each.quantity for each in self.cancellations) if self.cancellations else ZERO

    @property
    def open(self) -> Decimal:
        """Ordered, neither cancelled nor shipped. What came back is not open again (K12)."""
        left = self.quantity - self.shipped
        return left - self.cancelled if self.cancellations else left

    @property
    def unprovided(self) -> Decimal:
        """The open quantity that no provision covers."""
        left = self.open
        for provision in self.provisions:
            left -= provision.quantity
        return left

    @property
    def separate(self) -> Decimal:
        """The quantity covered by goods that were bought for it alone and have come."""
        return total([p.quantity for p in self.provisions if p.here])

    def held(self, *actions: ProvisioningAction) -> Decimal:
        """The quantity covered by these actions."""
        held = ZERO
        for provision in self.provisions:
            if provision.action in actions:
                held += provision.quantity
        return held


@attrs.frozen(kw_only=True)
class PaymentStage:
    """
    A part of an order's total that falls due on one condition (D2-D6).

    Attributes:
        share: Part of the order's total with tax; the shares of an order add up to 100 %.

        amount: The share in money; the amounts of an order add up to its total exactly.

        base: The event the due date is counted from, `days` days later, or as many business days.

        on: The day meant by the base FIXED_DAY.

        due: The day it falls due; None until it is known.

        counted_from: The day `due` was counted from in business days: while the event stands, so does the due day,
            even if holidays are announced meanwhile.

        assigned: Money a payment named this stage for.
    """

    id: LineId
    kind: StageKind
    share: Percent
    amount: Decimal
    base: DueBase = DueBase.ORDER
    days: int = 0
    business_days: bool = False
    on: date | None = None
    due: date | None = None
    counted_from: date | None = None
    assigned: Decimal = ZERO


@attrs.frozen(kw_only=True)
class SalesOrder(SettledDocument):
    """
    What a customer wants from us, on terms that are a snapshot of the agreement (C7).

    Attributes:
        status: What a person decided.

        usage: What orders were used for when it was made (A1).

        customer: The partner who orders and pays.

        recipient: The partner who gets the goods; None means the customer (C19).

        rate: How much of the settlement currency one unit of `currency` is; frozen when the order is made (C15).

        agreement: The agreement the terms were taken from.

        tax_included: Whether prices hold the tax already.

        warehouse: Where lines are shipped from unless they say otherwise.

        ship_on: Desired day of shipment.

        channel: What it came by, such as a portal or a marketplace; None if nobody said (A14).

        external_ref: The order's name in the channel it came by (B11).

        approved_by: Who approved it; empty if nobody has.

        approved_terms: Fingerprint of what was approved (decision 12).

        agreed_discount: The discount of the agreement when the order was placed.

        own_terms: Whether its payment stages are other than the agreement's.

        terms_mode: Which stages were offered when it was made (D7-D9).

        schedule: The payment schedule its stages were taken from, if from one.

        stage_gating: What its stages let through while they are not fully paid.

        closed_from: The status it was closed in; reopening leads back there. None while it is not closed.

        revision: How often it was edited since its execution began.

        provisioned_at: Since when all its open goods are held; None while some are not. Stages may count from it.

        first_shipped_at: Moment of the first posted shipment; stages may count from it.

        owned_at: When the goods became the customer's, where that is not with the shipment; stages may count from it.

        state: Derived state, kept by every commit; None for a draft.

        total: What the quantities not cancelled cost with tax, kept.

        paid: Money received for it less refunds, in the settlement currency, kept by posting.

        charged: What the customer has come to owe, in the settlement currency, kept: by shipping, or where goods become
            his later by that. `credited`: what of it he need not pay because goods came back.

        passed_amount: Where goods become the customer's later: the amount of those that have, kept by posting.
            `recalled_amount`: the amount of those that came back before, kept by posting.

        shipped_amount: Amount shipped, kept. `returned_amount`: what came back of it, kept.

        due_on: The day the first stage not yet paid falls due, kept; None if there is none.

        shippable_on: The day goods that were released to ship should leave, kept; None if there are none (B14).
    """

    KIND: ClassVar[str] = "sales_order"
    SERIES: ClassVar[str] = "SO"
    FINDABLE: ClassVar[tuple[str, ...]] = (
        *Document.FINDABLE,
        "status",
        "state",
        "customer",
        "agreement",
        "ship_on",
        "due_on",
        "shippable_on",
        "currency",
        "channel",
        "external_ref",
        "first_shipped_at",
    )
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("at",),
        ("state", "due_on"),
        ("state", "at"),
        ("status", "at"),
        ("customer", "at"),
        ("due_on",),
        ("shippable_on",),
        ("external_ref",),
    )

    status: OrderStatus = OrderStatus.ON_APPROVAL
    usage: OrderUsage = OrderUsage.STOCK_AND_TO_ORDER
    legal_entity: Id | None = None
    contact: Id | None = None
    recipient: PartnerId | None = None
    deliver_to: Text = ""
    agreement: AgreementId | None = None
    price_kind: Id | None = None
    rate: Decimal = ONE
    tax_included: bool = True
    warehouse: WarehouseId
    ship_on: date | None = None
    channel: Id | None = None
    external_ref: ExternalRef = ""
    approved_by: Id | None = None
    approved_at: datetime | None = None
    approved_terms: Annotated[str, TextRule(64)] = ""
    agreed_discount: Percent = NO_PERCENT
    own_terms: bool = False
    terms_mode: PaymentTermsMode = PaymentTermsMode.ANY_STAGES
    schedule: ScheduleId | None = None
    stage_gating: StageGating = StageGating.WHOLE_ORDER
    closed_from: OrderStatus | None = None
    revision: int = 0
    provisioned_at: datetime | None = None
    first_shipped_at: datetime | None = None
    owned_at: datetime | None = None
    state: OrderState | None = None
    total: Decimal = ZERO
    paid: Decimal = ZERO
    shipped_amount: Decimal = ZERO
    returned_amount: Decimal = ZERO
    charged: Decimal = ZERO
    credited: Decimal = ZERO
    passed_amount: Decimal = ZERO
    recalled_amount: Decimal = ZERO
    due_on: date | None = None
    shippable_on: date | None = None
    lines: tuple[OrderLine, ...]
    stages: tuple[PaymentStage, ...] = ()

    def line(self, id: LineId) -> OrderLine | None:
        """The line with this id, if there is one."""
        for line in self.lines:
            if line.id == id:
                return line
        return None

    def money(self, amount: Decimal) -> Money:
        """`amount` as money of the order's currency."""
        return Money(amount, self.currency)

    def to_pay(self, amount: Decimal) -> Money:
        """`amount` as money of the currency the order is paid in."""
        return Money(amount, self.pays_in)

    def settled(self, amount: Decimal) -> Decimal:
        """An amount of the order's currency in the currency it is paid in: by the frozen rate, rounded (C15)."""
        if self.settlement_currency is None:
            return amount
        return rounded(EXACT.multiply(amount, self.rate), DECIMALS[self.settlement_currency])

    @property
    def is_plain(self) -> bool:
        """Whether what is shipped is owed, in the currency of the prices: all but a few orders."""
        return self.settlement_currency is None and not self.passes_later

    @property
    def sold_amount(self) -> Decimal:
        """The amount of the goods that have become the customer's, whether or not they came back since."""
        return self.passed_amount if self.passes_later else self.shipped_amount

    @property
    def settled_total(self) -> Decimal:
        """What the whole order costs, in the currency it is paid in."""
        if self.is_plain:
            return self.total
        return self.charged if self.total == self.sold_amount else self.settled(self.total)

    @property
    def amount_due(self) -> Decimal:
        """What the customer owes for the whole order, in the currency it is paid in: its total less what came back."""
        if self.is_plain:
            return self.total - self.returned_amount
        sold = self.total - self.recalled_amount
        return (self.charged if sold == self.sold_amount else self.settled(sold)) - self.credited

    @property
    def open(self) -> bool:
        """Whether it is still to be worked on."""
        return self.posted and self.status is not OrderStatus.CLOSED

    def with_lines(self, changed: Mapping[LineId, OrderLine]) -> "SalesOrder":
        """The order with these lines in place of those of the same id; itself if there are none."""
        if not changed:
            return self
        return evolve(self, lines=tuple(changed.get(line.id, line) for line in self.lines))
