"""Reference data: what is sold, by whom and to whom, and on which terms. Somebody else may own it: see `protocol`."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

import attrs

from tradecore.catalog.payment_terms import StageTerms
from tradecore.values.percent import NO_PERCENT, Percent
from tradecore.values.record import Record
from tradecore.values.text import Id, ItemId, Name, PartnerId, PriceKindId, ScheduleId, Text, TextRule

Currency = Annotated[str, TextRule(3)]
Unit = Annotated[str, TextRule(20)]


class ItemKind(StrEnum):
    """Whether a warehouse holds it."""

    GOODS = "goods"  #: Held in stock, reserved, shipped.
    SERVICE = "service"  #: Rendered; never in stock.


class AgreementKind(StrEnum):
    """For whom an agreement is made (C13)."""

    STANDARD = "standard"  #: Terms for everybody.
    INDIVIDUAL = "individual"  #: Terms for one partner.


class BusinessOperation(StrEnum):
    """What kind of sale goods leave for (хозяйственная операция; C1-C4)."""

    SALE = "sale"  #: Goods become the customer's when they are shipped.
    SALE_IN_TRANSIT = "sale_in_transit"  #: They become the customer's later, by a transfer of ownership.
    CONSIGNMENT = "consignment"  #: They stay ours until the consignee says that they are sold.


class SettlementDetail(StrEnum):
    """What debts and payments are kept by (C14)."""

    BY_ORDERS = "by_orders"  #: By order: each has its own debt, and its own money.
    BY_CONTRACT = "by_contract"  #: By contract as a whole: its orders share one debt and one purse.


@attrs.frozen(kw_only=True)
class Item(Record):
    """
    Goods or a service that is sold (номенклатура).

    Attributes:
        unit: The one unit its quantities are counted in.

        tax_rate: Value added tax charged for it.
    """

    KIND: ClassVar[str] = "item"
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "name", "kind")

    name: Name
    unit: Unit = "pcs"
    kind: ItemKind = ItemKind.GOODS
    tax_rate: Percent = NO_PERCENT


@attrs.frozen(kw_only=True)
class Warehouse(Record):
    """A place where goods are held (склад)."""

    KIND: ClassVar[str] = "warehouse"
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "name")

    name: Name


@attrs.frozen(kw_only=True)
class LegalEntity:
    """A person in law a partner trades as (контрагент)."""

    id: Id
    name: Name
    tax_number: Annotated[str, TextRule(40)] = ""
    address: Text = ""


@attrs.frozen(kw_only=True)
class ContactPerson:
    """Somebody to talk to at a partner."""

    id: Id
    name: Name
    email: Annotated[str, TextRule(254)] = ""
    phone: Annotated[str, TextRule(40)] = ""


@attrs.frozen(kw_only=True)
class Segment:
    """That a partner belongs to a group of customers, such as `retail` or `horeca` (сегмент партнеров)."""

    id: Id


@attrs.frozen(kw_only=True)
class Partner(Record):
    """
    Somebody to trade with, as customer or supplier (клиент, поставщик), with the entities in law behind it.

    Attributes:
        segments: The segments it belongs to: STANDARD agreements may be meant for one of them (C13).
    """

    KIND: ClassVar[str] = "partner"
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "name")

    name: Name
    legal_entities: tuple[LegalEntity, ...] = ()
    contacts: tuple[ContactPerson, ...] = ()
    segments: tuple[Segment, ...] = ()

    def belongs_to(self, segment: str) -> bool:
        """Whether it is in that segment."""
        return any(each.id == segment for each in self.segments)


@attrs.frozen(kw_only=True)
class PriceKind(Record):
    """
    A list of prices: one currency, with tax inside or on top (вид цен).

    Attributes:
        tax_included: True where the price holds the tax already.
    """

    KIND: ClassVar[str] = "price_kind"
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "name")

    name: Name
    currency: Currency
    tax_included: bool = True


@attrs.frozen(kw_only=True)
class Price(Record):
    """
    The price of an item from a day on, until a later one starts.

    Attributes:
        amount: Price of one unit, in the currency of its kind.
    """

    KIND: ClassVar[str] = "price"
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "price_kind", "item", "starts_on")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("price_kind", "item", "starts_on"),)

    id: Annotated[str, TextRule(150, is_id=True)]
    price_kind: PriceKindId
    item: ItemId
    starts_on: date
    amount: Decimal

    @classmethod
    def of(cls, price_kind: PriceKindId, item: ItemId, amount: Decimal, starts_on: date) -> "Price":
        """The price of `item`, with the id that kind, item and day make together."""
        name = f"{price_kind}/{item}/{starts_on.isoformat()}"
        return cls(id=name, price_kind=price_kind, item=item, starts_on=starts_on, amount=amount)


@attrs.frozen(kw_only=True)
class Agreement(Record):
    """
    Terms of trade: prices, discount, payment (соглашение; C6-C13).

    Attributes:
        partner: The one partner of an INDIVIDUAL agreement; empty for a STANDARD one.

        segment: The partners a STANDARD agreement is for; None means all of them.

        discount: Taken off list prices.

        stages: When which share of an order is due; none means all before shipment, or as the schedule says, and for a
            consignment all after the sale.

        schedule: The payment schedule the stages are taken from (D9); then it has none of its own.

        operation: The kind of sale its orders are for (C5).

        deferred_ownership_allowed: Whether goods may be shipped before they become the customer's (C3).

        valid_from: First day it may be used; open if None.
    """

    KIND: ClassVar[str] = "agreement"
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "name", "kind", "partner")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("kind", "partner"),)

    name: Name
    kind: AgreementKind = AgreementKind.STANDARD
    partner: PartnerId | None = None
    segment: Id | None = None
    price_kind: PriceKindId
    discount: Percent = NO_PERCENT
    stages: tuple[StageTerms, ...] = ()
    schedule: ScheduleId | None = None
    operation: BusinessOperation = BusinessOperation.SALE
    deferred_ownership_allowed: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


@attrs.frozen(kw_only=True)
class Contract(Record):
    """
    A contract with a partner (договор): in which currency and by what it is settled, whether goods go out on credit.

    Attributes:
        legal_entity: The entity of the partner that signed it; None fits all of them.

        currency: The currency its orders are paid in, whatever their prices are in (C15).

        settlements: By orders, or by the contract as a whole (C14).

        credit_terms: Whether goods may be shipped before they are paid (C21).

        valid_from: First day it may be used; open if None.
    """

    KIND: ClassVar[str] = "contract"
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "name", "partner")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("partner",),)

    name: Name
    partner: PartnerId
    legal_entity: Id | None = None
    currency: Currency
    settlements: SettlementDetail = SettlementDetail.BY_ORDERS
    credit_terms: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


@attrs.frozen(kw_only=True)
class CancellationReason(Record):
    """Why an ordered quantity was not delivered (причина отмены; H3, P3)."""

    KIND: ClassVar[str] = "cancellation_reason"
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "name")

    name: Name


@attrs.frozen(kw_only=True)
class CatalogRevision(Record):
    """Counts the changes of the reference data kept in the store, so that readers may cache it and still be exact."""

    KIND: ClassVar[str] = "catalog_revision"
