"""One bank transfer pays several orders, and is spread anew later."""

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import figures, owes
from tests.unit.builders import PREPAID, euro, executed
from tradecore import OrderState, PaymentFor, Refused


def test_payment_is_spread_and_spread_anew(shop: Shop) -> None:
    """Each order gets its part, the rest stands on the balance; moving money changes no sum (D17; beyond 4.16)."""
    trade = shop(stages=PREPAID, chair=10)
    first, second, third = (executed(trade, chair=quantity).id for quantity in (2, 3, 1))
    parts = [PaymentFor(order=first, amount="20"), PaymentFor(order=second, amount="12.50")]
    payment = trade.payments.receive(partner="acme", amount=euro(40), allocations=parts)
    assert "7.50" == f"{payment.unallocated:.2f}"
    assert (OrderState.READY_TO_SHIP, "20.00 EUR", "0.00 EUR") == figures(trade, first)
    assert (OrderState.AWAITING_PREPAYMENT, "12.50 EUR", "0.00 EUR") == figures(trade, second)
    by_order = trade.partners.balance("acme")[0].by_order
    assert {first: euro(-20), second: euro("-12.50"), "": euro("-7.50")} == dict(by_order)
    assert "-40.00 EUR" == owes(trade)

    trade.payments.allocate(payment.id, [PaymentFor(order=second, amount=30), PaymentFor(order=third, amount=10)])
    assert ["0.00 EUR", "30.00 EUR", "10.00 EUR"] == [figures(trade, each)[1] for each in (first, second, third)]
    assert OrderState.AWAITING_PREPAYMENT is trade.orders.get(first).state
    assert OrderState.READY_TO_SHIP is trade.orders.get(third).state
    assert "-40.00 EUR" == owes(trade)

    trade.payments.unpost(payment.id)
    assert ["0.00 EUR"] * 3 == [figures(trade, each)[1] for each in (first, second, third)]
    assert "0.00 EUR" == owes(trade)


def test_more_than_came_cannot_be_spread(shop: Shop) -> None:
    """Parts above the payment and for somebody else's order are refused together, and so is an unknown payer."""
    trade = shop(stages=PREPAID, chair=10)
    mine, theirs = executed(trade, chair=2).id, executed(trade, customer="bolt", chair=1).id
    parts = [PaymentFor(order=mine, amount=20), PaymentFor(order=theirs, amount=10)]
    with pytest.raises(Refused) as refused:
        trade.payments.receive(partner="acme", amount=euro(25), allocations=parts)
    assert ("OTHER_PARTNER", "EXCEEDS_PAYMENT") == refused.value.codes
    assert "allocations[1].order" == refused.value.violations[0].place
    with pytest.raises(Refused) as refused:
        trade.payments.receive(amount=euro(25), allocations=parts)
    assert "MISSING" in refused.value.codes
    assert not trade.payments.find().items
