"""Commands that say where the goods of an order come from (E1-E11, H11), and the queue of those that wait."""

from collections.abc import Mapping, Sequence

from tradecore.commands.moving import released, status_events
from tradecore.commands.orders import available, pegged_here
from tradecore.commands.session import Outcome, Session, of_register
from tradecore.commands.staging import staged
from tradecore.documents import Provision, SalesOrder
from tradecore.errors import Refused
from tradecore.events import Event, EventType
from tradecore.registers import SUPPLY
from tradecore.rules import provisioning, shipping
from tradecore.rules.availability import check_free
from tradecore.rules.order_state import kept
from tradecore.rules.posting import save
from tradecore.settings import FillStrategy
from tradecore.values.text import LineId, OrderId


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
        Refused: `NOT_IN_EXECUTION`, `ADVANCE_UNPAID`, `EXCEEDS_ADVANCE`, `NOTHING_TO_PROVISION`, `UNKNOWN_LINE`;
            `ACTION_NOT_OFFERED` where the rest is to be bought for the order and the settings do not want that.
    """
    before = await session.get(SalesOrder, order)
    money = await staged(session, before)
    chosen = strategy or session.settings.fill
    wrong = [*provisioning.check_filling(money, session.settings), *provisioning.check_named(before, lines)]
    session.refuse([*wrong, *provisioning.check_strategy(chosen, session.settings)], before)
    after = provisioning.fill(money, await available(session, before, chosen, lines), chosen, lines)
    return _changed(session, before, after, EventType.ORDER_PROVISIONED)


async def provision_order(
    session: Session, order: OrderId, provisions: Mapping[LineId, Sequence[Provision | Mapping[str, object]]]
) -> Outcome[SalesOrder]:
    """
    Say by hand how lines are covered: line id -> its provisions, in place of those it had (E8).

    Raises:
        Refused: `PROVISION_EXCEEDS_OPEN`, `ACTION_NOT_OFFERED`, `SOURCE_MISSING`, `SHORT_STOCK`,
            `SHORT_SUPPLY`, `PREPAYMENT_UNPAID` or `EXCEEDS_PREPAYMENT` for SHIP and SHIP_SEPARATELY, `SHORT_SEPARATE`
            for what was not bought or has not come, `SEPARATE_STARTED` for what was bought for a line and would be
            given up (F4), and the reasons of `fill`.

    Covers: E1-E8, F1, F3, F4.
    """
    before = await session.get(SalesOrder, order)
    money = await staged(session, before)
    session.refuse(provisioning.check_provisioning(money, session.settings), before)
    wanted: Mapping[LineId, Sequence[Provision]] = provisions  # type: ignore[assignment]  # the gate has made them values
    here = await pegged_here(session, before, provisioning.bought_lines(before, wanted))
    after = provisioning.set_provisions(money, wanted, session.settings, here)
    if isinstance(after, tuple):
        raise Refused(after, str(before))
    unpaid = provisioning.check_advance_covers(money, after) or shipping.check_more_to_ship(money, after)
    session.refuse(unpaid, before)
    keys = provisioning.goods_keys(after)
    facts = await session.stock(keys, session.now())
    wrong = [*check_free(provisioning.wants(before, after), facts)]
    if session.cautious and (promised := provisioning.promises(after)):
        supply = of_register(SUPPLY, await session.balances((SUPPLY, promised)))
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
        session.refuse((*wrong, *provisioning.check_named(before, lines)), before)
        after = provisioning.release(before, session.settings, lines)
    return _changed(session, before, after, EventType.ORDER_RELEASED)


async def release_to_ship(
    session: Session, order: OrderId, *, lines: Sequence[LineId] | None = None
) -> Outcome[SalesOrder]:
    """
    Release what is reserved to the warehouse: action SHIP (E6).

    Raises:
        Refused: `NOT_IN_EXECUTION`, `ADVANCE_UNPAID`, `PREPAYMENT_UNPAID`, `EXCEEDS_PREPAYMENT`, `NOTHING_TO_SHIP`,
            `UNKNOWN_LINE`.
    """
    before = await session.get(SalesOrder, order)
    money = await staged(session, before)
    checked = shipping.check_release_to_ship(money, session.settings)
    session.refuse((*checked, *provisioning.check_named(before, lines)), before)
    return _changed(session, before, shipping.release_to_ship(money, lines), EventType.ORDER_PROVISIONED)


def _changed(session: Session, before: SalesOrder, after: SalesOrder, type_: EventType) -> Outcome[SalesOrder]:
    after = kept(after, session.settings, at=session.now())
    events = (Event(type_, after.ref), *status_events(before, after))
    return Outcome(after, save(before, after, at=session.now(), events=events))
