"""The demo: the whole life of an order, for people who have just installed the library."""

import re
from pathlib import Path

import pytest
from typing_extensions import override

from tests.cli.conftest import Run
from tests.cli.test_commands import stray
from tradecore import Trade
from tradecore.cli import demo
from tradecore.cli.main import main
from tradecore.cli.shop import Clock, Shop
from tradecore.registers import SETTLEMENTS
from tradecore.storage.memory import MemoryStore


def test_the_demo_tells_the_whole_story_in_a_process_of_its_own(tradecore: Run, tmp_path: Path) -> None:
    """It ends with what to read next, in plain ASCII, and leaves nothing behind."""
    told = tradecore("demo", TMPDIR=str(tmp_path))
    assert (0, "") == (told.returncode, told.stderr)
    assert told.stdout.endswith(f"{demo.CLOSING_LINE}\n")
    assert told.stdout.isascii()
    assert [] == list(tmp_path.iterdir())


def test_the_story_has_everything_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    """States, refusals with their reasons, a promised line, a return, a cancelled rest, a sound check."""
    assert 0 == main(["demo", "--url", "memory://"])
    out = capsys.readouterr().out
    for state in ("awaiting_approval -> awaiting_provisioning", "awaiting_provisioning -> closed"):
        assert state in out
    for code in ("APPROVAL_REQUIRED", "PREPAYMENT_UNPAID", "NOT_FULLY_SHIPPED", "NOT_FULLY_PAID"):
        assert code in out
    assert re.search(r"desk +7 +0 +4 +3 +0 +0 +0 +0\n", out), "4 desks reserved, 3 promised"
    assert re.search(r"chair +8 .* 8 +1 +0\n", out), "one chair came back"
    assert re.search(r"lamp +5 +0 +0 +0 +0 +0 +0 +5\n", out), "five lamps were cancelled"
    assert "against their entries: all agree.\n" in out


def test_the_story_is_the_same_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    """Its clock is set by the story, so dates, numbers and figures never differ."""
    tales = []
    for _ in range(2):
        main(["demo", "--url", "memory://"])
        tales.append(capsys.readouterr().out.partition("\n")[2])
    assert tales[0] == tales[1]


def test_a_demo_on_a_store_of_yours_keeps_to_a_tenant_of_its_own(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Records of the same names that were there before are as they were."""
    with Trade.open(shop) as trade:
        before = (trade.catalog.item("chair"), trade.stock.balance("chair", "main"))
        assert [0, 0] == [main(["demo", "--url", shop]), main(["demo", "--url", shop])]
        assert before == (trade.catalog.item("chair"), trade.stock.balance("chair", "main"))


def test_a_kept_database_can_be_checked_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The last line is a command that works."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert 0 == main(["demo", "--keep"])
    last = capsys.readouterr().out.splitlines()[-1]
    assert 0 == main(last.partition("python -m tradecore ")[2].split())


class StrayStore(MemoryStore):
    """A store that somebody has written into behind everybody's back."""

    @override
    async def init(self) -> None:
        """Begin with an entry that no document stands behind."""
        await self.commit(stray(SETTLEMENTS, 5, 0))


def test_the_demo_says_so_if_its_store_is_not_sound(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check at the end is a real one."""
    monkeypatch.setattr(demo, "open_store", lambda *_, **__: StrayStore())
    assert 1 == main(["demo", "--url", "memory://"])
    out = capsys.readouterr().out
    assert "Fault: shipment gone: entries without a document\n" in out
    assert "against their entries: 1 fault.\n" in out


def test_a_refusal_that_does_not_come_is_a_fault_of_the_demo() -> None:
    """The story would be untrue if a rule let something pass."""
    with pytest.raises(AssertionError):
        Shop(Trade(), Clock()).refusal(lambda: None)
