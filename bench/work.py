"""The work both sides do: one order's life of five commands, and what a side must offer to be measured."""

import time
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple, Protocol

COMMANDS = ("place", "approve", "pay", "ship", "close")
ITEMS = 1000
CUSTOMERS = 20
#: Pieces of every item at the start: more than any run can sell.
STOCK = 10**9
#: The item every order wants in a run "on one hot item".
HOT = 0
LINES = 5


class Line(NamedTuple):
    """What a customer wants of one item."""

    item: int
    quantity: int


class Demand(NamedTuple):
    """What a customer wants."""

    customer: int
    lines: tuple[Line, ...]


class Client(Protocol):
    """Somebody who carries one order after the other through its life, each command in a commit of its own."""

    def place(self, demand: Demand) -> Any:
        """Place an order; the answer is handed to the other commands."""
        ...

    def approve(self, order: Any) -> None:
        """Approve it and reserve its goods."""
        ...

    def pay(self, order: Any) -> None:
        """Receive all of its money."""
        ...

    def ship(self, order: Any) -> None:
        """Ship all of its goods."""
        ...

    def close(self, order: Any) -> None:
        """Close it."""
        ...

    def finish(self) -> None:
        """Give back the connection."""
        ...


class Side(Protocol):
    """A way of writing the life over one database."""

    def prepare(self) -> None:
        """Create the tables; fill in the catalogue and the stock."""
        ...

    def client(self, number: int) -> Client:
        """Connect a client; every client of a database has another number."""
        ...

    def check(self, lives: int) -> None:
        """Raise `Unsound` unless what is stored is exactly what `lives` finished lives leave behind."""
        ...

    def finish(self) -> None:
        """Give back what `prepare` opened."""
        ...


class Unsound(Exception):
    """The figures of a run do not count: what it stored is wrong."""


class Measured(NamedTuple):
    """How many lives were finished in which time."""

    lives: int
    started: float
    ended: float

    @property
    def rate(self) -> float:
        """Lives a second."""
        return self.lives / (self.ended - self.started)


def demands(seed: int, *, hot: bool = False) -> Iterator[Demand]:
    """An endless row of demands: five lines over distinct items, the same for the same seed."""
    random = Random(seed)
    others = range(1, ITEMS)
    while True:
        items = random.sample(others, LINES)
        if hot:
            items[0] = HOT
        items.sort()
        yield Demand(random.randrange(CUSTOMERS), tuple(Line(item, random.randint(1, 5)) for item in items))


def price(item: int) -> int:
    """The price of one piece of an item, in cents."""
    return 100 + item * 7


def live(client: Client, demand: Demand) -> None:
    """One life."""
    order = client.place(demand)
    client.approve(order)
    client.pay(order)
    client.ship(order)
    client.close(order)


def live_for(client: Client, wanted: Iterator[Demand], seconds: float) -> Measured:
    """As many whole lives as fit into the time, one at least. Demands are drawn inside the clock, as a caller would."""
    lives, started = 0, time.monotonic()
    ended = started
    while ended - started < seconds:
        live(client, next(wanted))
        lives += 1
        ended = time.monotonic()
    return Measured(lives, started, ended)


def require(fact: str, *, expected: object, found: object) -> None:
    """Raise `Unsound` unless both are equal."""
    if expected != found:
        raise Unsound(f"{fact}: {expected} expected, {found} found")
