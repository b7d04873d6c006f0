"""One spelling for both façades: over a blocking store `Trade` is called through this, with `await` in front."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, cast

from tradecore.calling import run
from tradecore.colours import Desk
from tradecore.events import Event
from tradecore.storage.protocol import Store
from tradecore.trade import AsyncTrade, Trade


def awaited(trade: Trade) -> AsyncTrade:
    """
    The trade in the spelling of `AsyncTrade`.

    The coroutines call the blocking façade and never suspend, so the test that awaits them still runs without a loop.
    """
    return cast("AsyncTrade", _Awaited(trade))


class _Awaited:
    """Whatever is called at a desk answers when it is awaited; everything else is as it was."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if isinstance(found, Desk):
            return _Awaited(found)
        if isinstance(self._target, Desk):
            return _Call(found)
        return _AS_TRADE[name](found) if name in _AS_TRADE else found


class _Call:
    """A command, a query, a bulk command or a stream."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _Answer(lambda: self._function(*args, **kwargs))

    async def plan(self, *args: Any, **kwargs: Any) -> Any:
        """What the call would do."""
        return self._function.plan(*args, **kwargs)


class _Answer:
    """What a call gives: awaited once, or, of a stream, read to its end."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call

    def __await__(self) -> Iterator[Any]:
        return _now(self._call).__await__()

    async def __aiter__(self) -> AsyncIterator[Any]:
        for each in self._call():
            yield each


async def _now(call: Callable[[], Any]) -> Any:
    return call()


def _trade(function: Callable[..., Trade]) -> Callable[..., AsyncTrade]:
    return lambda *args, **kwargs: awaited(function(*args, **kwargs))


def _plain(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    return lambda *args, **kwargs: _now(lambda: function(*args, **kwargs))


def _relay(function: Callable[..., int]) -> Callable[..., Awaitable[int]]:
    def relay(handler: Callable[[Event], Any], **kwargs: Any) -> Awaitable[int]:
        return _now(lambda: function(lambda event: run(handler(event)), **kwargs))

    return relay


_AS_TRADE: dict[str, Callable[[Any], Any]] = {
    "acting_as": _trade,
    "once": _trade,
    "within": _trade,
    "init": _plain,
    "close": _plain,
    "check": _plain,
    "relay": _relay,
}


def trade_over(store: Store, *, asynchronous: bool, **facts: Any) -> AsyncTrade:
    """The façade for a store, in the spelling of `AsyncTrade`: that itself if the store waits or it is wished."""
    if store.waits or asynchronous:
        return AsyncTrade(store, **facts)
    return awaited(Trade(cast("Any", store), **facts))
