"""What was written by mistake is marked for deletion (000, the last step): nothing is lost, and nothing of it counts."""

from typing import Any

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import owes, shelf
from tests.unit.builders import ON_CREDIT, PREPAID, euro, executed, placed
from tradecore import Event, OrderState, OrderStatus, Refused, SalesOrder
from tradecore.documents import Posting


def refusal(call: Any) -> tuple[str, ...]:
    """The codes a call is refused with."""
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.codes


def test_a_marked_order_lets_go_of_everything_and_leaves_the_list(shop: Shop) -> None:
    """Its reserve is free again; it is found only by whoever asks for it, and it can come back as a draft."""
    trade = shop(stages=PREPAID, chair=5)
    order = executed(trade, chair=3).id
    other = placed(trade, chair=1).id
    assert ("5", "3") == shelf(trade, "chair")
    marked = trade.orders.mark(order)
    assert (Posting.MARKED, None, ()) == (marked.posting, marked.state, marked.lines[0].provisions)
    assert ("5", "0") == shelf(trade, "chair")
    assert [other] == [each.id for each in trade.orders.find()] == [each.id for each in trade.orders.stream()]
    assert [order] == [each.id for each in trade.orders.find(posting=Posting.MARKED)]
    assert 2 == len(trade.orders.find(posting=list(Posting)))

    for call in (
        lambda: trade.orders.mark(order),
        lambda: trade.orders.post(order),
        lambda: trade.orders.edit(order, comment="x"),
    ):
        assert ("MARKED",) == refusal(call)
    assert ("NOT_POSTED",) == refusal(lambda: trade.payments.receive(order=order, amount=euro(1)))
    assert ["unmark"] == [each.command for each in trade.orders.allowed(order) if each.allowed]

    draft = trade.orders.unmark(order)
    assert (Posting.DRAFT, OrderStatus.ON_APPROVAL) == (draft.posting, draft.status)
    assert ("NOT_MARKED",) == refusal(lambda: trade.orders.unmark(order))
    assert OrderState.AWAITING_APPROVAL is trade.orders.post(order).state
    told: list[Event] = []
    trade.relay(told.append)
    assert ["DocumentMarked", "DocumentUnmarked"] == [each.type for each in told if "arked" in each.type]


def test_an_order_with_documents_is_not_marked_and_they_are_named(shop: Shop) -> None:
    """A payment and its refund add up to nothing, and still stand on it; once they are marked themselves it can go."""
    trade = shop(stages=ON_CREDIT, chair=5)
    order = executed(trade, chair=2).id
    shipment = trade.orders.ship(order, lines=[{"line": "1", "quantity": 1}])
    payment = trade.payments.receive(order=order, amount=euro(5))
    refund = trade.outgoing.refund(order=order, amount=euro(5))
    with pytest.raises(Refused) as refused:
        trade.orders.mark(order)
    assert all(each.number in str(refused.value) for each in (shipment, payment, refund))
    assert ["LATER_DOCUMENTS"] == [
        each.code for option in trade.orders.allowed(order) if option.command == "mark" for each in option.refused
    ]

    assert ("LATER_DOCUMENTS",) == refusal(lambda: trade.payments.mark(payment.id)), "a refund stands on it"
    assert Posting.MARKED is trade.outgoing.mark(refund.id).posting
    assert Posting.MARKED is trade.payments.mark(payment.id).posting
    assert (("4", "1"), "10.00 EUR") == (shelf(trade, "chair"), owes(trade))
    assert Posting.MARKED is trade.shipments.mark(shipment.id).posting
    assert (("5", "2"), "0.00 EUR") == (shelf(trade, "chair"), owes(trade))
    assert Posting.MARKED is trade.orders.mark(order).posting
    assert ("5", "0") == shelf(trade, "chair")
    assert [] == [*trade.shipments.find(), *trade.payments.find(), *trade.outgoing.find()]


def test_every_document_can_be_marked_and_come_back(shop: Shop) -> None:
    """Purchases, receipts and opening balances: un-posted by the mark, refused where goods have gone on."""
    trade = shop(stages=ON_CREDIT)
    stock = trade.stock_receipts.receive(warehouse="main", lines=[{"item": "chair", "quantity": 2}])
    line = {"item": "chair", "quantity": 3, "price": 6, "expected_on": "2026-03-09"}
    purchase = trade.purchases.place(supplier="mill", warehouse="main", currency="EUR", lines=[line])
    receipt = trade.receipts.receive(purchase_order=purchase.id)
    order = executed(trade, chair=4).id
    shipment = trade.orders.ship(order)
    back = trade.returns.receive(shipment.id)
    assert ("LATER_DOCUMENTS",) == refusal(lambda: trade.shipments.mark(shipment.id))
    trade.returns.mark(back.id)
    assert ("LATER_DOCUMENTS",) == refusal(lambda: trade.receipts.mark(receipt.id))
    trade.shipments.mark(shipment.id)
    trade.orders.mark(order)
    trade.receipts.mark(receipt.id)
    trade.purchases.mark(purchase.id)
    trade.stock_receipts.mark(stock.id)
    assert (("0", "0"), "0 pcs") == (shelf(trade, "chair"), str(trade.stock.balance("chair", "main").expected))

    trade.stock_receipts.unmark(stock.id)
    trade.stock_receipts.post(stock.id)
    assert ("2", "0") == shelf(trade, "chair")
    assert ("MARKED",) == refusal(lambda: trade.receipts.post(receipt.id))
    told = [each.command for each in trade.stock_receipts.history(stock.id)]
    assert ["receive_stock", "mark_stock_receipt", "unmark_stock_receipt", "post_stock_receipt"] == told


def test_many_orders_are_marked_each_with_its_own_answer(shop: Shop) -> None:
    """A closed one must be opened again first: a mark is no way around the right to do that."""
    trade = shop(stages=ON_CREDIT, chair=5)
    orders: list[SalesOrder] = [placed(trade, chair=1) for _ in range(3)]
    trade.orders.close_with_cancellation(orders[1].id, reason="refused")
    done = trade.orders.mark_many([each.id for each in orders])
    assert [True, False, True] == [each.ok for each in done]
    assert "ORDER_CLOSED" == (done[1].error.code if done[1].error else "")
