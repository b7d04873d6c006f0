"""Sharing out: many demands over many supplies of many items, against the same written with bare tuples."""

import gc
import heapq
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import log2
from typing import NamedTuple

from bench.measuring import Bench
from tradecore.rules.distribution import Demand, Offer, distribute

ITEMS, DAYS = 1_000, 1_000
MANY, VERY_MANY = 100_000, 1_000_000
_FIRST = date(2026, 1, 1)


class Row(NamedTuple):
    """A quantity of an item that is wanted, or comes, on a day; days count from the first."""

    day: int
    name: int
    item: int
    quantity: Decimal


Pair = tuple[int, int, Decimal]
"""Who gets how much of which supply."""


def measure(bench: Bench) -> None:
    """Measure the time for many, and how it grows."""
    for size in (MANY, VERY_MANY) if bench.full else (MANY,):
        compare(bench, size)


def compare(bench: Bench, size: int) -> None:
    """Measure one size against bare tuples, and against a tenth of it."""
    demands, supplies = rows(size, 1), rows(size, 2)
    large, small = values(demands, supplies), values(rows(size // 10, 1), rows(size // 10, 2))
    if moved(floor(demands, supplies)) != sum(share.given for share in distribute(*large, late=True)):
        raise ValueError("both sides must give the same")
    bench.compare(
        ("allocation", "", f"{size:,} demands over {size:,} supplies"),
        "bare",
        "ms",
        lambda: _milliseconds(lambda: floor(demands, supplies)),
        lambda: _milliseconds(lambda: distribute(*large, late=True)),
    )
    # In units of n log n: a ratio of one is growth exactly as fast.
    bench.compare(
        ("allocation", "", f"growth to {size:,}, in n log n"),
        f"{size // 10:,}",
        "ns",
        lambda: _milliseconds(lambda: distribute(*small, late=True)) * 1e6 / (size // 10 * log2(size // 10)),
        lambda: _milliseconds(lambda: distribute(*large, late=True)) * 1e6 / (size * log2(size)),
    )


def _milliseconds(work: Callable[[], object]) -> float:
    """What one call takes; garbage is collected before it and not within it, on both sides."""
    gc.collect()
    gc.disable()
    try:
        started = time.perf_counter()
        work()
        return (time.perf_counter() - started) * 1000
    finally:
        gc.enable()


def rows(size: int, seed: int) -> list[Row]:
    """So many random rows."""
    draw = random.Random(seed)  # no secret
    return [Row(draw.randrange(DAYS), n, draw.randrange(ITEMS), Decimal(draw.randint(1, 10))) for n in range(size)]


def values(demands: Sequence[Row], supplies: Sequence[Row]) -> tuple[list[Demand], list[Offer]]:
    """The same as the rules take them."""
    days = [_FIRST + timedelta(days=day) for day in range(DAYS)]
    wanted = [
        Demand((f"item-{each.item}", "main"), (days[each.day].isoformat(), f"{each.name:07d}"), each.quantity,
               f"{each.name}", "1", days[each.day])
        for each in demands
    ]  # fmt: skip
    return wanted, [
        Offer((f"item-{each.item}", "main"), each.quantity, days[each.day], f"{each.name}") for each in supplies
    ]


def floor(demands: Sequence[Row], supplies: Sequence[Row]) -> list[Pair]:
    """
    Go through the days with a heap: what comes is given to those who wait already, or lies until somebody wants it.

    Reasons, places and what is left over are not told.
    """
    days = [(row.day, 0, row.name, row.item, row.quantity) for row in supplies]
    days += [(row.day, 1, row.name, row.item, row.quantity) for row in demands]
    heapq.heapify(days)
    lying: dict[int, deque[tuple[int, Decimal]]] = defaultdict(deque)
    waiting: dict[int, deque[tuple[int, Decimal]]] = defaultdict(deque)
    pairs: list[Pair] = []
    while days:
        _, wants, name, item, left = heapq.heappop(days)
        others = lying[item] if wants else waiting[item]
        while left and others:
            other, there = others[0]
            taken = min(left, there)
            pairs.append((name, other, taken) if wants else (other, name, taken))
            left -= taken
            if taken == there:
                others.popleft()
            else:
                others[0] = (other, there - taken)
        if left:
            (waiting if wants else lying)[item].append((name, left))
    return pairs


def moved(pairs: Sequence[Pair]) -> Decimal:
    """All that was given."""
    return sum((quantity for _, _, quantity in pairs), Decimal(0))
