"""Tables made from the code while the documentation is built, so that they cannot say anything else than it does."""

import importlib.util
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import desks as desk_pages
import originals
import written
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective

from tradecore import desks, errors, settings, trade
from tradecore.colours import command
from tradecore.documents import KINDS, STATUSES, OrderState, OrderStatus, OrderUsage, ProvisioningAction
from tradecore.errors import MESSAGES, Code
from tradecore.languages import say, say_setting
from tradecore.languages.labels import CHOICES
from tradecore.registers import REGISTERS
from tradecore.rules.order_state import DERIVATION
from tradecore.rules.order_status import MOVES, Control, Effect
from tradecore.settings import Settings


class Table(SphinxDirective):
    """A directive that takes no arguments and writes MyST."""

    def run(self) -> list[nodes.Node]:
        """Parse what `text` writes."""
        return self.parse_text_to_nodes("\n".join(self.text()))

    def text(self) -> Iterable[str]:
        """The lines."""
        raise NotImplementedError


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table in Markdown."""
    yield _row(heads)
    yield _row(["---"] * len(heads))
    yield from map(_row, rows)
    yield ""


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(each).replace("|", "\\|").replace("\n", " ") for each in cells) + " |"


def meanings(enum: type[StrEnum]) -> dict[str, str]:
    """Member -> the sentence that stands beside it in the source."""
    found = ModuleAnalyzer.for_module(enum.__module__).find_attr_docs()
    return {name: " ".join(found[enum.__name__, name]).strip() for name in enum.__members__}


def attributes(cls: type[Any]) -> dict[str, str]:
    """Field -> what the docstring of its class says of it."""
    text = inspect.getdoc(cls) or ""
    part = re.search(r"^Attributes:\n(.*?)(?=^\S|\Z)", text, re.DOTALL | re.MULTILINE)
    found = re.findall(r"^    (\w+(?:, \w+)*): (.*?)(?=^    \w|\Z)", part[1] if part else "", re.DOTALL | re.MULTILINE)
    return {name: " ".join(says.split()) for names, says in found for name in names.split(", ")}


class StateTable(Table):
    """The derivation of an order's state, row by row."""

    def text(self) -> Iterable[str]:
        """From `DERIVATION`."""
        says = meanings(OrderState)
        yield from table(
            ["", "State", "if", "What it means", "In 1C"],
            [
                (n, f"`{test.state.name}`", test.because, says[test.state.name], say(test.state, "ru"))
                for n, test in enumerate(DERIVATION, start=1)
            ],
        )


class StatusTable(Table):
    """The statuses."""

    def text(self) -> Iterable[str]:
        """From `OrderStatus`."""
        says = meanings(OrderStatus)
        rows = [(f"`{each.name}`", says[each.name], say(each, "ru")) for each in OrderStatus]
        yield from table(["Status", "What a person has decided", "In 1C"], rows)


class MoveTable(Table):
    """The moves from one status to another that orders of a usage can make."""

    required_arguments = 1

    def text(self) -> Iterable[str]:
        """From `MOVES`."""
        usage = OrderUsage[self.arguments[0]]
        rows = [
            (
                f"`{each.before.name}`",
                f"`{each.after.name}`",
                _names(control.name for control in each.controls) or "nothing",
                f"`{each.effect.name}`",
            )
            for each in MOVES
            if each.usage is usage
        ]
        yield from table(["From", "To", "What must hold", "What follows"], rows)


class ControlTable(Table):
    """The controls of statuses."""

    def text(self) -> Iterable[str]:
        """From `Control`."""
        yield from table(
            ["Control", "What must hold"], [(f"`{name}`", says) for name, says in meanings(Control).items()]
        )


class EffectTable(Table):
    """The effects of statuses."""

    def text(self) -> Iterable[str]:
        """From `Effect`."""
        yield from table(["Effect", "What follows"], [(f"`{name}`", says) for name, says in meanings(Effect).items()])


class UsageTable(Table):
    """The usages of orders."""

    def text(self) -> Iterable[str]:
        """From `OrderUsage`."""
        says = meanings(OrderUsage)
        rows = [
            (
                f"`{each.name}`",
                says[each.name],
                _names(status.name for status in STATUSES[each]),
                say(each, "ru"),
            )
            for each in OrderUsage
        ]
        yield from table(["Usage", "What orders are for", "Their statuses", "In 1C"], rows)


class ActionTable(Table):
    """The provisioning actions."""

    def text(self) -> Iterable[str]:
        """From `ProvisioningAction`."""
        says = meanings(ProvisioningAction)
        rows = [(f"`{each.name}`", says[each.name], say(each, "ru")) for each in ProvisioningAction]
        yield from table(["Action", "What is done for the quantity", "In 1C"], rows)


class ChoicesTable(Table):
    """Choices in three languages, with their names in code; the arguments are their classes."""

    required_arguments = 1
    optional_arguments = 20

    def text(self) -> Iterable[str]:
        """From the catalogues."""
        known = {each.__name__: each for each in CHOICES}
        rows = [
            (say(each, "ru"), say(each, "uk"), say(each), f"`{name}.{each.name}`")
            for name in self.arguments
            for each in known[name]
        ]
        yield from table(["Russian", "Ukrainian", "English", "In the code"], rows)


class SettingNames(Table):
    """The names of settings in three languages."""

    def text(self) -> Iterable[str]:
        """From the catalogues."""
        rows = [
            (say_setting(name, "ru"), say_setting(name, "uk"), say_setting(name), f"`Settings.{name}`")
            for name, _, _ in written.fields(Settings)
        ]
        yield from table(["Russian", "Ukrainian", "English", "In the code"], rows)


class CodeTables(Table):
    """The codes of violations by the headings of the source, each with its sentence and the commands that tell it."""

    def run(self) -> list[nodes.Node]:
        """Make a section of each heading."""
        told = _told_by()
        return [self._section(heading, codes, told) for heading, codes in _groups()]

    def _section(self, heading: str, codes: Sequence[Code], told: Mapping[str, Sequence[str]]) -> nodes.section:
        rows = [(f"`{code}`", _sentence(MESSAGES[code]), ", ".join(told.get(code, ()))) for code in codes]
        section = nodes.section(ids=[nodes.make_id(heading)], names=[nodes.fully_normalize_name(heading)])
        section += nodes.title(heading, heading)
        section += self.parse_text_to_nodes("\n".join(table(["Code", "Sentence", "Named by"], rows)))
        return section


def _sentence(text: str) -> str:
    return re.sub(r"\{(\w+)(![rs])?\}", r"*\1*", text)


def _groups() -> Iterator[tuple[str, list[Code]]]:
    source = inspect.getsource(Code)
    for part in re.split(r"^    # ", source, flags=re.MULTILINE)[1:]:
        heading, _, rest = part.partition("\n")
        yield heading.strip(), [Code[name] for name in re.findall(r"^    ([A-Z_]+) = ", rest, re.MULTILINE)]


def _told_by() -> dict[str, list[str]]:
    """Code -> the commands whose docstrings name it."""
    found: dict[str, list[str]] = {}
    for place, desk in trade._DESKS.items():  # noqa: SLF001  # there is no other table of them
        for name, member in desk_pages.members(desk):  # type: ignore[arg-type]  # desks are classes
            if type(member) is command:
                for code in dict.fromkeys(re.findall(r"`([A-Z_]+)`", inspect.getdoc(member.function) or "")):
                    if code in Code.__members__:
                        found.setdefault(code, []).append(f"{{py:func}}`{place}.{name} <trade.{place}.{name}>`")
    return found


class ErrorTree(Table):
    """The tree of errors as the docstring of its module draws it."""

    def text(self) -> Iterable[str]:
        """From `errors`."""
        drawing = re.search(r"^    TradeError\n(?:    .*\n)*", errors.__doc__ or "", re.MULTILINE)
        assert drawing
        yield from ("```text", inspect.cleandoc("\n" + drawing[0]), "```")


class SettingsTable(Table):
    """Every setting with its values, its default, what it changes, and the name 1C has for it."""

    def text(self) -> Iterable[str]:
        """From `Settings`; a setting that its docstring or `originals` leaves out fails the build."""
        says, choices = attributes(Settings), {each.__name__: each for each in CHOICES}
        rows = [
            (
                f"`{name}`",
                ", ".join(f"`{each}`" for each in choices[kind].__members__) if kind in choices else f"`{kind}`",
                f"`{default.rpartition('.')[2] if kind in choices else default}`",
                says[name],
                originals.SETTINGS[name] or f"no name; here: {say_setting(name, 'ru')}",
            )
            for name, kind, default in written.fields(Settings)
        ]
        yield from table(["Setting", "Values", "Default", "What it changes", "In 1C"], rows)


class PolicyTable(Table):
    """The parts of a setting that has parts; the argument is its class."""

    required_arguments = 1

    def text(self) -> Iterable[str]:
        """From its class."""
        cls = getattr(settings, self.arguments[0])
        says = attributes(cls)
        rows = [(f"`{name}`", f"`{default}`", says[name]) for name, _, default in written.fields(cls)]
        yield from table(["Part", "Default", "What it changes"], rows)


class ContradictionTable(Table):
    """Settings that cannot both be meant."""

    def text(self) -> Iterable[str]:
        """From the tables that `Settings` is checked by."""
        tables = (settings.CONTRADICTIONS, settings.START_CONTRADICTIONS, settings.RESERVE_CONTRADICTIONS)
        rows = [(f"`{row.setting}`", f"`{row.other}`", str(row.why)) for every in tables for row in every]
        yield from table(["Setting", "Contradicts", "Because"], rows)


class RegisterTable(Table):
    """The registers."""

    def text(self) -> Iterable[str]:
        """From `REGISTERS`."""
        rows = [
            (
                f"`{each.name}`",
                _names(each.dimensions),
                _names(each.resources),
                ", ".join(f"`{name}` = {_formula(each.measures[name], each.resources)}" for name in each.floors),
                _names(each.attributes),
                "yes" if each.totals else "no",
            )
            for each in REGISTERS.values()
        ]
        heads = ["Register", "Balances by", "Counts", "Never below zero", "Entries also note", "Totals kept"]
        yield from table(heads, rows)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in names)


def _formula(signs: Sequence[int], resources: Sequence[str]) -> str:
    parts = [("- " if sign < 0 else "+ ") + name for sign, name in zip(signs, resources, strict=True) if sign]
    return " ".join(parts).removeprefix("+ ")


class FindableTable(Table):
    """What each kind of record can be found and sorted by."""

    def text(self) -> Iterable[str]:
        """From the classes of records."""
        rows = [
            (f"`{kind}`", _names(cls.FINDABLE), ", ".join(f"`{' + '.join(each)}`" for each in cls.INDEXES))
            for kind, cls in KINDS.items()
        ]
        yield from table(["Kind", "Can be compared and sorted by", "Kept in order by every store"], rows)


class DeskTable(Table):
    """The desks and what each is for."""

    def text(self) -> Iterable[str]:
        """From the desks."""
        rows = []
        for name, desk in trade._DESKS.items():  # noqa: SLF001  # as above
            listed = {kind: [] for kind in ("commands", "queries")}  # type: dict[str, list[str]]
            for member, each in desk_pages.members(desk):  # type: ignore[arg-type]
                listed["commands" if type(each).__name__ in ("command", "bulk") else "queries"].append(member)
            link = f"[`trade.{name}`](#trade-{name.replace('_', '-')})"
            purpose = inspect.cleandoc(desk.__doc__ or "")
            rows.append((link, purpose, _names(listed["commands"]), _names(listed["queries"])))
        yield from table(["Desk", "", "Commands", "Queries"], rows)


class SqlTables(Table):
    """The tables of the SQL stores with their columns."""

    def text(self) -> Iterable[str]:
        """From the metadata of the adapter."""
        if importlib.util.find_spec("sqlalchemy") is None:
            raise self.error("the tables of the SQL stores are taken from them: install the extra sql")
        from sqlalchemy.dialects import postgresql

        from tradecore.storage.sql.tables import metadata

        dialect = postgresql.dialect()
        for each in sorted(metadata.tables.values(), key=lambda each: each.name):
            yield from (f"`{each.name}`", "")
            parts = []
            for column in each.columns:
                name = f"**{column.name}**" if column.primary_key else column.name
                kind = column.type.compile(dialect=dialect).partition(" COLLATE ")[0].lower()
                parts.append(f"{name} *{kind}*")
            yield from (f": {', '.join(parts)}", "")


DIRECTIVES = {
    "state-table": StateTable,
    "status-table": StatusTable,
    "usage-table": UsageTable,
    "move-table": MoveTable,
    "control-table": ControlTable,
    "effect-table": EffectTable,
    "action-table": ActionTable,
    "choices": ChoicesTable,
    "setting-names": SettingNames,
    "code-tables": CodeTables,
    "error-tree": ErrorTree,
    "settings-table": SettingsTable,
    "policy-table": PolicyTable,
    "contradiction-table": ContradictionTable,
    "register-table": RegisterTable,
    "findable-table": FindableTable,
    "desk-table": DeskTable,
    "sql-tables": SqlTables,
}


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    assert desks
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    return {"parallel_read_safe": True}
