"""
Records to documents and back, by cattrs.

Days and exact numbers become strings, moments dates of BSON, parts arrays of documents. A number that may be searched
for becomes a whole count of millionths, so that the server sorts it as a number. What is read is trusted, but not
blindly: every value must have the type that was written, and what has not is `Corrupt`, with its place.
"""

import types
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from operator import attrgetter
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from cattrs import (
    AttributeValidationNote,
    ClassValidationError,
    Converter,
    IterableValidationError,
)
from cattrs.fns import identity
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from tradecore.errors import Corrupt
from tradecore.storage.mongo.layout import Document
from tradecore.values.numbers import scaled, unscaled
from tradecore.values.percent import Percent
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)
Hook = Callable[[Any, Any], Any]


def write_record(record: Record) -> Document:
    """The document of a record, without its _id."""
    document: Document = _FAST.unstructure(record, type(record))
    del document["id"]
    return document


def read_record(kind: type[R], document: Document) -> R:
    """
    The record of a document.

    Raises:
        Corrupt: No command can have written it.
    """
    document["id"] = document["_id"]["id"]
    try:
        return _FAST.structure(document, kind)
    except Exception as error:  # whatever a damaged document provokes
        place, why = _fault(document, kind, error)
        raise Corrupt(f"{Ref(kind.KIND, document['id'])}{place}", why, kind.KIND, document["id"]) from error


def _fault(document: Document, kind: type[Record], error: BaseException) -> tuple[str, str]:
    """The place of the first fault, such as `.lines[2].quantity`, and what is wrong there."""
    try:
        _CAREFUL.structure(document, kind)
    except Exception as found:  # noqa: BLE001  # the same fault, with notes
        error = found
    place = ""
    while isinstance(error, (ClassValidationError, IterableValidationError)):
        error = error.exceptions[0]
        for note in getattr(error, "__notes__", ()):
            place += f".{note.name}" if isinstance(note, AttributeValidationNote) else f"[{note.index}]"
    return place, "is missing" if isinstance(error, KeyError) else str(error)


def exactly(kind: type) -> Hook:
    """A hook that lets only values of this type through."""

    def structure(value: Any, _: Any) -> Any:
        if value.__class__ is not kind:
            raise TypeError(f"expected {kind.__name__}, found {value!r:.80}")
        return value

    return structure


_text, _datetime = exactly(str), exactly(datetime)


def moment(value: Any, _: Any = datetime) -> datetime:
    """A hook for moments, which are read without their time zone: to make them aware is cheaper here than in BSON."""
    found: datetime = _datetime(value, datetime).replace(tzinfo=UTC)
    return found


def whole(value: Any, _: Any = int) -> int:
    """A hook for integers, which BSON gives back as one of two types."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"expected int, found {value!r:.80}")
    return int(value)


@lru_cache(maxsize=4096)  # the same prices and quantities come again and again
def _number(value: str) -> Decimal:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"expected a number, found {value!r:.80}")
    return number


@lru_cache(maxsize=256)
def _rate(value: str) -> Percent:
    return Percent(value)


@cache
def _members(kind: type[StrEnum]) -> dict[Any, StrEnum]:
    return {member.value: member for member in kind}


def _enum(value: Any, kind: type[StrEnum]) -> StrEnum:
    found = _members(kind).get(_text(value, str))
    return kind(value) if found is None else found  # which says what is wrong


def _is_annotated(hint: Any) -> bool:
    return get_origin(hint) is Annotated


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint)


def _is_parts(hint: Any) -> bool:
    return get_origin(hint) is tuple


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Record)


def _inner(hint: Any) -> Any:
    return next(each for each in get_args(hint) if each is not type(None))


def _optional_reader(hint: Any, converter: Converter) -> Hook:
    inner = _inner(hint)
    hook = converter.get_structure_hook(inner)
    return lambda value, _: None if value is None else hook(value, inner)


def _optional_writer(hint: Any, converter: Converter) -> Callable[[Any], Any]:
    hook = converter.get_unstructure_hook(_inner(hint))
    return hook if hook is identity else lambda value: None if value is None else hook(value)


def _parts_reader(hint: Any, converter: Converter) -> Hook:
    part = get_args(hint)[0]
    hook = converter.get_structure_hook(part)
    return lambda value, _: tuple([hook(each, part) for each in value])


def _sortable(kind: type[Record]) -> dict[str, Any]:
    """How the numbers are kept that the server must be able to compare."""
    hints = get_type_hints(kind)
    kept = override(unstruct_hook=scaled, struct_hook=lambda value, _: unscaled(whole(value)))
    return {name: kept for name in kind.FINDABLE if hints[name] is Decimal}


def _make(*, careful: bool) -> Converter:
    converter = Converter(detailed_validation=careful)
    converter.register_unstructure_hook_factory(_is_annotated, lambda _: identity)
    converter.register_structure_hook_factory(_is_annotated, lambda hint: exactly(get_args(hint)[0]))
    converter.register_unstructure_hook_factory(_is_optional, _optional_writer)
    converter.register_structure_hook_factory(_is_optional, _optional_reader)
    converter.register_unstructure_hook_factory(
        _is_record, lambda kind: make_dict_unstructure_fn(kind, converter, **_sortable(kind))
    )
    converter.register_structure_hook_factory(
        _is_record,
        lambda kind: make_dict_structure_fn(kind, converter, _cattrs_detailed_validation=careful, **_sortable(kind)),
    )
    if not careful:
        converter.register_structure_hook_factory(_is_parts, _parts_reader)
    for kind, write, read in (
        (str, identity, _text),
        (StrEnum, attrgetter("_value_"), _enum),  # `value` is a slow property
        (int, identity, whole),
        (bool, identity, exactly(bool)),
        (Decimal, str, lambda value, _: _number(_text(value, str))),
        (Percent, lambda percent: str(percent.value), lambda value, _: _rate(_text(value, str))),
        (date, date.isoformat, lambda value, _: date.fromisoformat(_text(value, str))),
        (datetime, identity, moment),
    ):
        converter.register_unstructure_hook(kind, write)
        converter.register_structure_hook(kind, read)
    return converter


_FAST, _CAREFUL = _make(careful=False), _make(careful=True)
