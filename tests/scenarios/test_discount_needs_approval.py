"""A discount beyond the agreement needs somebody's word."""

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import PREPAID
from tradecore import NewLine, OrderState, Percent, Refused, Trade


def discounted(trade: Trade, discount: int) -> str:
    """The id of an order of ten chairs with a discount."""
    line = NewLine(item="chair", quantity=10, discount=discount)
    return trade.orders.place(customer="acme", warehouse="main", lines=[line]).id


def test_deviation_waits_for_approval(shop: Shop) -> None:
    """What departs from the agreement is not executed before it is approved (M2, M5, N3)."""
    trade = shop(stages=PREPAID, chair=20)
    order = discounted(trade, 25)
    explained = trade.orders.explain(order)
    assert ("75.00 EUR", ["lines[0].price"]) == (str(explained.total), [each.place for each in explained.deviations])
    with pytest.raises(Refused) as refused:
        trade.orders.execute(order)
    assert ("APPROVAL_REQUIRED",) == refused.value.codes
    assert "sold at 7.5, the agreement gives 10" in str(refused.value)

    approved = trade.acting_as("boss").orders.approve(order)
    assert ("boss", OrderState.AWAITING_APPROVAL) == (approved.approved_by, approved.state)
    assert OrderState.AWAITING_PREPAYMENT is trade.orders.execute(order, fill=True).state


def test_approval_covers_what_was_approved_and_no_more(shop: Shop) -> None:
    """A worse edit revokes an approval, a better one keeps it (M9, decision 12; beyond 4.7)."""
    trade = shop(stages=PREPAID, chair=20)
    order = discounted(trade, 25)
    trade.acting_as("boss").orders.approve(order)
    better = trade.orders.edit(order, lines=[NewLine(item="chair", quantity=10, discount=20)])
    assert "boss" == better.approved_by
    assert "boss" == trade.orders.edit(order, comment="call before delivery").approved_by
    worse = trade.orders.edit(order, lines=[NewLine(item="chair", quantity=10, discount=Percent("20.01"))])
    assert worse.approved_by is None
    with pytest.raises(Refused) as refused:
        trade.orders.execute(order)
    assert ("APPROVAL_REQUIRED",) == refused.value.codes


def test_usual_terms_need_nobody(shop: Shop) -> None:
    """An order on the terms of the agreement is executed at once (M1, M2)."""
    trade = shop(stages=PREPAID, chair=20)
    order = discounted(trade, 0)
    assert not trade.orders.explain(order).deviations
    assert OrderState.AWAITING_PREPAYMENT is trade.orders.execute(order, fill=True).state
