"""The same day for a program with an event loop."""

import asyncio

from tests.unit.builders import NOON, ON_CREDIT, agreements, euro, reference_data
from tradecore import AsyncTrade, Event, NewLine, NewStockLine, OrderState
from tradecore.opening import open_store
from tradecore.values.text import new_id


def test_a_day_in_async(url: str) -> None:
    """Every call is awaited, some at the same time; figures and states are those of `Trade`."""
    asyncio.run(_day(url))


def opened(url: str) -> AsyncTrade:
    """The trade value of a URL; over a store that blocks where there is none that waits."""
    if url.startswith("mysql"):
        return AsyncTrade(open_store(url, tenant=new_id()))
    return AsyncTrade.open(url, tenant=new_id())


async def _day(url: str) -> None:
    async with opened(url) as trade:
        await trade.init()
        await trade.catalog.save([*reference_data(), *agreements(*ON_CREDIT)])
        await trade.stock_receipts.receive(warehouse="main", lines=[NewStockLine(item="chair", quantity=9)], at=NOON)
        lines = [NewLine(item="chair", quantity=2)]
        calls = (trade.orders.place(customer="acme", warehouse="main", lines=lines) for _ in range(3))
        placed = await asyncio.gather(*calls)
        assert 3 == len({order.number for order in placed})
        plan = await trade.orders.execute.plan(placed[0].id, fill=True)
        assert plan.allowed
        await asyncio.gather(*(trade.orders.execute(order.id, fill=True) for order in placed))
        assert "6 pcs" == str((await trade.stock.balance("chair", "main")).reserved)

        await trade.orders.ship(placed[0].id)
        await trade.payments.receive(order=placed[0].id, amount=euro(20))
        assert OrderState.CLOSED is (await trade.orders.close(placed[0].id)).state
        done = await trade.orders.close_many_with_cancellation([each.id for each in placed], reason="refused")
        assert [False, True, True] == [each.ok for each in done]
        assert ["closed"] * 3 == [each.state async for each in trade.orders.stream(limit=2)]
        balance = await trade.stock.balance("chair", "main")
        assert ("7 pcs", "0 pcs") == (str(balance.on_hand), str(balance.reserved))

        told: list[Event] = []

        async def tell(event: Event) -> None:
            told.append(event)

        handled = await trade.relay(tell)
        assert (handled, list(range(1, handled + 1))) == (len(told), [each.position for each in told])
        report = await trade.check()
        assert report.sound, [str(fault) for fault in report.faults]
