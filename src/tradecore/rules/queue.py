"""
The queue: who gets goods that arrive (decision 4, F2).

Supply goes first to those it was promised to, then to those who wait for the common pool, by shipment date, order date
and number. `distribute` decides who gets what; here stand the lines that want it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

import attrs

from tradecore.documents import (
    OrderLine,
    Provision,
    ProvisioningAction,
    SalesOrder,
    StockAllocationLine,
)
from tradecore.errors import Code, Violation, violation
from tradecore.registers import Balance, Key
from tradecore.rules.distribution import Demand, Offer, Rank, Reason, Share, distribute
from tradecore.rules.posting import awaited, need_rank
from tradecore.rules.provisions import merged
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO
from tradecore.values.sentences import Listed, Sentence
from tradecore.values.text import LineId

Goods: TypeAlias = Mapping[tuple[Key, str], Decimal]
"""What may be given: by item and warehouse, and by the purchase order line it came with; empty for the common pool."""


@attrs.frozen
class Need:
    """What a line waits for, as the register of needs knows it: enough to rank it without loading its order."""

    key: Key
    source: str
    rank: str
    order: str
    line: LineId
    quantity: Decimal


@attrs.frozen
class Given:
    """
    A quantity the queue gave to a line.

    Attributes:
        place: Its place among those who waited for the same goods; `wanted` is what it waited for.

        source: The purchase order line it was promised; empty if it waited for the common pool.
    """

    order: str
    line: LineId
    item: str
    warehouse: str
    quantity: Decimal
    place: int = 1
    wanted: Decimal = ZERO
    source: str = ""


@attrs.frozen
class Served:
    """
    What a run of the queue came to.

    Attributes:
        orders: The orders that got something, changed.

        more: Whether others would have got something too, if as many orders had been asked for.
    """

    orders: dict[str, SalesOrder] = attrs.field(factory=dict, hash=False)
    given: tuple[Given, ...] = ()
    more: bool = False


def rank_of(order: SalesOrder, line: OrderLine) -> Rank:
    """The place of a line in the queue: shipment date, order date, number (F2); lines without a date come last."""
    return need_rank(order, line), order.number, order.id, line.id


def needs_in(balances: Mapping[Key, Balance]) -> list[Need]:
    """The needs that balances of the register NEEDS tell of."""
    return [
        Need(key[:2], key[2], key[3], key[4], key[5], balance.amounts[0])
        for key, balance in balances.items()
        if balance.amounts[0] > 0
    ]


def needs_of(orders: Iterable[SalesOrder], lines: Collection[LineId] | None = None) -> list[Need]:
    """The needs of these orders, or of some of their lines."""
    return [
        Need((line.item, line.warehouse), source, need_rank(order, line), order.id, line.id, quantity)
        for order in orders
        for line in order.lines
        if lines is None or line.id in lines
        for source, quantity in _awaited(line).items()
    ]


def _awaited(line: OrderLine) -> dict[str, Decimal]:
    """What a line waits for, by source."""
    found: dict[str, Decimal] = {}
    for each in line.provisions:
        if (source := awaited(each)) is not None:
            found[source] = found.get(source, ZERO) + each.quantity
    return found


def _shares(
    needs: Iterable[Need], goods: Goods, orders: Mapping[str, SalesOrder] = {}
) -> tuple[Share, ...]:  # read only
    demands = [
        Demand(
            (*each.key, each.source),
            (each.rank, orders[each.order].number if each.order in orders else "", each.order, each.line),
            each.quantity,
            each.order,
            each.line,
        )
        for each in needs
    ]
    return distribute(demands, [Offer((*key, source), quantity) for (key, source), quantity in goods.items()])


def called(needs: Collection[Need], goods: Goods, limit: int | None = None) -> list[str]:
    """
    The orders that must be loaded so that the first `limit` of those who get something can be served.

    Where several lines have the same dates, their numbers decide; so all of them are called if one is.
    """
    shares = _shares(needs, goods)
    first = set(_in_order(shares)[:limit])
    torn = {(share.demand.key, share.demand.rank[0]) for share in shares if share.parts and share.demand.order in first}
    tied = (share.demand.order for share in shares if (share.demand.key, share.demand.rank[0]) in torn)
    return list(dict.fromkeys((*first, *tied)))


def _in_order(shares: Iterable[Share]) -> list[str]:
    """The orders that get something, by the first place in the queue any of their lines has."""
    first: dict[str, Rank] = {}
    for share in shares:
        if share.parts:
            rank, order = share.demand.rank, share.demand.order
            first[order] = min(first.get(order, rank), rank)
    return sorted(first, key=first.__getitem__)


def serve(orders: Mapping[str, SalesOrder], needs: Collection[Need], goods: Goods, limit: int | None = None) -> Served:
    """
    Give goods to the lines that wait for them, in the order of the queue (decision 4).

    Args:
        orders: Those that were `called`.

        needs: All needs for these goods: who is not served still keeps its place.

        limit: How many orders are served at most.
    """
    shares = _shares(needs, goods, orders)
    wanted = _in_order(shares)
    chosen = {id for id in wanted if id in orders}
    chosen = set([id for id in wanted if id in chosen][:limit])
    changed: dict[str, SalesOrder] = {}
    given: list[Given] = []
    for share in shares:
        item, warehouse, source = share.demand.key
        id = share.demand.order
        order = changed.get(id) or orders.get(id)
        line = order.line(share.demand.line) if order else None
        if share.parts and id in chosen and order and line:
            changed[id] = order.with_lines({line.id: supplied(line, share.given, source)})
            given.append(Given(id, line.id, item, warehouse, share.given, share.place, share.demand.quantity, source))
    return Served(changed, tuple(given), len(wanted) > len(chosen))


def supplied(line: OrderLine, quantity: Decimal, source: str) -> OrderLine:
    """The line with a waiting quantity turned into a reserve."""
    left, kept = quantity, []
    for each in line.provisions:
        taken = min(left, each.quantity) if awaited(each) == source else ZERO
        left -= taken
        kept.append(evolve(each, quantity=each.quantity - taken) if taken else each)
    new = Provision(action=ProvisioningAction.RESERVE, quantity=quantity - left)
    return evolve(line, provisions=merged((*kept, new)))


def left_over(came: Goods, given: Iterable[Given]) -> dict[tuple[Key, str], Decimal]:
    """What came and was given to nobody it was promised to: it is of the common pool."""
    left: dict[tuple[Key, str], Decimal] = {}
    for (key, _), quantity in came.items():
        left[key, ""] = left.get((key, ""), ZERO) + quantity
    for each in given:
        left[(each.item, each.warehouse), ""] -= each.quantity
    return left


def check_given(order: SalesOrder, line: LineId, given: Sequence[Given]) -> tuple[Violation, ...]:
    """Whether the queue could give anything to a line."""
    if given:
        return ()
    waits = order.line(line)
    if waits is None or not waits.held(ProvisioningAction.TO_PROVISION):
        return (violation(Code.NOTHING_TO_PROVISION, order=order.number or order.id),)
    wanted = waits.held(ProvisioningAction.TO_PROVISION)
    return (violation(Code.SHORT_STOCK, item=waits.item, warehouse=waits.warehouse, wanted=wanted, free=ZERO),)


def told(given: Iterable[Given]) -> list[dict[str, str]]:
    """What the queue gave, as an event tells it."""
    return [
        {"order": each.order, "line": each.line, "item": each.item, "quantity": f"{each.quantity:f}"} for each in given
    ]


def allocation_lines(given: Iterable[Given]) -> tuple[StockAllocationLine, ...]:
    """What a run of the queue gave, as its document keeps it."""
    return tuple(
        StockAllocationLine(
            id=str(number),
            order=each.order,
            order_line=each.line,
            item=each.item,
            warehouse=each.warehouse,
            place=each.place,
            wanted=each.wanted,
            quantity=each.quantity,
        )
        for number, each in enumerate(given, start=1)
    )


@attrs.frozen
class Waiting:
    """
    A line that waits in the queue, and what it may hope for.

    Attributes:
        quantity: What it waits for.

        share: What would be given to it, in its turn, of what is free now and of what is expected and promised to
            nobody: whether something is left for it, and when it comes.
    """

    order: SalesOrder
    line: OrderLine
    quantity: Decimal
    share: Share

    @property
    def place(self) -> int:
        """Its place among those who wait for the same goods, from 1."""
        return self.share.place

    @property
    def says(self) -> str:
        """Why it waits, in a sentence; `tradecore.say` says it in other languages."""
        share = self.share
        before = Sentence("nobody is before it")
        if share.place > 1:
            before = Sentence("{count} before it want {ahead}", count=share.place - 1, ahead=share.ahead)
        parts = [_says(share, part.offer, part.quantity) for part in share.parts]
        if share.because is Reason.NOTHING_COMES:
            parts.append(Sentence("nothing is free and nothing is expected"))
        elif share.waits:
            parts.append(Sentence("nothing is left for {quantity}", quantity=share.waits))
        return Listed([before, *parts], "; ")


def _says(share: Share, offer: Offer, quantity: Decimal) -> str:
    if offer.on is None:
        return Sentence("{quantity} would be given to it from stock now", quantity=quantity)
    facts = {"quantity": quantity, "on": offer.on, "source": offer.source}
    if share.demand.by and offer.on > share.demand.by:
        late = (offer.on - share.demand.by).days
        return Sentence("{quantity} may come on {on} with {source}, {late} days late", late=late, **facts)
    return Sentence("{quantity} may come on {on} with {source}", **facts)


def waiting(orders: Iterable[SalesOrder], offers: Iterable[Offer]) -> tuple[Waiting, ...]:
    """
    The lines of these orders that wait for the common pool: by goods, first come first served (F2).

    Args:
        offers: What is free, and what is expected and promised to nobody.
    """
    known = {order.id: order for order in orders}
    places: dict[tuple[str, str], tuple[SalesOrder, OrderLine]] = {
        (order.id, line.id): (order, line) for order in known.values() for line in order.lines
    }
    demands = [
        Demand(
            (line.item, line.warehouse),
            rank_of(order, line),
            quantity,
            order.id,
            line.id,
            line.ship_on or order.ship_on,
        )
        for order, line in places.values()
        if (quantity := _awaited(line).get(""))
    ]
    shares = distribute(demands, offers, late=True)
    return tuple(
        Waiting(*places[share.demand.order, share.demand.line], share.demand.quantity, share) for share in shares
    )
