"""What purchase orders and receipts do to the sales orders that something is bought for alone (E5, F3, F4)."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from tradecore.changes import NO_CHANGES, Changes, Version
from tradecore.commands.session import Session, of_register
from tradecore.documents import GoodsReceipt, PurchaseOrder, SalesOrder
from tradecore.errors import Code, violation
from tradecore.events import Event, EventType
from tradecore.registers import PEGGED, Key
from tradecore.rules import buying
from tradecore.rules.order_state import kept
from tradecore.rules.posting import save
from tradecore.rules.queue import Served
from tradecore.values.record import Ref
from tradecore.values.sentences import Listed

Orders = Mapping[str, SalesOrder]


async def buyers(session: Session, document: PurchaseOrder | GoodsReceipt) -> dict[str, SalesOrder]:
    """The sales orders that a document buys for; nothing is read where it buys for nobody."""
    names = buying.named_orders(document.lines)
    return await session.get_all(SalesOrder, names) if names else {}


async def pegged(session: Session, keys: Collection[Key]) -> dict[Key, Decimal]:
    """What was bought for order lines alone and has come, by item, warehouse, order and line."""
    found = of_register(PEGGED, await session.balances((PEGGED, keys))) if keys else {}
    return {key: PEGGED.measure("quantity", each.amounts) for key, each in found.items()}


async def buying_for(session: Session, purchase: PurchaseOrder) -> Changes:
    """
    The sales orders whose lines a purchase order buys for, now that it is posted.

    Raises:
        Refused: `EXCEEDS_SEPARATE_NEED`, `OTHER_WAREHOUSE`, `ORDER_CLOSED`, `NOT_POSTED`.
    """
    orders = await buyers(session, purchase)
    session.refuse(buying.check_buying(purchase.lines, orders, session.settings), purchase)
    return saved(session, orders, buying.bought(purchase, orders), EventType.ORDER_PROVISIONED, purchase)


def saved(
    session: Session, before: Orders, after: Orders, event: EventType, by: PurchaseOrder | GoodsReceipt
) -> Changes:
    """The changes that make these orders of those, each with an event that says by what."""
    changes = NO_CHANGES
    for id, order in after.items():
        told = Event(event, order.ref, {"by": str(by.ref)})
        changes += save(before[id], kept(order, session.settings, at=session.now()), at=session.now(), events=(told,))
    return changes


async def arriving(session: Session, receipt: GoodsReceipt, purchase: PurchaseOrder | None) -> Served:
    """
    The sales orders that get what was bought for them.

    Raises:
        Refused: `EXCEEDS_ORDERED`, `OTHER_WAREHOUSE`.
    """
    orders = await buyers(session, receipt)
    if not orders:
        return Served()
    session.refuse(buying.check_coming(receipt, purchase, session.settings), receipt)
    there = await pegged(session, buying.pegged_by(receipt))
    return Served(buying.arrived(receipt, orders, there), buying.came_for(receipt))


async def leaving(session: Session, receipt: GoodsReceipt, purchase: PurchaseOrder | None) -> Changes:
    """
    The sales orders that lose what was bought for them again, because a receipt is un-posted.

    Args:
        purchase: The purchase order as it is after that.

    Raises:
        Refused: `LATER_DOCUMENTS` naming what was done with the goods since.
    """
    orders = await buyers(session, receipt)
    if not orders:
        return NO_CHANGES
    there = await pegged(session, buying.pegged_by(receipt))
    if short := buying.short_of(receipt, there):
        entries = await session.store.entries(PEGGED, short)
        standing = dict.fromkeys(each.document for each in entries if each.amounts[0] < 0)
        session.refuse([violation(Code.LATER_DOCUMENTS, documents=Listed(standing))], receipt)
    after = buying.taken_back(receipt, purchase, orders, there)
    # Whoever is not changed must not use meanwhile what goes.
    still = [Version(Ref(SalesOrder.KIND, id), each.version) for id, each in orders.items() if id not in after]
    return saved(session, orders, after, EventType.ORDER_PROVISIONED, receipt) + Changes(guards=tuple(still))
