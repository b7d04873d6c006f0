"""Clients of simulated shops: each does its work however often it is delivered, crashed and repeated."""

from datetime import timedelta
from decimal import Decimal
from operator import attrgetter
from random import Random
from typing import Any

from tests.unit.builders import DAY, NOON, WITH_ADVANCE, euro
from tradecore import (
    AsyncTrade,
    Event,
    FillStrategy,
    NotFound,
    OrderState,
    Price,
    ProvisioningAction,
    Refused,
    SalesOrder,
)

ITEMS = ("chair", "chair", "table", "wire", "delivery")
QUANTITIES = tuple(map(Decimal, ("1", "2", "3", "0.5", "0.333333")))
PARTS = tuple(map(Decimal, ("1", "1", "0.5", "0.25", "1.5")))
PLAIN = ("post", "approve", "execute", "fill", "release", "release_to_ship", "close")
MICRO, CENT = Decimal("0.000001"), Decimal("0.01")


async def call(trade: AsyncTrade, key: str, command: str, /, *args: Any, **kwargs: Any) -> Any:
    """Call a command such as `orders.place`; None if the rules refuse it. An empty key means none."""
    try:
        return await attrgetter(command)(trade.once(key) if key else trade)(*args, **kwargs)
    except (Refused, NotFound):
        return None


def some_lines(random: Random) -> list[dict[str, Any]]:
    """One line or two."""
    return [{"item": random.choice(ITEMS), "quantity": random.choice(QUANTITIES)} for _ in range(random.randint(1, 2))]


async def lives(trade: AsyncTrade, name: str, chance: int) -> None:
    """Take an order from placing to closing; who comes after a crash goes on from where it stands."""
    lines = some_lines(Random(f"{name} {chance}"))
    await call(trade, f"{name} place", "orders.place", id=name, customer="acme", warehouse="main", lines=lines)
    for _ in range(12):
        order = await trade.orders.get(name)
        if order.state is OrderState.CLOSED:
            return
        # Whoever sees this version wants the same, so the key stands for one intention.
        await advance(trade, order, f"{name} v{order.version}", Random(f"{name} {chance} {order.version}"))


async def advance(trade: AsyncTrade, order: SalesOrder, key: str, random: Random) -> None:
    """Do for an order what its state asks for."""
    part = random.choice(PARTS)
    match order.state:
        case None:
            await call(trade, key, "orders.post", order.id)
        case OrderState.AWAITING_APPROVAL:
            command = "orders.execute" if order.approved_by else "orders.approve"
            more = {} if order.approved_by else {"execute": True}
            await call(trade, key, command, order.id, fill=True, **more)
        case OrderState.AWAITING_ADVANCE | OrderState.AWAITING_PREPAYMENT | OrderState.AWAITING_PAYMENT:
            amount = euro(max((order.total * part).quantize(CENT), CENT))
            await call(trade, key, "payments.receive", order=order.id, amount=amount)
        case OrderState.AWAITING_PROVISIONING:
            await supply(trade, order, key)
        case OrderState.READY_TO_SHIP | OrderState.SHIPPING:
            await call(trade, key, "orders.ship", order.id, lines=parts(order, part))
        case OrderState.READY_TO_CLOSE:
            await call(trade, key, "orders.close", order.id)
        case _:
            await call(trade, key, "orders.fill", order.id, strategy=FillStrategy())


async def supply(trade: AsyncTrade, order: SalesOrder, key: str) -> None:
    """Get what lines wait for: from the purchase order they name, or from anywhere."""
    for line in order.lines:
        for number, each in enumerate(line.provisions):
            mine = f"{key} {line.id}.{number}"
            if each.source:
                await call(trade, f"{mine} receive", "receipts.receive", purchase_order=each.source)
            elif each.action is ProvisioningAction.TO_PROVISION:
                lines = [{"item": line.item, "quantity": each.quantity}]
                await call(trade, f"{mine} stock", "stock_receipts.receive", warehouse=line.warehouse, lines=lines)
                await call(trade, f"{mine} supply", "stock.supply", order.id, line.id)


def parts(order: SalesOrder, part: Decimal) -> list[dict[str, Any]]:
    """A part of what is open in each line."""
    found = [(line.id, (line.open * part).quantize(MICRO)) for line in order.lines]
    return [{"line": id, "quantity": quantity} for id, quantity in found if quantity > 0]


async def meddles(trade: AsyncTrade, order: str, chance: int) -> None:
    """Do this and that with somebody else's order, without looking."""
    random = Random(chance)
    for number in range(random.randint(1, 4)):
        key = random.choice(("", f"meddling {chance} {number}"))
        amount = euro(random.choice((1, 5, 10, 30)))
        match random.randrange(9):
            case 0:
                await call(trade, key, "payments.receive", order=order, amount=amount)
            case 1:
                await call(trade, key, "outgoing.refund", order=order, amount=amount)
            case 2:
                await call(trade, key, "orders.cancel", order, reason="refused")
            case 3:
                await call(trade, key, "orders.close_with_cancellation", order, reason="unpaid")
            case 4:
                await call(trade, key, "orders.edit", order, lines=some_lines(random), stages=WITH_ADVANCE)
            case 5:
                await call(trade, key, "orders.ship", order)
            case 6:
                await call(trade, key, "orders.fill", order, strategy=FillStrategy(from_supply=False))
            case _:
                await call(trade, key, f"orders.{random.choice(PLAIN)}", order)


async def returns(trade: AsyncTrade, order: str, chance: int) -> None:
    """Take goods back, and think better of shipments and returns."""
    random = Random(chance)
    for shipment in await trade.shipments.find(where={"order": order}):
        key = f"return {shipment.id} {shipment.version} {chance}"
        match random.randrange(3):
            case 0:
                await call(trade, key, "returns.receive", shipment.id)
            case 1:
                await call(trade, key, "shipments.unpost", shipment.id)
            case _:
                at = NOON + timedelta(days=random.randint(-3, 3))
                await call(trade, key, "shipments.redate", shipment.id, at)
    for document in await trade.returns.find(where={"order": order}):
        await call(trade, f"{document.ref} {document.version} {chance}", "returns.unpost", document.id)


async def dates(trade: AsyncTrade, name: str, chance: int) -> None:
    """Receive goods, then take the receipt back, post it again, or give it another moment."""
    random = Random(chance)
    lines = [{"item": random.choice(("chair", "table")), "quantity": random.choice(QUANTITIES)}]
    at = NOON + timedelta(days=random.randint(-5, 2))
    receipt = await call(
        trade, f"{name} receive", "stock_receipts.receive", warehouse="main", lines=lines, at=at, id=name
    )
    for number in range(random.randint(1, 3) if receipt else 0):
        key = random.choice(("", f"{name} {number}"))
        if random.random() < 0.5:
            moment = NOON + timedelta(days=random.randint(-5, 5))
            await call(trade, key, "stock_receipts.redate", name, moment)
        else:
            await call(trade, key, f"stock_receipts.{random.choice(('post', 'unpost'))}", name)


async def buys(trade: AsyncTrade, name: str, chance: int) -> None:
    """Order goods from a supplier, have a part of them come, and then the rest; sometimes take it all back."""
    random = Random(chance)
    line = {"item": random.choice(("chair", "table")), "quantity": 4, "price": 1, "expected_on": DAY}
    given: dict[str, Any] = {"supplier": "mill", "warehouse": "main", "currency": "EUR", "lines": [line], "id": name}
    await call(trade, f"{name} buy", "purchases.place", **given)
    quantity = random.choice(QUANTITIES)
    some = [{"purchase_line": "1", "quantity": quantity}]
    await call(trade, f"{name} some", "receipts.receive", purchase_order=name, lines=some, id=f"{name} some")
    if random.random() < 0.5:
        await call(trade, f"{name} back", "receipts.unpost", f"{name} some")
    await call(trade, f"{name} rest", "receipts.receive", purchase_order=name)
    await call(trade, "", "purchases.unpost", name)


async def pays(trade: AsyncTrade, orders: list[str], chance: int) -> None:
    """Pay several orders at once, spread the money anew, and take the payment back."""
    random = Random(chance)
    shares = [{"order": order, "amount": random.choice((1, 2, 5))} for order in orders]
    key = f"paying {chance}"
    given: dict[str, Any] = {"partner": "acme", "amount": euro(12), "allocations": shares}
    payment = await call(trade, f"{key} receive", "payments.receive", **given)
    if payment is not None:
        await call(trade, f"{key} anew", "payments.allocate", payment.id, [{"order": orders[0], "amount": 7}])
        await call(trade, random.choice(("", f"{key} back")), "payments.unpost", payment.id)
    await call(trade, f"{key} refund", "outgoing.refund", partner="acme", amount=euro(3))


async def reprices(trade: AsyncTrade, chance: int) -> None:
    """Change reference data while others work with it."""
    random = Random(chance)
    for number in range(2):
        price = Price.of("wholesale", "chair", Decimal(random.randint(1, 20)), DAY + timedelta(days=number))
        known = [each for each in await trade.catalog.prices(where={"item": "chair"}) if each.id == price.id]
        if not known:
            await call(trade, f"price {chance} {number}", "catalog.save", [price])


async def relays(trade: AsyncTrade, heard: list[int], batch: int) -> None:
    """Hand events over to somebody who remembers them."""

    async def hear(event: Event) -> None:
        heard.append(event.position)

    for _ in range(3):
        await trade.relay(hear, batch=batch)
