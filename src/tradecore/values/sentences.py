"""Texts that are parts of sentences and may be said in other languages: they are English strings that know their parts."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Self, SupportsIndex

from typing_extensions import override


class Sentence(str):
    """
    A text with figures: `Sentence("line {line} is sold at {price}", line="1", price=9)`.

    It is the English string; `tradecore.say` says it in another language.
    """

    __slots__ = ("details", "template")

    template: str
    details: dict[str, object]

    def __new__(cls, template: str, /, **details: object) -> Self:
        """Fill in the details."""
        known = {name: f"{each:f}" if isinstance(each, Decimal) else each for name, each in details.items()}
        self = super().__new__(cls, template.format_map(known))
        self.template, self.details = template, details
        return self

    @override
    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return _again, (self.template, self.details)


class Listed(str):
    """Things one after the other, such as documents: `Listed([shipment, order])`."""

    __slots__ = ("by", "parts")

    parts: tuple[object, ...]
    by: str

    def __new__(cls, parts: Iterable[object], by: str = ", ") -> Self:
        """Join them as they are called in English."""
        every = tuple(parts)
        self = super().__new__(cls, by.join(map(str, every)))
        self.parts, self.by = every, by
        return self

    @override
    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return type(self), (self.parts, self.by)


def _again(template: str, details: dict[str, object]) -> Sentence:
    return Sentence(template, **details)
