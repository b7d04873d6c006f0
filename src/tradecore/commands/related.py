"""Which documents belong to a document: those it was made for, and those made for the same orders (B10)."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from tradecore.commands.queueing import needs_for
from tradecore.commands.session import Session
from tradecore.documents import DOCUMENTS, Document, GoodsReceipt, PurchaseOrder, SalesOrder
from tradecore.query import PAGE_LIMIT, Eq, Query
from tradecore.registers import ENTRUSTED, ORDER_LINES, SETTLEMENTS, SUPPLIER_SETTLEMENTS, supplier_key
from tradecore.rules.buying import named_orders
from tradecore.rules.posting import entrusted_key, own_account
from tradecore.rules.purchasing import sources
from tradecore.rules.relations import bases
from tradecore.values.record import Ref
from tradecore.values.text import Id

Related = Callable[[Session, Id], Coroutine[Any, Any, tuple[Document, ...]]]


def related_to(kind: type[Document]) -> Related:
    """The query for the documents that belong to one of a kind."""

    async def documents(session: Session, id: Id) -> tuple[Document, ...]:
        """
        The posted documents that belong together with this one, in order of their moments (B10).

        Those it was made for, and all that was made for the same orders: shipments, returns, receipts, payments. A
        sales order is shown with the purchase orders it is promised goods of, and the other way round.

        Raises:
            NotFound: There is no such document.
        """
        document = await session.get(kind, id)
        named = bases(document)
        anchors = await _loaded(session, [ref for ref in named if not isinstance(document, SalesOrder)])
        found = dict.fromkeys(
            [*named, *[ref for each in (document, *anchors) for ref in await _made_for(session, each)]]
        )
        others = await _loaded(session, [ref for ref in found if ref != document.ref])
        return tuple(_in_order(others))

    return documents


async def made_for(session: Session, order: SalesOrder | PurchaseOrder) -> list[Document]:
    """The posted documents that were made for an order, or wait for it, in order of their moments."""
    found = await _loaded(session, dict.fromkeys(await _made_for(session, order)))
    return _in_order(each for each in found if each.ref != order.ref)


_RANKS = {kind: rank for rank, kind in enumerate(DOCUMENTS)}


def _in_order(documents: Iterable[Document]) -> list[Document]:
    """Those that are posted, by moment; of one moment orders before what was made for them, the rest by number."""
    posted = (each for each in documents if each.posted)
    return sorted(posted, key=lambda each: (each.at, _RANKS[each.KIND], each.number, each.id))


async def _loaded(session: Session, refs: Iterable[Ref]) -> list[Document]:
    found = await session.records(list(refs))
    return [each for each in found.values() if isinstance(each, Document)]


async def _made_for(session: Session, document: Document) -> list[Ref]:
    """What was made for an order; nothing is made for other documents."""
    if isinstance(document, SalesOrder):
        entries = await session.store.entries(SETTLEMENTS, [own_account(document)])
        entries += await session.store.entries(ORDER_LINES, [(document.id,)])  # goods given away settle nothing
        if document.passes_later:
            keys = [entrusted_key(document, line.item, document.id, line.id, "")[:5] for line in document.lines]
            entries += await session.store.entries(ENTRUSTED, keys)
        return [entry.document for entry in entries]
    if isinstance(document, PurchaseOrder):
        key = supplier_key(document.supplier, document.currency, document.id)
        entries = await session.store.entries(SUPPLIER_SETTLEMENTS, [key])
        by_it = (Eq("purchase_order", document.id),)  # goods that cost nothing settle nothing either
        receipts = await session.find(Query(GoodsReceipt, by_it, sort="at", limit=PAGE_LIMIT))
        waiting = [Ref(SalesOrder.KIND, each.order) for each in await needs_for(session, (), sources(document))]
        waiting += [Ref(SalesOrder.KIND, id) for id in named_orders(document.lines)]
        return [*(e.document for e in entries), *(r.ref for r in receipts), *waiting]
    return []
