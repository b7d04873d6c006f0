"""The command line."""

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.cases import NAMES, OF_STORE, PLAIN
from bench.crowd import CLIENTS, Crowd
from bench.measuring import Bench
from bench.places import STORES, NotAvailable, Places
from bench.report import Report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases, print the table; 1 if a case failed."""
    wanted = _parser().parse_args(arguments)
    stores = tuple(wanted.store.split(",")) if wanted.store else STORES
    if unknown := set(stores) - set(STORES):
        sys.exit(f"Unknown store: {', '.join(sorted(unknown))}. Known: {', '.join(STORES)}.")
    report, started = Report(), time.monotonic()
    with Places(wanted.dir) as places, Crowd(wanted.clients) as crowd:
        reps, seconds = (5, 3.0) if wanted.full else (3, 0.4)
        bench = Bench(
            places,
            crowd,
            report,
            reps=wanted.reps or reps,
            seconds=wanted.secs or seconds,
            full=wanted.full,
            named=bool(wanted.store),
            quiet=wanted.quiet,
        )
        run(bench, wanted.case or NAMES, stores)
        report.servers = places.versions()
    print(report.table())
    print(f"{time.monotonic() - started:.0f} s")
    if wanted.json:
        report.save(Path(wanted.json))
    return 1 if report.failed else 0


def run(bench: Bench, cases: Sequence[str], stores: Sequence[str]) -> None:
    """Run cases over stores. What cannot be run is reported and keeps nothing else from running."""
    for name in NAMES:
        if name in cases and name in PLAIN:
            _guarded(bench, name, lambda name=name: PLAIN[name](bench))  # type: ignore[misc]  # bound at once
        for store in stores:
            if name in cases and name in OF_STORE:
                call = OF_STORE[name]
                _guarded(bench, f"{name} on {store}", lambda call=call, store=store: call(bench, store))  # type: ignore[misc]


def _guarded(bench: Bench, what: str, call: Callable[[], None]) -> None:
    bench.say(f"{what} ...")
    try:
        call()
    except NotAvailable as error:
        bench.report.skipped.append(f"{what}: {error}")
    except Exception as error:  # noqa: BLE001  # one broken case must not hide the others
        bench.report.failed.append(f"{what}: {''.join(traceback.format_exception_only(error)).strip()}")
        bench.say("".join(traceback.format_exception(error)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure tradecore against the floor.")
    parser.add_argument("case", nargs="*", choices=[*NAMES, []], help=f"some of: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--store", help=f"some of {','.join(STORES)} (default: all)")
    parser.add_argument("--full", action="store_true", help="large sizes, long runs: takes an hour")
    parser.add_argument("--reps", type=int, help="pairs per row (default 3, with --full 5)")
    parser.add_argument("--secs", type=float, help="seconds each half of a pair lasts (default 0.4, with --full 3)")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="clients at once; 0 leaves those rows out")
    parser.add_argument("--json", metavar="FILE", help="write everything to FILE as well")
    parser.add_argument("--dir", help="where SQLite files are kept meanwhile (default: the temporary directory)")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    return parser


if __name__ == "__main__":
    sys.exit(main())
