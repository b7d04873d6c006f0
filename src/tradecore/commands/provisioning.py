"""Commands that say where the goods of an order come from (E1-E11, H11), and the queue of those that wait."""

from collections.abc import Mapping, Sequence

from tradecore.commands.moving import released, status_events
from tradecore.commands.orders import available
from tradecore.commands.session import Outcome, Session, of_register
from tradecore.documents import Provision, SalesOrder
from tradecore.errors import Code, Refused, Violation, violation
from tradecore.events import Event, EventType
from tradecore.registers import NEEDS, STOCK, SUPPLY, Key
from tradecore.rules import provisioning, queue, shipping
from tradecore.rules.availability import check_free
from tradecore.rules.order_state import kept
from tradecore.rules.posting import save
from tradecore.settings import FillStrategy
from tradecore.values.text import ItemId, LineId, OrderId, WarehouseId


async def fill_order(
    session: Session,
    order: OrderId,
    *,
    lines: Sequence[LineId] | None = None,
    strategy: FillStrategy | None = None,
) -> Outcome[SalesOrder]:
    """
    Cover what nothing covers yet: reserve free stock, then supply expected in time, and let the rest wait (E9, E10).

    A line's quantity is split over provisions; lines that are covered stay as they are.

    Args:
        lines: Only these lines.
        strategy: None takes the strategy of the settings.

    Raises:
        Refused: `NOT_IN_EXECUTION`, `ADVANCE_UNPAID`, `NOTHING_TO_PROVISION`, `UNKNOWN_LINE`.
    """
    before = await session.get(SalesOrder, order)
    session.refuse((*provisioning.check_filling(before, session.settings), *_unknown_lines(before, lines)), before)
    chosen = strategy or session.settings.fill
    after = provisioning.fill(before, await available(session, before, chosen, lines), chosen, lines)
    return _changed(session, before, after, EventType.ORDER_PROVISIONED)


async def provision_order(
    session: Session, order: OrderId, provisions: Mapping[LineId, Sequence[Provision | Mapping[str, object]]]
) -> Outcome[SalesOrder]:
    """
    Say by hand how lines are covered: line id -> its provisions, in place of those it had (E8).

    Raises:
        Refused: `PROVISION_EXCEEDS_OPEN`, `ACTION_NOT_OFFERED`, `SOURCE_MISSING`, `SHORT_STOCK`,
            `SHORT_SUPPLY`, `PREPAYMENT_UNPAID` for SHIP, and the reasons of `fill`.
    """
    before = await session.get(SalesOrder, order)
    session.refuse(provisioning.check_provisioning(before, session.settings), before)
    after = provisioning.set_provisions(before, provisions)  # type: ignore[arg-type]  # the gate has made them values
    if isinstance(after, tuple):
        raise Refused(after, str(before))
    session.refuse(shipping.check_more_to_ship(before, after), before)
    keys = provisioning.goods_keys(after)
    facts = await session.stock(keys, session.now())
    wrong = [*check_free(provisioning.wants(before, after), facts)]
    if session.cautious and (wanted := provisioning.promises(after)):
        supply = of_register(SUPPLY, await session.balances((SUPPLY, wanted)))
        wrong += provisioning.check_promises(before, after, supply)
    session.refuse(wrong, before)
    return _changed(session, before, after, EventType.ORDER_PROVISIONED)


async def release_order(
    session: Session, order: OrderId, *, lines: Sequence[LineId] | None = None
) -> Outcome[SalesOrder]:
    """
    Let go of everything held for an order, or for some of its lines: action NONE; the order stays open (H11).

    An order from stock only is let go as a whole, and goes back to approval by that.

    Raises:
        Refused: `NOT_IN_EXECUTION`, `NOTHING_TO_RELEASE`, `UNKNOWN_LINE`, `NOT_IN_USAGE` for some lines of an order
            from stock only, `LATER_DOCUMENTS` naming its shipments.
    """
    before = await session.get(SalesOrder, order)
    if lines is None:
        after = await released(session, before)
    else:
        wrong = provisioning.check_releasing(before, session.settings)
        session.refuse((*wrong, *_unknown_lines(before, lines)), before)
        after = provisioning.release(before, lines)
    return _changed(session, before, after, EventType.ORDER_RELEASED)


async def release_to_ship(
    session: Session, order: OrderId, *, lines: Sequence[LineId] | None = None
) -> Outcome[SalesOrder]:
    """
    Release what is reserved to the warehouse: action SHIP (E6).

    Raises:
        Refused: `NOT_IN_EXECUTION`, `ADVANCE_UNPAID`, `PREPAYMENT_UNPAID`, `NOTHING_TO_SHIP`, `UNKNOWN_LINE`.
    """
    before = await session.get(SalesOrder, order)
    session.refuse((*shipping.check_release_to_ship(before, session.settings), *_unknown_lines(before, lines)), before)
    return _changed(session, before, shipping.release_to_ship(before, lines), EventType.ORDER_PROVISIONED)


def _unknown_lines(order: SalesOrder, lines: Sequence[LineId] | None) -> list[Violation]:
    if lines is not None and not lines:
        return [violation(Code.EMPTY, "lines")]
    return [
        violation(Code.UNKNOWN_LINE, f"lines[{index}]", document=order, line=id)
        for index, id in enumerate(lines or ())
        if order.line(id) is None
    ]


def _changed(session: Session, before: SalesOrder, after: SalesOrder, type_: EventType) -> Outcome[SalesOrder]:
    after = kept(after, session.settings, at=session.now())
    events = (Event(type_, after.ref), *status_events(before, after))
    return Outcome(after, save(before, after, at=session.now(), events=events))


async def supply_line(session: Session, order: OrderId, line: LineId) -> Outcome[SalesOrder]:
    """
    Reserve free stock for what a line waits for in the queue (decision 4); what is not there goes on waiting.

    Raises:
        Refused: `NOT_IN_EXECUTION`, `ADVANCE_UNPAID`, `UNKNOWN_LINE`, `SHORT_STOCK`.
    """
    before = await session.get(SalesOrder, order)
    wrong = provisioning.check_provisioning(before, session.settings, "supply")
    session.refuse((*wrong, *_unknown_lines(before, [line])), before)
    keys = provisioning.goods_keys(before, [line])
    goods = {
        (key, ""): balance.amounts[0] - balance.amounts[1]
        for key, balance in of_register(STOCK, await session.balances((STOCK, keys))).items()
    }
    changed, given = queue.run_queue({before.id: before}, goods, lines=[line])
    session.refuse(queue.check_given(before, line, given), before)
    data = {"given": queue.told(given)}
    after = kept(changed[before.id], session.settings, at=session.now())
    event = Event(EventType.ORDER_SUPPLIED, after.ref, data)
    return Outcome(after, save(before, after, at=session.now(), events=(event,)))


async def waiting_lines(
    session: Session, *, item: ItemId | None = None, warehouse: WarehouseId | None = None
) -> tuple[queue.Waiting, ...]:
    """
    The queue: lines that wait for goods of the common pool, the first to be served first (F2).

    Args:
        item: Only those that wait for this item; with `warehouse`, only there.
    """
    prefix: Key = (item, warehouse) if item and warehouse else (item,) if item else ()
    needs = of_register(NEEDS, await session.balances((NEEDS, [prefix])))
    wanted = [key for key, each in needs.items() if each.amounts[0] and not key[4] and warehouse in (None, key[1])]
    orders = await session.get_all(SalesOrder, [key[2] for key in wanted])
    keys = sorted({key[:2] for key in wanted})
    return tuple(each for key in keys for each in queue.waiting(orders.values(), key))


async def promised_orders(
    session: Session, sources: Mapping[str, Sequence[Key]], *, pool: bool
) -> dict[str, SalesOrder]:
    """
    The orders that wait for goods of these purchase order lines (source -> item and warehouse), by id.

    With `pool` also those that wait for the common pool of the same goods.
    """
    keys = {key for places in sources.values() for key in places}
    needs = of_register(NEEDS, await session.balances((NEEDS, sorted(keys))))
    ids = [
        key[2] for key, each in needs.items() if each.amounts[0] > 0 and (key[4] in sources or (pool and not key[4]))
    ]
    return await session.get_all(SalesOrder, ids)
