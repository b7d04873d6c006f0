"""The benchmarks at their smallest: they run, they check what they measure, and their JSON has the promised shape."""

import json
from pathlib import Path
from typing import Any

import pytest

import tradecore as tc
from bench.__main__ import main
from bench.cases import allocation
from bench.crowd import Crowd
from bench.floor.memory import MemoryFloor
from bench.library import Library, check_figures
from bench.measuring import Bench
from bench.places import Places
from bench.report import Report
from bench.seeding import seed
from bench.work import Unsound, demands, live

ROW = {
    "case", "store", "what", "base", "unit", "base_median", "tradecore_median", "ratio", "ratio_low", "ratio_high",
    "pairs", "target", "verdict",
}  # fmt: skip


def run(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    """What the bench writes as JSON after a run as short as can be."""
    file = tmp_path / "bench.json"
    short = ["--reps", "1", "--secs", "0.01", "--quiet", "--dir", str(tmp_path), "--json", str(file)]
    assert 0 == main([*arguments, *short])
    answer: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return answer


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_the_smallest_life_gives_a_ratio(tmp_path: Path, store: str) -> None:
    """One pair of one client's lives is measured, and both sides have passed their checks."""
    told = run(tmp_path, "--store", store, "--clients", "0", "life")
    (row,) = told["rows"]
    assert set(row) == ROW
    assert ("life", store, "1 client", "floor") == (row["case"], row["store"], row["what"], row["base"])
    ((base, ours),) = row["pairs"]
    assert row["ratio"] == pytest.approx(ours / base)
    assert [] == told["failed"] + told["skipped"]


def test_the_share_of_each_command_is_told(tmp_path: Path) -> None:
    """Every command of the life has a row of its own."""
    told = run(tmp_path, "--store", "memory", "commands")
    assert ["place", "approve", "pay", "ship", "close"] == [row["what"].split(",")[0] for row in told["rows"]]


def test_importing_loads_no_driver(tmp_path: Path) -> None:
    """`import tradecore` is measured beside its foundations, and leaves drivers alone."""
    told = run(tmp_path, "import")
    assert [] == told["failed"]
    assert ["import tradecore"] == [row["what"] for row in told["rows"]]


def test_plain_code_and_the_library_convert_to_the_same_order(tmp_path: Path) -> None:
    """The three conversions are compared with code that gives the same order back."""
    assert 3 == len(run(tmp_path, "convert")["rows"])


def test_sharing_out_by_the_library_and_by_hand_comes_to_the_same(tmp_path: Path) -> None:
    """Both sides give as much; the time is measured against bare code and against a tenth of the size."""
    report = Report()
    with Places(str(tmp_path)) as places, Crowd(0) as crowd:
        allocation.compare(Bench(places, crowd, report, reps=1, quiet=True), 200)
    assert ["200 demands over 200 supplies", "growth to 200, in n log n"] == [row.what for row in report.rows]
    assert all(row.verdict for row in report.rows)


def test_seeded_orders_are_as_true_as_traded_ones() -> None:
    """Totals, entries, documents and states of orders written in bulk agree, and the orders go on living."""
    library = Library("memory://")
    library.prepare()
    seed(library.trade.store, 25, days=3)
    library.prove()
    page = library.trade.orders.find(state=tc.OrderState.AWAITING_PREPAYMENT)
    client = library.client(0)
    assert page.items
    for order in page:
        client.pay(order)
        client.ship(order)
        client.close(order)
    library.prove()


def test_a_floor_that_loses_stock_is_found_out() -> None:
    """The checks after a run can fail: one piece of stock too many is noticed."""
    floor = MemoryFloor()
    floor.prepare()
    live(floor, next(demands(1)))
    floor.check(1)
    floor.stock[0][0] += 1
    with pytest.raises(Unsound, match="pieces on hand"):
        floor.check(1)


def test_a_life_that_was_not_lived_is_found_out() -> None:
    """So can the checks of the library's side."""
    library = Library("memory://")
    library.prepare()
    live(library.client(0), next(demands(1)))
    check_figures(library.trade, 1)
    with pytest.raises(Unsound, match="closed orders"):
        check_figures(library.trade, 2)
