"""The journal of sales: shipments, returns and all else that makes a customer owe, as one list (B15)."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tradecore.commands.session import Session
from tradecore.documents import ConsignmentReport, OwnershipTransfer, Posting, SalesReturn, SettledDocument, Shipment
from tradecore.errors import Code, Invalid, violation
from tradecore.query import PAGE_LIMIT, Condition, Eq, Not, Page, Query, Range, decode_cursor, encode_cursor
from tradecore.values.text import PartnerId, Text

#: The kinds of documents in the journal; of one moment and one id the first comes first. An act of work done is a shipment.
SALES: tuple[type[SettledDocument], ...] = (Shipment, SalesReturn, OwnershipTransfer, ConsignmentReport)


async def sales_journal(
    session: Session,
    *,
    customer: PartnerId | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    posting: Posting | None = None,
    descending: bool = False,
    limit: int = 50,
    after: Text | None = None,
) -> Page[SettledDocument]:
    """
    All documents of sales by their moments, a page at a time: shipments and acts of work done, returns, transfers of
    ownership, reports of consignees.

    Args:
        since, until: The moment of the document, both included.
        posting: None leaves out what is marked for deletion.
        after: `next` of the page before.

    Raises:
        Invalid: `BAD_CURSOR`, `OUT_OF_RANGE`.

    Covers: B15.
    """
    where: list[Condition] = [Eq("customer", customer)] if customer is not None else []
    where.append(Not("posting", (Posting.MARKED,)) if posting is None else Eq("posting", posting))
    where += [Range("at", since, until)] if since or until else []
    marks, found = _read(after) if after else {}, list[SettledDocument]()
    for kind in SALES:
        query = Query(kind, tuple(where), "at", descending, limit)
        query.check(PAGE_LIMIT)
        start = decode_cursor(kind, "at", marks[kind.KIND]) if kind.KIND in marks else None
        found += await session.find(Query(kind, query.where, "at", descending, limit + 1, start))
    found.sort(key=_place, reverse=descending)
    for each in found[:limit]:
        marks[each.KIND] = encode_cursor(Query(type(each), sort="at"), each)
    return Page(tuple(found[:limit]), _written(marks) if len(found) > limit else None)


def _place(document: SettledDocument) -> tuple[datetime, str, int]:
    return document.at, document.id, SALES.index(type(document))


def _written(marks: Mapping[str, str]) -> str:
    """Where each kind goes on: a cursor of its own for each that was shown."""
    return base64.urlsafe_b64encode(json.dumps(marks, separators=(",", ":")).encode()).decode()


def _read(cursor: str) -> dict[str, str]:
    try:
        marks: Any = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if isinstance(marks, dict) and all(isinstance(each, str) for each in marks.values()):
            return marks
    except (ValueError, RecursionError):
        pass
    raise Invalid((violation(Code.BAD_CURSOR, "after"),))
