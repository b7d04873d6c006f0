"""Lists of documents and records by the values of their fields."""

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, get_type_hints

import attrs
import pytest

from tests.unit.builders import NOON, ON_CREDIT, a_shop, euro, executed
from tradecore import Invalid, ItemKind, PaymentPurpose, Trade
from tradecore.documents import Posting


@pytest.fixture
def trade() -> Trade:
    """A shop that has sold and bought something."""
    trade = a_shop(stages=ON_CREDIT, chair=9)
    for _ in range(3):
        trade.orders.ship(executed(trade, chair=1).id)
    trade.shipments.unpost(trade.shipments.find(limit=1).items[0].id)
    trade.outgoing.pay(partner="mill", amount=euro(5))
    return trade


@pytest.mark.parametrize(
    ("desk", "where", "count"),
    [
        ("shipments.find", {"posting": Posting.DRAFT}, 1),
        ("shipments.find", {"posting": "posted", "customer": "acme"}, 2),
        ("shipments.find", {"posting": [Posting.DRAFT, "posted"]}, 3),
        ("shipments.find", {"at": NOON}, 3),
        ("shipments.find", {"at": NOON.astimezone(timezone(timedelta(hours=2))).isoformat()}, 3),
        ("shipments.find", {"number": {"SH-2026-000001", "SH-2026-000009"}}, 1),
        ("shipments.find", {"id": []}, 0),
        ("receipts.find", {"purchase_order": None}, 0),
        ("outgoing.find", {"purpose": PaymentPurpose.TO_SUPPLIER}, 1),
        ("catalog.items", {"kind": ItemKind.SERVICE}, 1),
        ("catalog.prices", {"item": "chair", "starts_on": date(2026, 1, 1)}, 1),
        ("catalog.prices", {"starts_on": "2026-01-01"}, 4),
        ("catalog.agreements", {"partner": None}, 1),
    ],
)
def test_fields_are_compared_as_what_they_are(trade: Trade, desk: str, where: dict[str, Any], count: int) -> None:
    """A choice, a moment, a day or nothing; a list means any of it."""
    assert count == len(_of(trade, desk)(where=where))


@pytest.mark.parametrize(
    ("desk", "where", "told"),
    [
        ("shipments.find", {"posting": "gone", "at": NOON.replace(tzinfo=None)}, ["where[posting]", "where[at]"]),
        ("shipments.find", {"customer": {"$ne": ""}}, ["where[customer]"]),
        ("shipments.find", {"customer": None}, ["where[customer]"]),
        ("shipments.find", {"id": ["a", "$where", 5]}, ["where[id][1]", "where[id][2]"]),
        ("catalog.prices", {"starts_on": datetime(2026, 1, 1)}, ["where[starts_on]"]),  # noqa: DTZ001  # no day
        ("catalog.prices", {"amount": 5}, ["where[amount]"]),
        ("catalog.items", {"tax_rate": 5, "colour": "red"}, ["where[tax_rate]", "where[colour]"]),
    ],
)
def test_values_that_no_field_has_are_refused(trade: Trade, desk: str, where: dict[str, Any], told: list[str]) -> None:
    """All of them at once, each at its place; so are fields that cannot be found."""
    with pytest.raises(Invalid) as refused:
        _of(trade, desk)(where=where)
    assert told == [each.place for each in refused.value.violations]


def test_every_list_finds_by_every_field_it_names(trade: Trade) -> None:
    """What is found by the value of a record's own field is that record, whatever the field is."""
    for desk in ("shipments.find", "outgoing.find", "stock_receipts.find", "catalog.prices", "catalog.partners"):
        for record in _of(trade, desk)(limit=2):
            kind: Any = type(record)
            assert {*kind.FINDABLE} <= {field.name for field in attrs.fields(kind)} == {*get_type_hints(kind)} - _OTHER
            for name in kind.FINDABLE:
                value = getattr(record, name)
                assert record in _of(trade, desk)(where={name: value}).items
                plain = value.value if isinstance(value, StrEnum) else value
                assert record in _of(trade, desk)(where={name: [plain]}).items


_OTHER = {"KIND", "SERIES", "FINDABLE", "INDEXES"}


def _of(trade: Trade, desk: str) -> Any:
    name, _, query = desk.partition(".")
    return getattr(getattr(trade, name), query)
