"""Commands of payments beside the great stories."""

from typing import Any

import pytest

from tests.unit.builders import ON_CREDIT, PREPAID, WITH_ADVANCE, a_shop, euro, executed, placed
from tradecore import Money, OrderState, Refused, Trade


def refusal(call: Any) -> tuple[str, ...]:
    """The codes a call is refused with."""
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.codes


def assigned(trade: Trade, order: str) -> list[int]:
    """Money named for each stage of an order."""
    return [int(stage.assigned) for stage in trade.orders.get(order).stages]


def test_money_named_for_a_stage_goes_there() -> None:
    """The credit paid first opens no door (decision 8)."""
    trade = a_shop(stages=WITH_ADVANCE, chair=10)
    order = executed(trade, chair=10).id
    trade.payments.receive(order=order, amount=euro(40), stage="3")
    assert (OrderState.AWAITING_ADVANCE, [0, 0, 40]) == (trade.orders.get(order).state, assigned(trade, order))
    trade.payments.receive(order=order, amount=euro(30))
    assert OrderState.READY_TO_PROVISION is trade.orders.get(order).state


def test_refunds_of_a_stage_take_no_more_than_was_named_for_it() -> None:
    """And nothing that refunds stand on is taken back (D20)."""
    trade = a_shop(stages=WITH_ADVANCE, chair=10)
    order = executed(trade, chair=10).id
    first = trade.payments.receive(order=order, amount=euro(40), stage="3")
    trade.payments.receive(order=order, amount=euro(40))
    assert ("EXCEEDS_PAID",) == refusal(lambda: trade.outgoing.refund(order=order, amount=euro(1), stage="1"))
    refund = trade.outgoing.refund(order=order, amount=euro(30), stage="3")
    assert [0, 0, 10] == assigned(trade, order)
    with pytest.raises(Refused) as refused:
        trade.payments.unpost(first.id)
    assert ("LATER_DOCUMENTS",) == refused.value.codes
    assert refund.number in str(refused.value)
    assert ("LATER_DOCUMENTS",) == refusal(lambda: trade.payments.allocate(first.id, []))
    trade.outgoing.unpost(refund.id)
    trade.payments.allocate(first.id, [])
    assert ([0, 0, 0], euro(-40)) == (assigned(trade, order), trade.partners.balance("acme")[0].by_order[""])


def test_payments_may_be_written_down_first() -> None:
    """A draft counts for nothing; when it is posted its stage must still be there."""
    trade = a_shop(stages=WITH_ADVANCE)
    order = placed(trade, chair=10).id
    draft = trade.payments.receive(order=order, amount=euro(10), stage="3", draft=True)
    assert 0 == trade.orders.get(order).paid
    trade.orders.edit(order, stages=PREPAID)
    assert ("UNKNOWN_STAGE",) == refusal(lambda: trade.payments.post(draft.id))
    trade.orders.edit(order, stages=WITH_ADVANCE)
    trade.payments.post(draft.id)
    assert [0, 0, 10] == assigned(trade, order)
    assert ("ALREADY_POSTED",) == refusal(lambda: trade.payments.post(draft.id))
    trade.orders.close_with_cancellation(order, reason="refused")
    assert ("ORDER_CLOSED",) == refusal(lambda: trade.payments.unpost(draft.id))


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({}, ("MISSING",)),
        ({"partner": "nobody"}, ("UNKNOWN_ID",)),
        ({"order": "nothing"}, ("UNKNOWN_ID",)),
        ({"partner": "acme", "stage": "1"}, ("MISSING",)),
        ({"partner": "acme", "amount": euro(0)}, ("NOT_POSITIVE",)),
        ({"allocations": [{"order": "nothing", "amount": 1}]}, ("UNKNOWN_ID",)),
        ({"order": "o", "allocations": []}, ("DUPLICATE",)),
        ({"order": "o", "partner": "bolt"}, ("OTHER_PARTNER",)),
        ({"order": "o", "amount": Money(1, "UAH")}, ("CURRENCY_MISMATCH",)),
        ({"allocations": [{"order": "o", "amount": 1}]}, ("MISSING",)),
    ],
)
def test_it_must_be_clear_who_paid_for_what(given: dict[str, Any], codes: tuple[str, ...]) -> None:
    """Everything unclear is told at once (D16, D17)."""
    trade = a_shop(stages=ON_CREDIT)
    trade.orders.place(customer="acme", warehouse="main", lines=[{"item": "chair", "quantity": 1}], id="o")
    assert codes == refusal(lambda: trade.payments.receive(**{"amount": euro(5)} | given))
    assert not trade.payments.find().items


def test_a_balance_is_refunded_as_far_as_it_goes() -> None:
    """What was meant for no order may go back; a supplier is paid from nothing."""
    trade = a_shop()
    trade.payments.receive(partner="acme", amount=euro(10))
    assert ("EXCEEDS_BALANCE",) == refusal(lambda: trade.outgoing.refund(partner="acme", amount=euro("10.01")))
    refund = trade.outgoing.refund(partner="acme", amount=euro(10))
    assert euro(0) == trade.partners.balance("acme")[0].debt
    trade.outgoing.unpost(refund.id)
    assert euro(-10) == trade.partners.balance("acme")[0].debt
    trade.outgoing.pay(partner="mill", amount=euro(5))
    assert euro(5) == trade.partners.balance("mill")[0].debt
    assert ("UNKNOWN_ID",) == refusal(lambda: trade.outgoing.pay(partner="nobody", amount=euro(5)))
    assert () == trade.partners.balance("bolt")
