"""
How one suite drives every store: a test is a coroutine over the protocol, written once.

A blocking store never suspends, so its tests run without an event loop and its races between threads. The tests of a
store that waits run on an event loop of their own, its races between tasks. No plugin for asynchronous tests is needed.
"""

import asyncio
import functools
import inspect
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

import attrs
import pytest

from tradecore.calling import run
from tradecore.errors import TradeError
from tradecore.storage.protocol import Store

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound="Driven")

_OFTEN = 1e-6


@attrs.frozen
class Host:
    """
    A transaction of the host, begun and not ended.

    Attributes:
        connection: What `joining` of the store is given: a SQLAlchemy connection, a pymongo session.

        commit, rollback: How it ends; plain functions or coroutines.
    """

    connection: Any
    commit: Callable[[], Any]
    rollback: Callable[[], Any]


class Driven:
    """
    What a suite needs of the class that subclasses it: `make_store`, and what the store cannot do.

    `make_store` is a fixture that gives a callable. Each call opens the same place, empty when the test begins.
    """

    #: Whether what one store committed is found by another that `make_store` opens afterwards.
    durable: ClassVar[bool] = True
    #: Whether several threads, or tasks, may use the store at once.
    concurrent: ClassVar[bool] = True
    #: Whether the store can work inside a transaction of the host; then the class defines `host`.
    joins: ClassVar[bool] = False
    #: Whether `AsyncTrade` is tried over a store that blocks; over one that waits it is the only one.
    asynchronous: ClassVar[bool] = False
    #: How many examples Hypothesis tries in each test that uses it.
    examples: ClassVar[int] = 15

    _waits: bool = False
    _runner: asyncio.Runner

    def host(self, store: Any) -> AbstractAsyncContextManager[Host]:
        """A new transaction of the host, on a connection of its own to the same place."""
        raise NotImplementedError("A store that joins transactions shows how one is begun: define `host`.")

    @pytest.fixture
    def store(self, make_store: Callable[[], Store]) -> Iterator[Store]:
        """The store under test, ready for use."""
        with self.driving(make_store) as store:
            self.drive(store.init())
            yield store

    @contextmanager
    def driving(self, make_store: Callable[[], Store]) -> Iterator[Store]:
        """A store whose tests this object can drive until the end of the block."""
        with asyncio.Runner() as self._runner:
            store = self._runner.run(_made(make_store))
            self._waits = store.waits or self.asynchronous
            try:
                yield store
            finally:
                self.drive(store.close())

    def drive(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine over the store."""
        return self._runner.run(coroutine) if self._waits else run(coroutine)

    async def together(self, *calls: Callable[[], Coroutine[Any, Any, T]]) -> list[T | TradeError]:
        """What each of these calls gives, or the error it is refused with. They run at once."""
        if self._waits:
            return list(await asyncio.gather(*(_outcome(call) for call in calls)))
        start = threading.Barrier(len(calls))

        def work(call: Callable[[], Coroutine[Any, Any, T]]) -> T | TradeError:
            start.wait()
            return run(_outcome(call))

        with _switching(_OFTEN), ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(work, calls))

    async def breathe(self, seconds: float = 0.001) -> None:
        """Let the others work."""
        if self._waits:
            await asyncio.sleep(seconds)
        else:
            time.sleep(seconds)  # noqa: ASYNC251  # there is no loop to be blocked

    def needs(self, ability: str) -> None:
        """Skip the test if the store is declared to lack an ability."""
        if not getattr(self, ability):
            pytest.skip(f"{type(self).__name__} declares {ability} = False")


def driven(body: Callable[Concatenate[S, P], Coroutine[Any, Any, None]]) -> Callable[Concatenate[S, P], None]:
    """A test from a coroutine: it runs in the colour of the store."""

    def test(self: S, /, *args: P.args, **kwargs: P.kwargs) -> None:
        self.drive(body(self, *args, **kwargs))

    functools.update_wrapper(test, body)
    return test


@contextmanager
def _switching(seconds: float) -> Iterator[None]:
    """Let threads take turns so often that what is done step by step is seen half done."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(seconds)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


async def _made(make_store: Callable[[], Store]) -> Store:
    # On the loop, because some drivers look for it as soon as they are made.
    return make_store()


async def _outcome(call: Callable[[], Coroutine[Any, Any, T]]) -> T | TradeError:
    try:
        return await call()
    except TradeError as error:
        return error


async def ended(end: Callable[[], Any]) -> None:
    """End a transaction of the host, in whichever colour."""
    done = end()
    if inspect.isawaitable(done):
        await done
