"""Saying things in a language: one function for everything that people read."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Any

from tradecore.documents import Document
from tradecore.errors import MESSAGES, Code, Conflict, Invalid, KeyReused, NotFound, Refused, Violation, violation
from tradecore.languages.labels import CONFLICT, KEY_REUSED, REMINDERS, label, spaced
from tradecore.rules.approval import Deviation
from tradecore.rules.explaining import Option
from tradecore.rules.reserves import Reminder
from tradecore.values.money import Money
from tradecore.values.percent import Percent
from tradecore.values.quantity import Quantity
from tradecore.values.record import Ref
from tradecore.values.sentences import Listed, Sentence

#: Languages there are catalogues for; English needs none.
LANGUAGES = ("en", "uk", "ru")


def say(thing: object, language: str = "en") -> str:
    """
    What people read for `thing`.

    Args:
        thing: A choice such as `order.state`, a violation, a refusal or another error, a command that `allowed`
            answers with, a reminder, an amount, a quantity, a day, a document. Anything else is said as `str` does.
        language: One of `LANGUAGES`.

    Raises:
        Invalid: `UNKNOWN_VALUE` for a language without a catalogue.

    Example:
        >>> say(OrderState.AWAITING_PREPAYMENT, "uk")
        'Очікується передоплата (до відвантаження)'
    """
    return _Speech(language).say(thing)


def say_setting(name: str, language: str = "en") -> str:
    """What a setting is called: `say_setting("order_usage", "ru")`."""
    return _catalogue(language).pgettext("Settings", spaced(name))


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == "en":
        return NullTranslations()
    if language in LANGUAGES:
        place = files("tradecore.languages") / "locale" / language / "LC_MESSAGES" / "tradecore.mo"
        with place.open("rb") as file:  # missing only in a source tree: `nox -s languages` compiles it
            return GNUTranslations(file)
    raise Invalid((violation(Code.UNKNOWN_VALUE, "language", value=language, known=", ".join(LANGUAGES)),))


class _Speech:
    """A language and its catalogue."""

    __slots__ = ("_catalogue", "_english")

    def __init__(self, language: str) -> None:
        self._catalogue = _catalogue(language)
        self._english = language == "en"

    def say(self, thing: object) -> str:
        match thing:
            case StrEnum():
                return self._catalogue.pgettext(type(thing).__name__, label(thing))
            case Violation():
                return self._sentence(thing)
            case Sentence():
                return self._filled(self._catalogue.pgettext("part", thing.template), thing.details)
            case Listed():
                return thing.by.join(map(self.say, thing.parts))
            case Reminder():
                facts = {"missing": thing.missing, "number": thing.number, "due": thing.due, "when": thing.when}
                return self._filled(self._catalogue.pgettext("reminder", REMINDERS[thing.what]), facts)
            case Exception():
                return self._error(thing)
            case _:
                return self._named(thing) or self._figure(thing)

    def _named(self, thing: object) -> str:
        match thing:
            case Deviation():
                return self.say(thing.why)
            case Option():
                return self._command(thing.command)
            case Document():
                return f"{self._kind(thing.KIND)} {thing.number or thing.id}"
            case Ref():
                return f"{self._kind(thing.kind)} {thing.id}"
            case _:
                return ""

    def _error(self, error: Exception) -> str:
        match error:
            case Refused():
                return " ".join(map(self.say, error.violations))
            case NotFound():
                return self.say(violation(Code.UNKNOWN_ID, kind=error.kind, id=error.id))
            case KeyReused():
                return self._filled(self._catalogue.pgettext("error", KEY_REUSED), {"key": error.key})
            case Conflict():
                return self._catalogue.pgettext("error", CONFLICT)
            case _:
                return str(error)

    def _sentence(self, violation: Violation) -> str:
        if self._english:
            return violation.message
        text = MESSAGES.get(violation.code)
        if text is None:
            return violation.message
        said = self._filled(self._catalogue.gettext(text), violation.details)
        return said[:1].upper() + said[1:]

    def _filled(self, text: str, details: dict[str, Any]) -> str:
        return text.format_map({name: self._detail(name, value) for name, value in details.items()})

    def _detail(self, name: str, value: object) -> str:
        if name == "kind" and type(value) is str:
            return self._kind(value)
        if name == "what" and type(value) is str:
            return self._command(value)
        return self.say(value)

    def _kind(self, kind: str) -> str:
        return self._catalogue.pgettext("kind", kind.replace("_", " "))

    def _command(self, name: str) -> str:
        return self._catalogue.pgettext("command", spaced(name))

    def _figure(self, thing: object) -> str:
        if self._english:
            return f"{thing:f}" if isinstance(thing, Decimal) else str(thing)
        match thing:
            case Money() | Quantity() | Percent():
                return str(thing).replace(".", ",")
            case Decimal():
                return f"{thing:f}".replace(".", ",")
            case datetime():
                return f"{thing:%d.%m.%Y %H:%M}"
            case date():
                return f"{thing:%d.%m.%Y}"
            case _:
                return str(thing)
