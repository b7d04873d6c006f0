"""The little shop of the demo: its reference data, its clock, and what it shows after every step."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import attrs

from tradecore.catalog import (
    Agreement,
    CancellationReason,
    DueBase,
    Item,
    ItemKind,
    Partner,
    Price,
    PriceKind,
    StageKind,
    StageTerms,
    Warehouse,
)
from tradecore.cli.screen import say, table
from tradecore.commands.queries import StockBalance
from tradecore.documents import OrderLine, ProvisioningAction, SalesOrder
from tradecore.errors import Refused
from tradecore.rules.explaining import Explanation
from tradecore.trade import Trade
from tradecore.values import Percent
from tradecore.values.record import Record

GOODS = ("chair", "desk", "lamp")
VAT = Percent(20)
TERMS = (
    StageTerms(kind=StageKind.PREPAYMENT, share=Percent(30)),
    StageTerms(kind=StageKind.CREDIT, share=Percent(70), base=DueBase.SHIPMENT, days=14),
)
PRICES = {"chair": "49.00", "desk": "180.00", "lamp": "24.90", "assembly": "60.00"}
REFERENCE: tuple[Record, ...] = (
    Warehouse(id="main", name="Main warehouse"),
    Item(id="chair", name="Office chair", tax_rate=VAT),
    Item(id="desk", name="Desk", tax_rate=VAT),
    Item(id="lamp", name="Desk lamp", tax_rate=VAT),
    Item(id="assembly", name="Assembly at the customer's", kind=ItemKind.SERVICE, tax_rate=VAT),
    PriceKind(id="wholesale", name="Wholesale prices", currency="EUR"),
    *(Price.of("wholesale", item, Decimal(price), date(2026, 1, 1)) for item, price in PRICES.items()),
    Partner(id="acme", name="Acme Offices"),
    Partner(id="oakmill", name="Oak Mill"),
    Agreement(id="standard", name="30 % first, 70 % in two weeks", price_kind="wholesale", stages=TERMS),
    CancellationReason(id="discontinued", name="The maker has stopped making it"),
)


@attrs.define
class Clock:
    """A clock that stands still until it is set, so that the demo tells the same story every time."""

    moment: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment it is set to."""
        return self.moment


@attrs.define
class Shop:
    """
    A trade value and the one order the demo follows.

    Attributes:
        order, purchase, shipment: Ids of documents; empty until they are made.
    """

    trade: Trade
    clock: Clock
    order: str = ""
    purchase: str = ""
    shipment: str = ""
    _stock: Sequence[StockBalance] = ()
    _known: SalesOrder | None = None

    def step(self, number: str, moment: datetime, title: str, action: "Callable[[Shop], None]") -> None:
        """Carry out one step of the story and show what it changed."""
        self.clock.moment = moment
        say(f"\n[{number}] {moment:%a %Y-%m-%d %H:%M}  {title}")
        action(self)
        order = self.trade.orders.get(self.order) if self.order else None
        stock = self.trade.stock.balances(GOODS, "main")
        if order is not None and order != self._known:
            self._show_order(self._known, order)
        if stock != self._stock:
            _show_stock(self._stock, stock)
        self._known, self._stock = order, stock

    def refusal(self, call: Callable[[], object]) -> None:
        """Make a call that the rules forbid, and show every reason."""
        try:
            call()
        except Refused as refused:
            say("    Refused, nothing was written:")
            for each in refused.violations:
                say(f"      {each.code:<18} {each}")
        else:
            raise AssertionError("the rules should have forbidden this")

    def _show_order(self, before: SalesOrder | None, after: SalesOrder) -> None:
        known = f"{before.state} -> " if before and before.state is not after.state else ""
        say(f"    {after.number}: {known}{after.state}")
        if before is None or before.lines != after.lines:
            _lines(table(_LINE_HEADS, [_line_row(each) for each in after.lines]))
        if before is None or (before.stages, before.paid) != (after.stages, after.paid):
            coverage = self.trade.orders.explain(after.id).stages
            rows = [
                [f"{c.stage.kind} {c.stage.share}", c.stage.due or "at shipment", c.stage.amount, c.paid, c.missing]
                for c in coverage
            ]
            _lines(table(["payment stage", "due", f"amount {after.currency}", "paid", "missing"], rows))
            if after.returned_amount:
                say(f"    {after.money(after.returned_amount)} came back and need not be paid.")


_LINE_HEADS = ("line", "ordered", "uncovered", "reserved", "promised", "waiting", "shipped", "returned", "cancelled")


def _line_row(line: OrderLine) -> list[object]:
    action = ProvisioningAction
    held = line.held(action.RESERVE, action.SHIP)
    promised, waiting = line.held(action.RESERVE_BY_DATE), line.held(action.TO_PROVISION)
    done = [line.shipped, line.returned, line.cancelled]
    return [line.item, line.quantity, line.unprovided, held, promised, waiting, *done]


def _show_stock(before: Sequence[StockBalance], after: Sequence[StockBalance]) -> None:
    old = {each.item: _figures(each) for each in before}
    rows = []
    for each in after:
        now = _figures(each)
        was = old.get(each.item, now)
        rows.append([each.item, *(f"{a} -> {b}" if a != b else b for a, b in zip(was, now, strict=True))])
    _lines(table(["stock", "on hand", "reserved", "free", "expected", "promised"], rows))


def _figures(stock: StockBalance) -> list[Decimal]:
    parts = (stock.on_hand, stock.reserved, stock.free, stock.expected, stock.promised)
    return [each.value for each in parts]


def show_explanation(why: Explanation) -> None:
    """The state of an order and the figures it follows from."""
    rows: list[list[object]] = [
        ["total", why.total, ""],
        ["returned", why.order.money(why.order.returned_amount), ""],
        ["owed for all of it", why.order.money(why.order.amount_due), "100 %"],
        ["shipped and kept", why.shipped, why.shipped_percent],
        ["paid", why.paid, why.paid_percent],
        ["debt", why.shipped_debt, why.debt_percent],
        ["overdue", why.overdue, f"since {why.overdue_since}" if why.overdue_since else ""],
    ]
    say(f"    As of {why.as_of}: {why.state}, because {why.because}")
    _lines(table(["figure", "amount", ""], rows))
    for each in why.deviations:
        say(f"    It departs from its agreement: {each.why}.")


def _lines(lines: Sequence[str]) -> None:
    for line in lines:
        say(line)
