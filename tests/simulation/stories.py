"""Stories that are simulated: what there is, who comes, and what must always hold."""

from collections.abc import Mapping
from random import Random

from tests.properties.shop import prove_order
from tests.simulation import clients
from tests.unit.builders import ON_CREDIT, PREPAID, WITH_ADVANCE, agreements, reference_data
from tradecore import FillStrategy, OrderApproval, ProvisioningAction, Settings, Trade
from tradecore.calling import run
from tradecore.documents import RelayCursor
from tradecore.testing import Simulation
from tradecore.testing.simulation.running import Story
from tradecore.values.record import Ref

TERMS = ((), PREPAID, ON_CREDIT, WITH_ADVANCE)


def some_settings(random: Random) -> Settings:
    """A company that works in one of many ways."""
    approval = random.choice(list(OrderApproval))
    return Settings(
        order_approval=approval,
        execute_on_approval=approval is OrderApproval.ALWAYS,
        forbid_close_partly_shipped=random.random() < 0.7,
        forbid_close_partly_paid=random.random() < 0.7,
        allocate_on_receipt=random.random() < 0.5,
        fill=FillStrategy(rest=random.choice((ProvisioningAction.TO_PROVISION, ProvisioningAction.NONE))),
        attempts=random.choice((1, 3, 10)),
    )


def open_shop(shop: Simulation, *, chairs: int = 3) -> Trade:
    """A shop with few goods, so that clients come into each other's way."""
    trade = shop.open(settings=some_settings(shop.random))
    trade.catalog.save([*reference_data(), *agreements(*shop.random.choice(TERMS))])
    lines = [{"item": "chair", "quantity": chairs}, {"item": "wire", "quantity": 2}]
    trade.stock_receipts.receive(warehouse="main", lines=lines)
    shop.always(orders_are_lawful)
    return trade


def orders_are_lawful(trade: Trade) -> None:
    """Every quantity of every order has its place, money adds up, nothing is below zero."""
    for order in trade.orders.stream(limit=1000):
        prove_order(order)


def chance(shop: Simulation) -> int:
    """A number of a client's own."""
    return shop.random.randrange(1_000_000)


def rivals(shop: Simulation) -> None:
    """Some who live their orders, in want of the same goods."""
    open_shop(shop)
    for number in range(shop.random.randint(2, 4)):
        shop.client(clients.lives, f"order {number}", chance(shop))


def meddlers(shop: Simulation) -> None:
    """One order, and many who do this and that with it."""
    open_shop(shop)
    shop.client(clients.lives, "order", chance(shop))
    for _ in range(shop.random.randint(1, 4)):
        shop.client(clients.meddles, "order", chance(shop))
    shop.client(clients.returns, "order", chance(shop))


def back_dating(shop: Simulation) -> None:
    """Receipts come and go and change their dates, while goods are sold and come back."""
    open_shop(shop, chairs=1)
    for number in range(shop.random.randint(1, 3)):
        shop.client(clients.dates, f"receipt {number}", chance(shop))
    for number in range(2):
        shop.client(clients.lives, f"order {number}", chance(shop))
        shop.client(clients.returns, f"order {number}", chance(shop))


def supplies(shop: Simulation) -> None:
    """Goods are bought for orders that wait for them."""
    open_shop(shop, chairs=1)
    for number in range(2):
        shop.client(clients.buys, f"purchase {number}", chance(shop))
        shop.client(clients.lives, f"order {number}", chance(shop))


def money(shop: Simulation) -> None:
    """Payments for several orders, spread, spread anew, taken back and refunded."""
    open_shop(shop, chairs=9)
    orders = [f"order {number}" for number in range(2)]
    for order in orders:
        shop.client(clients.lives, order, chance(shop))
    for _ in range(shop.random.randint(1, 3)):
        shop.client(clients.pays, orders, chance(shop))
    shop.client(clients.meddles, orders[0], chance(shop))


def news(shop: Simulation) -> None:
    """Relays of one reader beside each other, while orders are placed and prices change."""
    open_shop(shop)
    heard: list[int] = []

    def nothing_is_stepped_over(trade: Trade) -> None:
        ref = Ref(RelayCursor.KIND, "default")
        cursor = run(trade.store.get_many([ref])).get(ref)
        if isinstance(cursor, RelayCursor):
            assert set(range(1, cursor.position + 1)) <= set(heard)

    shop.always(nothing_is_stepped_over)
    shop.client(clients.lives, "order 0", chance(shop))
    shop.client(clients.lives, "order 1", chance(shop))
    shop.client(clients.reprices, chance(shop))
    for _ in range(2):
        shop.client(clients.relays, heard, shop.random.choice((1, 2, 100)))


STORIES: Mapping[str, Story] = {
    story.__name__: story for story in (rivals, meddlers, back_dating, supplies, money, news)
}
