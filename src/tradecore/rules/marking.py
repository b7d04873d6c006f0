"""
Marking for deletion (H13, decision 6): nothing is deleted; what is marked stands for nothing and stays out of lists.

A posted document is un-posted by it, under the conditions of that. An order may be marked while no posted document stands
on it; what was held for it is let go. Unmarked, a document is a draft.
"""

from collections.abc import Sequence
from typing import TypeVar

from tradecore.changes import Changes
from tradecore.documents import Document, OrderStatus, Posting, SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.events import Event, EventType
from tradecore.rules.approval import check_open
from tradecore.rules.separate import check_nothing_started
from tradecore.values.evolving import evolve
from tradecore.values.sentences import Listed

D = TypeVar("D", bound=Document)


def check_marking(document: Document) -> tuple[Violation, ...]:
    """Whether it is not marked yet."""
    return (violation(Code.MARKED, document=document),) if document.posting is Posting.MARKED else ()


def check_unmarking(document: Document) -> tuple[Violation, ...]:
    """Whether it is marked."""
    return () if document.posting is Posting.MARKED else (violation(Code.NOT_MARKED, document=document),)


def check_marking_order(order: SalesOrder, standing: Sequence[Document]) -> tuple[Violation, ...]:
    """
    Whether an order may be marked: no posted document stands on it; those that do are named.

    A closed one must be reopened first: marking and unmarking must be no way around the right to do that. What was bought
    for it alone must be freed first.
    """
    if wrong := check_marking(order):
        return wrong
    if order.posted and (wrong := check_open(order)):
        return wrong
    wrong = (violation(Code.LATER_DOCUMENTS, documents=Listed(standing)),) if standing else ()
    return (*wrong, *check_nothing_started(order))


def marked(document: D) -> D:
    """The document, marked: it stands for nothing."""
    return evolve(document, posting=Posting.MARKED)


def marked_order(order: SalesOrder) -> SalesOrder:
    """The order, marked: nothing is held for it, and if it comes back it is asked about again."""
    held = {line.id: evolve(line, provisions=()) for line in order.lines if line.provisions}
    return marked(evolve(order.with_lines(held), status=OrderStatus.ON_APPROVAL))


def unmarked(document: D) -> D:
    """The document as a draft."""
    return evolve(document, posting=Posting.DRAFT)


def marking(document: Document, unposting: Changes) -> Changes:
    """The changes of un-posting a document, after which it is marked instead of a draft."""
    saves = tuple(
        evolve(save, after=marked(save.after))
        if isinstance(save.after, Document) and save.ref == document.ref
        else save
        for save in unposting.saves
    )
    return evolve(unposting, saves=saves, events=(*unposting.events, marked_event(document)))


def marked_event(document: Document) -> Event:
    """The event of a document that was marked."""
    return Event(EventType.DOCUMENT_MARKED, document.ref)


def unmarked_event(document: Document) -> Event:
    """The event of a document whose mark was taken away."""
    return Event(EventType.DOCUMENT_UNMARKED, document.ref)
