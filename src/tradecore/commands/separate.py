"""Commands and queries of what is bought for one order (F3-F5): what is to be bought, what is left over, freeing it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from tradecore.changes import Changes, Version
from tradecore.commands.buying import pegged
from tradecore.commands.session import Outcome, Session, in_time, of_register, unknown
from tradecore.documents import Reassignment, SalesOrder
from tradecore.documents.inputs import SeparateQuantity
from tradecore.errors import Code, violation
from tradecore.events import Event, EventType
from tradecore.registers import NEEDS, PEGGED, Key
from tradecore.rules import queue, reassigning
from tradecore.rules.order_state import kept
from tradecore.rules.posting import (
    SEPARATELY,
    check_posted,
    post,
    posted_event,
    save,
    series_of,
    unpost,
    unposted_event,
)
from tradecore.values.sentences import Listed
from tradecore.values.text import DocumentId, ItemId, OrderId, WarehouseId

Lines = Sequence[SeparateQuantity | Mapping[str, Any]]


@attrs.frozen
class SeparateNeed:
    """
    A quantity that is to be bought for one order line, and is not ordered yet.

    Attributes:
        warehouse: Where the goods must come.
    """

    order: str
    line: str
    item: str
    warehouse: str
    quantity: Decimal


@attrs.frozen
class SeparateStock:
    """
    What was bought for one order line and has come.

    Attributes:
        quantity: There now.

        surplus: What of it the order does not use.
    """

    order: str
    line: str
    item: str
    warehouse: str
    quantity: Decimal
    surplus: Decimal


async def separate_needs(
    session: Session, *, item: ItemId | None = None, warehouse: WarehouseId | None = None
) -> tuple[SeparateNeed, ...]:
    """
    What is to be bought for single orders and is not ordered yet: the work list of a buyer, in the order of the queue.

    Args:
        item: Only this item; with `warehouse`, only what must come there.

    Covers: F3.
    """
    prefix: Key = (item, warehouse, SEPARATELY) if item and warehouse else (item,) if item else ()
    needs = queue.needs_in(of_register(NEEDS, await session.balances((NEEDS, [prefix]))))
    found = [each for each in needs if each.source == SEPARATELY and warehouse in (None, each.key[1])]
    found.sort(key=lambda each: (each.rank, each.order, each.line))
    return tuple(SeparateNeed(each.order, each.line, each.key[0], each.key[1], each.quantity) for each in found)


async def separate_stock(
    session: Session, *, item: ItemId | None = None, order: OrderId | None = None
) -> tuple[SeparateStock, ...]:
    """
    What was bought for single orders and has come, and what of it is left over.

    Args:
        item: Only this item.
        order: Only what was bought for this order.

    Covers: F4, F5.
    """
    prefixes: list[Key] = [(item,)] if item else [()]
    if order is not None:
        lines = (await session.get(SalesOrder, order)).lines
        prefixes = [(each,) for each in dict.fromkeys(line.item for line in lines) if item in (None, each)]
    there = await pegged(session, prefixes)
    orders = await session.get_all(SalesOrder, [key[2] for key, each in there.items() if each])
    found = []
    for key, quantity in sorted(there.items()):
        owner = orders.get(key[2]) if order in (None, key[2]) else None
        line = owner.line(key[3]) if owner else None
        if quantity and line:
            left = reassigning.surplus(line, key[1], quantity)
            found.append(SeparateStock(key[2], key[3], key[0], key[1], quantity, left))
    return tuple(found)


async def free_separate(
    session: Session,
    order: OrderId,
    *,
    lines: Lines | None = None,
    at: datetime | None = None,
    id: DocumentId | None = None,
) -> Outcome[Reassignment]:
    """
    Make free stock of what was bought for one order: whoever waits may have it from now on (F4).

    What the order does not use goes first; what it used and loses is to be bought for it again.

    Args:
        lines: Lines, quantities, warehouses; everything the order does not use if left out.
        at: The moment it counts from; now if left out.

    Raises:
        Refused: `NO_SURPLUS`, `SHORT_SEPARATE`, `UNKNOWN_LINE`, `NOT_POSITIVE`, `DUPLICATE`.

    Covers: F4, F5.
    """
    return await _reassign(session, order, lines, "", at, id)


async def move_separate(
    session: Session,
    order: OrderId,
    *,
    to: WarehouseId,
    lines: Lines | None = None,
    at: datetime | None = None,
    id: DocumentId | None = None,
) -> Outcome[Reassignment]:
    """
    Move what was bought for one order to another warehouse; it stays bought for the order (F4).

    Args:
        to: Where it goes. Away from the warehouse of its line only with `allow_excess_separate`.
        lines: Lines, quantities, and where they are; everything the order does not use if left out.

    Raises:
        Refused: `UNKNOWN_ID`, `OTHER_WAREHOUSE`, `NOT_STOCKED` for work, and the reasons of `free`.

    Covers: F4.
    """
    known = await session.catalog.warehouses([to])
    session.refuse(unknown("warehouse", {"to": to}, known), "The goods cannot be moved")
    return await _reassign(session, order, lines, to, at, id)


async def _reassign(
    session: Session, order: OrderId, lines: Lines | None, to: str, at: datetime | None, id: str | None
) -> Outcome[Reassignment]:
    before = await session.get(SalesOrder, order)
    there = await pegged(session, [(item,) for item in dict.fromkeys(line.item for line in before.lines)])
    given: Sequence[SeparateQuantity] | None = lines  # type: ignore[assignment]  # the gate has made them values
    wanted = (
        [each for each in reassigning.all_surplus(before, there) if each.warehouse != to] if given is None else given
    )
    session.refuse(reassigning.check_reassigning(before, wanted, there, session.settings, to), before)
    name, moment = await session.name(Reassignment, id), at or session.now()
    made = post(
        reassigning.make_reassignment(before, wanted, there, id=name, at=moment, author=session.actor.id, to=to)
    )
    changes = save(None, made, at=moment, events=(posted_event(made),), series=series_of(made, session.settings))
    changes += _following(session, before, made, there, reassigning.moved_by(made))
    return Outcome(made, await in_time(session, changes, before))


def _following(
    session: Session, before: SalesOrder, by: Reassignment, there: Mapping[Key, Decimal], moved: Mapping[Key, Decimal]
) -> Changes:
    """The order in step with it; if nothing of it changes, it must not change meanwhile."""
    after = reassigning.reassigned(before, moved, reassigning.after_moving(there, moved))
    if after == before:
        return Changes(guards=(Version(before.ref, before.version),))
    event = Event(EventType.ORDER_PROVISIONED, before.ref, {"by": str(by.ref)})
    return save(before, kept(after, session.settings, at=session.now()), at=session.now(), events=(event,))


async def unpost_reassignment(session: Session, document: DocumentId) -> Outcome[Reassignment]:
    """
    Take the posting of a reassignment back: the goods are the order's again, where they were.

    Raises:
        Refused: `NOT_POSTED`, `LATER_DOCUMENTS` naming what has used the goods since, `EXCEEDS_SEPARATE_NEED` where
            the order does not need them any more (F4).
    """
    before = await session.get(Reassignment, document)
    session.refuse(check_posted(before), before)
    order = await session.get(SalesOrder, before.order)
    moved = reassigning.moved_by(before, -1)
    there = await pegged(session, list(moved))
    if short := [key for key, left in reassigning.after_moving(there, moved).items() if left < 0]:
        entries = await session.store.entries(PEGGED, short, since=before.at)
        standing = dict.fromkeys(each.document for each in entries if each.amounts[0] < 0)
        session.refuse([violation(Code.LATER_DOCUMENTS, documents=Listed(standing))], before)
    session.refuse(reassigning.check_taking_back(order, moved, session.settings), before)
    changes = save(before, unpost(before), at=session.now(), events=(unposted_event(before),))
    changes += _following(session, order, before, there, moved)
    return Outcome(before, await in_time(session, changes, before, undoing=True))
