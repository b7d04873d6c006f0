"""Text for terminals, pipes and files alike: plain ASCII, flushed line by line."""

import sys
from collections.abc import Sequence


def say(text: str = "") -> None:
    """Print a line now, not when a buffer is full."""
    print(text, flush=True)


def complain(text: str) -> None:
    """Print one sentence where errors belong."""
    print(f"tradecore: {text}", file=sys.stderr, flush=True)


def never_fail_on_letters() -> None:
    """Let a terminal that lacks a letter show its escape instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def counted(number: int, noun: str) -> str:
    """
    A number of things, in words that fit it.

    >>> counted(1, "fault"), counted(2, "fault")
    ('1 fault', '2 faults')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], *, indent: int = 4) -> list[str]:
    r"""
    The lines of a table: the first column to the left, the others to the right unless they hold words.

    >>> print("\n".join(table(["item", "free"], [["chair", 10], ["desk", 4]], indent=0)))
    item   free
    -----  ----
    chair    10
    desk      4
    """
    cells = [[str(cell) for cell in row] for row in rows]
    columns = list(zip(heads, *cells, strict=True))
    widths = [max(map(len, column)) for column in columns]
    right = [n > 0 and all(map(_is_figure, column[1:])) for n, column in enumerate(columns)]
    lines = [heads, ["-" * width for width in widths], *cells]
    return [" " * indent + _line(line, widths, right) for line in lines]


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    laid = [
        cell.rjust(width) if to_right else cell.ljust(width)
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(laid).rstrip()


def _is_figure(cell: str) -> bool:
    return not cell or cell[0].isdigit() or cell[0] in "+-."
