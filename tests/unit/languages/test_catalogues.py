"""Catalogues are complete, agree with the source, and keep every figure of a sentence."""

import importlib
import pkgutil
import string
from enum import StrEnum
from pathlib import Path

import pytest
from babel.messages.catalog import Message

import tradecore
from tools import catalogues
from tradecore import LANGUAGES
from tradecore.errors import Code
from tradecore.languages.labels import CHOICES, WORDS, label
from tradecore.rules.checks import Checkpoint
from tradecore.rules.order_status import Control, Effect

#: Choices that programs read and people do not.
FOR_PROGRAMS = {Code, Checkpoint, Control, Effect}
PATHS = catalogues.catalogues()
EVERY = [(path.parts[-3], message) for path in PATHS for message in catalogues.read(path) if message.id]


def ours() -> set[type[StrEnum]]:
    """Every class of choices the library defines, but for those of its shipped tests."""
    names = [each.name for each in pkgutil.walk_packages(tradecore.__path__, "tradecore.")]
    modules = [
        importlib.import_module(name) for name in names if not name.endswith("__main__") and ".testing" not in name
    ]
    found = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    return {each for each in found if issubclass(each, StrEnum) and each.__module__.startswith("tradecore")}


def fields(text: str) -> set[str]:
    """The figures a sentence names."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_is_a_catalogue_for_every_language() -> None:
    """English needs none."""
    assert {"en", *(path.parts[-3] for path in PATHS)} == set(LANGUAGES)


def test_every_choice_can_be_said() -> None:
    """A new class of choices is for people, or is said to be for programs only."""
    assert ours() == {*CHOICES, *FOR_PROGRAMS}
    named = {f"{choice.__name__}.{member.name}" for choice in CHOICES for member in choice}
    assert WORDS.keys() <= named


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.__name__)
def test_choices_are_told_apart(choice: type[StrEnum]) -> None:
    """No two members of a class are called the same, in English or elsewhere."""
    assert len(choice) == len({label(member) for member in choice})


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_catalogues_are_up_to_date(path: Path, tmp_path: Path) -> None:
    """`nox -s languages` would change nothing."""
    copy = tmp_path / path.parts[-3] / "LC_MESSAGES" / path.name
    copy.parent.mkdir(parents=True)
    copy.write_bytes(path.read_bytes())
    catalogues.update(copy)
    assert path.read_text(encoding="utf-8") == copy.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.parts[-3])
def test_every_text_is_translated(path: Path) -> None:
    """Whoever adds a code, a choice or a setting says it in every language: run `nox -s languages`, fill in the .po."""
    assert [] == catalogues.untranslated(path)


@pytest.mark.parametrize(("language", "message"), EVERY, ids=lambda each: each if isinstance(each, str) else each.id)
def test_translations_keep_their_figures(language: str, message: Message) -> None:
    """They name what the English sentence names and nothing else, and end as it ends."""
    english, said = str(message.id), str(message.string)
    assert fields(english) == fields(said)
    assert said == said.strip()
    assert english.endswith(".") is said.endswith("."), said
    assert any(char.isalpha() for char in said)
    foreign = {"uk": "ыэъёЫЭЪЁ", "ru": "іїєґІЇЄҐ"}[language]
    assert not set(said) & set(foreign), "letters of the other alphabet"
