"""Many wait for the same goods, and they come little by little."""

from datetime import timedelta

from tests.scenarios.conftest import Shop
from tests.scenarios.test_to_order import bought, covered, wanted
from tests.unit.builders import DAY, ON_CREDIT, WITH_ADVANCE, Clock, euro
from tradecore import Event, NewStockLine, SalesOrder, Settings, Trade


def brought(trade: Trade, quantity: int, warehouse: str = "main") -> None:
    """Chairs are found in the warehouse."""
    trade.stock_receipts.receive(warehouse=warehouse, lines=[NewStockLine(item="chair", quantity=quantity)])


def reserves(trade: Trade, *orders: SalesOrder) -> list[int]:
    """How many chairs are reserved for each order."""
    return [covered(trade.orders.get(order.id)).get("reserve", 0) for order in orders]


def test_one_run_serves_everybody_it_can(shop: Shop) -> None:
    """The run goes through the queue: shipment date first, and says in an event and a document who got what."""
    trade = shop(stages=ON_CREDIT)
    late, soon, last = wanted(trade, 3, in_days=9), wanted(trade, 2, in_days=2), wanted(trade, 3, in_days=30)
    brought(trade, 4)
    run = trade.stock.allocate(items=["chair"], warehouses=["main"])
    assert [(soon.id, 1, 2), (late.id, 2, 2)] == [(line.order, line.place, line.quantity) for line in run.lines]
    assert [2, 2, 0] == reserves(trade, late, soon, last)
    assert run == trade.stock.allocation(run.id)
    told: list[Event] = []
    trade.relay(told.append)
    given = {event.document.id: event.data["given"] for event in told if event.type == "OrderSupplied"}
    assert {late.id: "2", soon.id: "2"} == {id: parts[0]["quantity"] for id, parts in given.items()}


def test_a_run_gives_nothing_twice(shop: Shop) -> None:
    """What was given is given; the second run finds nothing to give. A dry run tells so beforehand."""
    trade = shop(stages=ON_CREDIT)
    order = wanted(trade, 3, in_days=9)
    brought(trade, 2)
    assert [2] == [line.quantity for line in trade.stock.allocate().lines]
    plan = trade.stock.allocate.plan().result
    assert plan is not None
    assert () == plan.lines == trade.stock.allocate().lines
    assert [2] == reserves(trade, order)
    assert 2 == len(trade.stock.allocations())


def test_a_run_has_an_end_and_the_next_one_goes_on(shop: Shop) -> None:
    """So many orders in one commit, and no more; the answer says whether others are next."""
    trade = shop(stages=ON_CREDIT)
    orders = [wanted(trade, 2, in_days=days) for days in (5, 1, 3)]
    brought(trade, 5)
    first = trade.stock.allocate(limit=2)
    assert [0, 2, 2] == reserves(trade, *orders)
    assert first.more
    second = trade.once("night").stock.allocate(limit=2)
    assert second == trade.once("night").stock.allocate(limit=2)
    assert not second.more
    assert [1, 2, 2] == reserves(trade, *orders)


def test_goods_of_one_warehouse_are_given_there(shop: Shop) -> None:
    """A run may be for some warehouses or some goods only."""
    trade = shop(stages=ON_CREDIT)
    order = wanted(trade, 2, in_days=5)
    brought(trade, 5, "spare")
    assert () == trade.stock.allocate().lines
    brought(trade, 5)
    assert () == trade.stock.allocate(warehouses=["spare"]).lines
    assert () == trade.stock.allocate(items=["table"]).lines
    assert [order.id] == [line.order for line in trade.stock.allocate(warehouses=["main"]).lines]


def test_an_order_whose_advance_was_paid_back_is_passed_over(shop: Shop) -> None:
    """It keeps its place, and gets the goods once it has paid again (D4)."""
    trade = shop(stages=WITH_ADVANCE)
    orders = [
        trade.orders.place(customer="acme", warehouse="main", lines=[{"item": "chair", "quantity": 2}], ship_on=day)
        for day in (DAY + timedelta(days=1), DAY + timedelta(days=2))
    ]
    for order in orders:
        trade.payments.receive(order=order.id, amount=euro(6))
        trade.orders.execute(order.id, fill=True)
    trade.outgoing.refund(order=orders[0].id, amount=euro(6))
    brought(trade, 3)
    assert [orders[1].id] == [line.order for line in trade.stock.allocate().lines]
    trade.payments.receive(order=orders[0].id, amount=euro(6))
    trade.stock.allocate()
    assert [1, 2] == reserves(trade, *orders)


def test_a_receipt_runs_the_queue_where_the_shop_wants_it(shop: Shop, clock: Clock) -> None:
    """Those who were promised the goods come first, then the queue (decision 4)."""
    trade = shop(stages=ON_CREDIT, settings=Settings(allocate_on_receipt=True))
    waits = wanted(trade, 2, in_days=1)
    clock.pass_(days=1)
    purchase = bought(trade, 4, days=3)
    promised = wanted(trade, 3, in_days=9)
    assert {"reserve_by_date": 3} == covered(promised)
    trade.receipts.receive(purchase_order=purchase)
    assert [1, 3] == reserves(trade, waits, promised)


def test_those_who_wait_see_what_they_may_hope_for(shop: Shop) -> None:
    """Their place, what is before them, and when something comes that is promised to nobody."""
    trade = shop(stages=ON_CREDIT)
    wanted(trade, 2, in_days=1), wanted(trade, 2, in_days=2)
    purchase = bought(trade, 3, days=7)
    first, second = (each.says for each in trade.stock.queue(item="chair"))
    assert f"nobody is before it; 2 may come on 2026-03-09 with {purchase}/1, 6 days late" == first
    assert second.endswith("nothing is left for 1")
