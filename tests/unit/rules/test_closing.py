"""Closing orders and cancelling quantities."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import USUAL, a_line, a_service, an_order, promised, released, reserved, waiting
from tradecore import OrderStatus, SalesOrder, Settings
from tradecore.documents import Cancellation
from tradecore.documents.inputs import LineCancellation
from tradecore.documents.sales_order import HELD
from tradecore.rules import closing

STRICT = Settings()
FREE = Settings(forbid_close_partly_shipped=False, forbid_close_partly_paid=False)


def half_shipped(*, paid: int = 0, **facts: Any) -> SalesOrder:
    """An order of ten chairs for 100, five of them shipped."""
    line = a_line(
        quantity=10, shipped=Decimal(5), shipped_amount=Decimal(50), **{"provisions": (reserved(5),), **facts}
    )
    return an_order(lines=[line], paid=Decimal(paid))


def codes(violations: Any) -> list[str]:
    """The codes of violations."""
    return [each.code for each in violations]


@pytest.mark.parametrize(
    ("shipped", "paid", "expected"),
    [
        (True, True, ["NOT_FULLY_SHIPPED", "NOT_FULLY_PAID"]),
        (True, False, ["NOT_FULLY_SHIPPED"]),
        (False, True, ["NOT_FULLY_PAID"]),
        (False, False, []),
    ],
)
def test_each_control_is_a_setting(shipped: bool, paid: bool, expected: list[str]) -> None:
    """Not shipped and not cancelled (H7), not paid (H8), or neither is looked at (H9)."""
    settings = Settings(forbid_close_partly_shipped=shipped, forbid_close_partly_paid=paid)
    assert expected == codes(closing.check_closing(half_shipped(paid=50), settings))


def test_a_finished_order_is_closed_as_it_is() -> None:
    """Everything shipped and paid; returns need not be paid (H1, H8)."""
    line = a_line(quantity=10, shipped=Decimal(10), shipped_amount=Decimal(100), returned_amount=Decimal(20))
    order = an_order(lines=[line], paid=Decimal(80))
    assert [] == codes(closing.check_closing(order, STRICT))
    assert (OrderStatus.CLOSED, order.lines) == (closing.close(order).status, closing.close(order).lines)
    again = closing.close(order)
    assert ["ORDER_CLOSED"] == codes(closing.check_closing(again, FREE))


def test_without_control_the_rest_is_recorded() -> None:
    """What was left is cancelled with a reason of its own, and nothing stays held (decision 14)."""
    after = closing.close(half_shipped())
    rest = Cancellation(quantity=Decimal(5), reason="CLOSED_WITHOUT_CONTROL", by_closing=True)
    assert (rest,) == after.lines[0].cancellations
    assert ((), 0) == (after.lines[0].provisions, after.lines[0].open)


def test_cancellation_needs_a_reason_for_every_open_line() -> None:
    """A reason of the line or a common one; shipped lines need none (H2, H3)."""
    done = a_line("3", shipped=Decimal(1), shipped_amount=Decimal(10))
    order = an_order(lines=[a_line("1"), a_line("2"), done], paid=Decimal(10))
    check = closing.check_closing_with_cancellation
    assert ["REASON_REQUIRED", "REASON_REQUIRED"] == codes(check(order, {}, None, STRICT))
    assert ["lines[1].reason"] == [each.place for each in check(order, {"1": "refused"}, None, STRICT)]
    assert [] == codes(check(order, {"1": "refused"}, "unpaid", STRICT))
    assert ["UNKNOWN_LINE"] == codes(check(order, {"9": "refused"}, "unpaid", STRICT))
    assert ["ORDER_CLOSED"] == codes(check(an_order(status=OrderStatus.CLOSED), {}, "unpaid", STRICT))


@pytest.mark.parametrize(
    ("shipped", "paid", "off"),
    [
        (True, True, None),
        (True, False, "forbid_close_partly_paid"),
        (False, True, "forbid_close_partly_shipped"),
        (False, False, "forbid_close_partly_shipped, forbid_close_partly_paid"),
    ],
)
def test_the_strict_reading_offers_cancellation_beside_both_controls_only(
    shipped: bool, paid: bool, off: str | None
) -> None:
    """What is switched off is named; the usual reading offers it always (H9)."""
    flags = {"forbid_close_partly_shipped": shipped, "forbid_close_partly_paid": paid}
    check, order = closing.check_closing_with_cancellation, half_shipped(paid=50)
    assert [] == codes(check(order, {}, "refused", Settings(**flags)))
    found = check(order, {}, "refused", Settings(**flags, close_with_cancellation_needs_controls=True))
    assert ([] if off is None else [off]) == [each.details["off"] for each in found]


def test_closing_and_uncancelling_are_inverse() -> None:
    """What closing cancelled is open again, under the reasons it had before (decision 11)."""
    order = closing.cancel(half_shipped(), {"1": Decimal(2)}, {}, "refused")
    closed = closing.close_with_cancellation(order, {}, "refused")
    assert (5, 0) == (closed.lines[0].cancelled, closed.lines[0].open)
    again = closing.uncancelled(closed)
    assert (order.lines[0].cancellations, 3) == (again.lines[0].cancellations, again.lines[0].open)


def test_what_was_shipped_must_be_paid_even_with_cancellation() -> None:
    """The cancelled part need not be (H8)."""
    check = closing.check_closing_with_cancellation
    (wrong,) = check(half_shipped(paid=49), {}, "refused", STRICT)
    assert ("NOT_FULLY_PAID", "1.00 EUR", "50.00 EUR") == (
        wrong.code,
        str(wrong.details["missing"]),
        str(wrong.details["due"]),
    )
    assert [] == codes(check(half_shipped(paid=50), {}, "refused", STRICT))
    assert [] == codes(check(half_shipped(), {}, "refused", FREE))


def test_remaining_quantity_is_cancelled_not_the_line() -> None:
    """A line's own reason wins over the common one (H2, H3)."""
    order = an_order(lines=[*half_shipped().lines, a_line("2", quantity=3)])
    after = closing.close_with_cancellation(order, {"2": "unpaid"}, "refused")
    assert [[("refused", 5)], [("unpaid", 3)]] == [
        [(each.reason, int(each.quantity)) for each in line.cancellations] for line in after.lines
    ]
    assert OrderStatus.CLOSED is after.status


def test_some_quantity_is_cancelled_and_the_order_goes_on() -> None:
    """First what nothing is held for, then promises, reserves and released goods (H12)."""
    parts = (waiting(2), promised(2), reserved(2), released(2))
    order = an_order(lines=[a_line(quantity=10, provisions=parts)])
    held = []
    for quantity in (1, 2, 4, 6, 8, 10):
        line = closing.cancel(order, {"1": Decimal(quantity)}, {}, "refused").lines[0]
        held.append((int(line.unprovided), len(line.provisions), int(line.held(*HELD))))
    assert [(1, 4, 4), (0, 4, 4), (0, 3, 4), (0, 2, 4), (0, 1, 2), (0, 0, 0)] == held


def test_reasons_add_up() -> None:
    """Cancelling twice for one reason is one cancellation; a service is cancelled like goods."""
    order = an_order(lines=[a_service("1", quantity=5)])
    for reason in ("refused", "unpaid", "refused"):
        order = closing.cancel(order, {"1": Decimal(1)}, {}, reason)
    assert [("refused", 2), ("unpaid", 1)] == [
        (each.reason, int(each.quantity)) for each in order.lines[0].cancellations
    ]


def test_quantities_to_cancel_are_checked() -> None:
    """Given ones are above zero and open, of lines that exist; left out means all that is open."""
    order = half_shipped()
    assert (
        {"1": 5}
        == closing.wanted_quantities(order, None, USUAL)
        == closing.wanted_quantities(order, [LineCancellation(line="1")], USUAL)
    )
    assert {"9": 0} == closing.wanted_quantities(order, [LineCancellation(line="9")], USUAL)
    assert {"1": 2} == closing.wanted_quantities(order, [LineCancellation(line="1", quantity=Decimal(2))], USUAL)
    found = [
        closing.check_quantities(order, {id: Decimal(n)}, USUAL) for id, n in (("1", 5), ("1", 6), ("1", 0), ("9", 1))
    ]
    assert [[], ["EXCEEDS_OPEN"], ["NOT_POSITIVE"], ["UNKNOWN_LINE"]] == [codes(each) for each in found]


def test_there_must_be_something_to_cancel() -> None:
    """A fully shipped or closed order has nothing open."""
    done = an_order(lines=[a_line(shipped=Decimal(1), shipped_amount=Decimal(10))])
    assert ["NOTHING_TO_CANCEL"] == codes(closing.check_cancelling(done, USUAL))
    assert ["ORDER_CLOSED"] == codes(closing.check_cancelling(an_order(status=OrderStatus.CLOSED), USUAL))
    assert [] == codes(closing.check_cancelling(an_order(), USUAL))
