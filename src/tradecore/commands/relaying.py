"""Handing events of the outbox to somebody, at least once and in order."""

from collections.abc import Callable

from tradecore.changes import Changes, Save
from tradecore.commands.session import Session
from tradecore.documents import RelayCursor
from tradecore.errors import Conflict
from tradecore.events import Event
from tradecore.values.evolving import evolve
from tradecore.values.record import Ref


async def next_events(session: Session, reader: str, limit: int) -> tuple[RelayCursor | None, tuple[Event, ...]]:
    """The events a reader has not handled yet, and how far it has come."""
    ref = Ref(RelayCursor.KIND, reader)
    await session.load([ref])
    known = (await session.get_all(RelayCursor, [reader])).get(reader)
    position = known.position if known else 0
    return known, tuple(await session.store.events_after(position, limit))


async def mark_handled(session: Session, reader: str, before: RelayCursor | None, position: int) -> bool:
    """Remember how far a reader has come; False if another process of the same reader was faster."""
    after = evolve(before or RelayCursor(id=reader), position=position)
    try:
        await session.store.commit(Changes((Save(after, before),)))
    except Conflict:
        return False
    return True


Handler = Callable[[Event], object]
