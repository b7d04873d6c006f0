"""
Desks: commands and queries under their names, in the colour of the trade value they hang on.

A desk is a table of names, not a second implementation. Each descriptor binds one coroutine function and gives it back
as a call that returns (`Trade`) or is awaited (`AsyncTrade`); type checkers see its parameters and result unchanged.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from tradecore.calling import Context, Done, Plan, Sweep, ask, each, execute, in_colour, plan, run, swept
from tradecore.commands.session import Outcome, Session
from tradecore.query import Page
from tradecore.values.record import Record

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound=Record)


class Sync:
    """The colour of `Trade`: calls return their results."""


class Async:
    """The colour of `AsyncTrade`: calls are awaited."""


C = TypeVar("C", Sync, Async)


class Desk(Generic[C]):
    """A group of commands and queries of one trade value."""

    def __init__(self, context: Context) -> None:
        self.context = context


class _Bound:
    """A coroutine function and the context it is called in."""

    __slots__ = ("_context", "_function")

    def __init__(self, context: Context, function: Any) -> None:
        self._context = context
        self._function = function


class _Descriptor:
    """Binds a coroutine function to the desk it is asked of, in the desk's colour."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def _bind(self, desk: Desk[Any] | None, sync: type[_Bound], waiting: type[_Bound]) -> Any:
        if desk is None:
            return self
        return (sync if desk.context.sync else waiting)(desk.context, self.function)


class SyncCommand(_Bound, Generic[P, R]):
    """A command, ready to be called."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call it."""
        result: R = run(execute(self._context, self._function, args, kwargs))
        return result

    def plan(self, *args: P.args, **kwargs: P.kwargs) -> Plan[R]:
        """What the call would do; nothing is written."""
        return run(plan(self._context, self._function, args, kwargs))


class AsyncCommand(_Bound, Generic[P, R]):
    """A command, ready to be awaited."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call it."""
        result: R = await in_colour(self._context, execute(self._context, self._function, args, kwargs))
        return result

    async def plan(self, *args: P.args, **kwargs: P.kwargs) -> Plan[R]:
        """What the call would do; nothing is written."""
        return await in_colour(self._context, plan(self._context, self._function, args, kwargs))


class command(_Descriptor, Generic[P, R]):  # noqa: N801  # reads as a keyword in the desks
    """A command of a desk."""

    def __init__(self, function: Callable[Concatenate[Session, P], Awaitable[Outcome[R]]]) -> None:
        super().__init__(function)

    @overload
    def __get__(self, desk: None, owner: object = None) -> "command[P, R]": ...
    @overload
    def __get__(self, desk: Desk[Sync], owner: object = None) -> SyncCommand[P, R]: ...
    @overload
    def __get__(self, desk: Desk[Async], owner: object = None) -> AsyncCommand[P, R]: ...
    def __get__(self, desk: Any, owner: object = None) -> Any:
        return self._bind(desk, SyncCommand, AsyncCommand)


class SyncQuery(_Bound, Generic[P, T]):
    """A query, ready to be called."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it."""
        result: T = run(ask(self._context, self._function, args, kwargs))
        return result


class AsyncQuery(_Bound, Generic[P, T]):
    """A query, ready to be awaited."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it."""
        result: T = await in_colour(self._context, ask(self._context, self._function, args, kwargs))
        return result


class query(_Descriptor, Generic[P, T]):  # noqa: N801  # as command
    """A query of a desk."""

    def __init__(self, function: Callable[Concatenate[Session, P], Awaitable[T]]) -> None:
        super().__init__(function)

    @overload
    def __get__(self, desk: None, owner: object = None) -> "query[P, T]": ...
    @overload
    def __get__(self, desk: Desk[Sync], owner: object = None) -> SyncQuery[P, T]: ...
    @overload
    def __get__(self, desk: Desk[Async], owner: object = None) -> AsyncQuery[P, T]: ...
    def __get__(self, desk: Any, owner: object = None) -> Any:
        return self._bind(desk, SyncQuery, AsyncQuery)


class SyncBulk(_Bound, Generic[P, R]):
    """A command for many documents, ready to be called."""

    def __call__(self, ids: Sequence[str], *args: P.args, **kwargs: P.kwargs) -> tuple[Done[R], ...]:
        """Call it."""
        return run(each(self._context, self._function, ids, args, kwargs))


class AsyncBulk(_Bound, Generic[P, R]):
    """A command for many documents, ready to be awaited."""

    async def __call__(self, ids: Sequence[str], *args: P.args, **kwargs: P.kwargs) -> tuple[Done[R], ...]:
        """Call it."""
        return await in_colour(self._context, each(self._context, self._function, ids, args, kwargs))


class bulk(_Descriptor, Generic[P, R]):  # noqa: N801  # as command
    """A command of a desk for many documents, with a result for each (A15)."""

    def __init__(self, function: Callable[Concatenate[Session, str, P], Awaitable[Outcome[R]]]) -> None:
        super().__init__(function)

    @overload
    def __get__(self, desk: None, owner: object = None) -> "bulk[P, R]": ...
    @overload
    def __get__(self, desk: Desk[Sync], owner: object = None) -> SyncBulk[P, R]: ...
    @overload
    def __get__(self, desk: Desk[Async], owner: object = None) -> AsyncBulk[P, R]: ...
    def __get__(self, desk: Any, owner: object = None) -> Any:
        return self._bind(desk, SyncBulk, AsyncBulk)


class SyncSweep(_Bound, Generic[P, R]):
    """A command for every document that needs it, ready to be called."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> tuple[Done[R], ...]:
        """Call it."""
        return run(swept(self._context, self._function, args, kwargs))


class AsyncSweep(_Bound, Generic[P, R]):
    """A command for every document that needs it, ready to be awaited."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> tuple[Done[R], ...]:
        """Call it."""
        return await in_colour(self._context, swept(self._context, self._function, args, kwargs))


class sweep(_Descriptor, Generic[P, R]):  # noqa: N801  # as command
    """A command of a desk for every document that a query finds, with a result for each (A15)."""

    def __init__(
        self,
        finding: Callable[Concatenate[Session, P], Awaitable[tuple[str, ...]]],
        function: Callable[Concatenate[Session, str, P], Awaitable[Outcome[R]]],
    ) -> None:
        super().__init__(Sweep(finding, function))
        self.__doc__ = finding.__doc__

    @overload
    def __get__(self, desk: None, owner: object = None) -> "sweep[P, R]": ...
    @overload
    def __get__(self, desk: Desk[Sync], owner: object = None) -> SyncSweep[P, R]: ...
    @overload
    def __get__(self, desk: Desk[Async], owner: object = None) -> AsyncSweep[P, R]: ...
    def __get__(self, desk: Any, owner: object = None) -> Any:
        return self._bind(desk, SyncSweep, AsyncSweep)


class SyncStream(_Bound, Generic[P, R]):
    """All that a paged query finds, one after the other; a page at a time is held."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        """Call it."""
        following: dict[str, Any] = {}
        while True:
            page: Page[R] = run(ask(self._context, self._function, args, {**kwargs, **following}))
            yield from page.items
            if not page.next:
                return
            following = {"after": page.next}


class AsyncStream(_Bound, Generic[P, R]):
    """All that a paged query finds, one after the other; a page at a time is held."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[R]:
        """Call it."""
        following: dict[str, Any] = {}
        while True:
            asked = ask(self._context, self._function, args, {**kwargs, **following})
            page: Page[R] = await in_colour(self._context, asked)
            for item in page.items:
                yield item
            if not page.next:
                return
            following = {"after": page.next}


class stream(_Descriptor, Generic[P, R]):  # noqa: N801  # as command
    """A paged query of a desk, read to its end."""

    def __init__(self, function: Callable[Concatenate[Session, P], Awaitable[Page[R]]]) -> None:
        super().__init__(function)

    @overload
    def __get__(self, desk: None, owner: object = None) -> "stream[P, R]": ...
    @overload
    def __get__(self, desk: Desk[Sync], owner: object = None) -> SyncStream[P, R]: ...
    @overload
    def __get__(self, desk: Desk[Async], owner: object = None) -> AsyncStream[P, R]: ...
    def __get__(self, desk: Any, owner: object = None) -> Any:
        return self._bind(desk, SyncStream, AsyncStream)
