"""`init`, `relay` and `check`, and what happens when they cannot be done."""

import importlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tradecore import NewLine, OrderApproval, Settings, Trade, __version__
from tradecore.calling import run
from tradecore.changes import Changes
from tradecore.cli.main import COMMANDS, main
from tradecore.registers import SETTLEMENTS, STOCK, Entry, Register
from tradecore.values.record import Ref


def stray(register: Register, *amounts: int) -> Changes:
    """An entry of a document that does not exist, as no command would write it."""
    key = tuple("chair" for _ in register.dimensions)
    numbers = tuple(Decimal(amount) for amount in amounts)
    blank = ("",) * len(register.attributes)
    entry = Entry(register.name, key, numbers, datetime(2026, 1, 1, tzinfo=UTC), Ref("shipment", "gone"), blank)
    return Changes(entries=(entry,))


def damage(url: str, changes: Changes) -> None:
    """Write into a store behind everybody's back."""
    with Trade.open(url) as trade:
        run(trade.store.commit(changes))


def test_init_prepares_a_store_and_does_nothing_twice(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A store that is ready stays as it is."""
    assert [0, 0] == [main(["init", url]), main(["init", url])]
    assert "The store is ready.\n" * 2 == capsys.readouterr().out
    assert 0 == main(["check", url])


def test_check_of_a_sound_store_says_how_much_was_compared(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Two documents and the one balance of stock agree."""
    assert 0 == main(["check", shop])
    assert "2 documents and 1 balance checked: sound.\n" == capsys.readouterr().out


def test_check_of_a_damaged_store_names_every_fault_and_exits_1(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A stray entry is found by its document, and negative stock by its place."""
    damage(shop, stray(STOCK, -1, 1))
    assert 1 == main(["check", shop])
    out = capsys.readouterr().out
    assert "shipment gone: entries without a document\n" in out
    assert "stock chair/chair: free is below zero\n" in out
    assert out.endswith("checked: 2 faults.\n")


def test_one_fault_is_not_called_faults(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The closing line speaks like a person."""
    damage(shop, stray(SETTLEMENTS, 5, 0))
    assert 1 == main(["check", shop])
    assert capsys.readouterr().out.endswith("checked: 1 fault.\n")


def test_check_looks_at_one_tenant(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What another tenant keeps is not counted."""
    assert 0 == main(["check", shop, "--tenant", "other"])
    assert capsys.readouterr().out.startswith("0 documents")


def test_check_judges_by_the_settings_orders_are_kept_by(
    shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An order that needs no approval here would wait for it under the usual settings: that is told, and no fault."""
    (tmp_path / "shop_config.py").write_text(
        "from tradecore import OrderApproval, Settings\nOURS = Settings(order_approval=OrderApproval.NEVER)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with Trade.open(shop, settings=Settings(order_approval=OrderApproval.NEVER)) as trade:
        cheap = NewLine(item="chair", quantity=1, price=5)
        order = trade.orders.place(customer="acme", warehouse="main", lines=[cheap])
        trade.orders.execute(order.id)
    assert 0 == main(["check", shop])
    told = capsys.readouterr().out
    assert (
        f"by these settings, no fault: sales_order {order.id}.state: kept ready_to_provision, follows awaiting_" in told
    )
    assert 0 == main(["check", shop, "--settings", "shop_config:OURS"])
    assert "settings" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["no_such_module:X", "tradecore", "tradecore:no_such_name", "tradecore:Settings"])
def test_settings_that_are_none_are_wrong_usage(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence says whether the module, the name or the value is at fault."""
    with pytest.raises(SystemExit) as ended:
        main(["check", "memory://", "--settings", name])
    assert 2 == ended.value.code
    assert "argument --settings: " in capsys.readouterr().err


def test_relay_prints_each_event_once_for_each_reader(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every line is JSON; a second call has nothing left, another reader gets everything."""
    assert 0 == main(["relay", shop])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ["DocumentPosted", "OrderPlaced"] == [each["type"] for each in events]
    assert [1, 2] == [each["position"] for each in events]
    assert {"customer": "acme", "total": "98.00 EUR"} == events[1]["data"]
    assert "sales_order" == events[1]["document"]["kind"]
    assert datetime.fromisoformat(events[1]["at"]).tzinfo is not None
    assert 0 == main(["relay", shop])
    assert "" == capsys.readouterr().out
    assert 0 == main(["relay", shop, "--reader", "mail"])
    assert 2 == len(capsys.readouterr().out.splitlines())


def test_events_are_not_lost_when_nobody_reads_the_pipe(shop: str, tradecore: Run) -> None:
    """The relay ends quietly when its reader has gone, and hands the same events over again."""
    command = [sys.executable, "-m", "tradecore", "relay", shop]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (0, b"") == (process.wait(timeout=60), process.stderr.read())
    assert 2 == len(tradecore("relay", shop).stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "nonsense"], "'nonsense' is not one of: memory"),
        (["check", "gopher://hole"], "'gopher' is not one of: memory"),
        (["init", "sqlite:////no/such/place/shop.db"], "unable to open database file"),
        (["check", "memory://", "--tenant", ""], "An id is 1 to 64 visible characters"),
        (["demo", "--url", "mongodb://127.0.0.1:1/shop?serverSelectionTimeoutMS=200"], ""),
        (["check", "postgresql+psycopg://nobody@127.0.0.1:1/shop?connect_timeout=2"], ""),
    ],
)
def test_an_error_is_one_sentence_and_exits_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback, nothing on standard output but what came before, and one line that says why."""
    assert 2 == main(arguments)
    err = capsys.readouterr().err
    assert err.startswith("tradecore: ")
    assert 1 == err.count("\n")
    assert told in err


def test_a_store_without_tables_says_how_to_make_them(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`check` of a database that was never prepared names `init`."""
    assert 2 == main(["check", url])
    assert "init" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["check"], ["relay"], ["demo", "--nonsense"]])
def test_wrong_usage_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be understood is shown with the usage."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert 2 == ended.value.code
    assert "usage: python -m tradecore" in capsys.readouterr().err


def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Control-C ends with the exit code shells expect."""

    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(COMMANDS, "check", interrupted)
    assert 130 == main(["check", "memory://"])
    assert "tradecore: interrupted.\n" == capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """People who report a fault can say what they use."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (0, f"tradecore {__version__}\n") == (ended.value.code, capsys.readouterr().out)


def test_importing_the_command_line_starts_nothing() -> None:
    """Tools that import every module of a package may import this one too."""
    assert main is importlib.import_module("tradecore.__main__").main


def test_the_command_line_loads_no_driver(tradecore: Run) -> None:
    """Help is there at once, whatever is installed."""
    told = tradecore("--help", PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.stderr.splitlines()}
    assert set() == loaded & {"sqlalchemy", "pymongo", "psycopg", "pymysql", "aiosqlite"}
    assert 0 == told.returncode
