"""The page of capabilities covers every section and names tests that exist."""

import re
from functools import cache
from string import ascii_uppercase

from tests.docs.blocks import ROOT

PAGE = (ROOT / "docs/capabilities.md").read_text(encoding="utf-8")
#: Section -> how many rows the catalogue has in it; W is a list of settings.
ROWS = {
    "A": 16, "B": 15, "C": 21, "D": 20, "E": 11, "F": 5, "G": 11, "H": 13, "I": 7, "J": 3, "K": 20, "L": 5, "M": 9,
    "N": 6, "O": 5, "P": 5, "Q": 4, "R": 12, "S": 16, "T": 4, "U": 4, "V": 3,
}  # fmt: skip


def _rows() -> list[list[str]]:
    """The cells of every row whose first cell names rows of the catalogue."""
    lines = [line for line in PAGE.splitlines() if re.match(r"\| [A-V]\d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _named(cell: str) -> list[str]:
    """The rows that `A6, A7, C8-C13` means."""
    found = []
    for part in cell.split(", "):
        first, _, last = part.partition("-")
        section, low = first[0], int(first[1:])
        found += [f"{section}{number}" for number in range(low, int(last[1:] if last else low) + 1)]
    return found


@cache
def _tests() -> frozenset[str]:
    """The names of all tests, those of the suite for stores included."""
    places = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "src/tradecore/testing/conformance").glob("*.py")]
    return frozenset(
        name for place in places for name in re.findall(r"def (test_\w+)\(", place.read_text(encoding="utf-8"))
    )


def test_every_row_is_covered_once() -> None:
    """Nothing is forgotten, and nothing is said twice."""
    named = [name for cells in _rows() for name in _named(cells[0])]
    assert sorted(named) == sorted({f"{section}{number}" for section in ROWS for number in range(1, ROWS[section] + 1)})


def test_every_section_has_a_heading() -> None:
    """Sections A to W stand in their order."""
    assert list(ascii_uppercase[: ascii_uppercase.index("W") + 1]) == re.findall(r"^## ([A-W])\. ", PAGE, re.MULTILINE)


def test_every_row_says_how_far_it_is() -> None:
    """A row is done, partly done or to come; what is done says where."""
    for cells in _rows():
        assert cells[2] in ("done", "partly", "to come"), cells
        assert cells[2] != "done" or cells[3], cells


def test_tests_that_are_named_exist() -> None:
    """A test that was renamed is renamed on the page."""
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert set() == named - _tests()
