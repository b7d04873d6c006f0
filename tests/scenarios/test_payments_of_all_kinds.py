"""A day at the cash desk: services that collect for us, money for returns, and money that is for no order."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import figures, owes
from tests.unit.builders import ON_CREDIT, PREPAID, euro, executed
from tradecore import NewLine, OrderState, PaymentMethod, PaymentPurpose, Refused, Trade


def refused(call: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[str, ...]:
    """Why a call is refused."""
    with pytest.raises(Refused) as error:
        call(*args, **kwargs)
    return error.value.codes


def test_a_payment_service_collects_and_pays_out(shop: Shop) -> None:
    """
    The customer pays 50 through a service that keeps 1.50: the order is paid, the service owes 48.50 (D19).

    On Friday it pays out what it has collected.
    """
    trade = shop(stages=PREPAID, chair=5)
    order = executed(trade, chair=5).id
    payment = trade.payments.receive(
        order=order, amount=euro(50), via="bolt", fee=euro("1.50"), method=PaymentMethod.PLATFORM
    )
    assert (OrderState.READY_TO_SHIP, "50.00 EUR", "0.00 EUR") == figures(trade, order)
    assert ("-50.00 EUR", "48.50 EUR") == (owes(trade), owes(trade, "bolt"))
    assert ("48.5", "1.5") == (f"{payment.net.normalize():f}", f"{payment.fee.normalize():f}")

    payout = trade.payments.payout(partner="bolt", amount=euro("48.50"))
    assert "0.00 EUR" == owes(trade, "bolt")
    assert ("PAYS_NO_ORDER",) == refused(trade.payments.allocate, payout.id, [{"order": order, "amount": "1"}])
    assert [payment.id] == [each.id for each in trade.payments.find(where={"via": "bolt"})]
    assert euro("1.50").amount == sum(each.fee for each in trade.payments.stream(where={"via": "bolt"}))


def test_a_service_may_hand_over_at_once(shop: Shop) -> None:
    """A terminal whose money is there the same minute: nobody owes anything but the goods."""
    trade = shop(stages=PREPAID, chair=1)
    order = executed(trade, chair=1).id
    payment = trade.payments.receive(order=order, amount=euro(10), via="bolt", fee=euro("0.20"), paid_out=True)
    assert ("-10.00 EUR", "0.00 EUR") == (owes(trade), owes(trade, "bolt"))
    trade.payments.unpost(payment.id)
    assert ("0.00 EUR", "0.00 EUR") == (owes(trade), owes(trade, "bolt"))


def test_an_intermediary_is_somebody_else_with_a_fee(shop: Shop) -> None:
    """Not the customer, known, and with a fee out of the amount; everything wrong is said at once."""
    trade = shop(stages=PREPAID, chair=1)
    pay = {"order": executed(trade, chair=1).id, "amount": euro(10)}
    assert ("INTERMEDIARY_IS_PAYER",) == refused(trade.payments.receive, **pay, via="acme")
    assert ("OUT_OF_RANGE", "UNKNOWN_ID") == refused(trade.payments.receive, **pay, via="nobody", fee=euro(11))
    assert ("MISSING",) == refused(trade.payments.receive, **pay, fee=euro(1))


def returned(trade: Trade) -> tuple[str, str]:
    """An order of five chairs that was paid and shipped, and the return of two of them."""
    order = executed(trade, chair=5).id
    trade.payments.receive(order=order, amount=euro(50))
    shipment = trade.orders.ship(order)
    return order, trade.returns.receive(shipment.id, lines=[{"line": "1", "quantity": 2}]).id


def test_a_refund_for_a_return_gives_back_what_it_credits(shop: Shop) -> None:
    """Two chairs came back for 20: 20 go back and no more; the return cannot be undone meanwhile (D20)."""
    trade = shop(stages=PREPAID, chair=5)
    order, back = returned(trade)
    assert ("EXCEEDS_RETURN",) == refused(trade.outgoing.refund, sales_return=back, amount=euro("20.01"))
    first = trade.outgoing.refund(sales_return=back, amount=euro(15))
    assert ("EXCEEDS_RETURN",) == refused(trade.outgoing.refund, sales_return=back, amount=euro(6))
    trade.outgoing.refund(sales_return=back, amount=euro(5))
    assert (OrderState.READY_TO_CLOSE, "30.00 EUR", "30.00 EUR") == figures(trade, order)
    assert (euro(20).amount, PaymentPurpose.REFUND) == (trade.returns.get(back).refunded, first.purpose)

    assert ("LATER_DOCUMENTS",) == refused(trade.returns.unpost, back)
    assert {first.number} < {each.number for each in trade.returns.documents(back)}
    trade.outgoing.unpost(first.id)
    assert euro(5).amount == trade.returns.get(back).refunded
    trade.outgoing.post(first.id)
    assert euro(20).amount == trade.returns.get(back).refunded


def test_what_was_overpaid_goes_back_with_the_return(shop: Shop) -> None:
    """The customer paid 8 too much: with the return of 20 as much as 28 may go back."""
    trade = shop(stages=PREPAID, chair=5)
    order, back = returned(trade)
    trade.payments.receive(order=order, amount=euro(8))
    assert ("EXCEEDS_RETURN",) == refused(trade.outgoing.refund, sales_return=back, amount=euro("28.01"))
    trade.outgoing.refund(sales_return=back, amount=euro(28))
    assert "0.00 EUR" == owes(trade)


def test_a_refund_for_a_return_is_for_its_order(shop: Shop) -> None:
    """Not for another order, and not from the balance."""
    trade = shop(stages=PREPAID, chair=10)
    _, back = returned(trade)
    other, _ = returned(trade)
    assert ("RETURN_OF_OTHER_ORDER",) == refused(trade.outgoing.refund, sales_return=back, order=other, amount=euro(5))
    spread = [{"order": other, "amount": "2"}]
    wrong = {"sales_return": back, "allocations": spread, "partner": "acme", "amount": euro(5)}
    assert ("RETURN_OF_OTHER_ORDER",) == refused(trade.outgoing.refund, **wrong)
    made = trade.outgoing.refund(sales_return=back, amount=euro(5))
    assert ("RETURN_OF_OTHER_ORDER",) == refused(trade.outgoing.allocate, made.id, spread)


def test_other_money_touches_no_debt(shop: Shop) -> None:
    """Rent is paid and a loan received: both are in the books, and nobody owes more or less for it (D16)."""
    trade = shop(stages=ON_CREDIT, chair=1)
    order = executed(trade, chair=1).id
    rent = trade.outgoing.pay_other(partner="mill", amount=euro(300), comment="rent of March")
    loan = trade.payments.receive_other(amount=euro(1000), method=PaymentMethod.CASH, comment="loan")
    assert ((), ()) == (trade.partners.balance("mill"), trade.partners.balance("acme"))
    assert [rent.number] == [each.number for each in trade.outgoing.find(where={"purpose": PaymentPurpose.OTHER})]
    assert [loan.number] == [each.number for each in trade.payments.find(where={"purpose": PaymentPurpose.OTHER})]
    assert ("PAYS_NO_ORDER",) == refused(trade.payments.allocate, loan.id, [{"order": order, "amount": "5"}])
    assert ("PAYS_NO_ORDER",) == refused(trade.outgoing.allocate, rent.id, [{"order": order, "amount": "5"}])
    trade.outgoing.unpost(rent.id)
    trade.outgoing.post(rent.id)
    assert ("NOT_POSITIVE", "UNKNOWN_ID") == refused(trade.outgoing.pay_other, partner="nobody", amount=euro(0))


def test_two_debts_are_told_apart(shop: Shop) -> None:
    """Goods for 10 are with the customer on credit, and 20 should have been paid before shipment (D14, S13)."""
    trade = shop(stages=ON_CREDIT, chair=5)
    shipped = executed(trade, chair=1).id
    trade.orders.ship(shipped)
    line = NewLine(item="chair", quantity=2)
    trade.orders.place(customer="acme", warehouse="main", lines=[line], stages=PREPAID)
    (debts,) = trade.partners.debts("acme")
    assert (euro(10), euro(20)) == (debts.shipped_debt, debts.planned_debt)
    later = trade.orders.get(shipped).due_on
    assert later is not None
    (debts,) = trade.partners.debts("acme", as_of=later)
    assert (euro(10), euro(30)) == (debts.shipped_debt, debts.planned_debt)
    trade.payments.receive(order=shipped, amount=euro(10))
    (debts,) = trade.partners.debts("acme", as_of=later)
    assert (euro(0), euro(20)) == (debts.shipped_debt, debts.planned_debt)
    assert () == trade.partners.debts("bolt")
