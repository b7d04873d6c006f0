"""Where the time of a life goes: the median of each command, on both sides."""

import statistics
import time
from collections.abc import Iterator

from bench.measuring import Bench
from bench.report import Row
from bench.sides import FLOOR, TRADECORE, Shop
from bench.work import COMMANDS, Client, Demand, demands, live


def timed(client: Client, wanted: Iterator[Demand], seconds: float) -> dict[str, float]:
    """The median microseconds of each command."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    ended = time.perf_counter() + seconds
    while time.perf_counter() < ended or not times["close"]:
        subject: object = next(wanted)
        for name in COMMANDS:
            started = time.perf_counter()
            answer = getattr(client, name)(subject)
            times[name].append(time.perf_counter() - started)
            subject = answer if name == "place" else subject
    return {name: statistics.median(each) * 1e6 for name, each in times.items()}


def measure(bench: Bench, store: str) -> None:
    """Measure a store."""
    sides = [Shop(side, store, bench.places.fresh(store)).open() for side in (FLOOR, TRADECORE)]
    for side in sides:
        side.prepare()
    clients = [side.client(0) for side in sides]
    wanted = [demands(1), demands(1)]
    for client, each in zip(clients, wanted, strict=True):
        live(client, next(each))
    pairs: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for _ in range(bench.reps):
        base, ours = (timed(client, each, bench.seconds) for client, each in zip(clients, wanted, strict=True))
        for name in COMMANDS:
            pairs[name].append((base[name], ours[name]))
    _report(bench, store, pairs)
    for client, side in zip(clients, sides, strict=True):
        client.finish()
        side.finish()


def _report(bench: Bench, store: str, pairs: dict[str, list[tuple[float, float]]]) -> None:
    whole = sum(statistics.median(ours for _, ours in each) for each in pairs.values())
    for name, each in pairs.items():
        share = statistics.median(ours for _, ours in each) / whole
        row = Row("commands", store, f"{name}, {share:.0%} of the life", FLOOR, "us", each)
        bench.report.rows.append(row)
        bench.say(" ".join("  ".join(row.cells()).split()))
