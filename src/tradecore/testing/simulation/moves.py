"""What happens next in a simulation, as values that can be written down and read again."""

from collections.abc import Iterable
from enum import StrEnum
from itertools import groupby

import attrs
from typing_extensions import override


class Action(StrEnum):
    """What is done to a delivery that waits for the store."""

    STEP = ""  #: It goes on to its next call of the store.
    CONFLICT = "x"  #: Its commit loses a race.
    CUT = "u"  #: The connection breaks: before or behind a commit, nobody tells the client which.
    CRASH = "!"  #: Its process dies here; somebody delivers the same command again.
    LEAVE = "-"  #: Its process dies here, and nobody comes back.
    REPEAT = "+"  #: The same command is delivered once more, beside this one.
    JUMP = "~"  #: The clock is put forward or back by some seconds.


@attrs.frozen
class Move:
    """
    One thing that happens.

    Attributes:
        client: Number of the client, in the order in which the story named them.

        delivery: Which delivery of it: 0 is the first.

        seconds: How far the clock jumps.
    """

    action: Action = Action.STEP
    client: int = 0
    delivery: int = 0
    seconds: int = 0

    @property
    def fault(self) -> bool:
        """Whether something goes wrong."""
        return self.action is not Action.STEP

    @override
    def __str__(self) -> str:
        if self.action is Action.JUMP:
            return f"~{self.seconds}"
        return f"{self.client}.{self.delivery}{self.action}" if self.delivery else f"{self.client}{self.action}"


def written(moves: Iterable[Move]) -> str:
    """
    The moves as a text: `0*3 1 0! ~60` is three steps of client 0, one of client 1, then client 0 dies, and time jumps.

    >>> written([Move(), Move(), Move(client=1, delivery=2), Move(Action.CRASH, 0), Move(Action.JUMP, seconds=-60)])
    '0*2 1.2 0! ~-60'
    """
    runs = [(text, len(list(same))) for text, same in groupby(map(str, moves))]
    return " ".join(text if count == 1 else f"{text}*{count}" for text, count in runs)


def read(text: str) -> list[Move]:
    """
    The moves of a text.

    >>> written(read("0*2 1.2 0! ~-60")) == "0*2 1.2 0! ~-60"
    True

    Raises:
        ValueError: It is no such text.
    """
    moves: list[Move] = []
    for word in text.split():
        name, _, count = word.partition("*")
        try:
            moves += [_move(name)] * int(count or 1)
        except ValueError:
            raise ValueError(f"{word!r} is no move.") from None
    return moves


def _move(word: str) -> Move:
    if word.startswith(Action.JUMP):
        return Move(Action.JUMP, seconds=int(word[1:]))
    action = Action.STEP if word[-1].isdigit() else Action(word[-1])
    client, _, delivery = word.removesuffix(action).partition(".")
    return Move(action, int(client), int(delivery or 0))
