"""Order templates: what an order says when nobody says otherwise (C18)."""

from decimal import Decimal
from typing import ClassVar

import attrs

from tradecore.catalog.records import BusinessOperation, Currency
from tradecore.values.percent import Percent
from tradecore.values.record import Record
from tradecore.values.text import AgreementId, ContractId, Id, ItemId, Name, PartnerId, ScheduleId, Text, WarehouseId


@attrs.frozen(kw_only=True)
class TemplateLine:
    """
    A line of the orders made from a template.

    Attributes:
        price: Of one unit; None takes it from the price list of the day.

        discount: None takes the agreement's.

        warehouse: None takes the order's.
    """

    item: ItemId
    quantity: Decimal
    price: Decimal | None = None
    discount: Percent | None = None
    warehouse: WarehouseId | None = None


@attrs.frozen(kw_only=True)
class OrderTemplate(Record):
    """
    Named defaults for the header and the lines of orders (шаблон заказа). What the caller says wins.

    Attributes:
        customer: The one partner it is for; None for all.

        ship_in_days: The desired day of shipment, counted from the day of the order; None leaves it open.
    """

    KIND: ClassVar[str] = "order_template"
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "name", "customer")

    name: Name
    customer: PartnerId | None = None
    warehouse: WarehouseId | None = None
    agreement: AgreementId | None = None
    contract: ContractId | None = None
    operation: BusinessOperation | None = None
    recipient: PartnerId | None = None
    deliver_to: Text = ""
    ship_in_days: int | None = None
    schedule: ScheduleId | None = None
    currency: Currency | None = None
    settlement_currency: Currency | None = None
    channel: Id | None = None
    comment: Text = ""
    lines: tuple[TemplateLine, ...] = ()
