"""The lists a warehouse and a sales office work from: what is ready to ship, and what was sold (B14, B15, J3)."""

from datetime import timedelta

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import DAY, ON_CREDIT, PREPAID, Clock, euro, executed, placed
from tradecore import (
    Agreement,
    BusinessOperation,
    LineQuantity,
    NewLine,
    OrderState,
    OrderStatus,
    OrderUsage,
    ProvisioningAction,
    Refused,
    Settings,
)
from tradecore.documents import Posting


def test_a_shipment_on_credit_is_released_as_the_order_is_written(shop: Shop) -> None:
    """Stock and payment are controlled at once, every short line is named, and all goods are released to ship (J3)."""
    trade = shop(stages=ON_CREDIT, chair=5, table=1)
    lines = [NewLine(item="chair", quantity=4), NewLine(item="table", quantity=2), NewLine(item="wire", quantity=1)]
    with pytest.raises(Refused) as refused:
        trade.orders.place(customer="acme", warehouse="main", lines=lines, to_ship=True)
    assert [("SHORT_STOCK", "lines[1]"), ("SHORT_STOCK", "lines[2]")] == [
        (each.code, each.place) for each in refused.value.violations
    ]
    order = trade.orders.place(customer="acme", warehouse="main", lines=lines[:1], to_ship=True)
    assert (OrderStatus.TO_EXECUTE, OrderState.SHIPPING) == (order.status, order.state)
    assert 4 == order.lines[0].held(ProvisioningAction.SHIP)
    assert 40 == trade.orders.ship(order.id).amount


def test_without_credit_the_money_must_be_there_first(shop: Shop) -> None:
    """An order on prepayment is released in one go only once it is paid; approving it may do the same."""
    trade = shop(stages=PREPAID, chair=5)
    order = placed(trade, chair=2)
    with pytest.raises(Refused) as refused:
        trade.orders.execute(order.id, to_ship=True)
    assert ("PREPAYMENT_UNPAID",) == refused.value.codes
    trade.payments.receive(order=order.id, amount=euro(20))
    assert OrderState.SHIPPING == trade.orders.approve(order.id, to_ship=True).state
    stock_only = shop(settings=Settings(order_usage=OrderUsage.STOCK_ONLY), stages=ON_CREDIT)
    lines = [NewLine(item="chair", quantity=1)]
    whole = stock_only.orders.place(customer="acme", warehouse="main", lines=lines, to_ship=True)
    assert OrderStatus.TO_SHIP == whole.status


def test_the_warehouse_sees_what_may_leave(shop: Shop) -> None:
    """Only what was released, the most urgent first, a page at a time; what has left is gone from the list."""
    trade = shop(stages=ON_CREDIT, chair=20)
    reserved = executed(trade, chair=1)
    orders = []
    for days in (5, 1, 3):
        lines = [NewLine(item="chair", quantity=2), NewLine(item="delivery", quantity=1)]
        ship_on = DAY + timedelta(days=days)
        orders.append(
            trade.orders.place(customer="acme", warehouse="main", lines=lines, ship_on=ship_on, to_ship=True).id
        )
    late, soon, then = orders
    page = trade.orders.ready_to_ship(limit=2)
    rest = trade.orders.ready_to_ship(limit=2, after=page.next)
    assert [soon, then, late] == [each.id for each in (*page, *rest)]
    assert rest.next is None
    assert [soon] == [each.id for each in trade.orders.ready_to_ship(until=DAY + timedelta(days=2))]
    assert [] == list(trade.orders.ready_to_ship(customer="bolt"))
    trade.orders.ship(soon, lines=[LineQuantity(line="1", quantity=1)])
    assert [soon, then, late] == [each.id for each in trade.orders.ready_to_ship()], "one chair is still to go"
    trade.orders.ship(soon)
    trade.orders.release(then)
    trade.orders.release_to_ship(reserved.id)
    assert [reserved.id, late] == [each.id for each in trade.orders.ready_to_ship()]
    assert DAY == trade.orders.get(reserved.id).shippable_on, "nobody named a day"


def test_the_journal_has_all_documents_of_sales(shop: Shop, clock: Clock) -> None:
    """Shipments, acts, returns, transfers and reports in order of their moments, page by page, either way."""
    trade = shop(stages=ON_CREDIT, chair=20)
    trade.catalog.save([
        Agreement(
            id="sea", name="Sea", price_kind="wholesale", deferred_ownership_allowed=True,
            operation=BusinessOperation.SALE_IN_TRANSIT,
        ),
        Agreement(id="hand", name="Hand", price_kind="wholesale", operation=BusinessOperation.CONSIGNMENT),
    ])  # fmt: skip
    told = []

    def ship(customer: str, agreement: str, item: str, quantity: int) -> str:
        clock.pass_(hours=1)
        lines = [NewLine(item=item, quantity=quantity)]
        order = trade.orders.place(customer=customer, warehouse="main", agreement=agreement, lines=lines)
        trade.orders.execute(order.id, fill=True)
        if agreement == "sea":
            trade.payments.receive(order=order.id, amount=order.money(order.total))
        told.append(trade.orders.ship(order.id))
        return told[-1].id

    plain, sea = ship("acme", "std", "chair", 2), ship("acme", "sea", "chair", 3)
    ship("bolt", "hand", "chair", 4)
    ship("acme", "std", "delivery", 1)
    told.append(trade.returns.receive(plain, lines=[LineQuantity(line="1", quantity=1)]))
    told.append(trade.ownership.transfer(sea))
    told.append(trade.consignments.report(customer="bolt", lines=[{"item": "chair", "quantity": 1}]))
    shown, after = [], None
    while True:
        page = trade.shipments.journal(limit=2, after=after)
        shown += page.items
        if not (after := page.next):
            break
    assert {each.ref for each in told} == {each.ref for each in shown}
    assert sorted(shown, key=lambda each: each.at) == shown
    assert len(told) == len(shown)
    assert shown == [*trade.shipments.journal(limit=1000)]
    assert shown[::-1] == [*trade.shipments.journal(descending=True)]
    assert [each for each in shown if each.customer == "bolt"] == [*trade.shipments.journal(customer="bolt")]
    assert [] == [*trade.shipments.journal(posting=Posting.DRAFT)]
    assert ["shipment"] == [each.KIND for each in shown if each.KIND == "shipment" and each.is_work_act]  # type: ignore[attr-defined]
    with pytest.raises(Refused) as refused:
        trade.shipments.journal(after="nonsense")
    assert ("BAD_CURSOR",) == refused.value.codes
