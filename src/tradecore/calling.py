"""
How a command is called: check the input, load and decide, commit, and do it again if somebody was faster.

Written once as coroutines. In the sync colour they run to completion without an event loop, because a blocking store
never suspends; in the async colour they are awaited, and over a blocking store a worker thread runs them.
"""

import asyncio
import hashlib
import json
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

import attrs

from tradecore.catalog import Catalog
from tradecore.changes import Changes, CommandRecord, Repeated
from tradecore.commands.session import SYSTEM, Actor, Outcome, Session, utc_now
from tradecore.commands.store_catalog import Memory, StoreCatalog
from tradecore.convert import checked_arguments, to_plain
from tradecore.errors import Conflict, Invalid, KeyReused, NotFound, Refused, TradeError, Violation
from tradecore.query import Page
from tradecore.settings import Settings
from tradecore.storage.protocol import Store
from tradecore.values.evolving import evolve
from tradecore.values.record import Record
from tradecore.values.text import new_id

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound=Record)

logger = logging.getLogger("tradecore")
logger.addHandler(logging.NullHandler())

_FIRST_PAUSE, _LONGEST_PAUSE = 0.001, 0.1


class Sync:
    """The colour of `Trade`: calls return their results."""


class Async:
    """The colour of `AsyncTrade`: calls are awaited."""


C = TypeVar("C", Sync, Async)


@attrs.frozen(kw_only=True)
class Context:
    """Everything a call needs beside its arguments. A trade value carries one; evolving it makes another."""

    store: Store
    settings: Settings
    catalog: Catalog | None
    sync: bool
    actor: Actor = SYSTEM
    key: str = ""
    clock: Callable[[], datetime] = utc_now
    memory: Memory = attrs.field(factory=Memory)

    def session(self, *, cautious: bool) -> Session:
        """A session for one attempt."""
        catalog = self.catalog or StoreCatalog(self.store, self.memory)
        return Session(self.store, catalog, self.settings, self.actor, self.clock, cautious)

    @property
    def attempts(self) -> int:
        """How often a command is decided; inside a host's transaction once more is all that can help."""
        return min(self.settings.attempts, 2) if getattr(self.store, "joined", False) else self.settings.attempts

    async def pause(self, attempt: int) -> None:
        """Wait a little, longer each time and never as long as others do."""
        seconds = random.uniform(0, min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE))  # noqa: S311  # no secret
        if self.store.waits:
            await asyncio.sleep(seconds)
        else:
            time.sleep(seconds)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise RuntimeError("The coroutine waits for an event loop; use AsyncTrade for stores and catalogues that wait.")


async def in_colour(context: Context, coroutine: Coroutine[Any, Any, T]) -> T:
    """The result for `AsyncTrade`: awaited, or run by a worker thread where the store blocks."""
    return await coroutine if context.store.waits else await asyncio.to_thread(run, coroutine)


Function = Callable[Concatenate[Session, P], Awaitable[Outcome[R]]]


async def execute(context: Context, function: Callable[..., Awaitable[Outcome[R]]], args: Any, kwargs: Any) -> R:
    """
    Call a command.

    Raises:
        Invalid, Refused, NotFound: What the input and the rules say.

        Conflict: The race was lost as often as the settings allow.

        KeyReused: The idempotency key was used with other input.
    """
    arguments = checked_arguments(function, args, kwargs)
    fingerprint = fingerprint_of(function, arguments) if context.key else ""
    lost = Conflict()
    for attempt in range(context.attempts):
        if attempt:
            logger.info("command.conflict command=%s attempt=%d lost=%s", function.__name__, attempt, lost)
            await context.pause(attempt)
        session = context.session(cautious=attempt > 0)
        try:
            outcome = await function(session, **arguments)
            record = _record(context, session, function, fingerprint, outcome)
            done = await context.store.commit(outcome.changes + Changes(record=record))
            if not isinstance(done, Repeated):
                saved: Any = done.records.get(outcome.result.ref, outcome.result)
                return saved  # type: ignore[no-any-return]  # the record of the outcome, now numbered
        except Conflict as conflict:
            lost = conflict
            continue
        except (Refused, NotFound):
            known = await context.store.recall(context.key) if context.key else None
            if known is None:
                raise
            done = known
        first: Any = _again(done, fingerprint)
        return first  # type: ignore[no-any-return]  # what the command answered then
    raise lost


def _record(context: Context, session: Session, function: Any, fingerprint: str, outcome: Outcome[Any]) -> CommandRecord:
    ref = outcome.result.ref
    return CommandRecord(
        new_id(), function.__name__, context.actor.id, session.now(), context.key, fingerprint, ref if context.key else None
    )


def _again(known: Repeated, fingerprint: str) -> Any:
    if known.fingerprint != fingerprint:
        raise KeyReused((), known.key)
    return known.result


def fingerprint_of(function: Callable[..., Any], arguments: Mapping[str, Any]) -> str:
    """A digest of a command and its checked input; arguments left out do not count."""
    given = {name: to_plain(value) for name, value in arguments.items() if value is not None}
    text = json.dumps([function.__name__, given], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@attrs.frozen
class Plan(Generic[R]):
    """
    What a command would do.

    Attributes:
        result: What it would answer; None if it is refused.

        changes: What it would write.

        violations: Why it is refused.
    """

    result: R | None
    changes: Changes
    violations: tuple[Violation, ...]

    @property
    def allowed(self) -> bool:
        """Whether the command would be carried out."""
        return not self.violations


async def plan(context: Context, function: Callable[..., Awaitable[Outcome[R]]], args: Any, kwargs: Any) -> Plan[R]:
    """What a command would do; nothing is written."""
    try:
        arguments = checked_arguments(function, args, kwargs)
        outcome = await function(context.session(cautious=True), **arguments)
    except Refused as refused:
        return Plan(None, Changes(), refused.violations)
    return Plan(outcome.result, outcome.changes, ())


async def ask(context: Context, function: Callable[..., Awaitable[T]], args: Any, kwargs: Any) -> T:
    """Call a query."""
    return await function(context.session(cautious=True), **checked_arguments(function, args, kwargs))


@attrs.frozen
class Done(Generic[R]):
    """What became of one document of many: its result, or why it was refused (A15)."""

    id: str
    result: R | None = None
    error: TradeError | None = None

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.error is None


async def each(
    context: Context, function: Callable[..., Awaitable[Outcome[R]]], ids: Sequence[str], args: Any, kwargs: Any
) -> tuple[Done[R], ...]:
    """Call a command for many documents, each on its own: one refusal does not stop the others (A15, H4)."""
    if isinstance(ids, str):
        raise Invalid((Violation("WRONG_TYPE", "ids", {"expected": "a list", "got": "str"}),))
    done: list[Done[R]] = []
    for id in ids:
        mine = evolve(context, key=f"{context.key}/{id}") if context.key else context
        try:
            done.append(Done(id, await execute(mine, function, (id, *args), kwargs)))
        except TradeError as error:
            done.append(Done(id, error=error))
    return tuple(done)


class Desk(Generic[C]):
    """A group of commands and queries of one trade value."""

    def __init__(self, context: Context) -> None:
        self._context = context


@attrs.frozen
class SyncCommand(Generic[P, R]):
    """A command, ready to be called."""

    context: Context
    function: Callable[Concatenate[Session, P], Awaitable[Outcome[R]]]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return run(execute(self.context, self.function, args, kwargs))

    def plan(self, *args: P.args, **kwargs: P.kwargs) -> Plan[R]:
        """What the call would do; nothing is written."""
        return run(plan(self.context, self.function, args, kwargs))


@attrs.frozen
class AsyncCommand(Generic[P, R]):
    """A command, ready to be awaited."""

    context: Context
    function: Callable[Concatenate[Session, P], Awaitable[Outcome[R]]]

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return await in_colour(self.context, execute(self.context, self.function, args, kwargs))

    async def plan(self, *args: P.args, **kwargs: P.kwargs) -> Plan[R]:
        """What the call would do; nothing is written."""
        return await in_colour(self.context, plan(self.context, self.function, args, kwargs))


class command(Generic[P, R]):  # noqa: N801  # reads as a keyword in the desks
    """A command of a desk, in the colour of the desk."""

    def __init__(self, function: Callable[Concatenate[Session, P], Awaitable[Outcome[R]]]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, desk: None, owner: object = None) -> "command[P, R]": ...
    @overload
    def __get__(self, desk: Desk[Sync], owner: object = None) -> SyncCommand[P, R]: ...
    @overload
    def __get__(self, desk: Desk[Async], owner: object = None) -> AsyncCommand[P, R]: ...
    def __get__(self, desk: Any, owner: object = None) -> Any:
        if desk is None:
            return self
        kind: Any = SyncCommand if desk._context.sync else AsyncCommand  # noqa: SLF001  # the desk is ours
        return kind(desk._context, self.function)  # noqa: SLF001


@attrs.frozen
class SyncQuery(Generic[P, T]):
    """A query, ready to be called."""

    context: Context
    function: Callable[Concatenate[Session, P], Awaitable[T]]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return run(ask(self.context, self.function, args, kwargs))


@attrs.frozen
class AsyncQuery(Generic[P, T]):
    """A query, ready to be awaited."""

    context: Context
    function: Callable[Concatenate[Session, P], Awaitable[T]]

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return await in_colour(self.context, ask(self.context, self.function, args, kwargs))


class query(Generic[P, T]):  # noqa: N801  # reads as a keyword in the desks
    """A query of a desk, in the colour of the desk."""

    def __init__(self, function: Callable[Concatenate[Session, P], Awaitable[T]]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, desk: None, owner: object = None) -> "query[P, T]": ...
    @overload
    def __get__(self, desk: Desk[Sync], owner: object = None) -> SyncQuery[P, T]: ...
    @overload
    def __get__(self, desk: Desk[Async], owner: object = None) -> AsyncQuery[P, T]: ...
    def __get__(self, desk: Any, owner: object = None) -> Any:
        if desk is None:
            return self
        kind: Any = SyncQuery if desk._context.sync else AsyncQuery  # noqa: SLF001  # the desk is ours
        return kind(desk._context, self.function)  # noqa: SLF001


@attrs.frozen
class SyncBulk(Generic[P, R]):
    """A command for many documents, ready to be called."""

    context: Context
    function: Callable[Concatenate[Session, str, P], Awaitable[Outcome[R]]]

    def __call__(self, ids: Sequence[str], *args: P.args, **kwargs: P.kwargs) -> tuple[Done[R], ...]:
        return run(each(self.context, self.function, ids, args, kwargs))


@attrs.frozen
class AsyncBulk(Generic[P, R]):
    """A command for many documents, ready to be awaited."""

    context: Context
    function: Callable[Concatenate[Session, str, P], Awaitable[Outcome[R]]]

    async def __call__(self, ids: Sequence[str], *args: P.args, **kwargs: P.kwargs) -> tuple[Done[R], ...]:
        return await in_colour(self.context, each(self.context, self.function, ids, args, kwargs))


class bulk(Generic[P, R]):  # noqa: N801  # reads as a keyword in the desks
    """A command for many documents with a result for each, in the colour of the desk."""

    def __init__(self, function: Callable[Concatenate[Session, str, P], Awaitable[Outcome[R]]]) -> None:
        self.function = function
        self.__doc__ = f"For each of many ids:\n{function.__doc__}"

    @overload
    def __get__(self, desk: None, owner: object = None) -> "bulk[P, R]": ...
    @overload
    def __get__(self, desk: Desk[Sync], owner: object = None) -> SyncBulk[P, R]: ...
    @overload
    def __get__(self, desk: Desk[Async], owner: object = None) -> AsyncBulk[P, R]: ...
    def __get__(self, desk: Any, owner: object = None) -> Any:
        if desk is None:
            return self
        kind: Any = SyncBulk if desk._context.sync else AsyncBulk  # noqa: SLF001  # the desk is ours
        return kind(desk._context, self.function)  # noqa: SLF001


@attrs.frozen
class SyncStream(Generic[P, R]):
    """All that a paged query finds, one after the other; a page at a time is held."""

    context: Context
    function: Callable[Concatenate[Session, P], Awaitable[Page[R]]]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        page: Page[R] | None = None
        while page is None or page.next:
            more: Any = {"after": page.next} if page else {}
            page = run(ask(self.context, self.function, args, {**kwargs, **more}))
            yield from page.items


@attrs.frozen
class AsyncStream(Generic[P, R]):
    """All that a paged query finds, one after the other; a page at a time is held."""

    context: Context
    function: Callable[Concatenate[Session, P], Awaitable[Page[R]]]

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[R]:
        page: Page[R] | None = None
        while page is None or page.next:
            more: Any = {"after": page.next} if page else {}
            page = await in_colour(self.context, ask(self.context, self.function, args, {**kwargs, **more}))
            for item in page.items:
                yield item


class stream(Generic[P, R]):  # noqa: N801  # reads as a keyword in the desks
    """A paged query of a desk, read to its end, in the colour of the desk."""

    def __init__(self, function: Callable[Concatenate[Session, P], Awaitable[Page[R]]]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, desk: None, owner: object = None) -> "stream[P, R]": ...
    @overload
    def __get__(self, desk: Desk[Sync], owner: object = None) -> SyncStream[P, R]: ...
    @overload
    def __get__(self, desk: Desk[Async], owner: object = None) -> AsyncStream[P, R]: ...
    def __get__(self, desk: Any, owner: object = None) -> Any:
        if desk is None:
            return self
        kind: Any = SyncStream if desk._context.sync else AsyncStream  # noqa: SLF001  # the desk is ours
        return kind(desk._context, self.function)  # noqa: SLF001
