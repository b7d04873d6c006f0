"""What came of an import: the store's own figures against the source, and every order that does not add up."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import attrs
from marketplace import Fate, SourceOrder

from tradecore import IncomingPayment, ItemKind, OrderState, OutgoingPayment, SalesOrder, Trade

NOT_THERE = "no order"


@attrs.frozen
class Found:
    """What the store keeps of the orders of a source."""

    orders: Mapping[str, SalesOrder]
    received: Sequence[IncomingPayment]
    refunded: Sequence[OutgoingPayment]

    @classmethod
    def of(cls, trade: Trade, source: Sequence[SourceOrder]) -> "Found":
        """Read everything that belongs to the source, a page at a time."""
        orders = {order.id for order in source}
        payments = {f"{order.id}-{each.number}" for order in source for each in order.payments}
        refunds = {f"{id}-refund" for id in orders}
        return cls(
            {each.id: each for each in trade.orders.stream(limit=500) if each.id in orders},
            [each for each in trade.payments.stream(limit=500) if each.id in payments],
            [each for each in trade.outgoing.stream(limit=500) if each.id in refunds],
        )


def report(trade: Trade, source: Sequence[SourceOrder], refused: Mapping[str, str], currency: str) -> int:
    """Print the figures; 0 if everything was taken over and the store is sound."""
    found = Found.of(trade, source)
    print("\nOrders by status in the source and state in the store")
    _print_table(*_states(source, found))
    print(f"\nAmounts in {currency}")
    _print_table(["", "source", "store", "difference"], list(_amounts(source, found)))
    print("\nOrders that do not add up")
    _print_doubts(source, found, refused)
    both = [order for order in source if order.items and order.payments]
    exact = sum(order.paid == order.total for order in both)
    print(f"\nOf {len(both)} orders with items and payments {exact} are paid exactly, {len(both) - exact} are not.")
    check = trade.check()
    for fault in check.faults:
        print(f"Fault: {fault}")
    print(f"Check of {check.documents} documents and {check.balances} balances: {len(check.faults)} faults.")
    return 1 if refused or check.faults else 0


def _states(source: Sequence[SourceOrder], found: Found) -> tuple[list[str], list[list[object]]]:
    counts: Counter[tuple[str, str]] = Counter((order.status, _state(order, found)) for order in source)
    columns = [name for name in (*OrderState, NOT_THERE) if any(state == name for _, state in counts)]
    rows: list[list[object]] = []
    for status in sorted({order.status for order in source}):
        row = [counts[status, column] for column in columns]
        rows.append([status, *row, sum(row)])
    sums = [sum(number for (_, state), number in counts.items() if state == column) for column in columns]
    rows.append(["all", *sums, len(source)])
    return ["", *columns, "all"], rows


def _state(order: SourceOrder, found: Found) -> str:
    known = found.orders.get(order.id)
    return known.state.value if known and known.state else NOT_THERE


def _amounts(source: Sequence[SourceOrder], found: Found) -> Iterator[list[object]]:
    lines = [line for order in found.orders.values() for line in order.lines]
    cancelled = [order for order in source if order.fate is Fate.CANCELLED]
    pairs = {
        "goods": (_sum(o.goods for o in source), _sum(x.amount for x in lines if x.kind is ItemKind.GOODS)),
        "freight": (_sum(o.freight for o in source), _sum(x.amount for x in lines if x.kind is ItemKind.SERVICE)),
        "received": (_sum(o.paid for o in source), _sum(x.amount for x in found.received)),
        "refunded": (_sum(o.paid for o in cancelled), _sum(x.amount for x in found.refunded)),
        "shipped": (
            _sum(o.total for o in source if o.went_out),
            _sum(o.shipped_amount for o in found.orders.values()),
        ),
    }
    for name, (there, here) in pairs.items():
        yield [name, f"{there:,.2f}", f"{here:,.2f}", f"{here - there:,.2f}"]


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _print_doubts(source: Sequence[SourceOrder], found: Found, refused: Mapping[str, str]) -> None:
    reasons: dict[str, list[str]] = defaultdict(list)
    for order in source:
        for reason, figures in (*order.doubts(), *_differences(order, found, refused)):
            reasons[reason].append(f"{order.id}  {order.status}, {figures}")
    for reason, orders in sorted(reasons.items()):
        print(f"  {reason}: {len(orders)}")
        for each in orders:
            print(f"    {each}")
    if not reasons:
        print("  none")


def _differences(order: SourceOrder, found: Found, refused: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What the store says otherwise than it should, seen from the source."""
    if order.id in refused:
        yield "it was refused", refused[order.id]
    known = found.orders.get(order.id)
    if known is None:
        return
    amount = _sum(line.amount for line in known.lines)
    if amount != order.total:
        yield "the store has another amount", f"{order.total} in the source, {amount} in the store"
    expected = _expected(order)
    if known.state is not expected:
        yield "it is in another state than expected", f"{known.state} in the store, not {expected}"


def _expected(order: SourceOrder) -> OrderState:
    match order.fate:
        case Fate.PLACED:
            return OrderState.AWAITING_APPROVAL
        case Fate.EXECUTED:
            return OrderState.READY_TO_SHIP
        case Fate.CANCELLED:
            return OrderState.CLOSED
        case Fate.SHIPPED | Fate.DELIVERED:
            if order.paid < order.total:
                return OrderState.AWAITING_PAYMENT
            exact = order.fate is Fate.DELIVERED and order.paid == order.total
            return OrderState.CLOSED if exact else OrderState.READY_TO_CLOSE


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    cells = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(heads))]
    for row in cells:
        print(
            "  " + "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        )
