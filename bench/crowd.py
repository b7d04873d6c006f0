"""Several clients at once, each in a process of its own; processes and their connections live on from run to run."""

import multiprocessing
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum, auto
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier
from typing import NamedTuple, Self

from bench.sides import Shop
from bench.work import Client, Measured, demands, live, live_for

CLIENTS = 8
_PATIENCE = 120.0


class Failed(Exception):
    """A client could not do it; the text is the last it said."""


class What(Enum):
    """What clients can be told to do."""

    MEET = auto()  #: Connect, and live one life to warm up.
    LIVE = auto()  #: Wait for the others, then live for a time.
    LEAVE = auto()  #: Close the connection.


class Task(NamedTuple):
    """What every client is told to do."""

    what: What
    shop: Shop
    hot: bool = False
    seconds: float = 0.0


class Crowd:
    """Processes that are started when the first run needs them."""

    def __init__(self, clients: int = CLIENTS) -> None:
        self.clients = clients
        self._pipes: list[Connection] = []
        self._processes: list[SpawnProcess] = []
        self._barrier: Barrier | None = None

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Send everybody home."""
        for pipe in self._pipes:
            with suppress(OSError):
                pipe.send(None)
        for process in self._processes:
            process.join(10)
        self._end()

    def meet(self, shop: Shop) -> int:
        """Let everybody connect and warm up; how many lives that took."""
        if not self._pipes:
            self._start()
        return sum(each.lives for each in self._all(Task(What.MEET, shop)))

    def live(self, shop: Shop, *, hot: bool, seconds: float) -> Measured:
        """The lives all clients finished together, from the first start to the last end."""
        done = self._all(Task(What.LIVE, shop, hot, seconds))
        started, ended = min(each.started for each in done), max(each.ended for each in done)
        return Measured(sum(each.lives for each in done), started, ended)

    def leave(self, shop: Shop) -> None:
        """Let everybody close the connections to a shop, so that its database can go."""
        if self._pipes:
            self._all(Task(What.LEAVE, shop))

    def _start(self) -> None:
        # Spawned, not forked: a forked child would share our sockets and miss the drivers' threads.
        context = multiprocessing.get_context("spawn")
        self._barrier = context.Barrier(self.clients)  # kept: it goes away with its last reference on our side
        for number in range(1, self.clients + 1):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, self._barrier, number), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def _all(self, task: Task) -> Sequence[Measured]:
        for pipe in self._pipes:
            pipe.send(task)
        answers = [_heard(pipe, task.seconds + _PATIENCE) for pipe in self._pipes]
        failed = [answer for answer in answers if isinstance(answer, str)]
        if failed:
            self._end()
            raise Failed(failed[0].strip().splitlines()[-1]) from RuntimeError(failed[0])
        return [answer for answer in answers if isinstance(answer, Measured)]

    def _end(self) -> None:
        for process in self._processes:
            process.terminate()
        for pipe in self._pipes:
            pipe.close()
        self._pipes, self._processes = [], []


def _heard(pipe: Connection, seconds: float) -> Measured | str:
    try:
        answer: Measured | str = pipe.recv() if pipe.poll(seconds) else "a client does not answer"
    except (EOFError, OSError):
        return "a client has died"
    return answer


def _serve(pipe: Connection, barrier: Barrier, number: int) -> None:
    """Do what the pipe says until it says None."""
    known: dict[Shop, Client] = {}
    run = 0
    while task := pipe.recv():
        run += 1
        try:
            pipe.send(_do(task, known, barrier, number * 1000 + run, number))
        except Exception as error:  # noqa: BLE001  # the parent must hear of anything
            barrier.abort()
            pipe.send("".join(traceback.format_exception(error, limit=-4)))


def _do(task: Task, known: dict[Shop, Client], barrier: Barrier, seed: int, number: int) -> Measured:
    started = time.monotonic()
    match task.what:
        case What.MEET:
            known[task.shop] = task.shop.open().client(number)
            live(known[task.shop], next(demands(seed)))
            return Measured(1, started, time.monotonic())
        case What.LIVE:
            wanted = demands(seed, hot=task.hot)
            barrier.wait(_PATIENCE)
            return live_for(known[task.shop], wanted, task.seconds)
        case What.LEAVE:
            if client := known.pop(task.shop, None):
                client.finish()
            return Measured(0, started, time.monotonic())
