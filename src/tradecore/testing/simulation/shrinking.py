"""Making a failing run shorter: fewer clients, fewer faults, fewer moves, fewer turns."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from tradecore.testing.simulation.moves import Action, Move

Moves = Sequence[Move]

#: What is tried again and again; takes the moves of a failing run, or None of one that does not fail as before.
Try = Callable[[Moves], Moves | None]


def shrunk(moves: Moves, fails: Try, budget: int = 50_000) -> Moves:
    """
    The shortest failing moves found while so many are played.

    Args:
        fails: Plays moves; what was really played until the failure, or None.
    """
    tries = _Tries(fails, budget)
    best = moves
    while tries.left > 0:
        before = best
        for ways in (_without_clients, _without_faults, _without_parts, _without_turns):
            best = tries.first(best, ways)
        if _cost(best) >= _cost(before):
            break
    return best


class _Tries:
    def __init__(self, fails: Try, budget: int) -> None:
        self._fails = fails
        self.left = budget

    def first(self, best: Moves, ways: Callable[[Moves], Iterator[Moves]]) -> Moves:
        """Follow every way that still fails and costs less, until none does."""
        found = True
        while found and self.left > 0:
            found = False
            for shorter in ways(best):
                if self.left <= 0:
                    break
                self.left -= len(best)
                played = self._fails(shorter)
                if played is not None and _cost(played) < _cost(best):
                    best, found = played, True
                    break
        return best


def _cost(moves: Moves) -> tuple[int, int, int]:
    """Clients that matter, then faults, then how long it is and how often another client comes on."""
    gone = {move.client for move in moves if move.action is Action.LEAVE}
    clients = {move.client for move in moves if move.action is not Action.JUMP} - gone
    faults = sum(move.fault for move in moves if move.action is not Action.LEAVE)
    turns = sum(one.client != other.client for one, other in pairwise(moves))
    return len(clients), faults, len(moves) + turns


def _without_clients(moves: Moves) -> Iterator[Moves]:
    """A client that leaves before it has begun."""
    for client in sorted({move.client for move in moves if move.action is not Action.JUMP}):
        rest = [move for move in moves if move.client != client or move.action is Action.JUMP]
        yield [Move(Action.LEAVE, client), *rest]


def _without_faults(moves: Moves) -> Iterator[Moves]:
    for index, move in enumerate(moves):
        if move.fault and move.action is not Action.LEAVE:
            rest = moves[index + 1 :]
            yield [*moves[:index], *rest]
            if move.action is not Action.JUMP:
                yield [*moves[:index], Move(Action.STEP, move.client, move.delivery), *rest]


def _without_parts(moves: Moves) -> Iterator[Moves]:
    """Large parts first."""
    size = len(moves) // 2
    while size:
        for start in range(0, len(moves) - size + 1, size):
            yield [*moves[:start], *moves[start + size :]]
        size //= 2


def _without_turns(moves: Moves) -> Iterator[Moves]:
    """A turn of one client behind the next turn of the same."""
    starts = [n for n, move in enumerate(moves) if n == 0 or move.client != moves[n - 1].client]
    for first, second, third in zip(starts, starts[1:], [*starts[2:], len(moves)], strict=False):
        yield [*moves[:first], *moves[second:third], *moves[first:second], *moves[third:]]
