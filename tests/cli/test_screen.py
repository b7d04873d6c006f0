"""Tables and lines for terminals, pipes and files."""

import io
import sys

import pytest

from tradecore.cli.screen import complain, never_fail_on_letters, say, table


def test_figures_stand_to_the_right_and_words_to_the_left() -> None:
    """A column of figures is aligned at its end, a column of words at its start."""
    expected = ["item   free  why", "-----  ----  -----", "chair    10  whole", "desk     -4  x"]
    assert expected == table(["item", "free", "why"], [["chair", 10, "whole"], ["desk", -4, "x"]], indent=0)


def test_a_table_may_be_empty() -> None:
    """Heads alone are a table too."""
    assert ["    item  free", "    ----  ----"] == table(["item", "free"], [])


def test_lines_go_out_and_complaints_to_the_other_stream(capsys: pytest.CaptureFixture[str]) -> None:
    """What is said can be piped; what is complained about is seen all the same."""
    say("done")
    say()
    complain("no such store.")
    assert ("done\n\n", "tradecore: no such store.\n") == tuple(capsys.readouterr())


def test_letters_a_terminal_lacks_are_shown_as_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ASCII terminal shows a Cyrillic id instead of ending the program."""
    raw = io.BytesIO()
    screen = io.TextIOWrapper(raw, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", screen)
    never_fail_on_letters()
    say("стол")
    assert b"\\u0441\\u0442\\u043e\\u043b\n" == raw.getvalue().replace(b"\r\n", b"\n")


def test_a_stream_that_cannot_be_changed_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host may have put anything in the place of standard output."""
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stdout", screen)
    never_fail_on_letters()
    say("still there")
    assert "still there\n" == screen.getvalue()
