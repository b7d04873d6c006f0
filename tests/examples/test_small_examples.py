"""The small examples run, and show what they say they show."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import host_transaction
import mongo_script
import own_catalog
import pytest

from tests.examples.conftest import EXAMPLES
from tradecore import Trade

THIS_YEAR = datetime.now(UTC).year


@pytest.mark.parametrize("name", ["own_catalog", "host_transaction"])
def test_an_example_runs_as_it_stands(name: str) -> None:
    """Without arguments, in a process of its own, without a word of complaint."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / f"{name}.py")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (0, "") == (told.returncode, told.stderr)


@pytest.mark.parametrize("name", ["mongo_script", "import_olist"])
def test_an_example_that_needs_arguments_says_so(name: str) -> None:
    """A sentence, not a traceback."""
    command = [sys.executable, str(EXAMPLES / f"{name}.py")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert told.returncode
    assert told.stderr.lower().startswith("usage: ")


def test_every_example_is_in_the_list() -> None:
    """README.md names each file of the directory."""
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [] == [path.name for path in EXAMPLES.glob("*.py") if f"`{path.name}`" not in listed]


def test_a_hosts_own_catalogue_is_read_and_not_copied(capsys: pytest.CaptureFixture[str]) -> None:
    """A price changed in the host's table counts for the next order; the store keeps no product and no customer."""
    own_catalog.main()
    first, second, copies = capsys.readouterr().out.splitlines()
    assert first.endswith("98.00 EUR")
    assert second.endswith("105.00 EUR")
    assert copies.endswith(": 0")


@pytest.mark.parametrize("name", ["sqlite", "postgres", "mariadb"])
def test_a_hosts_row_and_an_order_are_kept_together_or_not_at_all(
    name: str, request: pytest.FixtureRequest, tenant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The third cart is refused by the host's table, and its order is not there either."""
    sqlite = f"sqlite:///{tmp_path / 'shop.db'}"
    host_transaction.main(sqlite if name == "sqlite" else request.getfixturevalue(f"{name}_url"), tenant)
    assert [
        f"cart {tenant}/A-1 became SO-{THIS_YEAR}-000001",
        "  rows of the host: 1, orders: 1",
        f"cart {tenant}/A-2 became SO-{THIS_YEAR}-000002",
        "  rows of the host: 2, orders: 2",
        f"cart {tenant}/A-1: IntegrityError, nothing was written",
        "  rows of the host: 2, orders: 2",
    ] == capsys.readouterr().out.splitlines()


def test_a_shops_day_on_mongodb(mongo_url: str, tenant: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Three chairs are sold, a fourth is not there, every event is handed over, and the store is sound."""
    mongo_script.main(mongo_url, tenant)
    told = capsys.readouterr().out
    assert "3 chairs for 147.00 EUR, closed\n" in told
    assert "Not shipped. " in told
    assert "In stock: 0 pcs\n" in told
    assert "check finds 0 faults.\n" in told
    with Trade.open(mongo_url, tenant=tenant) as trade:
        assert 2 == len(trade.orders.find())


def test_the_shops_next_day_has_nothing_to_sell(
    capsys: pytest.CaptureFixture[str], mongo_url: str, tenant: str
) -> None:
    """The opening stock is received once however often the script runs."""
    mongo_script.main(mongo_url, tenant)
    capsys.readouterr()
    mongo_script.main(mongo_url, tenant)
    assert capsys.readouterr().out.startswith("Nothing is left to sell.\n")
