"""Commands of shipments, returns, purchases and receipts beside the great stories."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import DAY, NOON, ON_CREDIT, a_shop, euro, executed
from tradecore import NotFound, PurchaseOrder, Refused, Trade
from tradecore.documents import Posting

ONE = [{"line": "1", "quantity": 1}]
CHAIRS = {"item": "chair", "quantity": 5, "price": 4, "expected_on": DAY}


def refusal(call: Any) -> tuple[str, ...]:
    """The codes a call is refused with."""
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.codes


def bought(trade: Trade, **facts: Any) -> PurchaseOrder:
    """A purchase order of five chairs."""
    usual: dict[str, Any] = {"supplier": "mill", "warehouse": "main", "currency": "EUR", "lines": [CHAIRS]}
    return trade.purchases.place(**usual | facts)


def test_a_shipment_may_be_written_down_first() -> None:
    """A draft moves nothing and controls nothing; posting does both."""
    trade = a_shop(stages=ON_CREDIT, chair=5)
    order = executed(trade, chair=3)
    first, second = trade.shipments.draft(order.id), trade.shipments.draft(order.id, lines=ONE)
    assert (Posting.DRAFT, 3, 5) == (
        first.posting,
        first.lines[0].quantity,
        trade.stock.balance("chair", "main").on_hand.value,
    )
    assert Posting.POSTED is trade.shipments.post(second.id).posting
    assert ("EXCEEDS_OPEN",) == refusal(lambda: trade.shipments.post(first.id))
    assert ("ALREADY_POSTED",) == refusal(lambda: trade.shipments.post(second.id))
    assert ("NOT_POSTED",) == refusal(lambda: trade.shipments.unpost(first.id))
    assert ("UNKNOWN_LINE",) == refusal(lambda: trade.shipments.draft(order.id, lines=[{"line": "9", "quantity": 1}]))
    assert ("DUPLICATE",) == refusal(lambda: trade.orders.ship(order.id, lines=ONE * 2))
    assert "EMPTY" in refusal(lambda: trade.orders.ship(order.id, lines=[]))


def test_credit_counts_from_the_first_shipment_that_stands() -> None:
    """Taking back or re-dating a shipment moves the due date (D6)."""
    trade = a_shop(stages=ON_CREDIT)
    trade.stock_receipts.receive(
        warehouse="main", lines=[{"item": "chair", "quantity": 5}], at=NOON - timedelta(days=30)
    )
    order = executed(trade, chair=3)

    def due() -> date | None:
        return trade.orders.get(order.id).due_on

    first = trade.orders.ship(order.id, lines=ONE, at=NOON - timedelta(days=2))
    second = trade.orders.ship(order.id, lines=ONE, at=NOON - timedelta(days=1))
    assert DAY + timedelta(days=28) == due()
    trade.shipments.unpost(second.id)
    assert DAY + timedelta(days=28) == due()
    trade.shipments.post(second.id)
    trade.shipments.unpost(first.id)
    assert DAY + timedelta(days=29) == due()
    trade.shipments.redate(second.id, NOON)
    assert DAY + timedelta(days=30) == due()
    trade.shipments.redate(first.id, NOON - timedelta(days=9))
    assert DAY + timedelta(days=30) == due(), "a draft says nothing"
    trade.shipments.unpost(second.id)
    assert due() is None


def test_returns_may_be_written_down_taken_back_and_posted_again() -> None:
    """Each time shipment, order and stock follow (K11)."""
    trade = a_shop(stages=ON_CREDIT, chair=5)
    order = executed(trade, chair=3)
    shipment = trade.orders.ship(order.id)
    draft = trade.returns.receive(shipment.id, lines=ONE, draft=True)

    def figures() -> tuple[int, ...]:
        numbers = trade.orders.get(order.id).returned_amount, trade.shipments.get(shipment.id).lines[0].returned
        return tuple(map(int, (*numbers, trade.stock.balance("chair", "main").on_hand.value)))

    assert (0, 0, 2) == figures()
    trade.returns.post(draft.id)
    assert (10, 1, 3) == figures()
    trade.returns.unpost(draft.id)
    assert (0, 0, 2) == figures()
    trade.returns.receive(shipment.id)
    assert ("EXCEEDS_SHIPPED",) == refusal(lambda: trade.returns.post(draft.id))
    assert ("EMPTY",) == refusal(lambda: trade.returns.receive(shipment.id))


def test_a_return_whose_goods_have_left_again_stays() -> None:
    """The documents that used them are named."""
    trade = a_shop(stages=ON_CREDIT, chair=3)
    shipment = trade.orders.ship(executed(trade, chair=3).id)
    back = trade.returns.receive(shipment.id)
    again = trade.orders.ship(executed(trade, chair=2).id)
    with pytest.raises(Refused) as refused:
        trade.returns.unpost(back.id)
    assert ("LATER_DOCUMENTS",) == refused.value.codes
    assert again.id in str(refused.value)


def test_a_return_is_not_before_its_shipment() -> None:
    """Neither when it is received nor when the shipment is dated later."""
    trade = a_shop(stages=ON_CREDIT, chair=3)
    shipment = trade.orders.ship(executed(trade, chair=3).id)
    early = NOON - timedelta(minutes=1)
    assert ("OUT_OF_RANGE",) == refusal(lambda: trade.returns.receive(shipment.id, at=early))
    back = trade.returns.receive(shipment.id, lines=ONE, at=NOON + timedelta(hours=1))
    trade.shipments.redate(shipment.id, NOON + timedelta(minutes=30))
    with pytest.raises(Refused) as refused:
        trade.shipments.redate(shipment.id, NOON + timedelta(hours=2))
    assert "LATER_DOCUMENTS" in refused.value.codes
    assert back.number in str(refused.value)


def test_purchases_may_be_written_down_first() -> None:
    """A draft is expected by nobody and receives nothing."""
    trade = a_shop()
    draft = bought(trade, draft=True)

    def expected() -> Decimal:
        return trade.stock.balance("chair", "main").expected.value

    assert 0 == expected()
    assert ("NOT_POSTED",) == refusal(lambda: trade.receipts.receive(purchase_order=draft.id))
    trade.purchases.post(draft.id)
    assert 5 == expected()
    receipt = trade.receipts.receive(purchase_order=draft.id, draft=True)
    assert 5 == expected()
    trade.receipts.post(receipt.id)
    assert 0 == expected()
    assert ("LATER_DOCUMENTS",) == refusal(lambda: trade.purchases.unpost(draft.id))
    trade.receipts.unpost(receipt.id)
    assert 5 == expected()
    trade.purchases.unpost(draft.id)
    assert 0 == expected()
    assert ("NOT_POSTED",) == refusal(lambda: trade.receipts.post(receipt.id))


def test_everything_wrong_with_a_purchase_is_told_at_once() -> None:
    """Partner, places, goods, currency."""
    trade = a_shop()
    lines = [CHAIRS | {"item": "lamp"}, CHAIRS | {"warehouse": "moon", "id": "1"}]
    wrong = refusal(lambda: bought(trade, supplier="nobody", currency="ZZZ", lines=lines))
    assert ["DUPLICATE", "UNKNOWN_CURRENCY", "UNKNOWN_ID", "UNKNOWN_ID", "UNKNOWN_ID"] == sorted(wrong)
    alone: dict[str, Any] = {"lines": [{"item": "chair", "quantity": 1, "price": 1}]}
    assert {"MISSING"} == set(refusal(lambda: trade.receipts.receive(**alone)))
    assert ("UNKNOWN_CURRENCY",) == refusal(
        lambda: trade.receipts.receive(**alone, supplier="mill", warehouse="main", currency="ZZZ")
    )


def test_stock_receipts_may_be_corrected() -> None:
    """Written down, posted, dated, taken back (K17)."""
    trade = a_shop()
    draft = trade.stock_receipts.receive(warehouse="main", lines=[{"item": "chair", "quantity": 5}], draft=True)
    assert 0 == trade.stock.balance("chair", "main").on_hand.value
    trade.stock_receipts.post(draft.id)
    trade.stock_receipts.redate(draft.id, NOON - timedelta(days=1))
    assert 5 == trade.stock.balance("chair", "main").on_hand.value
    trade.stock_receipts.unpost(draft.id)
    assert 0 == trade.stock.balance("chair", "main").on_hand.value
    receipt = trade.receipts.receive(
        supplier="mill", warehouse="main", currency="EUR", lines=[{"item": "chair", "quantity": 1, "price": 1}]
    )
    assert NOON - timedelta(days=1) == trade.receipts.redate(receipt.id, NOON - timedelta(days=1)).at


def test_an_order_knows_its_documents() -> None:
    """Also those of goods given away, that settle nothing (B10)."""
    trade = a_shop(stages=ON_CREDIT, chair=3)
    order = trade.orders.place(
        customer="acme", warehouse="main", lines=[{"item": "chair", "quantity": 2, "discount": 100}]
    )
    order = trade.orders.approve(order.id, execute=True, fill=True)
    shipment = trade.orders.ship(order.id)
    assert [shipment.id] == [each.id for each in trade.orders.documents(order.id)]
    trade.shipments.unpost(shipment.id)
    assert () == trade.orders.documents(order.id)


def test_ids_of_another_kind_are_not_found() -> None:
    """An order is not a shipment."""
    trade = a_shop(stages=ON_CREDIT, chair=3)
    order = executed(trade, chair=1)
    with pytest.raises(NotFound):
        trade.shipments.get(order.id)
    payment = trade.payments.receive(order=order.id, amount=euro(1))
    with pytest.raises(NotFound):
        trade.outgoing.unpost(payment.id)
