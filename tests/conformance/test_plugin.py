"""The pytest plugin gives its fixtures, and costs next to nothing where they are not used."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import tradecore

pytest_plugins = ["pytester"]

TESTS = """
from tradecore import NewLine

def test_trade(trade):
    order = trade.orders.place(customer="acme", warehouse="main", lines=[NewLine(item="chair", quantity=3)])
    assert "300.00" == str(order.total)

def test_every_test_has_a_trade_of_its_own(trade):
    assert () == trade.orders.find().items

def test_async_trade(async_trade):
    import asyncio

    async def place():
        return await async_trade.orders.place(
            customer="acme", warehouse="main", lines=[NewLine(item="chair", quantity=3)]
        )

    assert "SO-" == asyncio.run(place()).number[:3]

def test_factories(factories):
    assert 3 == factories.an_order(lines=[factories.a_line(quantity=3)]).lines[0].quantity
"""
SUITE = """
import pytest
from tradecore.storage.memory import MemoryStore
from tradecore.testing import StoreConformance, TradeConformance

class Forgetful(MemoryStore):
    async def history(self, document):
        return []

class TestForgetful(StoreConformance):
    durable = False

    @pytest.fixture
    def make_store(self):
        return Forgetful
"""
LOADED = """
import sys
import tradecore.testing.plugin
heavy = {"hypothesis", "cattrs", "attrs", "tradecore.trade", "tradecore.commands", "tradecore.testing.factories"}
print(*sorted(heavy & sys.modules.keys()))
"""


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(tradecore.__file__).parents[1]))


def _plugin() -> list[str]:
    """How a run gets the plugin: from the installed package, or from a source tree that is not installed."""
    installed = entry_points(group="pytest11", name="tradecore")
    return [] if installed else ["-p", "tradecore.testing.plugin"]


def test_fixtures_are_there(pytester: pytest.Pytester) -> None:
    """A project's tests ask for `trade`, `async_trade` and `factories` and import nothing of the plugin."""
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess(*_plugin(), "-W", "error")
    result.assert_outcomes(passed=4)


def test_failures_of_the_suite_explain_themselves(pytester: pytest.Pytester) -> None:
    """Only the subclass is collected, and a failed check shows both sides as a project's own would."""
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess(
        *_plugin(), "-W", "error", "-k", "history_tells_who", "-p", "no:cacheprovider"
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E *AssertionError: assert * == *", "*TestForgetful::test_history_tells_who_did_what*"]
    )


def test_loading_the_plugin_loads_nothing_else() -> None:
    """Every pytest run of every project loads the plugin: it must not load the library."""
    done = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    assert "" == done.stdout.strip()
