"""Tables that are written by hand name everything there is in the code, and nothing else."""

import importlib
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType

import attrs
import pytest

from tests.docs.blocks import ROOT
from tradecore import trade
from tradecore.documents import DOCUMENTS, Posting
from tradecore.events import EventType
from tradecore.languages.labels import CHOICES
from tradecore.settings import Settings

DOCS = ROOT / "docs"
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
#: Modules whose names the glossary uses.
HOMES = (
    "tradecore.documents",
    "tradecore.documents.inputs",
    "tradecore.catalog",
    "tradecore.changes",
    "tradecore.commands.queries",
    "tradecore.registers",
    "tradecore.rules.approval",
    "tradecore.rules.explaining",
    "tradecore.settings",
)
PAGES = sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)


@pytest.fixture
def originals(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The names 1C has for things, as the documentation uses them."""
    monkeypatch.syspath_prepend(str(DOCS / "_ext"))
    monkeypatch.delitem(sys.modules, "originals", raising=False)
    return importlib.import_module("originals")


def test_original_names_are_complete(originals: ModuleType) -> None:
    """Every setting has its 1C name, or is said to have none."""
    assert {field.name for field in attrs.fields(Settings) if field.init} == set(originals.SETTINGS)


def test_every_setting_says_what_it_changes() -> None:
    """The table of settings is made of the docstring."""
    text = inspect.getdoc(Settings) or ""
    told = {name.strip() for names in re.findall(r"^    ([\w, ]+): ", text, re.MULTILINE) for name in names.split(",")}
    assert {field.name for field in attrs.fields(Settings) if field.init} <= told


def test_glossary_names_every_choice() -> None:
    """Whoever meets a name in the code finds it in one of the tables that are made of choices."""
    tables = re.findall(r"^```{choices} (.*)$", GLOSSARY, re.MULTILINE)
    assert sorted(each.__name__ for each in CHOICES) == sorted(name for table in tables for name in table.split())


def test_glossary_names_every_document() -> None:
    """Every kind of document has a row."""
    assert [] == [cls.__name__ for cls in DOCUMENTS.values() if f"`{cls.__name__}`" not in GLOSSARY]


def test_glossary_names_nothing_else() -> None:
    """Every class and field in the column of code is there."""
    known = {name: each for module in HOMES for name, each in vars(importlib.import_module(module)).items()}
    told = re.findall(r"`([A-Z]\w+)(?:\.(\w+))?`", GLOSSARY)
    unknown = [name for name, part in told if not _has(known.get(name), part)]
    assert [] == unknown


def _has(thing: object, part: str) -> bool:
    fields = attrs.fields_dict(thing) if isinstance(thing, type) and attrs.has(thing) else {}
    return thing is not None and (not part or part in fields or hasattr(thing, part))


def test_pages_list_every_event() -> None:
    """The page of events has a row for each type, in the order of the code."""
    page = (DOCS / "concepts/events-and-relay.md").read_text(encoding="utf-8")
    assert [each.value for each in EventType] == re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)


def test_pages_list_every_posting_and_series() -> None:
    """The page of documents has a row for each posting and each kind of document."""
    page = (DOCS / "concepts/document-and-posting.md").read_text(encoding="utf-8")
    found = re.findall(r"\| `([A-Z]+)` \|", page)
    assert [each.name for each in Posting] + [cls.SERIES for cls in DOCUMENTS.values()] == _as_listed(found)


def _as_listed(found: list[str]) -> list[str]:
    order = [each.name for each in Posting] + [cls.SERIES for cls in DOCUMENTS.values()]
    return sorted(found, key=order.index)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_calls_on_pages_exist(page: Path) -> None:
    """Every `trade.desk.call` that a page speaks of is there."""
    spoken = set(re.findall(r"\btrade\.(\w+)\.(\w+)", page.read_text(encoding="utf-8")))
    unknown = [
        f"trade.{desk}.{call}"
        for desk, call in spoken
        if desk in trade._DESKS and not hasattr(trade._DESKS[desk], call)
    ]
    assert [] == unknown


def test_desks_are_all_described() -> None:
    """The reference has every desk of a trade value."""
    page = (DOCS / "api/desks.rst").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\.\. desk:: (\w+)\n   :at: trade\.(\w+)$", page, re.MULTILINE))
    assert {desk.__name__: name for name, desk in trade._DESKS.items()} == told
