"""What happened in simulated runs, counted."""

import attrs
from typing_extensions import override


@attrs.define(kw_only=True)
class Figures:
    """
    What happened in one run or in many; they add up.

    Attributes:
        schedules: Orders in which things happened.

        steps: Calls of the store, and faults.

        commits: Commands that wrote something.

        answers: Commands that were answered from their key, because they had been carried out.

        refusals: Clients that ended because the rules refused a command.

        done: Clients that came to their end.

        crashes, cuts, conflicts, repeats, jumps: Processes that died, connections that broke, races that were lost,
            commands that were delivered again, and clocks that were put.
    """

    schedules: int = 0
    steps: int = 0
    commits: int = 0
    answers: int = 0
    refusals: int = 0
    done: int = 0
    crashes: int = 0
    cuts: int = 0
    conflicts: int = 0
    repeats: int = 0
    jumps: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        mine, others = attrs.asdict(self), attrs.asdict(other)
        return Figures(**{name: mine[name] + others[name] for name in mine})

    @override
    def __str__(self) -> str:
        return ", ".join(f"{count:,} {name}" for name, count in attrs.asdict(self).items())
