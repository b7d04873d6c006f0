"""
The CSV files of a marketplace: orders, items, payments and, where they are there, customers and products.

Files are recognised by their columns, not by their names; columns that are not known are ignored. What cannot be read
is a `BadSourceError` that names the file and the line. Knows nothing of stores.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import attrs

from tradecore import PaymentMethod

T = TypeVar("T")

#: How the marketplace names ways of paying.
METHODS: Mapping[str, PaymentMethod] = {
    "credit_card": PaymentMethod.CARD,
    "debit_card": PaymentMethod.CARD,
    "boleto": PaymentMethod.BANK,
    "voucher": PaymentMethod.PLATFORM,
}


class Fate(StrEnum):
    """How far an order came."""

    PLACED = "placed"  #: It is known, and nothing was done about it.
    EXECUTED = "executed"  #: It is being prepared.
    SHIPPED = "shipped"  #: The carrier has it.
    DELIVERED = "delivered"  #: The customer has it.
    CANCELLED = "cancelled"  #: It came to nothing.


#: How the marketplace names the states of orders.
FATES: Mapping[str, Fate] = {
    "created": Fate.PLACED,
    "approved": Fate.EXECUTED,
    "invoiced": Fate.EXECUTED,
    "processing": Fate.EXECUTED,
    "shipped": Fate.SHIPPED,
    "delivered": Fate.DELIVERED,
    "canceled": Fate.CANCELLED,
    "unavailable": Fate.CANCELLED,
}
#: Columns by which a file is recognised.
ORDERS = ("order_id", "customer_id", "order_status", "order_purchase_timestamp")
ITEMS = ("order_id", "product_id", "seller_id", "price", "freight_value")
PAYMENTS = ("order_id", "payment_type", "payment_value")
CUSTOMERS = ("customer_id", "customer_unique_id")
PRODUCTS = ("product_id", "product_category_name")


class BadSourceError(Exception):
    """The files cannot be imported; says where and why."""


@attrs.frozen
class SourceItem:
    """A row of the items: one piece of a product, of a category if it is known."""

    product: str
    category: str
    seller: str
    price: Decimal
    freight: Decimal


@attrs.frozen
class SourcePayment:
    """A row of the payments."""

    number: str
    type: str
    amount: Decimal
    installments: str


@attrs.define
class SourceOrder:
    """An order with its items, its payments and the moments that are known of it."""

    id: str
    customer: str
    status: str
    at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    items: list[SourceItem] = attrs.field(factory=list)
    payments: list[SourcePayment] = attrs.field(factory=list)

    @property
    def fate(self) -> Fate:
        """How far it came; a status nobody knows is taken as placed."""
        return FATES.get(self.status, Fate.PLACED)

    @property
    def goods(self) -> Decimal:
        """What its items cost."""
        return sum((each.price for each in self.items), Decimal(0))

    @property
    def freight(self) -> Decimal:
        """What their delivery costs."""
        return sum((each.freight for each in self.items), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What all of it costs."""
        return self.goods + self.freight

    @property
    def paid(self) -> Decimal:
        """What was paid for it; payments that bring nothing are none."""
        return sum((each.amount for each in self.payments if each.amount > 0), Decimal(0))

    @property
    def went_out(self) -> bool:
        """Whether its goods were handed over, and it came to something."""
        return self.fate in (Fate.SHIPPED, Fate.DELIVERED)

    def doubts(self) -> Iterator[tuple[str, str]]:
        """Everything about it that does not add up: a reason, and the figures."""
        if self.status not in FATES:
            yield "its status is not known", "imported as placed"
        if not self.items:
            yield (
                "it has no items",
                f"{self.paid} paid" + (" and refunded" if self.paid and self.fate is Fate.CANCELLED else ""),
            )
        elif self.paid != self.total:
            less = "less" if self.paid < self.total else "more"
            yield f"{less} was paid than ordered", f"{self.total} ordered, {self.paid} paid: {self.paid - self.total:+}"
        if self.fate is Fate.CANCELLED and self.shipped_at:
            yield "it was cancelled after it was shipped", f"imported as not shipped; {self.shipped_at:%Y-%m-%d}"
        if self.went_out and self.shipped_at is None:
            yield "nobody knows when it was shipped", "imported as shipped when it was ordered"
        if self.went_out and self.shipped_at and self.shipped_at < self.at:
            yield "it was shipped before it was ordered", f"{self.at - self.shipped_at} before"
        for each in self.payments:
            if each.amount <= 0:
                yield "a payment brings nothing", f"{each.type} of {each.amount}, left out"
            elif each.type not in METHODS:
                yield "a way of paying is not known", f"{each.type}, imported as platform"


def read_source(directory: Path) -> list[SourceOrder]:
    """
    The orders of a directory, the oldest first.

    Raises:
        BadSourceError: Files or columns are missing, or a cell cannot be read.
    """
    if not directory.is_dir():
        raise BadSourceError(f"{directory} is not a directory.")
    tables: dict[tuple[str, ...], list[Row]] = {kind: [] for kind in (ORDERS, ITEMS, PAYMENTS, CUSTOMERS, PRODUCTS)}
    for path in sorted(directory.glob("*.csv")):
        for columns in tables:
            tables[columns] += _rows(path, columns)
    for columns in (ORDERS, ITEMS, PAYMENTS):
        if not tables[columns]:
            raise BadSourceError(f"No CSV file in {directory} has rows and the columns {', '.join(columns)}.")
    orders = _orders(tables[ORDERS], tables[CUSTOMERS])
    categories = {row.text("product_id"): row.cells["product_category_name"] for row in tables[PRODUCTS]}
    for row in tables[ITEMS]:
        product, seller = row.text("product_id"), row.text("seller_id")
        item = SourceItem(
            product, categories.get(product, ""), seller, row.amount("price"), row.amount("freight_value")
        )
        _order_of(row, orders).items.append(item)
    for row in tables[PAYMENTS]:
        _add_payment(row, _order_of(row, orders).payments)
    return sorted(orders.values(), key=lambda order: (order.at, order.id))


def _orders(rows: Sequence["Row"], customers: Sequence["Row"]) -> dict[str, SourceOrder]:
    people = {row.text("customer_id"): row.text("customer_unique_id") for row in customers}
    orders: dict[str, SourceOrder] = {}
    for row in rows:
        id, customer = row.text("order_id"), row.text("customer_id")
        if id in orders:
            raise BadSourceError(f"{row.place}: order {id} is there twice.")
        orders[id] = SourceOrder(
            id=id,
            customer=people.get(customer, customer),
            status=row.text("order_status"),
            at=row.needed_moment("order_purchase_timestamp"),
            paid_at=row.moment("order_approved_at"),
            shipped_at=row.moment("order_delivered_carrier_date") or row.moment("order_delivered_customer_date"),
        )
    return orders


def _order_of(row: "Row", orders: Mapping[str, SourceOrder]) -> SourceOrder:
    order = orders.get(row.text("order_id"))
    if order is None:
        raise BadSourceError(f"{row.place}: there is no order {row.text('order_id')}.")
    return order


def _add_payment(row: "Row", payments: list[SourcePayment]) -> None:
    number = row.cells.get("payment_sequential") or str(len(payments) + 1)
    if any(each.number == number for each in payments):
        raise BadSourceError(f"{row.place}: payment {number} of order {row.text('order_id')} is there twice.")
    installments = row.cells.get("payment_installments") or "1"
    payments.append(SourcePayment(number, row.text("payment_type"), row.amount("payment_value"), installments))


@attrs.frozen
class Row:
    """A row of a CSV file that knows where it stands."""

    place: str
    cells: Mapping[str, str]

    def text(self, name: str) -> str:
        """A cell that must not be empty."""
        if found := self.cells[name].strip():
            return found
        raise BadSourceError(f"{self.place}: {name} is empty.")

    def amount(self, name: str) -> Decimal:
        """A cell that holds an amount of money."""
        return self._read(name, _finite, "an amount")

    def moment(self, name: str) -> datetime | None:
        """A cell that may be missing or empty, or hold a moment; one without a time zone is taken as UTC."""
        return self.needed_moment(name) if self.cells.get(name, "").strip() else None

    def needed_moment(self, name: str) -> datetime:
        """A cell that must hold a moment."""
        moment = self._read(name, datetime.fromisoformat, "a moment")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _read(self, name: str, read: Callable[[str], T], what: str) -> T:
        try:
            return read(self.text(name))
        except (ValueError, InvalidOperation):
            raise BadSourceError(f"{self.place}: {name} is {self.cells[name]!r}, not {what}.") from None


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a file, if it has these columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, restval="")
            if set(columns) <= set(rows.fieldnames or ()):
                for row in rows:
                    yield Row(f"{path.name}, line {rows.line_num}", row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadSourceError(f"{path.name} cannot be read: {error}.") from error
