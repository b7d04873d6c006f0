"""Turning "this document becomes that" into Changes: entries, floors, numbers."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from tradecore.changes import Changes, Save
from tradecore.documents import Document, Posting, SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.events import Event, EventType
from tradecore.rules.posting.guards import floors
from tradecore.rules.posting.movements import entries_between
from tradecore.settings import Settings
from tradecore.values.evolving import evolve

D = TypeVar("D", bound=Document)


def save(
    before: Document | None, after: Document, *, at: datetime, events: Iterable[Event] = (), series: str = ""
) -> Changes:
    """The changes that make `after` of `before`: the document, the entries between them, the floors under those."""
    entries = entries_between(before, after, at)
    told = (*events, *_new_state(before, after))
    return Changes((Save(after, before, series),), entries, tuple(floors(entries)), told)


def _new_state(before: Document | None, after: Document) -> Iterable[Event]:
    """The event of an order whose derived state became another: hosts tell their customers (T1)."""
    if isinstance(after, SalesOrder) and isinstance(before, SalesOrder) and after.state is not before.state:
        data = {"before": before.state, "after": after.state}
        yield Event(EventType.ORDER_STATE_CHANGED, after.ref, {k: v.value for k, v in data.items() if v})


def post(document: D) -> D:
    """The document, posted."""
    return evolve(document, posting=Posting.POSTED)


def unpost(document: D) -> D:
    """The document as a draft again: it stands for nothing."""
    return evolve(document, posting=Posting.DRAFT)


def posted_event(document: Document) -> Event:
    """The event of a document that was posted."""
    return Event(EventType.DOCUMENT_POSTED, document.ref)


def unposted_event(document: Document) -> Event:
    """The event of a document that was un-posted."""
    return Event(EventType.DOCUMENT_UNPOSTED, document.ref)


def series_of(document: Document, settings: Settings) -> str:
    """The series its number comes from: one for each kind and year."""
    return f"{document.SERIES}-{settings.day(document.at).year}"


def check_draft(document: Document) -> tuple[Violation, ...]:
    """Whether it is still to be posted."""
    if document.posting is Posting.MARKED:
        return (violation(Code.MARKED, document=document),)
    return (violation(Code.ALREADY_POSTED, document=document),) if document.posted else ()


def check_posted(document: Document) -> tuple[Violation, ...]:
    """Whether its posting can be taken back."""
    return () if document.posted else (violation(Code.NOT_POSTED, document=document),)
