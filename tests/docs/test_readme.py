"""What the README says is true."""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, Block, blocks, run, run_code
from tradecore import Money, NewLine, NewPurchaseLine, OrderState, StageKind, Trade
from tradecore.rules.order_state import DERIVATION
from tradecore.testing.factories import a_stage, an_agreement, seed

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")


def _quickstart() -> tuple[Block, Block]:
    found = list(blocks(README))
    (at,) = [index for index, block in enumerate(found) if block.language == "python"]
    return found[at], found[at + 1]


def test_quickstart_is_short() -> None:
    """A reader sees the whole of it at once."""
    code, _ = _quickstart()
    assert len(code.code.splitlines()) <= 25


def test_quickstart_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs in an empty directory, makes the file it names, and prints what stands below it."""
    pytest.importorskip("sqlalchemy")
    monkeypatch.chdir(tmp_path)
    _, expected = _quickstart()
    assert expected.code == run(README)
    assert (tmp_path / "shop.db").exists()


def test_quickstart_runs_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs it again on the same file gets the same answers."""
    pytest.importorskip("sqlalchemy")
    monkeypatch.chdir(tmp_path)
    assert run(README) == run(README)


def test_quickstart_runs_in_memory(capsys: pytest.CaptureFixture[str]) -> None:
    """With the URL of the memory store the same lines say the same."""
    code, expected = _quickstart()
    in_memory = Block(code.language, code.code.replace("sqlite:///shop.db", "memory://"), code.line)
    run_code(in_memory, README, {})
    assert expected.code == capsys.readouterr().out


def test_commands_are_one_line_each() -> None:
    """Both commands of a newcomer work from a fresh clone, each pasted as one line."""
    lines = [block.code.strip() for block in blocks(README) if block.language == "console"]
    start = "python3 -m venv .venv && .venv/bin/pip install nox && .venv/bin/nox -s"
    assert [f"{start} demo", f"{start} tests"] == lines


def _pictures() -> tuple[str, str]:
    first, second = (block.code for block in blocks(README) if "AWAITING_APPROVAL" in block.code)
    return first, second


def test_picture_reads_like_the_derivation() -> None:
    """The questions of the picture stand in the order of the table that decides, each with its state."""
    questions, _ = _pictures()
    assert [test.state.name for test in DERIVATION] == re.findall(r"-> +([A-Z_]+)$", questions, re.MULTILINE)


def test_picture_shows_a_way_that_orders_go() -> None:
    """The calls of the second picture, made one after the other, lead to all the states that are controlled."""
    _, way = _pictures()
    steps = re.findall(r"^ (\w+\.\w+) +([A-Z_]+)", way, re.MULTILINE)
    assert {each.name for each in OrderState if each is not OrderState.NOT_CONTROLLED} == {state for _, state in steps}
    walk = _walk()
    for call, state in steps:
        walk[call]()
        assert state == walk["state"](), call


def _walk() -> dict[str, Callable[[], object]]:
    """The calls of the picture for one order of 10 chairs, in a shop that must buy them first."""
    trade = seed(Trade(), stock=0)
    shares = {StageKind.ADVANCE: 20, StageKind.PREPAYMENT: 30, StageKind.CREDIT: 50}
    own = an_agreement("in_parts", stages=[a_stage(kind, share) for kind, share in shares.items()])
    trade.catalog.save([own])
    amounts = iter([Money(200, "EUR"), Money(300, "EUR"), Money(500, "EUR")])
    chairs = NewLine(item="chair", quantity=10)
    bought = NewPurchaseLine(item="chair", quantity=10, price=60, expected_on=date(2026, 3, 9))
    trade.purchases.place(id="po", supplier="timber", warehouse="main", currency="EUR", lines=[bought])
    place = partial(trade.orders.place, id="so", agreement="in_parts", warehouse="main", customer="acme")
    return {
        "orders.place": lambda: place(lines=[chairs]),
        "orders.approve": lambda: trade.orders.approve("so", execute=True),
        "payments.receive": lambda: trade.payments.receive(order="so", amount=next(amounts)),
        "orders.fill": lambda: trade.orders.fill("so"),
        "receipts.receive": lambda: trade.receipts.receive(purchase_order="po"),
        "orders.release_to_ship": lambda: trade.orders.release_to_ship("so"),
        "orders.ship": lambda: trade.orders.ship("so"),
        "orders.close": lambda: trade.orders.close("so"),
        "state": lambda: trade.orders.get("so").state.name,  # type: ignore[union-attr]  # it is posted
    }


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", TEXT))
def test_links_lead_somewhere(target: str) -> None:
    """Whatever the README links to is in the repository."""
    assert (ROOT / target).exists()
