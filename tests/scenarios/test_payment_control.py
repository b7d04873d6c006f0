"""Control of payment by order (002, section 7.1): who has promised to pay, who is late, who is reminded, what is released."""

from datetime import date

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import shelf
from tests.unit.builders import Clock, euro, executed
from tradecore import (
    Due,
    OrderState,
    Percent,
    ReserveEnd,
    ReservePolicy,
    Settings,
    StageKind,
    StageTerms,
)

IN_THREE_DAYS = (StageTerms(kind=StageKind.PREPAYMENT, share=Percent(100), days=3),)
THURSDAY = date(2026, 3, 5)


def test_the_manager_calls_those_whose_term_ends_tomorrow(shop: Shop, clock: Clock) -> None:
    """
    Three customers asked for a reserve on Monday and promised to pay by Thursday; one paid at once.

    On Wednesday the manager filters the list by the state "awaiting prepayment" and by "due tomorrow", and writes to
    the two who are left. One has changed his mind: his order is closed, what was not delivered is cancelled. The other
    wants to wait: her reserve is let go for the time being.
    """
    trade = shop(stages=IN_THREE_DAYS, chair=9)
    acme = executed(trade, customer="acme", chair=2)
    bolt = executed(trade, customer="bolt", chair=3)
    mill = executed(trade, customer="mill", chair=4)
    trade.payments.receive(order=mill.id, amount=euro(40))
    assert ("9", "9") == shelf(trade, "chair")

    clock.pass_(days=2)
    tomorrow = trade.orders.overview(state=OrderState.AWAITING_PREPAYMENT, due=Due.TOMORROW)
    assert ["acme", "bolt"] == sorted(each.order.customer for each in tomorrow)
    assert not any(each.is_overdue for each in tomorrow)

    letters = trade.orders.due_reminders()
    assert [("acme", "20.00 EUR", THURSDAY), ("bolt", "30.00 EUR", THURSDAY)] == sorted(
        (each.partner, str(each.missing), each.due) for each in letters
    )

    trade.orders.close_with_cancellation(acme.id, reason="refused")
    trade.orders.release(bolt.id)
    assert OrderState.CLOSED == trade.orders.get(acme.id).state
    assert OrderState.READY_TO_PROVISION == trade.orders.get(bolt.id).state
    assert ("9", "4") == shelf(trade, "chair")


def test_late_orders_are_red_in_the_list(shop: Shop, clock: Clock) -> None:
    """On Friday the unpaid order is overdue since Thursday, the paid one is not; last week nobody was."""
    trade = shop(stages=IN_THREE_DAYS, chair=9)
    late, paid = executed(trade, chair=2), executed(trade, chair=3)
    trade.payments.receive(order=paid.id, amount=euro(30))
    clock.pass_(days=4)
    red = {each.order.id: each.overdue_since for each in trade.orders.overview() if each.is_overdue}
    assert {late.id: THURSDAY} == red
    assert [late.id] == [each.id for each in trade.orders.find(due=Due.OVERDUE)]
    assert not trade.orders.find(due=Due.OVERDUE, as_of=date(2026, 2, 27)).items


def test_reserves_end_by_themselves_where_the_company_says_so(shop: Shop, clock: Clock) -> None:
    """
    Two days after the term the goods go back to the shelf, with a letter the day before.

    The paid order keeps its goods, and nobody is written to twice.
    """
    policy = ReservePolicy(end=ReserveEnd.RELEASE, after_days=2, remind_days_before=(1,))
    trade = shop(stages=IN_THREE_DAYS, settings=Settings(reserves=policy), chair=9)
    late, paid = executed(trade, chair=2), executed(trade, chair=3)
    trade.payments.receive(order=paid.id, amount=euro(30))
    sent: dict[str, str] = {}
    for _ in range(7):
        for letter in trade.orders.due_reminders():
            sent.setdefault(
                letter.key, f"{letter.number}: {letter.missing} by {letter.when:%A}, or {letter.what.value}"
            )
        done = trade.orders.expire_reserves()
        assert all(each.ok for each in done)
        clock.pass_(days=1)
    assert [f"{late.number}: 20.00 EUR by Saturday, or release"] == list(sent.values())
    assert ("9", "3") == shelf(trade, "chair")
    assert OrderState.READY_TO_PROVISION == trade.orders.get(late.id).state
