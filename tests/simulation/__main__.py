"""
Simulate for long: `python -m tests.simulation --seeds 100000`. Prints figures a story; stops at the first failure.

Each story gets its share of the seeds, from `--first` on.
"""

import argparse
import sys
import time

from tests.simulation.stories import STORIES
from tradecore.testing import Figures, SimulationFailed, simulate

_AT_A_TIME = 250


def main() -> int:
    """Run the stories; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3000, help="how many schedules in all")
    parser.add_argument("--first", type=int, default=0, help="the first seed of each story")
    parser.add_argument("--story", choices=STORIES, action="append", help="only this one; may be given again")
    given = parser.parse_args()
    names = given.story or list(STORIES)
    whole, began = Figures(), time.monotonic()
    for name in names:
        figures = Figures()
        last = given.first + given.seeds // len(names)
        for first in range(given.first, last, _AT_A_TIME):
            try:
                figures += simulate(STORIES[name], range(first, min(first + _AT_A_TIME, last)))
            except SimulationFailed as failed:
                print(f"{name}: {failed}")
                return 1
            if sys.stdout.isatty():
                print(f"\r{name}: {figures.schedules:,} schedules", end="", flush=True)
        whole += figures
        print(f"\r{name}: {figures}", flush=True)
    minutes = (time.monotonic() - began) / 60
    print(f"all: {whole}; 0 violations; {whole.schedules / minutes:,.0f} schedules a minute")
    return 0


if __name__ == "__main__":
    sys.exit(main())
