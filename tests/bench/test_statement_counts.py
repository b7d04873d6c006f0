"""Every command of an order's life reads at most twice and writes in one transaction."""

from pathlib import Path

import tradecore as tc
from bench.library import fill
from bench.statements import READS, TRANSACTIONS, Counts, count_life
from bench.work import COMMANDS


def counts_on(url: str) -> dict[str, Counts]:
    """What each command sends to the database."""
    with tc.Trade.open(url).init() as trade:
        fill(trade)
        return count_life(trade)


def assert_few(counts: dict[str, Counts]) -> None:
    """Every command stays within the limits, and has written something."""
    assert set(COMMANDS) == set(counts)
    for name, each in counts.items():
        listing = "\n".join([f"{name}: {each}", *each.texts])
        assert each.reads <= READS, listing
        assert each.transactions == TRANSACTIONS, listing
        assert each.statements, listing


def test_commands_on_sqlite_send_few_statements(tmp_path: Path) -> None:
    """On SQLite statements are the library's own time."""
    assert_few(counts_on(f"sqlite:///{tmp_path}/shop.db"))


def test_commands_on_postgresql_send_few_statements(postgres_url: str) -> None:
    """On a server each of them is a round trip."""
    counts = counts_on(postgres_url)
    assert_few(counts)
    for name, each in counts.items():
        assert each.round_trips <= each.statements + 2, f"{name}: {each}"
