"""Code in Markdown, and how it is run: a page is one program, its blocks run in their order in one namespace."""

import ast
import contextlib
import doctest
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<language>[^\n`]*)\n(?P<code>.*?)^(?P=fence)`*[ ]*$", re.DOTALL | re.MULTILINE
)


@attrs.frozen
class Block:
    """
    A fenced block.

    Attributes:
        language: What stands after the fence. `python` is run, `pycon` is run and its answers compared;
            `{code-block} python` is shown only, and must still be Python.

        line: The line of the page its code starts in.
    """

    language: str
    code: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start("code")) + 1
        yield Block(found["language"].strip(), found["code"], line)


def run(page: Path) -> str:
    """Run a page; what its `python` blocks print. A `pycon` block that answers otherwise fails with the difference."""
    names: dict[str, Any] = {"__name__": "__page__"}
    printed = io.StringIO()
    for block in blocks(page):
        if block.language == "python":
            with contextlib.redirect_stdout(printed):
                run_code(block, page, names)
        elif block.language == "pycon":
            _compare(block, page, names)
    return printed.getvalue()


def run_code(block: Block, page: Path, names: dict[str, Any]) -> None:
    """Run one block of Python; errors name the page and its line."""
    code = "\n" * (block.line - 1) + block.code
    exec(compile(code, str(page), "exec"), names)  # noqa: S102  # our own pages


def _compare(block: Block, page: Path, names: dict[str, Any]) -> None:
    test = doctest.DocTestParser().get_doctest(block.code, names, page.name, str(page), block.line - 1)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=told.append, clear_globs=False)
    assert not runner.failures, "".join(told)
    names.update(test.globs)


def check_shown(page: Path) -> None:
    """Raise `SyntaxError` if code that is only shown is not Python."""
    for block in blocks(page):
        if block.language == "{code-block} python":
            compile("\n" * (block.line - 1) + block.code, str(page), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
