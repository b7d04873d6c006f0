"""A store in a file, with the day of a small shop in it, and `python -m tradecore` as others start it."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tradecore import Agreement, Item, NewLine, NewStockLine, Partner, Price, PriceKind, Trade, Warehouse

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
def shop(url: str) -> str:
    """The URL of a store that holds a warehouse with chairs and an order of two of them."""
    with Trade.open(url) as trade:
        trade.init()
        trade.catalog.save(
            [
                Warehouse(id="main", name="Main"),
                Partner(id="acme", name="Acme"),
                Item(id="chair", name="Chair"),
                PriceKind(id="retail", name="Retail", currency="EUR"),
                Price.of("retail", "chair", Decimal("49.00"), date(2026, 1, 1)),
                Agreement(id="standard", name="All before shipment", price_kind="retail"),
            ]
        )
        trade.stock_receipts.receive(warehouse="main", lines=[NewStockLine(item="chair", quantity=3)])
        trade.orders.place(customer="acme", warehouse="main", lines=[NewLine(item="chair", quantity=2)])
    return url


@pytest.fixture
def tradecore() -> Run:
    """Run `python -m tradecore` with arguments in a process of its own, its output piped."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tradecore", *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            env={**os.environ, **variables},
        )

    return run
