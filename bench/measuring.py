"""Measuring in pairs: base and tradecore take turns, so that whatever else the machine does meets both."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.crowd import Crowd
from bench.places import SERVERS, NotAvailable, Places
from bench.report import Report, Row


@dataclass(frozen=True)
class Bench:
    """
    What a case is given.

    Attributes:
        reps: Pairs to measure.

        seconds: How long one half of a pair lasts.

        full: Whether large sizes are wanted.

        named: Whether the stores were chosen by the caller, so that slow ones are wanted too.
    """

    places: Places
    crowd: Crowd
    report: Report
    reps: int = 3
    seconds: float = 0.5
    full: bool = False
    named: bool = False
    quiet: bool = False
    started: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """Show that something happens."""
        if not self.quiet:
            print(f"{time.monotonic() - self.started:5.0f} s  {text}", file=sys.stderr, flush=True)

    def must_be_wanted(self, case: str, store: str) -> None:
        """
        Stop a case that fills a server with orders, which takes long, unless it was asked for.

        Raises:
            NotAvailable: Say so.
        """
        if store in SERVERS and not (self.named or self.full):
            raise NotAvailable(f"it takes long; name the store, `--store {store} {case}`, or use --full")

    def compare(
        self, row: tuple[str, str, str], base: str, unit: str, run_base: Callable[[], float], run: Callable[[], float]
    ) -> Row:
        """Measure the base and tradecore in turns, and report the row (case, store, what)."""
        pairs = [(run_base(), run()) for _ in range(self.reps)]
        found = Row(*row, base, unit, pairs)
        self.report.rows.append(found)
        self.say(" ".join(("  ".join(found.cells())).split()))
        return found

    def cost_of(self, work: Callable[[], object]) -> Callable[[], float]:
        """What measures the cost of a call."""
        return lambda: cost(work, self.seconds / 2)


def cost(work: Callable[[], object], seconds: float) -> float:
    """Microseconds one call takes: the fastest of several rounds, since only noise makes it slower."""
    calls, best, until = 1, float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < until:
        started = time.perf_counter()
        for _ in range(calls):
            work()
        took = time.perf_counter() - started
        best = min(best, took / calls)
        if took < seconds / 20:
            calls *= 2
    return best * 1e6
