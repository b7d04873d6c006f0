"""Commands that mark documents for deletion, and take the mark away (H13)."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from tradecore.commands.related import made_for
from tradecore.commands.session import Outcome, Session
from tradecore.documents import Document, SalesOrder
from tradecore.rules.marking import (
    check_marking,
    check_marking_order,
    check_unmarking,
    marked,
    marked_event,
    marked_order,
    marking,
    unmarked,
    unmarked_event,
)
from tradecore.rules.order_state import kept
from tradecore.rules.posting import save
from tradecore.values.text import DocumentId, OrderId

R = TypeVar("R", bound=Document)
Unpost = Callable[[Session, DocumentId], Awaitable[Outcome[R]]]
Turn = Callable[[Session, DocumentId], Coroutine[Any, Any, Outcome[R]]]


async def mark_order(session: Session, order: OrderId) -> Outcome[SalesOrder]:
    """
    Mark an order for deletion: it stands for nothing any more, holds nothing, and stays out of lists.

    Raises:
        Refused: `MARKED`, `LATER_DOCUMENTS` naming the posted documents that stand on it, `ORDER_CLOSED`,
            `SEPARATE_STARTED` for what was bought for it alone.

    Covers: H13.
    """
    before = await session.get(SalesOrder, order)
    session.refuse(check_marking_order(before, await made_for(session, before)), before)
    after = kept(marked_order(before), session.settings)
    return Outcome(after, save(before, after, at=session.now(), events=(marked_event(before),)))


def marker(kind: type[R], unpost: Unpost[R]) -> Turn[R]:
    """The command that marks documents of a kind for deletion."""

    async def mark(session: Session, document: DocumentId) -> Outcome[R]:
        """
        Mark a document for deletion: it stands for nothing any more and stays out of lists. It is un-posted by that.

        Raises:
            Refused: `MARKED`, and the reasons of `unpost`.

        Covers: H13.
        """
        before = await session.get(kind, document)
        session.refuse(check_marking(before), before)
        if before.posted:
            outcome = await unpost(session, document)
            return Outcome(outcome.result, marking(before, outcome.changes))
        after = marked(before)
        return Outcome(after, save(before, after, at=session.now(), events=(marked_event(before),)))

    mark.__name__ = f"mark_{kind.KIND}"
    return mark


def unmarker(kind: type[R]) -> Turn[R]:
    """The command that takes the mark of documents of a kind away."""

    async def unmark(session: Session, document: DocumentId) -> Outcome[R]:
        """
        Take the mark for deletion away: the document is a draft, and may be posted again.

        Raises:
            Refused: `NOT_MARKED`.

        Covers: H13.
        """
        before = await session.get(kind, document)
        session.refuse(check_unmarking(before), before)
        after = unmarked(before)
        return Outcome(after, save(before, after, at=session.now(), events=(unmarked_event(before),)))

    unmark.__name__ = f"unmark_{kind.KIND}"
    return unmark
