"""Ids and texts that every store keeps alike, and copies of values."""

import time

import attrs
import pytest

from tests.unit.builders import an_order
from tradecore import Percent, Settings
from tradecore.errors import Violation
from tradecore.values.evolving import evolve
from tradecore.values.text import TextRule, check_text, new_id

ID = TextRule(64, is_id=True)
TEXT = TextRule(10)


@pytest.mark.parametrize("id", ["a", "SO-1", "ключ", "x" * 64, "a b", "日本"])
def test_ids_are_visible_characters(id: str) -> None:
    """Any alphabet will do."""
    assert id == check_text(id, ID)


@pytest.mark.parametrize("id", ["", " a", "a ", "$where", "a\nb", "a\x00", "\ud800", "x" * 65, "a\u2028b", "a\u202eb"])
def test_ids_hold_nothing_hidden(id: str) -> None:
    """Blanks at the ends, controls, operators and half characters are refused."""
    found = check_text(id, ID)
    assert isinstance(found, Violation)
    assert "BAD_ID" == found.code


@pytest.mark.parametrize(
    ("text", "code"), [("x" * 11, "TOO_LONG"), ("a\x00", "BAD_TEXT"), ("\ud800", "BAD_TEXT"), (5, "WRONG_TYPE")]
)
def test_texts_can_be_stored(text: object, code: str) -> None:
    """A text has a length and no characters that a store would lose."""
    found = check_text(text, TEXT)
    assert isinstance(found, Violation)
    assert code == found.code


def test_texts_may_have_lines() -> None:
    """Line ends, tabs and emptiness are part of a text."""
    assert ["a\nb\t", "", "é😀"] == [check_text(each, TEXT) for each in ("a\nb\t", "", "é😀")]


def test_new_ids_are_unique_and_sort_by_time() -> None:
    """An id is a UUID of version 7; those of one millisecond stand in the order they were made in."""
    ids = [new_id() for _ in range(9000)]
    assert sorted(set(ids)) == ids
    now = time.time_ns() // 1_000_000
    assert now - 5000 < int(ids[0][:12], 16) <= int(ids[-1][:12], 16) < now + 100
    assert {"7"} == {each[12] for each in ids}
    assert {each[16] for each in ids} <= set("89ab")


def test_copies_are_those_of_attrs() -> None:
    """The faster copy means the same, for plain classes and for those that check what they are given."""
    order = an_order()
    assert attrs.evolve(order, comment="x") == evolve(order, comment="x")
    assert "" == order.comment
    assert 5 == evolve(Settings(), attempts=5).attempts
    assert Percent(5) == evolve(Percent(5))
    with pytest.raises(TypeError):
        evolve(order, colour="red")  # type: ignore[call-arg]  # on purpose
