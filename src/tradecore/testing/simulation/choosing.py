"""Chance: who goes on next in a run, and what goes wrong. The same seed chooses the same."""

from collections.abc import Iterator
from random import Random

import attrs

from tradecore.testing.simulation.moves import Action, Move
from tradecore.testing.simulation.running import Delivery, Run, faults_at

_DAY = 86_400
_JUMPS = (-30 * _DAY, -_DAY, -60, -1, 60, _DAY, 30 * _DAY)


@attrs.frozen(kw_only=True)
class Faults:
    """
    How often things go wrong, as a share of all steps. A third of all schedules have no faults, a third more than usual.

    Attributes:
        crash: A process dies, and its command is delivered again.

        leave: A process dies, and nobody comes back.

        repeat: A command is delivered once more while it is at work.

        cut: A connection breaks.

        conflict: A commit loses a race.

        jump: The clock is put forward or back.
    """

    crash: float = 0.01
    leave: float = 0.003
    repeat: float = 0.01
    cut: float = 0.01
    conflict: float = 0.02
    jump: float = 0.005


#: Nothing goes wrong, but for the races that clients lose to each other.
NO_FAULTS = Faults(crash=0, leave=0, repeat=0, cut=0, conflict=0, jump=0)


def chosen(run: Run, seed: int, faults: Faults) -> Iterator[Move]:
    """Moves until every client has come to an end."""
    random = Random(f"{seed} moves")  # noqa: S311  # no secret
    # Some bugs need clients that take turns at every step, others one that sleeps while somebody does a day's work.
    stays = random.choice((0.0, 0.4, 0.8, 0.95))
    worse = random.choice((0.0, 1.0, 4.0))
    rates = {_ACTIONS[name]: rate * worse for name, rate in attrs.asdict(faults).items()}
    any_rate = sum(rates.values())
    last: Delivery | None = None
    while run.live:
        if last not in run.live or random.random() >= stays:
            last = random.choice(run.live)
        chance = random.random()
        yield _move(random, last, rates, chance) if chance < any_rate else Move(Action.STEP, *last.place)


def _move(random: Random, delivery: Delivery, rates: dict[Action, float], chance: float) -> Move:
    for action in (*faults_at(delivery.at), Action.JUMP):
        chance -= rates[action]
        if chance < 0:
            seconds = random.choice(_JUMPS) if action is Action.JUMP else 0
            return Move(action, seconds=seconds) if seconds else Move(action, *delivery.place)
    return Move(Action.STEP, *delivery.place)


_ACTIONS = {
    "crash": Action.CRASH,
    "leave": Action.LEAVE,
    "repeat": Action.REPEAT,
    "cut": Action.CUT,
    "conflict": Action.CONFLICT,
    "jump": Action.JUMP,
}
