"""
What autodoc shows and how names are found: signatures as written, and a name alone finds the one thing so called.

A reference that fits nothing is still a warning, and a warning fails the build.
"""

import re
from collections.abc import Iterable
from typing import Any

import written
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.napoleon import Config, GoogleDocstring
from sphinx.util.nodes import make_refnode

#: Names of Python's own library and of type variables: shown, not linked.
PLAIN = frozenset({
    "Annotated", "Any", "AsyncIterator", "Awaitable", "C", "Callable", "ClassVar", "Coroutine", "Decimal", "Exception", "Generic",
    "Iterator", "Literal", "Mapping", "Protocol", "R", "Self", "Sequence", "StrEnum", "T", "bool", "date", "datetime",
    "dict", "int", "list", "object", "str", "tuple", "tzinfo",
})  # fmt: skip
#: Aliases that are documented under another name.
SAME = {
    f"{name}Id": "Id"
    for name in (
        "Partner",
        "Item",
        "Warehouse",
        "Agreement",
        "Contract",
        "PriceKind",
        "Reason",
        "Line",
        "Order",
        "Document",
        "Schedule",
    )
} | {"Lines": "LineQuantity", "Parts": "PaymentFor"}
NAPOLEON = Config(napoleon_use_ivar=True, napoleon_use_rtype=False)


def as_written(
    _app: Sphinx, what: str, _name: str, thing: Any, _options: Any, signature: str | None, _returns: str | None
) -> tuple[str, str] | None:
    """Replace a signature by the one in the source."""
    if what in ("class", "exception"):
        brackets = written.constructor(thing)
        return None if brackets is signature is None else (brackets or "", "")
    if what in ("method", "function"):
        function = getattr(thing, "__func__", thing)
        if not hasattr(function, "__code__"):
            return None
        return written.parameters(function, skip=what == "method"), written.result(function)
    return None


def prepare(_app: Sphinx, _what: str, _name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
    """Turn a docstring of autodoc into reStructuredText."""
    lines[:] = docstring(lines)


def docstring(lines: Iterable[str]) -> list[str]:
    """Lines of a docstring with their sections (`Args:`, `Raises:` and so on) as reStructuredText has them."""
    google = GoogleDocstring([each for line in lines for each in _separate(line)], NAPOLEON)
    return [*google.lines(), ""]


def _separate(line: str) -> list[str]:
    """`a, b: what they are` as two entries, and a letter after a closing backquote apart from it."""
    line = re.sub(r"(`[^`]+`)([A-Za-z]?)", lambda found: found[1] + ("\\ " + found[2] if found[2] else ""), line)
    if several := re.fullmatch(r"(    +)(\w+(?:, \w+)+): (.*)", line):
        indent, names, says = several.groups()
        return [f"{indent}{name}: {says}" for name in names.split(", ")]
    return [line]


def find(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement) -> nodes.Node | None:
    """What a name means that was not found as it stands."""
    if node.get("refdomain") != "py":
        return None
    target = str(node["reftarget"])
    name = target.rpartition(".")[2]
    if target in PLAIN or name in PLAIN:
        return content
    known = env.domains["py"].objects  # type: ignore[attr-defined]
    wanted = SAME.get(name, name)
    found = {full: each for full, each in known.items() if full.rpartition(".")[2] == wanted and not each.aliased}
    if len(found) != 1:
        return None
    ((full, each),) = found.items()
    return make_refnode(app.builder, node["refdoc"], each.docname, each.node_id, content, full)


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("autodoc-process-signature", as_written)
    app.connect("autodoc-process-docstring", prepare)
    app.connect("missing-reference", find)
    return {"parallel_read_safe": True}
