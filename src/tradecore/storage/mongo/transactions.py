"""Transactions that are begun again when another one was in the way, by the rules of the driver."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pymongo.errors import PyMongoError

from tradecore.errors import Conflict
from tradecore.storage.mongo.faults import Missed, Taken, passing, unknown_result
from tradecore.storage.mongo.port import Port

T = TypeVar("T")

#: How often a transaction is begun, and how often a commit is sent whose result is not known.
ATTEMPTS, COMMITS = 15, 5


async def _try_again() -> None:
    """Answer nothing: what was missed may match the next time."""


async def transact(
    port: Port,
    work: Callable[[Any], Awaitable[T]],
    settle: Callable[[], Awaitable[T | None]] = _try_again,
) -> T:
    """
    What `work` answers once its writes are committed.

    Where something was missed, nothing is kept and `settle` is asked: it answers, raises, or has it tried again.

    Raises:
        Conflict: Others were in the way, as often as it was tried.
    """
    last: Exception | None = None
    async with port.session() as session:
        for attempt in range(ATTEMPTS):
            if attempt:
                await port.pause(attempt)
            try:
                return await _once(port, session, work)
            except PyMongoError as error:
                if not passing(error):
                    raise
                last = error
            except Taken as taken:
                last = taken
            except Missed as missed:
                last = missed
                settled = await settle()
                if settled is not None:
                    return settled
        settled = await settle()
        if settled is not None:
            return settled
        if isinstance(last, PyMongoError):
            raise last
        raise Conflict from last


async def _once(port: Port, session: Any, work: Callable[[Any], Awaitable[T]]) -> T:
    await port.begin(session)
    try:
        done = await work(session)
        await _commit(port, session)
    except BaseException:
        await port.abort(session)
        raise
    return done


async def _commit(port: Port, session: Any) -> None:
    """Commit, and ask again while nobody knows whether it was."""
    for attempt in range(1, COMMITS):
        try:
            return await port.commit(session)
        except PyMongoError as error:
            if not unknown_result(error):
                raise
        await port.pause(attempt)
    return await port.commit(session)
