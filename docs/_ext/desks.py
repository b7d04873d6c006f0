"""
The directive `desk`: the commands and queries of a desk, as a caller sees them.

A desk binds coroutine functions that take a session first. Readers call `trade.orders.place(customer=...)`: so the
session is left out, and what a command answers with stands for the outcome it decides.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import written
from docutils import nodes
from docutils.parsers.rst import directives
from references import docstring
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tradecore import desks
from tradecore.colours import bulk, command, query, stream, sweep

_KINDS: dict[type, str] = {
    command: "Command. Has `plan`, a dry run.",
    bulk: "Command for many documents, each on its own.",
    sweep: "Command for every document that needs it, each on its own.",
    query: "Query.",
    stream: "Query, read to its end.",
}


def members(desk: type[Any]) -> Iterator[tuple[str, Any]]:
    """The commands and queries of a desk, in the order they are written in."""
    return ((name, each) for name, each in vars(desk).items() if type(each) in _KINDS)


def signature(member: Any) -> str:
    """Brackets and result of a command or query as it is called on `Trade`."""
    function = member.function.finding if isinstance(member, sweep) else member.function
    skipped = 2 if isinstance(member, bulk) else 1
    brackets, answer = written.parameters(function, skip=skipped), written.result(function)
    if kind := _closed_over(function):
        answer = answer.replace("[R]", f"[{kind.__name__}]") if answer != "R" else kind.__name__
    answer = _decided(answer)
    if isinstance(member, bulk):
        inner = brackets[1:-1]
        brackets, answer = f"(ids: Sequence[str]{', ' if inner else ''}{inner})", f"tuple[Done[{answer}], ...]"
    if isinstance(member, sweep):
        answer = f"tuple[Done[{_decided(written.result(member.function.command))}], ...]"
    if isinstance(member, stream):
        answer = answer.replace("Page[", "Iterator[")
    return f"{brackets} -> {answer}"


def _decided(answer: str) -> str:
    """What a command answers with: the record its outcome holds."""
    outcome = re.fullmatch(r"Outcome\[(.*)\]", answer)
    return outcome[1] if outcome else answer


def _closed_over(function: Callable[..., Any]) -> type[Any] | None:
    """The class of records that a query was made for."""
    kind = inspect.getclosurevars(function).nonlocals.get("kind")
    return kind if isinstance(kind, type) else None


class DeskDirective(SphinxDirective):
    """`.. desk:: Orders` with the option `at`, under which name a trade value has it."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"at": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Describe every member in the way autodoc would."""
        desk = getattr(desks, self.arguments[0])
        text = [inspect.cleandoc(desk.__doc__ or ""), ""]
        for name, member in members(desk):
            text += [f".. py:function:: {self.options['at']}.{name}{signature(member)}", ""]
            if type(member) in (bulk, stream):
                other = name.replace("_many", "") if type(member) is bulk else "find"
                body = f"{_KINDS[type(member)]} See `{self.options['at']}.{other}`."
            else:
                says = docstring((inspect.getdoc(_told(member)) or "").splitlines())
                body = "\n".join([*says, "", f"*{_KINDS[type(member)]}*"])
            text += [*(f"   {line}" for line in body.splitlines()), ""]
        return self.parse_text_to_nodes("\n".join(text))


def _told(member: Any) -> Any:
    """The function whose docstring describes a member."""
    return member.function.command if isinstance(member, sweep) else member.function


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("desk", DeskDirective)
    return {"parallel_read_safe": True}
