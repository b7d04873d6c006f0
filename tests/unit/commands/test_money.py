"""Commands of payments beside the great stories."""

from typing import Any

import pytest

from tests.unit.builders import DAY, ON_CREDIT, PREPAID, WITH_ADVANCE, a_shop, euro, executed, placed
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


def bought(trade: Trade, price: int = 4, **facts: Any) -> str:
    """The id of a purchase order of ten chairs."""
    lines = [{"item": "chair", "quantity": 10, "price": price, "expected_on": DAY}]
    usual: dict[str, Any] = {"supplier": "mill", "warehouse": "main", "currency": "EUR", "lines": lines}
    return trade.purchases.place(**usual | facts).id


def owed_to(trade: Trade, partner: str = "mill") -> dict[str, str]:
    """What we owe a supplier for each purchase order."""
    return {order: str(-debt) for order, debt in trade.partners.balance(partner)[0].by_purchase.items()}


def test_a_supplier_is_paid_for_purchase_orders() -> None:
    """One payment over two orders and a rest; each order knows what is paid (B6)."""
    trade = a_shop()
    first, second = bought(trade), bought(trade, price=1)
    assert ("40.00", "10.00") == tuple(str(trade.purchases.get(id).total) for id in (first, second))
    parts = [{"order": first, "amount": 30}, {"order": second, "amount": 10}]
    payment = trade.outgoing.pay(partner="mill", amount=euro(45), allocations=parts)
    assert [30, 10] == [trade.purchases.get(id).paid for id in (first, second)]
    trade.receipts.receive(purchase_order=first)
    assert {first: "10.00 EUR", second: "-10.00 EUR", "": "-5.00 EUR"} == owed_to(trade)
    assert euro(5) == trade.partners.balance("mill")[0].debt, "he owes us what was paid for and did not come"
    moved = trade.outgoing.allocate(payment.id, [{"order": first, "amount": 45}])
    assert (1, 0) == (len(moved.allocations), trade.purchases.get(second).paid)
    assert {first: "-5.00 EUR", second: "0.00 EUR", "": "0.00 EUR"} == owed_to(trade)


def test_a_purchase_order_that_is_paid_for_is_not_taken_back() -> None:
    """The payment is named, and taken back first; both may be posted again (B6)."""
    trade = a_shop()
    order = bought(trade)
    payment = trade.outgoing.pay(purchase_order=order, amount=euro(40), comment="all at once")
    assert ("mill", "all at once") == (payment.partner, payment.comment)
    with pytest.raises(Refused) as refused:
        trade.purchases.unpost(order)
    assert ("LATER_DOCUMENTS",) == refused.value.codes
    assert payment.number in str(refused.value)
    trade.outgoing.unpost(payment.id)
    assert 0 == trade.purchases.get(order).paid
    trade.purchases.unpost(order)
    assert ("NOT_POSTED",) == refusal(lambda: trade.outgoing.post(payment.id))
    trade.purchases.post(order)
    assert payment.number == trade.outgoing.post(payment.id).number
    assert ("ALREADY_POSTED",) == refusal(lambda: trade.outgoing.post(payment.id))
    assert 40 == trade.purchases.get(order).paid


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, [("MISSING", "partner")]),
        ({"partner": "nobody"}, [("UNKNOWN_ID", "partner")]),
        ({"purchase_order": "nothing"}, [("UNKNOWN_ID", "purchase_order")]),
        ({"purchase_order": "po", "partner": "acme"}, [("OTHER_PARTNER", "purchase_order")]),
        ({"purchase_order": "po", "amount": Money(1, "UAH")}, [("CURRENCY_MISMATCH", "purchase_order")]),
        ({"purchase_order": "po", "amount": euro(0)}, [("NOT_POSITIVE", "amount")]),
        ({"purchase_order": "po", "allocations": []}, [("DUPLICATE", "allocations")]),
        ({"purchase_order": "draft"}, [("NOT_POSTED", "purchase_order")]),
        (
            {"partner": "mill", "allocations": [{"order": "po", "amount": 6, "stage": "1"}]},
            [("UNKNOWN_STAGE", "allocations[0].stage"), ("EXCEEDS_PAYMENT", "allocations")],
        ),
    ],
)
def test_it_must_be_clear_who_is_paid_for_what(given: dict[str, Any], told: list[tuple[str, str]]) -> None:
    """Everything unclear is told at once, at its place, and nothing is written."""
    trade = a_shop()
    bought(trade, id="po")
    bought(trade, id="draft", draft=True)
    with pytest.raises(Refused) as refused:
        trade.outgoing.pay(**{"amount": euro(5)} | given)
    assert told == [(each.code, each.place) for each in refused.value.violations]
    assert not trade.outgoing.find().items


def test_a_refund_is_posted_again_under_all_controls() -> None:
    """Written down first or taken back: it is checked against what has come to be since (D20)."""
    trade = a_shop(stages=WITH_ADVANCE, chair=10)
    order = executed(trade, chair=10).id
    payment = trade.payments.receive(order=order, amount=euro(30))
    draft = trade.outgoing.refund(order=order, amount=euro(20), draft=True)
    assert 30 == trade.orders.get(order).paid
    other = trade.outgoing.refund(order=order, amount=euro(20))
    assert ("EXCEEDS_PAID",) == refusal(lambda: trade.outgoing.post(draft.id))
    trade.outgoing.unpost(other.id)
    trade.outgoing.post(draft.id)
    assert ("EXCEEDS_PAID",) == refusal(lambda: trade.outgoing.post(other.id))
    assert 10 == trade.orders.get(order).paid
    trade.outgoing.unpost(draft.id)
    trade.payments.unpost(payment.id)
    assert ("EXCEEDS_PAID",) == refusal(lambda: trade.outgoing.post(draft.id))


def test_a_refund_from_the_balance_is_posted_again_while_there_is_one() -> None:
    """The free balance of the customer is the control; a refund moved to an order gives it back (D17, D20)."""
    trade = a_shop(stages=PREPAID)
    trade.payments.receive(partner="acme", amount=euro(10))
    first = trade.outgoing.refund(partner="acme", amount=euro(10))
    trade.outgoing.unpost(first.id)
    second = trade.outgoing.refund(partner="acme", amount=euro(4))
    assert ("EXCEEDS_BALANCE",) == refusal(lambda: trade.outgoing.post(first.id))
    order = placed(trade, chair=1).id
    trade.payments.receive(order=order, amount=euro(10))
    beyond = [{"order": order, "amount": 4}, {"order": "none", "amount": 1}]
    assert ("UNKNOWN_ID", "EXCEEDS_PAYMENT") == refusal(lambda: trade.outgoing.allocate(second.id, beyond))
    trade.outgoing.allocate(second.id, [{"order": order, "amount": 4}])
    assert 6 == trade.orders.get(order).paid
    trade.outgoing.post(first.id)
    assert ("EXCEEDS_BALANCE",) == refusal(lambda: trade.outgoing.allocate(second.id, []))


def test_a_partner_on_both_sides_has_two_balances_and_one_debt() -> None:
    """What a supplier is paid does not come from what he paid as a customer (D18)."""
    trade = a_shop()
    trade.payments.receive(partner="mill", amount=euro(10))
    trade.outgoing.pay(partner="mill", amount=euro(25))
    (balance,) = trade.partners.balance("mill")
    assert (euro(15), {"": euro(-10)}, {"": euro(25)}) == (balance.debt, balance.by_order, balance.by_purchase)
    trade.outgoing.refund(partner="mill", amount=euro(10))
    assert euro(25) == trade.partners.balance("mill")[0].debt
