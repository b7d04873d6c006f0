"""Commands of purchase orders, goods receipts and stock receipts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from tradecore.catalog import Item
from tradecore.catalog.records import Currency
from tradecore.changes import Changes
from tradecore.commands.buying import arriving, buyers, buying_for, leaving
from tradecore.commands.queueing import AT_ONCE, keep_promises, named, needs_for, serve, supplying
from tradecore.commands.related import made_for
from tradecore.commands.session import Outcome, Session, in_time, unknown
from tradecore.documents import Document, GoodsReceipt, PurchaseOrder, SalesOrder, StockReceipt
from tradecore.documents.inputs import NewPurchaseLine, NewReceiptLine, NewStockLine
from tradecore.errors import Code, Violation, violation
from tradecore.events import Event, EventType
from tradecore.rules import buying, purchasing, queue
from tradecore.rules.buying import check_owners, named_orders, repegged
from tradecore.rules.posting import (
    check_draft,
    check_posted,
    post,
    posted_event,
    save,
    series_of,
    unpost,
    unposted_event,
)
from tradecore.rules.queue import Need, Served
from tradecore.values.evolving import evolve
from tradecore.values.money import check_known_currency
from tradecore.values.sentences import Listed
from tradecore.values.text import DocumentId, PartnerId, WarehouseId

D = TypeVar("D", bound=Document)


async def order_goods(
    session: Session,
    *,
    supplier: PartnerId,
    warehouse: WarehouseId,
    currency: Currency,
    lines: Sequence[NewPurchaseLine | Mapping[str, Any]],
    at: datetime | None = None,
    draft: bool = False,
    id: DocumentId | None = None,
) -> Outcome[PurchaseOrder]:
    """
    Order goods from a supplier: what is expected may be promised to sales orders from then on (K1, E4).

    A line may name the sales order line it is bought for, and for nothing else (E5). Work is bought so, too (F3).

    Raises:
        Refused: `UNKNOWN_ID`, `NOT_STOCKED`, `NOT_POSITIVE`, `DUPLICATE`, all at once. For lines that name an order:
            `ACTION_NOT_OFFERED`, `UNKNOWN_LINE`, `UNKNOWN_VALUE`, `MISSING`; `EXCEEDS_SEPARATE_NEED` and
            `OTHER_WAREHOUSE` unless `allow_excess_separate` is set (F4); `ORDER_CLOSED`.

    Covers: K1, K2, E5, F3, F4.
    """
    wanted: Sequence[NewPurchaseLine] = lines  # type: ignore[assignment]  # the gate has made them values
    items, wrong = await _goods(session, wanted)
    wrong += await _parties(session, {"supplier": supplier}, [warehouse, *(each.warehouse for each in wanted)])
    wrong += check_known_currency(currency) + purchasing.check_prices(wanted)
    wrong += purchasing.check_ids([each.id for each in wanted])
    names = named_orders(wanted)
    orders = await session.get_all(SalesOrder, names) if names else {}
    wrong += check_owners(wanted, orders, session.settings)
    session.refuse(wrong, "The purchase order cannot be written")
    moment = at or session.now()
    order = PurchaseOrder(
        id=await session.name(PurchaseOrder, id),
        at=moment,
        author=session.actor.id,
        supplier=supplier,
        currency=currency,
        lines=purchasing.purchase_lines(wanted, items, warehouse, orders),
    )
    changes = _new(session, order, draft=draft)
    return Outcome(order, changes if draft else changes + await buying_for(session, order))


def _new(session: Session, document: Document, *, draft: bool) -> Changes:
    after = document if draft else post(document)
    event = Event(EventType.DOCUMENT_DRAFTED, after.ref) if draft else posted_event(after)
    return save(None, after, at=after.at, events=(event,), series=series_of(after, session.settings))


async def _goods(
    session: Session, lines: Sequence[NewPurchaseLine | NewStockLine | NewReceiptLine]
) -> tuple[Mapping[str, Item], list[Violation]]:
    items = await session.catalog.items([line.item for line in lines if line.item])
    return items, purchasing.check_goods(lines, items)


async def _parties(session: Session, partners: Mapping[str, str], warehouses: Sequence[str | None]) -> list[Violation]:
    known = await session.catalog.partners(list(partners.values()))
    wanted = {"warehouse" if not n else f"lines[{n - 1}].warehouse": id for n, id in enumerate(warehouses) if id}
    places = await session.catalog.warehouses(list(wanted.values()))
    return unknown("partner", partners, known) + unknown("warehouse", wanted, places)


async def post_purchase(session: Session, order: DocumentId) -> Outcome[PurchaseOrder]:
    """
    Post a purchase order that was written down as a draft.

    Raises:
        Refused: `ALREADY_POSTED`; for what is bought for one order the reasons of `place`.
    """
    before = await session.get(PurchaseOrder, order)
    session.refuse(check_draft(before), before)
    changes = save(before, post(before), at=session.now(), events=(posted_event(before),))
    return Outcome(before, changes + await buying_for(session, post(before)))


async def unpost_purchase(session: Session, order: DocumentId) -> Outcome[PurchaseOrder]:
    """
    Take the posting of a purchase order back: nothing is expected by it any more.

    Raises:
        Refused: `NOT_POSTED`, `PROMISED` naming the sales orders that wait for it, `LATER_DOCUMENTS` naming receipts
            and payments.
    """
    before = await session.get(PurchaseOrder, order)
    session.refuse(check_posted(before), before)
    wrong: list[Violation] = []
    if before.paid or any(line.received for line in before.lines):
        standing = [each for each in await made_for(session, before) if not isinstance(each, SalesOrder)]
        wrong.append(violation(Code.LATER_DOCUMENTS, documents=Listed(standing)))
    needs = await needs_for(session, (), purchasing.sources(before))
    wrong += purchasing.check_promised(needs, await named(session, [each.order for each in needs]))
    wrong += buying.check_given_up(before, await buyers(session, before))
    session.refuse(wrong, before)
    return Outcome(before, save(before, unpost(before), at=session.now(), events=(unposted_event(before),)))


async def receive_goods(
    session: Session,
    *,
    purchase_order: DocumentId | None = None,
    supplier: PartnerId | None = None,
    warehouse: WarehouseId | None = None,
    currency: Currency | None = None,
    lines: Sequence[NewReceiptLine | Mapping[str, Any]] | None = None,
    at: datetime | None = None,
    draft: bool = False,
    id: DocumentId | None = None,
) -> Outcome[GoodsReceipt]:
    """
    Receive goods by a purchase order, or without one: stock grows, the supplier is owed (K3, K4, B6).

    Order lines that were promised goods of the purchase order get them as a reserve; with the setting
    `allocate_on_receipt` the rest goes to the queue. What was bought for one order is there for nobody else.

    Args:
        purchase_order: Supplier, currency and, if `lines` are left out, all that is still expected come from it.
        supplier: Needed without a purchase order; then `warehouse`, `currency` and `lines` are too.

    Raises:
        Refused: `UNKNOWN_ID`, `UNKNOWN_LINE`, `MISSING`, `NOT_POSTED`, `NOT_STOCKED`, all at once; `PROMISED` where
            goods that orders wait for come to another warehouse; `EXCEEDS_ORDERED` and `OTHER_WAREHOUSE` for what was
            bought for one order, unless `allow_excess_separate` is set (F4).
    """
    order = await session.get(PurchaseOrder, purchase_order) if purchase_order else None
    given: Sequence[NewReceiptLine] | None = lines  # type: ignore[assignment]  # the gate has made them values
    wanted = given if given is not None else purchasing.everything_open(order) if order else ()
    items, wrong = await _goods(session, wanted)
    wrong += purchasing.check_receiving(order, wanted) + purchasing.check_prices(wanted)
    wrong += purchasing.check_source(order, supplier, currency)
    partners = {"supplier": supplier} if supplier else {}
    wrong += await _parties(session, partners, [warehouse, *(each.warehouse for each in wanted)])
    if order is None or any(not each.purchase_line and not each.warehouse for each in wanted):
        wrong += [violation(Code.MISSING, "warehouse")] if warehouse is None else []
    session.refuse(wrong, "The receipt cannot be written")
    moment, money = at or session.now(), order.currency if order else currency or ""
    receipt = GoodsReceipt(
        id=await session.name(GoodsReceipt, id),
        at=moment,
        author=session.actor.id,
        supplier=order.supplier if order else supplier or "",
        currency=money,
        purchase_order=order.id if order else None,
        lines=purchasing.receipt_lines(wanted, order, items, warehouse=warehouse or "", currency=money),
    )
    session.refuse(purchasing.check_amount(receipt), "The receipt cannot be written")
    if draft:
        return Outcome(receipt, _new(session, receipt, draft=draft))
    return Outcome(receipt, await _receiving(session, None, post(receipt), order))


async def post_receipt(session: Session, receipt: DocumentId) -> Outcome[GoodsReceipt]:
    """
    Post a goods receipt that was written down as a draft.

    Raises:
        Refused: `ALREADY_POSTED`, `NOT_POSTED` if its purchase order is not, `PROMISED`.
    """
    before = await session.get(GoodsReceipt, receipt)
    session.refuse(check_draft(before), before)
    order = await session.get(PurchaseOrder, before.purchase_order) if before.purchase_order else None
    session.refuse(purchasing.check_receiving(order, ()), before)
    return Outcome(before, await _receiving(session, before, post(repegged(before, order)), order))


async def _receiving(
    session: Session, before: GoodsReceipt | None, after: GoodsReceipt, order: PurchaseOrder | None
) -> Changes:
    """Stock, the purchase order, those who were promised the goods, and the queue: one commit."""
    came, pool = purchasing.arrivals(after), session.settings.allocate_on_receipt
    series = "" if before else series_of(after, session.settings)
    changes = save(before, after, at=after.at, events=(posted_event(after),), series=series)
    brought = purchasing.received(order, after) if order else None
    needs: list[Need] = []
    if brought or pool:
        keys = [key for key, _ in came] if pool else ()
        needs = await needs_for(session, keys, purchasing.sources(brought, after) if brought else ())
    promised = [each for each in needs if each.source]
    bought = await arriving(session, after, order)
    served = await keep_promises(session, promised, came, bought)
    if brought:
        await _still_promised(session, brought, promised, served)
        changes += save(order, brought, at=session.now())
    if pool:
        common = [each for each in needs if not each.source]
        served = await serve(session, common, queue.left_over(came, served.given[len(bought.given) :]), AT_ONCE, served)
    known = await session.get_all(SalesOrder, served.orders)
    return await in_time(session, changes + supplying(session, known, served, str(after.ref)), after)


async def _still_promised(session: Session, order: PurchaseOrder, promised: Sequence[Need], served: Served) -> None:
    """Refuse a receipt that leaves the purchase order with more promised than it will still bring."""
    left = purchasing.not_kept(promised, served.given)
    if over := purchasing.overpromised(order, left):
        names = {id: await named(session, [need.order for need in needs]) for id, needs in over.items()}
        session.refuse(purchasing.check_still_promised(over, names), order)


async def unpost_receipt(session: Session, receipt: DocumentId) -> Outcome[GoodsReceipt]:
    """
    Take the posting of a receipt back: its goods leave the stock and are expected again.

    Raises:
        Refused: `NOT_POSTED`, `LATER_DOCUMENTS` naming the shipments and reserves that use the goods.
    """
    before = await session.get(GoodsReceipt, receipt)
    session.refuse(check_posted(before), before)
    now = session.now()
    changes = save(before, unpost(before), at=now, events=(unposted_event(before),))
    if before.purchase_order:
        order = await session.get(PurchaseOrder, before.purchase_order)
        expected = purchasing.received(order, before, -1)
        changes += save(order, expected, at=now) + await leaving(session, before, expected)
    return Outcome(before, await in_time(session, changes, before, undoing=True))


async def receive_stock(
    session: Session,
    *,
    warehouse: WarehouseId,
    lines: Sequence[NewStockLine | Mapping[str, Any]],
    at: datetime | None = None,
    draft: bool = False,
    comment: str = "",
    id: DocumentId | None = None,
) -> Outcome[StockReceipt]:
    """
    Put goods into a warehouse without a counterparty: opening balances, surpluses (K17).

    Raises:
        Refused: `UNKNOWN_ID`, `NOT_STOCKED`, `NOT_POSITIVE`, all at once.
    """
    wanted: Sequence[NewStockLine] = lines  # type: ignore[assignment]  # the gate has made them values
    items, wrong = await _goods(session, wanted)
    session.refuse(wrong + await _parties(session, {}, [warehouse]), "The stock receipt cannot be written")
    receipt = StockReceipt(
        id=await session.name(StockReceipt, id),
        at=at or session.now(),
        author=session.actor.id,
        comment=comment,
        warehouse=warehouse,
        lines=purchasing.stock_lines(wanted, items),
    )
    return Outcome(receipt, _new(session, receipt, draft=draft))


async def post_stock_receipt(session: Session, receipt: DocumentId) -> Outcome[StockReceipt]:
    """
    Post a stock receipt that was written down as a draft.

    Raises:
        Refused: `ALREADY_POSTED`.
    """
    before = await session.get(StockReceipt, receipt)
    session.refuse(check_draft(before), before)
    return Outcome(before, save(before, post(before), at=session.now(), events=(posted_event(before),)))


async def unpost_stock_receipt(session: Session, receipt: DocumentId) -> Outcome[StockReceipt]:
    """
    Take the posting of a stock receipt back.

    Raises:
        Refused: `NOT_POSTED`, `LATER_DOCUMENTS` naming the shipments and reserves that use the goods.
    """
    before = await session.get(StockReceipt, receipt)
    session.refuse(check_posted(before), before)
    changes = save(before, unpost(before), at=session.now(), events=(unposted_event(before),))
    return Outcome(before, await in_time(session, changes, before, undoing=True))


async def redate_receipt(session: Session, receipt: DocumentId, at: datetime) -> Outcome[GoodsReceipt]:
    """
    Give a goods receipt another moment (C20). What was shipped since must still have been there (K6).

    Raises:
        Refused: `LATER_DOCUMENTS`.
    """
    return await _redate(session, await session.get(GoodsReceipt, receipt), at)


async def redate_stock_receipt(session: Session, receipt: DocumentId, at: datetime) -> Outcome[StockReceipt]:
    """
    Give a stock receipt another moment (C20). What was shipped since must still have been there (K6).

    Raises:
        Refused: `LATER_DOCUMENTS`.
    """
    return await _redate(session, await session.get(StockReceipt, receipt), at)


async def _redate(session: Session, before: D, at: datetime) -> Outcome[D]:
    after = evolve(before, at=at)
    event = Event(EventType.DOCUMENT_REDATED, before.ref, {"at": at.isoformat()})
    changes = save(before, after, at=at, events=(event,))
    return Outcome(after, await in_time(session, changes, before, undoing=True))
