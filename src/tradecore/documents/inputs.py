"""What callers hand to commands: lines and parts, as values or as mappings of the same names."""

from datetime import date
from decimal import Decimal

import attrs

from tradecore.errors import Invalid, Violation
from tradecore.values.numbers import Number, check_number
from tradecore.values.percent import Percent
from tradecore.values.text import ContractId, DocumentId, ItemId, LineId, ReasonId, WarehouseId


def number_at(value: Number, place: str) -> Decimal:
    """
    An exact number from what a caller wrote.

    Raises:
        Invalid: It is none; `place` says where.
    """
    number = check_number(value)
    if isinstance(number, Violation):
        raise Invalid((number.at(place),))
    return number


def _quantity(value: Number) -> Decimal:
    return number_at(value, "quantity")


def _any_quantity(value: Number | None) -> Decimal | None:
    return None if value is None else number_at(value, "quantity")


def _price(value: Number) -> Decimal:
    return number_at(value, "price")


def _any_price(value: Number | None) -> Decimal | None:
    return None if value is None else number_at(value, "price")


def _amount(value: Number) -> Decimal:
    return number_at(value, "amount")


def _any_discount(value: Percent | Number | None) -> Percent | None:
    if value is None or isinstance(value, Percent):
        return value
    return Percent(number_at(value, "discount"))


@attrs.frozen(kw_only=True)
class NewLine:
    """
    A line of a new sales order.

    Attributes:
        quantity: In the item's unit; more than zero.

        price: Of one unit in the order's currency; None takes it from the price list.

        discount: None takes the agreement's.

        warehouse: None takes the order's.

        id: None numbers the lines.
    """

    item: ItemId
    quantity: Decimal = attrs.field(converter=_quantity)
    price: Decimal | None = attrs.field(default=None, converter=_any_price)
    discount: Percent | None = attrs.field(default=None, converter=_any_discount)
    warehouse: WarehouseId | None = None
    ship_on: date | None = None
    id: LineId | None = None


@attrs.frozen(kw_only=True)
class NewPurchaseLine:
    """
    A line of a new purchase order.

    Attributes:
        price: Cost of one unit.

        expected_on: The day the goods should come.

        for_order: The sales order it is bought for, and for nothing else; such goods come to the warehouse of its line
            unless `warehouse` says otherwise.

        for_line: The line of that order; None where only one is of this item.
    """

    item: ItemId
    quantity: Decimal = attrs.field(converter=_quantity)
    price: Decimal = attrs.field(converter=_price)
    expected_on: date
    warehouse: WarehouseId | None = None
    for_order: DocumentId | None = None
    for_line: LineId | None = None
    id: LineId | None = None


@attrs.frozen(kw_only=True)
class NewReceiptLine:
    """
    A line of a new goods receipt.

    Attributes:
        purchase_line: The line of the purchase order it fulfils; then item, warehouse and price may be left out.
    """

    quantity: Decimal = attrs.field(converter=_quantity)
    item: ItemId | None = None
    price: Decimal | None = attrs.field(default=None, converter=_any_price)
    warehouse: WarehouseId | None = None
    purchase_line: LineId | None = None


@attrs.frozen(kw_only=True)
class NewStockLine:
    """Goods put into a warehouse."""

    item: ItemId
    quantity: Decimal = attrs.field(converter=_quantity)


@attrs.frozen(kw_only=True)
class LineQuantity:
    """A quantity of one line of a document."""

    line: LineId
    quantity: Decimal = attrs.field(converter=_quantity)


@attrs.frozen(kw_only=True)
class LineCancellation:
    """
    A quantity of one line to cancel.

    Attributes:
        quantity: None cancels all that is open.

        reason: None takes the common reason.
    """

    line: LineId
    quantity: Decimal | None = attrs.field(default=None, converter=_any_quantity)
    reason: ReasonId | None = None


@attrs.frozen(kw_only=True)
class SeparateQuantity:
    """
    A quantity that was bought for one line of an order.

    Attributes:
        quantity: None means all that the order does not use.

        warehouse: Where it is; None means the warehouse of the line.
    """

    line: LineId
    quantity: Decimal | None = attrs.field(default=None, converter=_any_quantity)
    warehouse: WarehouseId | None = None


@attrs.frozen(kw_only=True)
class PaymentFor:
    """
    A part of a payment meant for one order, or for a contract.

    Attributes:
        order: The order. One whose contract is settled as a whole hands the money on to the contract.

        stage: The stage it is meant for; None covers the stages in their order.

        contract: A contract that is settled as a whole, in place of an order.
    """

    order: DocumentId | None = None
    amount: Decimal = attrs.field(converter=_amount)
    stage: LineId | None = None
    contract: ContractId | None = None
