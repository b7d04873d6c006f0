"""
One run of a story: clients whose commands are interleaved call by call, in an order that somebody chooses.

Every delivery of a client is a coroutine that stops at each call of the store. Whoever chooses says which one goes on,
and what goes wrong; nothing else decides, so the same choices give the same run.
"""

from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from contextvars import Context as Variables
from contextvars import copy_context
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeAlias

import attrs
from typing_extensions import override

from tradecore.changes import Changes, Committed, Repeated
from tradecore.errors import Conflict, KeyReused, NotFound, Refused, Unavailable
from tradecore.storage.protocol import BlockingStore
from tradecore.testing.factories import AT
from tradecore.testing.simulation.books import Books, Broken
from tradecore.testing.simulation.figures import Figures
from tradecore.testing.simulation.moves import Action, Move
from tradecore.testing.simulation.ports import Call, Port, Vanished
from tradecore.trade import AsyncTrade, Trade
from tradecore.values.text import id_maker

#: What a client does: a coroutine function of the trade it is given, and of what the story says besides.
Job: TypeAlias = Callable[..., Coroutine[Any, Any, object]]
Story: TypeAlias = Callable[["Simulation"], object]

#: A client that still fails after so many deliveries is left alone.
DELIVERIES = 8
#: Calls of the store in one run; more means that somebody tries for ever.
LONGEST = 20_000


@attrs.define
class Clock:
    """A clock that goes on a little with every move, and jumps when it is told to."""

    now: datetime = AT
    tick: timedelta = timedelta(seconds=1)

    def __call__(self) -> datetime:
        """The moment it shows."""
        return self.now

    def put(self, seconds: float) -> None:
        """Put it forward or back."""
        self.now += timedelta(seconds=seconds)


@attrs.define(eq=False)
class Client:
    """What a story wants done, by whom."""

    number: int
    job: Job
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    deliveries: int = 0

    @override
    def __str__(self) -> str:
        given = [*map(repr, self.args), *(f"{name}={value!r}" for name, value in self.kwargs.items())]
        return f"{self.job.__name__}({', '.join(given)})"


@attrs.define(eq=False)
class Delivery:
    """One try of a client to get its work done."""

    client: Client
    number: int
    port: Port
    coroutine: Coroutine[Any, Any, object]
    variables: Variables
    at: Call

    @property
    def place(self) -> tuple[int, int]:
        """Number of the client and of the delivery."""
        return self.client.number, self.number


class Simulation:
    """
    What a story is given: an empty store, a clock, a source of chance, and a place to name its clients.

    Attributes:
        random: The same values for the same seed. What a story draws from it may differ from seed to seed.

        clock: Goes on with every step.

        store: What everything is kept in.
    """

    def __init__(self, seed: int, store: BlockingStore) -> None:
        self.random = Random(f"{seed} story")  # noqa: S311  # no secret
        self.clock = Clock(tick=timedelta(seconds=Random(f"{seed} clock").choice((0, 1, 1, 3600))))  # noqa: S311
        self.books = Books(store)
        watched: Any = self.books.watched()  # it hands on what it does not watch
        self.store: BlockingStore = watched
        self.clients: list[Client] = []
        self.laws: list[Callable[[Trade], object]] = []
        self._bare = store
        self._given: dict[str, Any] = {}
        self._trade: Trade | None = None

    def open(self, **given: Any) -> Trade:
        """
        Trade over the store, to prepare what is there before the first client comes. Clients get the same, awaited.

        Args:
            given: As for `Trade`: settings, catalog, checks.
        """
        self._given = given
        self._trade = Trade(self.store, clock=self.clock, **given)
        return self._trade

    @property
    def trade(self) -> Trade:
        """The trade that was opened; an ordinary one if none was."""
        return self._trade or self.open()

    def client(self, job: Callable[..., Coroutine[Any, Any, object]], /, *args: Any, **kwargs: Any) -> None:
        """
        Name a client: `job(trade, *args, **kwargs)`, where `trade` is an `AsyncTrade`.

        It may be delivered several times, as a queue does that hears no answer. So its commands bear keys
        (`trade.once(key)`) that are the same each time. It awaits commands and queries, nothing else. A refusal ends it.
        """
        self.clients.append(Client(len(self.clients), job, args, kwargs))

    def always(self, law: Callable[[Trade], object]) -> None:
        """Have something proved after every commit: `law(trade)` raises `AssertionError` where it does not hold."""
        self.laws.append(law)

    def waiting(self, port: Port) -> AsyncTrade:
        """The trade of one delivery."""
        trade = AsyncTrade(port, clock=self.clock, **self._given)
        context = self.trade._context  # noqa: SLF001  # one package
        return trade._with(sleep=port.sleep, memory=context.memory)  # noqa: SLF001

    def prove(self, changes: Changes) -> None:
        """
        Prove what a commit touched, and what the story wants proved.

        Raises:
            Broken: A law does not hold.
        """
        self.books.prove(changes, self.trade.settings)
        for law in self.laws:
            try:
                law(self._looking)
            except AssertionError as error:
                raise Broken(law.__name__, str(error) or "does not hold") from error

    @property
    def _looking(self) -> Trade:
        return Trade(self._bare, clock=self.clock, **self._given)


class Run:
    """
    A story on its way.

    Attributes:
        live: The deliveries that wait for the store, in order.

        moves: What has happened so far.

        figures: How often.

        told: The same for people, one line a move, if it is wanted.
    """

    def __init__(self, story: Story, seed: int, store: BlockingStore, *, telling: bool = False) -> None:
        ids = count(1)
        self._variables = copy_context()
        self._variables.run(id_maker.set, lambda: f"{next(ids):032x}")
        self.figures = Figures(schedules=1)
        self.moves: list[Move] = []
        self.live: list[Delivery] = []
        self.told: list[str] = []
        self._telling = telling
        self._committed: Changes | None = None
        self._broken: Broken | None = None
        self.simulation = Simulation(seed, store)
        self._variables.run(story, self.simulation)
        for client in self.simulation.clients:
            self.deliver(client)

    def play(self, choose: Iterable[Move]) -> None:
        """
        Do what is chosen, then whatever is left, one client after the other; prove everything at the end.

        Raises:
            Broken: A law does not hold.
        """
        try:
            for move in choose:
                self.do(move)
            while self.live:
                self.do(Move(Action.STEP, *self.live[0].place))
        finally:
            self._leave()
        self.simulation.books.prove_all(self.simulation.trade.settings)
        report = self.simulation.trade.check()
        if report.faults:
            raise Broken("check", "; ".join(map(str, report.faults)))

    def deliver(self, client: Client) -> None:
        """Start a delivery of a client; it waits at once."""
        port = Port(self.simulation._bare, self._witness)  # noqa: SLF001
        trade = self.simulation.waiting(port).acting_as(f"client {client.number}")
        coroutine = client.job(trade, *client.args, **client.kwargs)
        first = Call("start", str(client))
        self.live.append(Delivery(client, client.deliveries, port, coroutine, self._variables.copy(), first))
        client.deliveries += 1

    def find(self, client: int, delivery: int) -> Delivery | None:
        """The delivery of these numbers, if it still waits."""
        return next((each for each in self.live if each.place == (client, delivery)), None)

    def do(self, move: Move) -> None:
        """
        Do one move; one that cannot be done, because somebody has gone, is left out.

        Raises:
            Broken: A law does not hold.
        """
        delivery = self.find(move.client, move.delivery)
        if move.action is Action.JUMP:
            self.simulation.clock.put(move.seconds)
            self.figures.jumps += 1
        elif delivery is None:
            return
        self.moves.append(move)
        self.figures.steps += 1
        self.simulation.clock.now += self.simulation.clock.tick
        if self._telling:
            self.told.append(_line(move, delivery))
        if len(self.moves) > LONGEST:
            raise Broken("end", f"after {LONGEST} calls somebody still tries")
        if delivery is not None and move.action is not Action.JUMP:
            self._act(move.action, delivery)
        if self._broken:
            raise self._broken
        if self._committed is not None:
            changes, self._committed = self._committed, None
            self._variables.run(self.simulation.prove, changes)

    def _act(self, action: Action, delivery: Delivery) -> None:
        client = delivery.client
        match action:
            case Action.STEP:
                self._go_on(delivery)
            case Action.CONFLICT:
                self.figures.conflicts += 1
                self._go_on(delivery, Conflict(("a race that the simulation has lost",)))
            case Action.CUT:
                self.figures.cuts += 1
                self._go_on(delivery, Unavailable("The simulation has cut the connection."))
            case Action.CRASH | Action.LEAVE:
                self.figures.crashes += 1
                delivery.port.gone = True
                self._go_on(delivery, Vanished())
                if action is Action.CRASH:
                    self._again(client)
            case Action.REPEAT:
                self.figures.repeats += 1
                self._again(client)
            case Action.JUMP:
                pass  # nobody goes on

    def _again(self, client: Client) -> None:
        if client.deliveries < DELIVERIES:
            self.deliver(client)

    def _go_on(self, delivery: Delivery, error: BaseException | None = None) -> None:
        """Let a delivery go on to its next call of the store, or to its end."""
        coroutine = delivery.coroutine
        try:
            if error is None:
                delivery.at = delivery.variables.run(coroutine.send, None)
            else:
                delivery.at = delivery.variables.run(coroutine.throw, error)
        except StopIteration:
            self.figures.done += 1
        except Vanished:
            pass
        except KeyReused as reused:
            raise Broken("keys", f"{delivery.client}: {reused}") from reused
        except (Refused, NotFound):
            self.figures.refusals += 1
        except (Conflict, Unavailable):
            self._finish(delivery)
            self._again(delivery.client)
            return
        except Exception as unexpected:
            raise Broken(f"{type(unexpected).__name__}", f"{delivery.client}: {unexpected}") from unexpected
        else:
            if not isinstance(delivery.at, Call):
                raise Broken("awaits", f"{delivery.client} awaits something that is no command")
            return
        self._finish(delivery)

    def _leave(self) -> None:
        """Nobody goes on."""
        for each in self.live:
            each.port.gone = True
            with suppress(Vanished):
                each.variables.run(each.coroutine.close)

    def _finish(self, delivery: Delivery) -> None:
        self.live.remove(delivery)
        self.figures.conflicts += delivery.port.conflicts

    def _witness(self, changes: Changes, done: Committed | Repeated) -> None:
        if isinstance(done, Repeated):
            self.figures.answers += 1
        else:
            self.figures.commits += 1
            self._committed = changes
        try:
            self.simulation.books.note(changes, done)
        except Broken as broken:  # kept until the client, who might catch it, has let us go on
            self._broken = broken


def _line(move: Move, delivery: Delivery | None) -> str:
    what = {
        Action.STEP: "",
        Action.CONFLICT: "  loses a race",
        Action.CUT: "  connection is cut",
        Action.CRASH: "  dies, and comes back",
        Action.LEAVE: "  dies for good",
        Action.REPEAT: "  is delivered once more",
        Action.JUMP: "the clock jumps",
    }[move.action]
    return f"{move!s:>6}  {delivery.at.told() if delivery else ''}{what}"


def faults_at(call: Call) -> Iterator[Action]:
    """What can go wrong where a delivery waits for this call."""
    yield Action.CRASH
    yield Action.LEAVE
    yield Action.REPEAT
    if call.name not in ("start", "sleep"):
        yield Action.CUT
    if call.name == "commit":
        yield Action.CONFLICT
