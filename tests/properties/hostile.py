"""Values that nobody should hand in, and everything a shop can be asked and told."""

import inspect
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, get_type_hints

from hypothesis import strategies as st

from tests.unit.builders import NOON, WITH_ADVANCE, a_shop, euro, executed
from tradecore import (
    Item,
    LineQuantity,
    NewLine,
    PaymentFor,
    Percent,
    Period,
    Provision,
    ProvisioningAction,
    Trade,
)
from tradecore.colours import bulk, command, query, stream

DEEP: list[Any] = []
for _ in range(3000):
    DEEP = [DEEP]


def make(kind: Any, **facts: Any) -> Any:
    """A value that its class lets pass and the gate must not."""
    return kind(**facts)


ODD: list[Any] = [
    None, True, -1, 0, 10**12, 10**5000, 0.1, float("nan"), float("inf"), -0.0, 1e308, complex(1), b"acme", object(),
    Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("1E+999999"), Decimal("1E-999999"),
    Decimal("0.0000001"), "", " ", " acme", "$where", "a\x00b", "\ud800", "a\u202eb", "9" * 50, "1e9", "NaN", "١", "1_0",
    "x" * 100_000, {"$gt": ""}, {"$where": "sleep(9)"}, {"": {}}, {1: 2}, {None: None}, {10**5000: 1}, [], (), {}, set(),
    {"amount": "1", "currency": "ZZZ"}, {"amount": float("nan"), "currency": "EUR"}, {"value": 1, "unit": []},
    [None], [[]], [{}], [float("nan")], ["a", {"$ne": 1}], "ZZZ", "eur", "EURO", DEEP, {"lines": DEEP}, range(3),
    datetime(2026, 1, 1), datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=9))),  # noqa: DTZ001  # that is the point
    date(1, 1, 1), date(9999, 12, 31), "0001-01-01", "2026-02-30", "2026-01-01T00:00:00", timedelta(1), NOON, NOON.date(),
    Percent(1000), Period(), euro(-1), euro("0.01"), Provision(action=ProvisioningAction.RESERVE, quantity=Decimal("NaN")),
    make(Item, id="", name=5, tax_rate="x"), make(NewLine, item={"$gt": ""}, quantity=1, ship_on="x"), Item, int, ...,
    make(LineQuantity, line=None, quantity=1), [make(NewLine, item=5, quantity=1)], [make(PaymentFor, order="", amount=1)],
]  # fmt: skip

texts = st.text(st.characters(), max_size=70)
odd = st.integers(0, len(ODD) - 1).map(lambda index: ODD[index])  # some of them cannot be shown
scalars = odd | texts | st.integers() | st.floats() | st.decimals(places=None) | st.datetimes() | st.dates()
names = st.sampled_from(
    ["item", "quantity", "price", "line", "order", "amount", "stage", "reason", "action", "kind", "id"]
)
hostile = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | texts, inner, max_size=4),
    max_leaves=6,
)


def everything() -> dict[str, Any]:
    """Every command and query of a trade value, `desk.name` -> its function."""
    return _bound(bulk, command, query, stream)


def commands() -> dict[str, Any]:
    """Every command of a trade value, `desk.name` -> its function."""
    return _bound(bulk, command)


def _bound(*kinds: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for desk, kind in get_type_hints(Trade).items():
        for name, each in vars(kind.__origin__).items():
            if isinstance(each, kinds):
                found[f"{desk}.{name}"] = each.function
    return found


def parameters(name: str) -> Mapping[str, inspect.Parameter]:
    """What a command or query takes; commands for many documents take ids first."""
    function = everything()[name]
    taken = dict(list(inspect.signature(function).parameters.items())[1:])
    if isinstance(vars(_desk(name))[name.split(".")[1]], bulk):
        first = next(iter(taken))
        taken = {"ids": taken.pop(first), **taken}
    return taken


def _desk(name: str) -> Any:
    desk, _, _ = name.partition(".")
    return get_type_hints(Trade)[desk].__origin__


def a_busy_shop() -> tuple[Trade, dict[str, list[Any]]]:
    """A shop with a document of every kind, and values that fit the parameters of commands, by name."""
    trade = a_shop(stages=WITH_ADVANCE, chair=50)
    order = executed(trade, chair=4)
    waiting = executed(trade, chair=1)
    paid = trade.payments.receive(order=order.id, amount=euro(40))
    trade.orders.fill(order.id)
    shipment = trade.orders.ship(order.id, lines=[{"line": "1", "quantity": 2}])
    back = trade.returns.receive(shipment.id, lines=[{"line": "1", "quantity": 1}])
    refund = trade.outgoing.refund(order=order.id, amount=euro(1))
    bought = trade.purchases.place(
        supplier="mill", warehouse="main", currency="EUR",
        lines=[{"item": "chair", "quantity": 5, "price": 3, "expected_on": NOON.date()}],
    )  # fmt: skip
    sent = trade.outgoing.pay(purchase_order=bought.id, amount=euro(9))
    came = trade.receipts.receive(purchase_order=bought.id)
    found = trade.stock_receipts.find().items[0]
    ids = [
        order.id,
        waiting.id,
        paid.id,
        shipment.id,
        back.id,
        refund.id,
        bought.id,
        sent.id,
        came.id,
        found.id,
        "acme",
    ]
    lines = [{"item": "chair", "quantity": 1, "price": 2, "expected_on": NOON.date()}, {"line": "1", "quantity": 1}]
    fitting: dict[str, list[Any]] = {
        "customer": ["acme"], "supplier": ["mill"], "partner": ["acme"], "warehouse": ["main"], "currency": ["EUR"],
        "amount": [euro(1)], "lines": [[each] for each in lines], "reason": ["refused"], "line": ["1"], "stage": ["1"],
        "items": [["chair"]], "item": ["chair"], "ids": [ids], "allocations": [[{"order": order.id, "amount": 1}]],
        "records": [[Item(id="lamp", name="Lamp")]], "provisions": [{"1": []}], "at": [NOON],
    }  # fmt: skip
    for name in ("order", "shipment", "document", "payment", "receipt", "purchase_order"):
        fitting[name] = ids
    return trade, fitting
