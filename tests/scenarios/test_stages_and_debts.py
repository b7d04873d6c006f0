"""Stages are planned, shrink with their order, and show what is owed (002, sections 3.3, 7 and 7.2)."""

from datetime import date, timedelta

from tests.scenarios.conftest import Shop
from tests.unit.builders import DAY, Clock, euro, executed
from tradecore import (
    DueBase,
    LineQuantity,
    Money,
    NewLine,
    OrderState,
    Percent,
    StageKind,
    StageTerms,
    Trade,
)

ADVANCE = StageTerms(kind=StageKind.ADVANCE, share=Percent(20), days=1)
PREPAYMENT = StageTerms(kind=StageKind.PREPAYMENT, share=Percent(30), days=3)
CREDIT = StageTerms(kind=StageKind.CREDIT, share=Percent(50), base=DueBase.SHIPMENT, days=14)


def day(number: int) -> date:
    """A day of March 2026; the clerk's week starts on Monday the 2nd."""
    return date(2026, 3, number)


def plan(trade: Trade, order: str) -> list[tuple[str, str, str, date | None]]:
    """The stages as the form of the order shows them: option, percent, sum, date."""
    return [
        (each.kind.name, str(each.share), f"{each.amount:.2f}", each.due) for each in trade.orders.get(order).stages
    ]


def columns(trade: Trade, order: str) -> list[str]:
    """The columns of the list: sum and percent of payment, of shipment, of debt."""
    why = trade.orders.explain(order)
    amounts = (why.paid, why.shipped, why.shipped_debt)
    percents = (why.paid_percent, why.shipped_percent, why.debt_percent)
    return [f"{amount} {percent}" for amount, percent in zip(amounts, percents, strict=True)]


def test_stages_come_with_dates_and_sums(shop: Shop, clock: Clock) -> None:
    """Option, date and percent are agreed; the sums follow from the order, and dates from their events (3.3; D1-D6)."""
    trade = shop(stages=[ADVANCE, PREPAYMENT, CREDIT], chair=10)
    line = NewLine(item="chair", quantity=10)
    order = trade.orders.place(customer="acme", warehouse="main", lines=[line], ship_on=day(9)).id
    assert [
        ("ADVANCE", "20 %", "20.00", day(3)),
        ("PREPAYMENT", "30 %", "30.00", day(5)),
        ("CREDIT", "50 %", "50.00", day(23)),
    ] == plan(trade, order)
    trade.payments.receive(order=order, amount=euro(50))
    trade.orders.execute(order, fill=True)
    clock.pass_(days=4)
    shipment = trade.orders.ship(order)
    assert ("CREDIT", "50 %", "50.00", day(20)) == plan(trade, order)[2], "two weeks after the real day"
    trade.shipments.redate(shipment.id, clock.now - timedelta(days=1))
    assert day(19) == plan(trade, order)[2][3]
    trade.shipments.unpost(shipment.id)
    assert day(23) == plan(trade, order)[2][3], "nothing was shipped, so the desired day counts again"


def test_the_list_shows_what_is_paid_shipped_and_owed(shop: Shop, clock: Clock) -> None:
    """Half is paid, all is shipped, some comes back: sums and percents of what is really owed (7; D12-D14)."""
    trade = shop(stages=[StageTerms(kind=StageKind.CREDIT, share=Percent(100), days=2)], chair=10)
    order = executed(trade, chair=10).id
    assert ["0.00 EUR 0 %", "0.00 EUR 0 %", "0.00 EUR 0 %"] == columns(trade, order)
    trade.payments.receive(order=order, amount=euro(25))
    shipment = trade.orders.ship(order, lines=[LineQuantity(line="1", quantity=5)])
    assert ["25.00 EUR 25 %", "50.00 EUR 50 %", "25.00 EUR 25 %"] == columns(trade, order)
    trade.returns.receive(shipment.id, lines=[{"line": "1", "quantity": 2}])
    assert ["25.00 EUR 31.25 %", "30.00 EUR 37.5 %", "5.00 EUR 6.25 %"] == columns(trade, order)
    clock.pass_(days=3)
    why = trade.orders.explain(order)
    assert (euro(5), euro(55)) == (why.shipped_debt, why.planned_debt), "all of it was due yesterday"


def test_a_shrinking_order_asks_for_less(shop: Shop) -> None:
    """
    Advance and prepayment have come, then seven of ten chairs are cancelled (decision 9).

    What was paid stands and exceeds the rest: nothing more is asked for, and 20 are the customer's.
    """
    trade = shop(stages=[ADVANCE, PREPAYMENT, CREDIT], chair=10)
    order = executed(trade, fill=False, chair=10).id
    trade.payments.receive(order=order, amount=euro(50))
    seven = [{"line": "1", "quantity": 7}]
    trade.orders.cancel(order, lines=seven, reason="refused")
    assert ["20.00", "10.00", "0.00"] == [amount for _, _, amount, _ in plan(trade, order)]
    why = trade.orders.explain(order)
    assert (euro(20), euro(0), None) == (why.refund_due, why.planned_debt, why.order.due_on)
    trade.outgoing.refund(order=order, amount=why.refund_due)
    assert euro(0) == trade.orders.explain(order).refund_due


def test_credit_is_awaited_after_the_shipment(shop: Shop, clock: Clock) -> None:
    """Everything is with the customer, and the money is still to come; then the order may be closed (7.2; G8, H8)."""
    trade = shop(stages=[StageTerms(kind=StageKind.CREDIT, share=Percent(100), base=DueBase.SHIPMENT, days=7)], chair=2)
    order = executed(trade, chair=2).id
    trade.orders.ship(order)
    assert (OrderState.AWAITING_PAYMENT, DAY + timedelta(days=7)) == (
        trade.orders.get(order).state, trade.orders.get(order).due_on,
    )  # fmt: skip
    assert ["NOT_FULLY_PAID"] == [each.code for each in trade.orders.close.plan(order).violations]
    clock.pass_(days=7)
    trade.payments.receive(order=order, amount=euro(20))
    assert OrderState.READY_TO_CLOSE == trade.orders.get(order).state
    assert OrderState.CLOSED == trade.orders.close(order).state


def test_debts_are_in_the_money_they_are_paid_in(shop: Shop) -> None:
    """Prices in euros, paid in hryvnias: that is what is due, and what is owed for goods (C15, D14, S13)."""
    trade = shop(stages=[StageTerms(kind=StageKind.CREDIT, share=Percent(100))], chair=2)
    paid_in = {"settlement_currency": "UAH", "rate": "40.5"}
    line = NewLine(item="chair", quantity=2)
    order = trade.orders.place(customer="acme", warehouse="main", lines=[line], **paid_in)  # type: ignore[arg-type]
    trade.orders.execute(order.id, fill=True)
    trade.orders.ship(order.id, lines=[LineQuantity(line="1", quantity=1)])
    (debts,) = trade.partners.debts("acme")
    assert ("UAH", Money(405, "UAH"), Money(810, "UAH")) == (debts.currency, debts.shipped_debt, debts.planned_debt)
