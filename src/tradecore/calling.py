"""
How a command is called: check the input, load and decide, commit, and do it again if somebody was faster.

Written once as coroutines. In the sync colour they run to completion without an event loop, because a blocking store
never suspends; in the async colour they are awaited, and over a blocking store a worker thread runs them.
"""

import json
import logging
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from decimal import localcontext
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

import attrs

from tradecore.catalog import Catalog
from tradecore.changes import Changes, CommandRecord, Repeated
from tradecore.commands.controlling import controlled
from tradecore.commands.damage import Report
from tradecore.commands.session import SYSTEM, Actor, Outcome, Session, utc_now
from tradecore.commands.store_catalog import Memory, StoreCatalog
from tradecore.convert import check, checked_arguments, said, to_plain
from tradecore.errors import Conflict, Invalid, KeyReused, NotFound, Refused, TradeError, Violation
from tradecore.rules.checks import Check
from tradecore.settings import Settings
from tradecore.storage.protocol import Store
from tradecore.values.evolving import evolve
from tradecore.values.numbers import EXACT
from tradecore.values.record import Record
from tradecore.values.text import new_id

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound=Record)

logger = logging.getLogger("tradecore")
logger.addHandler(logging.NullHandler())

_FIRST_PAUSE, _LONGEST_PAUSE = 0.001, 0.1


@attrs.frozen(kw_only=True)
class Context:
    """
    Everything a call needs beside its arguments. A trade value carries one; evolving it makes another.

    Attributes:
        sleep: How it is waited between attempts, where not as usual: in a simulation no time passes.

        damaged: Is told of records that cannot be read, where queries are to go past them. Commands never do.
    """

    store: Store
    settings: Settings
    catalog: Catalog | None
    sync: bool
    actor: Actor = SYSTEM
    key: str = ""
    clock: Callable[[], datetime] = utc_now
    memory: Memory = attrs.field(factory=Memory)
    checks: tuple[Check, ...] = ()
    sleep: Callable[[float], Awaitable[None]] | None = None
    damaged: Report | None = None

    def session(self, *, cautious: bool) -> Session:
        """A session for one attempt."""
        catalog = self.catalog or StoreCatalog(self.store, self.memory)
        return Session(self.store, catalog, self.settings, self.actor, self.clock, cautious, self.checks)

    @property
    def attempts(self) -> int:
        """How often a command is decided; inside a host's transaction once more is all that can help."""
        return min(self.settings.attempts, 2) if getattr(self.store, "joined", False) else self.settings.attempts

    async def pause(self, attempt: int) -> None:
        """Wait a little, longer each time and never as long as others do."""
        seconds = random.uniform(0, min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE))  # noqa: S311  # no secret
        if self.sleep:
            await self.sleep(seconds)
        elif self.store.waits:
            import asyncio

            await asyncio.sleep(seconds)
        else:
            time.sleep(seconds)  # noqa: ASYNC251  # a blocking store has no event loop


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never suspends."""
    try:
        with localcontext(EXACT):
            coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise RuntimeError("The coroutine waits for an event loop; use AsyncTrade for stores and catalogues that wait.")


async def in_colour(context: Context, coroutine: Coroutine[Any, Any, T]) -> T:
    """The result for `AsyncTrade`: awaited, or run by a worker thread where the store blocks."""
    if context.store.waits:
        with localcontext(EXACT):
            return await coroutine
    import asyncio

    return await asyncio.to_thread(run, coroutine)


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
            changes = outcome.changes
            if session.checks or session.told:
                changes = await controlled(session, outcome)
            record = _record(context, session, function, fingerprint, outcome)
            done = await context.store.commit(changes + Changes(record=record))
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


def _record(
    context: Context, session: Session, function: Any, fingerprint: str, outcome: Outcome[Any]
) -> CommandRecord:
    ref = outcome.result.ref
    return CommandRecord(
        new_id(),
        function.__name__,
        context.actor.id,
        session.now(),
        context.key,
        fingerprint,
        ref if context.key else None,
        tuple(each.kept() for each in session.told),
    )


def _again(known: Repeated, fingerprint: str) -> Any:
    if known.fingerprint != fingerprint:
        raise KeyReused((), known.key)
    return known.result


def fingerprint_of(function: Callable[..., Any], arguments: Mapping[str, Any]) -> str:
    """A digest of a command and its checked input; an argument given as its default counts as left out."""
    given = {name: to_plain(value) for name, value in said(function, arguments).items()}
    import hashlib

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

        told: Warnings, and violations that a right of the actor lifts.
    """

    result: R | None
    changes: Changes
    violations: tuple[Violation, ...]
    told: tuple[Violation, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the command would be carried out."""
        return not self.violations


async def plan(context: Context, function: Callable[..., Awaitable[Outcome[R]]], args: Any, kwargs: Any) -> Plan[R]:
    """What a command would do; nothing is written."""
    session = context.session(cautious=True)
    try:
        arguments = checked_arguments(function, args, kwargs)
        outcome = await function(session, **arguments)
        changes = await controlled(session, outcome)
    except Refused as refused:
        return Plan(None, Changes(), refused.violations, tuple(session.told))
    planned: Any = {save.ref: save.after for save in changes.saves}
    return Plan(planned.get(outcome.result.ref, outcome.result), changes, (), tuple(session.told))


async def ask(context: Context, function: Callable[..., Awaitable[T]], args: Any, kwargs: Any) -> T:
    """Call a query."""
    session = context.session(cautious=True)
    session.damaged = context.damaged
    return await function(session, **checked_arguments(function, args, kwargs))


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
    try:
        many = check(ids, Sequence[Any])
    except Invalid as error:
        raise Invalid(wrong.at("ids") for wrong in error.violations) from None
    done: list[Done[R]] = []
    for id in many:
        mine = evolve(context, key=f"{context.key}/{id}") if context.key else context
        try:
            done.append(Done(id, await execute(mine, function, (id, *args), kwargs)))
        except TradeError as error:
            done.append(Done(id, error=error))
    return tuple(done)


@attrs.frozen
class Sweep(Generic[R]):
    """A query that finds documents by id, and the command each of them needs; both take the same arguments."""

    finding: Callable[..., Awaitable[tuple[str, ...]]]
    command: Callable[..., Awaitable[Outcome[R]]]


async def swept(context: Context, sweep: Sweep[R], args: Any, kwargs: Any) -> tuple[Done[R], ...]:
    """Call a command for every document that a query finds, each on its own."""
    ids = await ask(context, sweep.finding, args, kwargs)
    return await each(context, sweep.command, ids, args, kwargs)
