"""Commands and queries of the queue: who waits for goods, and who gets them (decision 4, F2)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from tradecore.changes import NO_CHANGES, Changes
from tradecore.commands.session import Outcome, Session, of_register
from tradecore.commands.staging import all_staged, staged
from tradecore.documents import SalesOrder, StockAllocation
from tradecore.errors import Code, Violation, violation
from tradecore.events import Event, EventType
from tradecore.registers import NEEDS, STOCK, SUPPLY, Balance, Key
from tradecore.rules import queue
from tradecore.rules.distribution import Offer
from tradecore.rules.order_state import kept
from tradecore.rules.posting import need_source, post, posted_event, save, series_of
from tradecore.rules.provisioning import check_named, check_provisioning
from tradecore.rules.queue import Goods, Need, Served
from tradecore.values.evolving import evolve
from tradecore.values.sentences import Listed, Sentence
from tradecore.values.text import DocumentId, ItemId, LineId, OrderId, WarehouseId

#: How many orders one commit serves, or takes a promise from, unless a caller says otherwise. More is never done at once
#: than a store can write in a moment.
AT_ONCE, MOST_AT_ONCE = 100, 1_000
_NOBODY = Served()


async def needs_for(session: Session, keys: Iterable[Key], sources: Iterable[Key] = ()) -> list[Need]:
    """The lines that wait for the common pool of these goods, and those that wait for (item, warehouse, source)."""
    wanted = [(*key, "") for key in dict.fromkeys(keys)] + list(dict.fromkeys(sources))
    return queue.needs_in(of_register(NEEDS, await session.balances((NEEDS, wanted))))


async def keep_promises(session: Session, needs: Collection[Need], goods: Goods, so_far: Served) -> Served:
    """Serve those who were promised goods."""
    if not needs:
        return so_far
    orders = await session.get_all(SalesOrder, queue.called(needs, goods))
    return _joined(so_far, queue.serve({**orders, **so_far.orders}, needs, goods))


def _joined(so_far: Served, served: Served) -> Served:
    return Served({**so_far.orders, **served.orders}, so_far.given + served.given, served.more)


async def serve(
    session: Session, needs: Collection[Need], goods: Goods, limit: int, so_far: Served = _NOBODY
) -> Served:
    """Go on serving with goods of the common pool. Orders that may not be provided for are passed over."""
    while True:
        orders = await session.get_all(SalesOrder, queue.called(needs, goods, limit))
        money = await all_staged(session, orders)
        barred = {id for id, order in money.items() if check_provisioning(order, session.settings, "supply")}
        if not barred:
            return _joined(so_far, queue.serve({**orders, **so_far.orders}, needs, goods, limit))
        needs = [each for each in needs if each.order not in barred]


async def named(session: Session, orders: Iterable[str], most: int = 10) -> Listed:
    """The numbers of some orders, for a sentence that tells of all of them."""
    ids = list(dict.fromkeys(orders))
    known = await session.get_all(SalesOrder, ids[:most])
    rest = [Sentence("{count} more", count=len(ids) - most)] if len(ids) > most else []
    return Listed([*known.values(), *rest])


def supplying(session: Session, before: Mapping[str, SalesOrder], served: Served, by: str) -> Changes:
    """The changes that make it so, with an event for each order that says what it got."""
    changes = NO_CHANGES
    for id, order in served.orders.items():
        told = {"by": by, "given": queue.told(each for each in served.given if each.order == id)}
        event = Event(EventType.ORDER_SUPPLIED, order.ref, told if by else {"given": told["given"]})
        changes += save(before[id], kept(order, session.settings, at=session.now()), at=session.now(), events=(event,))
    return changes


def free(stock: Mapping[Key, Balance]) -> dict[tuple[Key, str], Decimal]:
    """What is free, as goods of the common pool."""
    return {(key, ""): STOCK.measure("free", balance.amounts) for key, balance in stock.items()}


async def allocate_stock(
    session: Session,
    *,
    items: Sequence[ItemId] | None = None,
    warehouses: Sequence[WarehouseId] | None = None,
    limit: int = AT_ONCE,
    id: DocumentId | None = None,
) -> Outcome[StockAllocation]:
    """
    Run the queue: reserve what is free for the lines that wait for it, first come first served (decision 4, F2).

    Orders that may not be provided for, because an advance is unpaid again, are passed over. Running it again gives
    nothing twice: while the answer says that there is `more`, another run goes on where this one stopped.

    Args:
        items: Only these goods.
        warehouses: Only goods in these.
        limit: How many orders are served at most, in one commit.

    Raises:
        Refused: `OUT_OF_RANGE` for a limit that is not between 1 and 1000.

    Covers: F2.
    """
    session.refuse(check_at_once(limit), "The queue cannot be run")
    moment = session.now()
    run = StockAllocation(id=await session.name(StockAllocation, id), at=moment, author=session.actor.id)
    needs, goods = await _wanted(session, items, warehouses)
    served = await serve(session, needs, goods, limit)
    run = post(evolve(run, lines=queue.allocation_lines(served.given), more=served.more))
    changes = save(None, run, at=moment, events=(posted_event(run),), series=series_of(run, session.settings))
    before = await session.get_all(SalesOrder, served.orders)
    return Outcome(run, changes + supplying(session, before, served, str(run.ref)))


def check_at_once(limit: int) -> tuple[Violation, ...]:
    """Whether so many orders may be asked for in one commit."""
    if 1 <= limit <= MOST_AT_ONCE:
        return ()
    return (violation(Code.OUT_OF_RANGE, "limit", value=limit, low=1, high=MOST_AT_ONCE),)


async def _wanted(
    session: Session, items: Sequence[ItemId] | None, warehouses: Sequence[WarehouseId] | None
) -> tuple[list[Need], Goods]:
    """Who waits for the common pool of these goods, and what of them is free."""
    prefixes = _prefixes(items, warehouses)
    whole = warehouses is not None and items is not None
    found = await session.balances((NEEDS, prefixes), (STOCK, prefixes if items else ()))
    needs = [
        each
        for each in queue.needs_in(of_register(NEEDS, found))
        if not each.source and (whole or warehouses is None or each.key[1] in warehouses)
    ]
    if not items:
        found = await session.balances((STOCK, dict.fromkeys(each.key for each in needs)))
    return needs, free(of_register(STOCK, found))


def _prefixes(items: Sequence[ItemId] | None, warehouses: Sequence[WarehouseId] | None) -> list[Key]:
    if items is None:
        return [()]
    return (
        [(item, place) for item in items for place in warehouses]
        if warehouses is not None
        else [(each,) for each in items]
    )


async def supply_line(session: Session, order: OrderId, line: LineId) -> Outcome[SalesOrder]:
    """
    Reserve free stock for what a line waits for, before its turn (decision 4); what is not there goes on waiting.

    Raises:
        Refused: `NOT_IN_EXECUTION`, `ADVANCE_UNPAID`, `UNKNOWN_LINE`, `SHORT_STOCK`.
    """
    before = await session.get(SalesOrder, order)
    wrong = check_provisioning(await staged(session, before), session.settings, "supply")
    session.refuse((*wrong, *check_named(before, [line])), before)
    needs = [each for each in queue.needs_of([before], [line]) if not each.source]
    goods = free(of_register(STOCK, await session.balances((STOCK, [each.key for each in needs]))))
    served = queue.serve({before.id: before}, needs, goods)
    session.refuse(queue.check_given(before, line, served.given), before)
    return Outcome(served.orders[before.id], supplying(session, {before.id: before}, served, ""))


async def waiting_lines(
    session: Session, *, item: ItemId | None = None, warehouse: WarehouseId | None = None
) -> tuple[queue.Waiting, ...]:
    """
    The queue: lines that wait for goods of the common pool, the first to be served first, and what each may hope for.

    Args:
        item: Only those that wait for this item; with `warehouse`, only there.

    Covers: F2.
    """
    prefixes = _prefixes([item] if item else None, [warehouse] if warehouse else None)
    needs = queue.needs_in(of_register(NEEDS, await session.balances((NEEDS, prefixes))))
    needs = [each for each in needs if not each.source and warehouse in (None, each.key[1])]
    keys = sorted({each.key for each in needs})
    found = await session.balances((STOCK, keys), (SUPPLY, keys))
    orders = await session.get_all(SalesOrder, [each.order for each in needs])
    offers = offers_in(of_register(STOCK, found), of_register(SUPPLY, found))
    return tuple(each for each in queue.waiting(orders.values(), offers) if each.share.demand.key in keys)


def offers_in(stock: Mapping[Key, Balance], supply: Mapping[Key, Balance]) -> list[Offer]:
    """What is free, and what is expected and promised to nobody."""
    here = [Offer(key, STOCK.measure("free", balance.amounts)) for key, balance in stock.items()]
    coming = [
        Offer(key[:2], SUPPLY.measure("open", each.amounts), date.fromisoformat(key[2]), need_source(*key[3:]))
        for key, each in supply.items()
    ]
    return here + coming
