"""A small marketplace in the CSV shape of a large one: 30 orders, of which some do not add up."""

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

STATUSES = {21: "shipped", 22: "shipped", 23: "invoiced", 24: "processing", 25: "canceled", 26: "canceled"}
STATUSES |= {27: "unavailable", 28: "approved", 29: "created"}
#: Paid 0.01 less and 5.00 more than ordered.
LESS, MORE = 3, 4
#: Known by its payment only.
WITHOUT_ITEMS = 27
#: Paid in three parts, one of which brings nothing.
IN_PARTS = 5
TOTAL = 30


def write_marketplace(directory: Path) -> Path:
    """Write the files and return where they are."""
    numbers = range(TOTAL)
    write_csv(directory / "a_orders.csv", [_order(n) for n in numbers])
    write_csv(directory / "b_order_items.csv", [row for n in numbers if n != WITHOUT_ITEMS for row in _items(n)])
    write_csv(directory / "c_payments.csv", [row for n in numbers for row in _payments(n)])
    return directory


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of the same columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def status(number: int) -> str:
    """How far an order came; most were delivered."""
    return STATUSES.get(number, "delivered")


def _order(number: int) -> dict[str, Any]:
    ordered = datetime(2018, 3, 1, 12, tzinfo=UTC) + timedelta(hours=7 * number)
    went_out = status(number) in ("delivered", "shipped")
    return {
        "order_id": f"order-{number:02}",
        "customer_id": f"customer-{number % 11}",
        "order_status": status(number),
        "order_purchase_timestamp": _written(ordered),
        "order_approved_at": _written(ordered + timedelta(minutes=10)),
        "order_delivered_carrier_date": _written(ordered + timedelta(days=1 + number % 4)) if went_out else "",
        "order_delivered_customer_date": _written(ordered + timedelta(days=9)) if status(number) == "delivered" else "",
        "remark": "a column nobody knows",
    }


def _written(moment: datetime) -> str:
    """Without a time zone, as such files are."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _items(number: int) -> list[dict[str, Any]]:
    return [
        {
            "order_id": f"order-{number:02}",
            "order_item_id": piece,
            "product_id": f"product-{(number + piece) % 7}",
            "seller_id": f"seller-{(number + piece) % 3}",
            "price": "19.90",
            "freight_value": "3.35",
        }
        for piece in range(1, 2 + number % 3)
    ]


def _payments(number: int) -> list[dict[str, Any]]:
    cents = 2325 * len(_items(number)) + {LESS: -1, MORE: 500}.get(number, 0)
    parts = [("credit_card", cents)]
    if number == IN_PARTS:
        parts = [("voucher", 1000), ("not_defined", 0), ("boleto", cents - 1000)]
    return [
        {
            "order_id": f"order-{number:02}",
            "payment_sequential": place,
            "payment_type": type_,
            "payment_installments": 1 + number % 3,
            "payment_value": f"{part / 100:.2f}",
        }
        for place, (type_, part) in enumerate(parts, start=1)
    ]
