"""Money that comes in, goes back, and what of it counts for which order."""

from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.unit.builders import NOON, a_line, a_stage, an_order, euro
from tradecore import (
    Allocation,
    IncomingPayment,
    Money,
    OrderStatus,
    OutgoingPayment,
    PaymentPurpose,
    PurchaseOrder,
    SalesOrder,
    SalesReturn,
    StageKind,
)
from tradecore.documents import Posting
from tradecore.errors import Code, violation
from tradecore.registers import Balance
from tradecore.rules import paying
from tradecore.testing import factories


def an_order_of(*stages: str, paid: int = 0, **assigned: int) -> SalesOrder:
    """An order with stages of 50 by these ids, and money named for some, given as s1, s2."""
    made = tuple(
        a_stage(StageKind.PREPAYMENT, 50, id, share=50, assigned=Decimal(assigned.get(f"s{id}", 0))) for id in stages
    )
    return an_order(lines=[a_line(quantity=10)], stages=made, paid=Decimal(paid))


def for_order(amount: int, stage: str = "", order: str = "order") -> Allocation:
    """A part of a payment."""
    return Allocation(order=order, amount=Decimal(amount), stage=stage)


def a_payment(*parts: Allocation, amount: int = 100) -> IncomingPayment:
    """Money that came."""
    return IncomingPayment(
        id="ip",
        at=NOON,
        partner="acme",
        amount=Decimal(amount),
        currency="EUR",
        allocations=parts,
        posting=Posting.POSTED,
    )


def a_refund(*parts: Allocation, amount: int = 100) -> OutgoingPayment:
    """Money that went back."""
    return OutgoingPayment(id="op", at=NOON, partner="acme", amount=Decimal(amount), currency="EUR", allocations=parts)


def codes(violations: Any) -> list[str]:
    """The codes of violations."""
    return [each.code for each in violations]


@pytest.mark.parametrize(
    ("partner", "money", "parts", "expected"),
    [
        ("acme", euro(100), [for_order(100)], []),
        (None, euro(100), [for_order(100)], []),
        ("acme", euro(100), [for_order(60), for_order(60)], ["EXCEEDS_PAYMENT"]),
        ("acme", euro(100), [for_order(0)], ["NOT_POSITIVE"]),
        ("acme", euro(100), [for_order(1, order="other")], ["UNKNOWN_ID"]),
        ("bolt", euro(100), [for_order(1)], ["OTHER_PARTNER"]),
        ("acme", Money(100, "UAH"), [for_order(1)], ["CURRENCY_MISMATCH"]),
        ("acme", euro(100), [for_order(1, "9")], ["UNKNOWN_STAGE"]),
        (
            "bolt",
            euro(1),
            [for_order(-1), for_order(5, "9")],
            ["NOT_POSITIVE", "OTHER_PARTNER", "OTHER_PARTNER", "UNKNOWN_STAGE", "EXCEEDS_PAYMENT"],
        ),
    ],
)  # fmt: skip
def test_parts_fit_the_payment_and_the_payer(partner: Any, money: Money, parts: Any, expected: list[str]) -> None:
    """Everything that is wrong is told at once (D17)."""
    assert expected == codes(paying.check_allocations(partner, money, parts, {"order": an_order_of("1")}))


def test_payments_count_for_their_orders_and_stages() -> None:
    """Posting and un-posting are opposites; money of other orders does not count (D16)."""
    order = an_order_of("1", "2")
    payment = a_payment(for_order(10), for_order(20, "2"), for_order(5, "7"), for_order(65, order="other"))
    after = paying.paid(order, payment)
    assert (35, [0, 20]) == (after.paid, [stage.assigned for stage in after.stages])
    assert order == paying.paid(after, payment, -1)
    back = paying.paid(after, a_refund(for_order(20, "2")))
    assert (15, [0, 0]) == (back.paid, [stage.assigned for stage in back.stages])
    assert after == paying.paid(back, a_refund(for_order(20, "2")), -1)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([for_order(30)], []),
        ([for_order(31)], ["EXCEEDS_PAID"]),
        ([for_order(20), for_order(11)], ["EXCEEDS_PAID"]),
        ([for_order(20, "1")], []),
        ([for_order(21, "1")], ["EXCEEDS_PAID"]),
        ([for_order(1, "2")], ["EXCEEDS_PAID"]),
        ([for_order(99, order="other")], []),
    ],
)
def test_no_more_goes_back_than_came(parts: Any, expected: list[str]) -> None:
    """Of the order, and of the stage that is named (D20)."""
    assert expected == codes(paying.check_refund(parts, {"order": an_order_of("1", "2", paid=30, s1=20)}))


def test_payments_that_refunds_stand_on_stay() -> None:
    """Neither an order nor a stage may have given back more than it got; the refunds are named."""
    assert () == paying.check_not_negative(an_order_of("1"), [])
    (wrong,) = paying.check_not_negative(an_order_of("1", paid=-1), [a_refund()])
    assert ("LATER_DOCUMENTS", "outgoing payment op") == (wrong.code, wrong.details["documents"])
    (wrong,) = paying.check_not_negative(an_order_of("1", paid=50, s1=-1), [])
    assert "refunds of the order" == wrong.details["documents"]


def test_a_refund_from_the_balance_needs_a_balance() -> None:
    """What no order gives back stands on the partner's balance (D17)."""
    balance = Balance(("acme", "EUR", "", ""), (Decimal(0), Decimal(40)))
    assert () == paying.check_balance(a_refund(), Decimal(40), balance)
    assert ["EXCEEDS_BALANCE"] == codes(paying.check_balance(a_refund(), Decimal(41), balance))
    assert ["EXCEEDS_BALANCE"] == codes(paying.check_balance(a_refund(), Decimal(1), None))
    assert () == paying.check_balance(a_refund(), Decimal(0), None)


def a_purchase(**facts: Any) -> PurchaseOrder:
    """Goods ordered from the mill."""
    usual: dict[str, Any] = {"at": NOON, "supplier": "mill", "currency": "EUR", "lines": (), "posting": Posting.POSTED}
    return PurchaseOrder(id="po", **usual | facts)


def to_mill(*parts: Allocation, **facts: Any) -> OutgoingPayment:
    """Money for the mill."""
    return attrs.evolve(a_refund(*parts), partner="mill", purpose=PaymentPurpose.TO_SUPPLIER, **facts)


@pytest.mark.parametrize(
    ("payment", "purchase", "expected"),
    [
        (to_mill(for_order(100, order="po")), a_purchase(), []),
        (to_mill(), a_purchase(), []),
        (to_mill(for_order(1)), a_purchase(), ["UNKNOWN_ID"]),
        (to_mill(for_order(1, "1", order="po")), a_purchase(), ["UNKNOWN_STAGE"]),
        (to_mill(for_order(101, order="po")), a_purchase(), ["EXCEEDS_PAYMENT"]),
        (to_mill(for_order(1, order="po")), a_purchase(posting=Posting.DRAFT), ["NOT_POSTED"]),
        (to_mill(for_order(1, order="po")), a_purchase(supplier="saw", currency="UAH"), ["OTHER_PARTNER", "CURRENCY_MISMATCH"]),
    ],
)  # fmt: skip
def test_suppliers_are_paid_for_their_own_orders(
    payment: OutgoingPayment, purchase: PurchaseOrder, expected: list[str]
) -> None:
    """The allocations of a payment to a supplier name purchase orders, which have no stages (B6)."""
    assert expected == codes(paying.check_outgoing(payment, {"po": purchase}))


def test_a_purchase_order_knows_what_is_paid() -> None:
    """By those payments that name it, as often as they do; taking one back lowers it again (B6)."""
    payment = to_mill(for_order(60, order="po"), for_order(15, order="po"), for_order(5, order="other"))
    paid = paying.paid(a_purchase(), payment)
    assert (75, 0) == (paid.paid, paying.paid(paid, payment, -1).paid)


def test_parts_of_a_payment_are_no_finer_than_money() -> None:
    """A tenth of a cent cannot be allocated."""
    part = attrs.evolve(for_order(1), amount=Decimal("0.001"))
    assert ["TOO_MANY_DECIMALS"] == codes(
        paying.check_allocations("acme", euro(1), [part], {"order": an_order_of("1")})
    )


def test_refusals_speak_the_words_of_the_caller() -> None:
    """Who named one order is told of `order`, not of allocations he never wrote; nothing is told twice."""
    wrong = paying.check_allocations("bolt", euro(0), [for_order(0, "9")], {"order": an_order_of("1")})
    again = violation(Code.NOT_POSITIVE, "amount", value=euro(0))
    told = [(each.code, each.place) for each in paying.as_said("order", [again, *wrong])]
    assert [("NOT_POSITIVE", "amount"), ("OTHER_PARTNER", "order"), ("UNKNOWN_STAGE", "stage")] == told
    assert "allocations[0].order" in [each.place for each in paying.as_said(None, wrong)]
    draft = paying.check_paying_suppliers({"po": a_purchase(posting=Posting.DRAFT)})
    assert ["purchase_order"] == [each.place for each in paying.as_said("po", draft, name="purchase_order")]


def test_closed_orders_are_paid_no_more_but_refunded() -> None:
    """A draft neither way."""
    closed = an_order(status=OrderStatus.CLOSED, paid=Decimal(5))
    assert ["ORDER_CLOSED"] == codes(paying.check_paying(closed))
    assert [] == codes((*paying.check_paying(an_order()), *paying.check_refunding(closed)))
    assert ["EXCEEDS_PAID"] == codes(paying.check_refunding(an_order()))
    draft = an_order(posting=Posting.DRAFT)
    assert ["NOT_POSTED", "NOT_POSTED"] == codes((*paying.check_paying(draft), *paying.check_refunding(draft)))


def test_what_no_order_gets_stands_on_the_balance() -> None:
    """The rest of a payment, in its currency (D17)."""
    payment = a_payment(for_order(60))
    assert (Decimal(40), euro(100)) == (payment.unallocated, payment.money)


def test_a_return_credits_what_was_not_given_back_yet() -> None:
    """Less what went back for it already; what was overpaid may go back in any case (D20)."""
    order = an_order_of("1", "2", paid=100)
    back = a_return(30, refunded=10)
    for amount, wrong in ((20, []), (21, ["EXCEEDS_RETURN"])):
        payment = a_refund(for_order(amount), amount=amount)
        assert wrong == codes(paying.check_return_refund(payment, back, order))
    overpaid = attrs.evolve(order, paid=Decimal(140))
    assert () == paying.check_return_refund(a_refund(for_order(40), amount=40), back, overpaid)
    (short,) = paying.check_return_refund(a_refund(for_order(41), amount=41), back, overpaid)
    assert ("41.00 EUR", "20.00 EUR", "40.00 EUR") == tuple(
        str(short.details[name]) for name in ("wanted", "left", "overpaid")
    )


def test_a_refund_for_a_return_is_wholly_for_its_order() -> None:
    """Another order, a part from the balance, or a return that is a draft: refused."""
    order, back = an_order_of("1", "2", paid=100), a_return(30)
    for payment in (a_refund(for_order(5, order="other"), amount=5), a_refund(for_order(5), amount=6), a_refund()):
        assert ["RETURN_OF_OTHER_ORDER"] == codes(paying.check_return_refund(payment, back, order))
    draft = attrs.evolve(back, posting=Posting.DRAFT)
    assert ["NOT_POSTED"] == codes(paying.check_return_refund(a_refund(for_order(5), amount=5), draft, order))


def test_a_return_remembers_its_refunds() -> None:
    """They are added when posted and taken off when un-posted; while there are some, it stands."""
    payment = a_refund(for_order(5), amount=5)
    after = paying.refunded(a_return(30), payment)
    assert 5 == after.refunded
    assert ["LATER_DOCUMENTS"] == codes(paying.check_not_refunded(after, [payment]))
    assert () == paying.check_not_refunded(paying.refunded(after, payment, -1), [])


@pytest.mark.parametrize(
    ("via", "fee", "wrong"),
    [
        (None, None, []),
        ("visa", None, []),
        ("visa", 0, []),
        ("visa", 100, []),
        ("visa", 101, ["OUT_OF_RANGE"]),
        ("visa", -1, ["OUT_OF_RANGE"]),
        (None, 1, ["MISSING"]),
        ("acme", 1, ["INTERMEDIARY_IS_PAYER"]),
    ],
)
def test_an_intermediary_keeps_its_fee_out_of_the_amount(via: str | None, fee: int | None, wrong: list[str]) -> None:
    """It is somebody else than the payer, and keeps no more than there is (D19)."""
    given = None if fee is None else euro(fee)
    assert wrong == codes(paying.check_intermediary("acme", euro(100), via, given))


def test_a_fee_is_in_the_currency_of_its_payment() -> None:
    """A service keeps a part of what it collects."""
    found = paying.check_intermediary("acme", euro(100), "visa", Money(1, "USD"))
    assert ["CURRENCY_MISMATCH"] == codes(found)


def test_only_money_of_customers_and_for_suppliers_pays_orders() -> None:
    """A payout and another payment are for none."""
    for purpose in PaymentPurpose:
        found = paying.check_pays_orders(attrs.evolve(a_payment(), purpose=purpose))
        none = purpose in (PaymentPurpose.PAYOUT, PaymentPurpose.OTHER)
        assert (["PAYS_NO_ORDER"] if none else []) == codes(found)


def a_return(amount: int, *, refunded: int = 0) -> SalesReturn:
    """Goods of the order that came back."""
    return attrs.evolve(
        factories.a_sales_return(), order="order", refunded=Decimal(refunded),
        lines=(attrs.evolve(factories.a_sales_return().lines[0], amount=Decimal(amount)),),
    )  # fmt: skip
