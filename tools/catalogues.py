"""
The catalogues of other languages: `python tools/catalogues.py` brings them up to date with the source and compiles them.

Translators edit `src/tradecore/languages/locale/*/LC_MESSAGES/tradecore.po`. Compiled catalogues (.mo) are not kept in
the repository: building a wheel, the tests and the documentation compile them.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parents[1] / "src"
LOCALES = SOURCE / "tradecore" / "languages" / "locale"
#: The call whose text is a part of sentences.
_PARTS = {"Sentence": (1,)}
#: No dates: a catalogue changes when its texts do.
_HEAD = """\
msgid ""
msgstr ""
"Project-Id-Version: tradecore\\n"
"Language: {language}\\n"
"Plural-Forms: {forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def parts() -> Iterator[tuple[str, str]]:
    """The parts of sentences that stand in the source, with their context."""
    found = extract_from_dir(SOURCE / "tradecore", [("**.py", "python")], keywords=_PARTS)
    yield from sorted({("part", text) for _, _, text, _, _ in found if isinstance(text, str)})


def template() -> dict[tuple[str, str], None]:
    """Everything there is to translate: context and English text."""
    from tradecore.languages.labels import texts

    return dict.fromkeys([*texts(), *parts()])


def catalogues() -> list[Path]:
    """The catalogue of each language."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/tradecore.po"))


def read(path: Path) -> Catalog:
    """A catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def update(path: Path) -> None:
    """Add what is new with an empty translation, drop what is gone."""
    old = read(path)
    new = Catalog(locale=path.parts[-3])
    for context, text in template():
        known = old.get(text, context or None)
        flags = {"python-brace-format"} if "{" in text else set()
        new.add(text, known.string if known else "", context=context or None, flags=flags)
    with path.open("wb") as file:
        file.write(_HEAD.format(language=path.parts[-3], forms=new.plural_forms).encode())
        write_po(file, new, width=120, omit_header=True)


def compile_all() -> None:
    """Write the .mo beside each catalogue that is newer than it."""
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            catalogue = read(path)
            with NamedTemporaryFile(dir=path.parent, delete=False) as file:
                write_mo(file, catalogue)
            Path(file.name).replace(compiled)  # several processes may do this at once


def untranslated(path: Path) -> list[str]:
    """Texts of a catalogue that nobody has translated yet, with their contexts."""
    return [f"{each.context or 'message'}: {each.id}" for each in read(path) if each.id and not each.string]


def main() -> int:
    """Bring all catalogues up to date; how many texts are not translated."""
    missing = 0
    for path in catalogues():
        update(path)
        for each in untranslated(path):
            sys.stdout.write(f"{path.parts[-3]}: {each}\n")
            missing += 1
    compile_all()
    return missing


if __name__ == "__main__":
    sys.path.insert(0, str(SOURCE))
    sys.exit(bool(main()))
