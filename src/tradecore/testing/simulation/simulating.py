"""Running stories from seeds, and playing failures again."""

from collections.abc import Callable, Iterable
from decimal import localcontext
from functools import partial

import attrs
from typing_extensions import override

from tradecore.storage.memory import MemoryStore
from tradecore.storage.protocol import BlockingStore
from tradecore.testing.simulation.books import Broken
from tradecore.testing.simulation.choosing import Faults, chosen
from tradecore.testing.simulation.figures import Figures
from tradecore.testing.simulation.moves import read, written
from tradecore.testing.simulation.running import Run, Simulation, Story
from tradecore.testing.simulation.shrinking import Moves, shrunk
from tradecore.values.numbers import EXACT

_USUAL = Faults()


@attrs.frozen(eq=False)
class SimulationFailed(AssertionError):
    """
    A law does not hold, or a client failed with something that is no refusal.

    Attributes:
        seed: Of the run that failed.

        law: Which law, the same for every run that fails like this.

        why: What was found.

        moves: What happened until then; `replay` plays it again, exactly.

        trace: The same, one line a move.
    """

    seed: int
    law: str
    why: str
    moves: str
    trace: tuple[str, ...]

    @override
    def __str__(self) -> str:
        lines = (
            f"{self.why} (seed {self.seed})",
            *self.trace,
            f'play it again: replay(story, {self.seed}, "{self.moves}")',
        )
        return "\n  ".join(lines)


def simulate(
    story: Callable[[Simulation], object],
    seeds: Iterable[int] = range(100),
    *,
    faults: Faults = _USUAL,
    store: Callable[[], BlockingStore] = MemoryStore,
) -> Figures:
    """
    Run a story once for every seed.

    Args:
        story: Prepares the shop and names its clients; called anew for each seed.
        seeds: Each gives another schedule: an order of steps, and what goes wrong where.
        faults: How often things go wrong.
        store: Makes the store of each run; one that blocks.

    Returns:
        What happened, counted.

    Raises:
        SimulationFailed: In the first run in which a law does not hold; with the shortest moves that were found.
    """
    figures = Figures()
    for seed in seeds:
        with localcontext(EXACT):
            run = Run(story, seed, store())
            try:
                run.play(chosen(run, seed, faults))
            except Broken as broken:
                moves = shrunk(run.moves, partial(_fails, story, seed, store, broken.law))
                raise _failure(story, seed, moves, store) from broken
        figures += run.figures
    return figures


def replay(
    story: Callable[[Simulation], object],
    seed: int,
    moves: str | None = None,
    *,
    faults: Faults = _USUAL,
    store: Callable[[], BlockingStore] = MemoryStore,
) -> tuple[str, ...]:
    """
    Play one run again, exactly.

    Args:
        moves: As a failure has shown them; without them what the seed gives with these faults.

    Returns:
        What happened, one line a move.

    Raises:
        SimulationFailed: As it did before; nothing is made shorter.
    """
    with localcontext(EXACT):
        run = Run(story, seed, store(), telling=True)
        try:
            run.play(chosen(run, seed, faults) if moves is None else read(moves))
        except Broken as broken:
            raise _failed(run, seed, broken) from broken
    return tuple(run.told)


def _fails(story: Story, seed: int, store: Callable[[], BlockingStore], law: str, moves: Moves) -> Moves | None:
    """What was played until the same law was broken; None if it held."""
    run = Run(story, seed, store())
    try:
        run.play(moves)
    except Broken as broken:
        return run.moves if broken.law == law else None
    return None


def _failure(story: Story, seed: int, moves: Moves, store: Callable[[], BlockingStore]) -> SimulationFailed:
    try:
        replay(story, seed, written(moves), store=store)
    except SimulationFailed as failed:
        return failed
    why = "The story is not the same twice for one seed: it asks something else than `random` and `clock`."
    return SimulationFailed(seed, "repeatable", why, written(moves), ())


def _failed(run: Run, seed: int, broken: Broken) -> SimulationFailed:
    return SimulationFailed(seed, broken.law, str(broken), written(run.moves), tuple(run.told))
