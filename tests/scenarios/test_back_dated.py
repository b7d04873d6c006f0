"""Documents that come late: stock must have been there then, and ever since (K6, K9)."""

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import NOON, ON_CREDIT, Clock, executed, placed
from tradecore import NewStockLine, ProvisioningAction, Refused, StockReceipt, Trade

HOUR = timedelta(hours=1)


def brought(trade: Trade, quantity: int, hours: int) -> StockReceipt:
    """Chairs that came so many hours after noon."""
    lines = [NewStockLine(item="chair", quantity=quantity)]
    return trade.stock_receipts.receive(warehouse="main", lines=lines, at=NOON + hours * HOUR)


def test_goods_are_not_shipped_before_they_came(shop: Shop, clock: Clock) -> None:
    """A shipment dated an hour before the receipt is refused, and says when and by what stock would be short."""
    trade = shop(stages=ON_CREDIT)
    clock.pass_(hours=5)
    brought(trade, 5, hours=2)
    order = executed(trade, chair=5)
    with pytest.raises(Refused) as refused:
        trade.orders.ship(order.id, at=NOON + HOUR)
    assert ("NEGATIVE_IN_TIME",) == refused.value.codes
    assert "13:00" in str(refused.value)
    trade.orders.ship(order.id, at=NOON + 2 * HOUR)
    assert "0 pcs" == str(trade.stock.balance("chair", "main").on_hand)


def test_a_receipt_that_others_stand_on_is_not_taken_back(shop: Shop, clock: Clock) -> None:
    """Un-posting or re-dating it is refused and names the shipment; once that is gone it may be taken back."""
    trade = shop(stages=ON_CREDIT)
    clock.pass_(hours=5)
    receipt = brought(trade, 5, hours=1)
    order = executed(trade, chair=5)
    shipment = trade.orders.ship(order.id, at=NOON + 2 * HOUR)
    with pytest.raises(Refused) as refused:
        trade.stock_receipts.unpost(receipt.id)
    assert ("LATER_DOCUMENTS",) == refused.value.codes
    assert shipment.id in str(refused.value)
    with pytest.raises(Refused) as refused:
        trade.stock_receipts.redate(receipt.id, NOON + 3 * HOUR)
    assert ("LATER_DOCUMENTS",) == refused.value.codes
    trade.shipments.unpost(shipment.id)
    trade.orders.release(order.id)
    trade.stock_receipts.unpost(receipt.id)
    assert "0 pcs" == str(trade.stock.balance("chair", "main").on_hand)
    assert trade.check().sound


def test_a_receipt_may_be_dated_back_freely(shop: Shop, clock: Clock) -> None:
    """Goods that came earlier than written harm nobody."""
    trade = shop(stages=ON_CREDIT)
    clock.pass_(hours=5)
    receipt = brought(trade, 5, hours=4)
    assert NOON + HOUR == trade.stock_receipts.redate(receipt.id, NOON + HOUR).at
    order = executed(trade, chair=5)
    trade.orders.ship(order.id, at=NOON + 2 * HOUR)


def test_a_reserve_stands_on_its_receipt(shop: Shop) -> None:
    """Goods that are held for an order are not taken out under it; the refusal names the order."""
    trade = shop(stages=ON_CREDIT)
    receipt = brought(trade, 5, hours=0)
    order = executed(trade, chair=3)
    with pytest.raises(Refused) as refused:
        trade.stock_receipts.unpost(receipt.id)
    assert order.id in str(refused.value)


def test_two_lines_of_one_item_share_what_there_is(shop: Shop) -> None:
    """Two lines that want the same goods are not both promised the last of them (beyond 4.12)."""
    trade = shop(stages=ON_CREDIT, chair=5)
    lines = [{"item": "chair", "quantity": 3}, {"item": "chair", "quantity": 3}]
    order = trade.orders.place(customer="acme", warehouse="main", lines=lines)
    order = trade.orders.execute(order.id, fill=True)
    assert [3, 2] == [line.held(ProvisioningAction.RESERVE) for line in order.lines]
    assert "0 pcs" == str(trade.stock.balance("chair", "main").free)
    other = placed(trade, chair=1)
    assert ["to_provision"] == [
        each.action.value for each in trade.orders.execute(other.id, fill=True).lines[0].provisions
    ]


def test_later_shipments_are_not_starved(shop: Shop) -> None:
    """Back-dated goods leave only if everything since still has its own (K6)."""
    trade = shop(stages=ON_CREDIT)
    brought(trade, 5, hours=-9)
    first = executed(trade, chair=5).id
    trade.orders.ship(first, at=NOON - HOUR * (5))
    brought(trade, 5, hours=-1)
    second = executed(trade, chair=5).id
    with pytest.raises(Refused) as refused:
        trade.orders.ship(second, at=NOON - HOUR * (7))
    assert ("NEGATIVE_IN_TIME",) == refused.value.codes
    trade.orders.ship(second, at=NOON - HOUR * (1))


def test_correction_is_allowed_where_nothing_is_missing(shop: Shop) -> None:
    """A receipt may go when other goods were there at every moment since (4.19, the opposite complaint)."""
    trade = shop(stages=ON_CREDIT)
    wrong, _ = brought(trade, 5, hours=-9), brought(trade, 5, hours=-8)
    trade.orders.ship(executed(trade, chair=5).id)
    trade.stock_receipts.unpost(wrong.id)
    assert "0 pcs" == str(trade.stock.balance("chair", "main").on_hand)
