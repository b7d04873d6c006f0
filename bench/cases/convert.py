"""What it costs to check the input of a command, and to turn an order into plain data and back, against plain code."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs

import tradecore as tc
from bench.library import LibraryClient, fill
from bench.measuring import Bench
from bench.work import demands
from tradecore.catalog.payment_terms import PaymentTermsMode, StageGating
from tradecore.catalog.records import BusinessOperation, ItemKind, SettlementDetail
from tradecore.commands.orders import place_order
from tradecore.convert import checked_arguments, restore, to_plain
from tradecore.documents import Posting

_NUMBER, _TEXT = Decimal, str


def measure(bench: Bench) -> None:
    """Measure on an approved order of five lines."""
    trade = tc.Trade(clock=lambda: datetime(2026, 1, 5, 12, tzinfo=UTC))
    fill(trade)
    client = LibraryClient(trade, own=False)
    placed = client.place(next(demands(1)))
    client.approve(placed)
    order = trade.orders.get(placed.id)
    plain = to_plain(order)
    by_hand = _plain_by_hand(order)
    if restore(plain, tc.SalesOrder, "here") != order or _order_by_hand(by_hand) != order:
        raise ValueError("an order does not come back as it was")
    lines = [{"item": line.item, "quantity": str(line.quantity)} for line in order.lines]
    given = {"customer": "customer-1", "warehouse": "main", "lines": lines}
    pairs: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("input of place, 5 lines", lambda: _input_by_hand(given), lambda: checked_arguments(place_order, (), given)),
        ("order to plain data", lambda: _plain_by_hand(order), lambda: to_plain(order)),
        ("order from plain data", lambda: _order_by_hand(by_hand), lambda: restore(plain, tc.SalesOrder, "here")),
    ]
    for what, base, ours in pairs:
        bench.compare(("convert", "", what), "by hand", "us", bench.cost_of(base), bench.cost_of(ours))


def _input_by_hand(given: dict[str, Any]) -> dict[str, Any]:
    if not all(isinstance(given[name], str) for name in ("customer", "warehouse")):
        raise TypeError
    lines = []
    for each in given["lines"]:
        quantity = Decimal(each["quantity"])
        if not isinstance(each["item"], str) or not quantity.is_finite() or quantity <= 0:
            raise ValueError
        lines.append(tc.NewLine(item=each["item"], quantity=quantity))
    return {**given, "lines": lines}


def _out(value: Any) -> Any:
    """A value as JSON holds it; only the types that orders are made of."""
    kind = type(value)
    if kind is Decimal:
        return str(value)
    if kind is tuple:
        return [{name: _out(getattr(part, name)) for name in _NAMES[type(part)]} for part in value]
    if kind is tc.Percent:
        return str(value.value)
    if kind is datetime or kind is date:
        return value.isoformat()
    return value


def _names(kind: type[attrs.AttrsInstance]) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind))


_NAMES = {kind: _names(kind) for kind in (tc.SalesOrder, tc.OrderLine, tc.PaymentStage, tc.Provision)}


def _plain_by_hand(order: tc.SalesOrder) -> dict[str, Any]:
    return {name: _out(getattr(order, name)) for name in _NAMES[tc.SalesOrder]}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


_ORDER_NUMBERS = (
    "rate", "total", "paid", "shipped_amount", "returned_amount", "charged", "credited", "passed_amount",
    "recalled_amount",
)  # fmt: skip
_ORDER_MOMENTS = ("at", "approved_at", "provisioned_at", "first_shipped_at", "owned_at")
_ORDER_CHOICES: dict[str, Callable[[str], Any]] = {
    "posting": Posting,
    "operation": BusinessOperation,
    "settlements": SettlementDetail,
    "status": tc.OrderStatus,
    "usage": tc.OrderUsage,
    "terms_mode": PaymentTermsMode,
    "stage_gating": StageGating,
    "state": tc.OrderState,
}


def _order_by_hand(data: dict[str, Any]) -> tc.SalesOrder:
    fields = data | {name: Decimal(data[name]) for name in _ORDER_NUMBERS}
    fields |= {name: _moment(data[name]) for name in _ORDER_MOMENTS}
    fields |= {name: choice(data[name]) for name, choice in _ORDER_CHOICES.items()}
    fields |= {name: _day(data[name]) for name in ("ship_on", "due_on")}
    lines = tuple(_line_by_hand(each) for each in data["lines"])
    stages = tuple(_stage_by_hand(each) for each in data["stages"])
    discount = tc.Percent(data["agreed_discount"])
    return tc.SalesOrder(**fields | {"lines": lines, "stages": stages, "agreed_discount": discount})


_LINE_NUMBERS = (
    "quantity", "price", "list_price", "amount", "tax", "shipped", "shipped_amount", "returned", "returned_amount",
    "entrusted",
)  # fmt: skip


def _line_by_hand(data: dict[str, Any]) -> tc.OrderLine:
    numbers = {name: None if data[name] is None else Decimal(data[name]) for name in _LINE_NUMBERS}
    percents = {name: tc.Percent(data[name]) for name in ("discount", "tax_rate")}
    provisions = tuple(_provision_by_hand(each) for each in data["provisions"])
    rest = {
        "provisions": provisions,
        "cancellations": (),
        "ship_on": _day(data["ship_on"]),
        "kind": ItemKind(data["kind"]),
    }
    return tc.OrderLine(**data | numbers | percents | rest)


def _provision_by_hand(data: dict[str, Any]) -> tc.Provision:
    action = tc.ProvisioningAction(data["action"])
    return tc.Provision(**data | {"action": action, "quantity": Decimal(data["quantity"]), "on": _day(data["on"])})


def _stage_by_hand(data: dict[str, Any]) -> tc.PaymentStage:
    numbers = {name: Decimal(data[name]) for name in ("amount", "assigned")}
    terms = {"kind": tc.StageKind(data["kind"]), "base": tc.DueBase(data["base"]), "share": tc.Percent(data["share"])}
    days = {name: _day(data[name]) for name in ("on", "due", "counted_from")}
    return tc.PaymentStage(**data | numbers | terms | days)
