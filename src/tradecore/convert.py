"""
The gate: from what callers hand in to checked values, and from values to plain data and back.

Everything a public command is given passes `checked_arguments`: ids, texts, numbers, dates, lines given as values or as
mappings. All violations are collected, each with its place. Nothing but `TradeError` leaves this module.

What a store reads back is trusted: `restore` checks types as far as it must and says `Corrupt` if it cannot.
"""

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from typing import Annotated, Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from cattrs import AttributeValidationNote, Converter, IterableValidationError, IterableValidationNote
from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn

from tradecore.errors import Code, Corrupt, Invalid, Refused, Violation, violation
from tradecore.values.money import Money
from tradecore.values.numbers import check_number
from tradecore.values.percent import Percent
from tradecore.values.period import check_day, check_moment
from tradecore.values.quantity import Quantity
from tradecore.values.record import Record
from tradecore.values.text import TextRule, check_text
from tradecore.values.unset import Unset

T = TypeVar("T")

#: The most parts of one document a caller may hand in.
MANY = 10_000
_TEXT = TextRule(2000)


def _raise(found: T | Violation) -> T:
    if isinstance(found, Violation):
        raise Invalid((found,))
    return found


def _decimal(value: Any, _: Any) -> Decimal:
    return _raise(check_number(value))


def _int(value: Any, _: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid((violation(Code.WRONG_TYPE, expected="a whole number", got=type(value).__name__),))
    if not -(10**12) < value < 10**12:
        raise Invalid((violation(Code.OUT_OF_RANGE, value="it", low=-(10**12), high=10**12),))
    return value


def _bool(value: Any, _: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid((violation(Code.WRONG_TYPE, expected="True or False", got=type(value).__name__),))
    return value


def _text(rule: TextRule) -> Callable[[Any, Any], str]:
    def structure(value: Any, _: Any) -> str:
        return _raise(check_text(value, rule))

    return structure


def _parsed(value: Any, parse: Callable[[str], Any]) -> Any:
    """A text as the moment or day it may stand for; anything else as it is."""
    if isinstance(value, str):
        try:
            return parse(value)
        except ValueError:
            return value
    return value


def _moment(value: Any, _: Any) -> datetime:
    return _raise(check_moment(_parsed(value, datetime.fromisoformat)))


def _day(value: Any, _: Any) -> date:
    return _raise(check_day(_parsed(value, date.fromisoformat)))


def _percent(value: Any, _: Any) -> Percent:
    return value if isinstance(value, Percent) else Percent(value)


def _pair(value: Any, names: tuple[str, str], make: Callable[[Any, Any], T]) -> T:
    if not isinstance(value, Mapping):
        raise Invalid((violation(Code.WRONG_TYPE, expected=" and ".join(names), got=type(value).__name__),))
    wrong = [violation(Code.UNKNOWN_FIELD, str(name)[:64], name=str(name)[:64]) for name in value if name not in names]
    wrong += [violation(Code.MISSING, name) for name in names if name not in value]
    if wrong:
        raise Invalid(tuple(wrong))
    return make(value[names[0]], value[names[1]])


def _money(value: Any, _: Any) -> Money:
    return value if isinstance(value, Money) else _pair(value, ("amount", "currency"), Money)


def _quantity(value: Any, _: Any) -> Quantity:
    if isinstance(value, Quantity):
        return value

    def make(number: Any, unit: Any) -> Quantity:
        return Quantity(number, _raise(check_text(unit, TextRule(20))))

    return _pair(value, ("value", "unit"), make)


def _enum(value: Any, kind: type[StrEnum]) -> StrEnum:
    if isinstance(value, kind):
        return value
    for member in kind:
        if isinstance(value, str) and value == member.value:
            return member
    known = ", ".join(member.value for member in kind)
    raise Invalid((violation(Code.UNKNOWN_VALUE, value=_short(value), known=known),))


def _unset(value: Any, _: Any) -> Unset:
    if isinstance(value, Unset):
        return value
    raise Invalid((violation(Code.WRONG_TYPE, expected="UNSET", got=type(value).__name__),))


def _short(value: Any) -> str:
    return value[:40] if isinstance(value, str) else type(value).__name__


def _is_text(hint: Any) -> bool:
    return get_origin(hint) is Annotated and any(isinstance(each, TextRule) for each in hint.__metadata__)


def _text_hook(hint: Any) -> Callable[[Any, Any], str]:
    return _text(next(each for each in hint.__metadata__ if isinstance(each, TextRule)))


def _is_sequence(hint: Any) -> bool:
    return get_origin(hint) in (tuple, list, Sequence)


def _sequence_hook(hint: Any, converter: Converter) -> Callable[[Any, Any], tuple[Any, ...]]:
    part = get_args(hint)[0]

    def structure(value: Any, _: Any) -> tuple[Any, ...]:
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, (Sequence, AbstractSet)):
            raise Invalid((violation(Code.WRONG_TYPE, expected="a list", got=type(value).__name__),))
        if len(value) > MANY:
            raise Invalid((violation(Code.OUT_OF_RANGE, value=f"{len(value)} parts", low=0, high=MANY),))
        hook, found, wrong = converter.get_structure_hook(part), [], []
        for index, each in enumerate(value):
            try:
                found.append(hook(each, part))
            except Exception as error:
                wrong += [each.at(f"[{index}]") for each in _violations(error)]
        if wrong:
            raise Invalid(tuple(wrong))
        return tuple(found)

    return structure


def _is_mapping(hint: Any) -> bool:
    return get_origin(hint) in (dict, Mapping)


def _mapping_hook(hint: Any, converter: Converter) -> Callable[[Any, Any], dict[str, Any]]:
    name, part = get_args(hint)

    def structure(value: Any, _: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or len(value) > MANY:
            raise Invalid((violation(Code.WRONG_TYPE, expected="a mapping", got=type(value).__name__),))
        hook, found, wrong = converter.get_structure_hook(part), {}, []
        for key, each in value.items():
            place = f"[{_short(key)}]"
            try:
                found[converter.structure(key, name)] = hook(each, part)
            except Exception as error:
                wrong += [each.at(place) for each in _violations(error)]
        if wrong:
            raise Invalid(tuple(wrong))
        return found

    return structure


def _is_class(hint: Any) -> bool:
    return isinstance(hint, type) and attrs.has(hint) and hint not in (Money, Percent, Quantity)


def _class_hook(kind: type[Any], converter: Converter) -> Callable[[Any, Any], Any]:
    structure = make_dict_structure_fn(
        kind, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True
    )
    fields = [field for field in attrs.fields(kind) if field.init]
    parts: list[_Part] = []

    def checked(value: Any, hint: Any) -> Any:
        if type(value) is kind:
            if not parts:
                parts.extend((f.name, f.default, converter.get_structure_hook(f.type), f.type) for f in fields)
            return value if _passes(value, parts) else structure(_given(value, parts), hint)
        if not isinstance(value, Mapping):
            details = {"expected": kind.__name__, "got": type(value).__name__}
            raise Invalid((violation(Code.WRONG_TYPE, **details),))
        return structure(value, hint)

    return checked


_Part: TypeAlias = tuple[str, Any, Callable[[Any, Any], Any], Any]
"""Of a field: name, default, hook and annotation."""


def _given(value: Any, parts: Sequence[_Part]) -> dict[str, Any]:
    """What was not left out; that is right by definition, even where it could not be given: an empty id."""
    return {name: each for name, default, _, _ in parts if (each := getattr(value, name)) is not default}


def _passes(value: Any, parts: Sequence[_Part]) -> bool:
    """Whether every part given is accepted as it is, so that the whole need not be built again."""
    try:
        for name, default, hook, hint in parts:
            part = getattr(value, name)
            if part is not default and hook(part, hint) is not part:
                return False
    except Exception:
        return False
    return True


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def _union_hook(hint: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """Optional values, and unions: a value of a member class is checked as that, any other as the first member."""
    members = [each for each in get_args(hint) if each is not type(None)]
    optional = len(members) < len(get_args(hint))
    hooks = {each: converter.get_structure_hook(each) for each in members if each is not Mapping}
    first, others = members[0], [each for each in members[1:] if isinstance(each, type) or _is_sequence(each)]

    def structure(value: Any, _: Any) -> Any:
        if value is None and optional:
            return None
        part = next((each for each in others if _belongs(value, each)), first)
        return hooks[part](value, part)

    return structure


def _belongs(value: Any, member: Any) -> bool:
    return isinstance(value, (list, tuple, AbstractSet) if _is_sequence(member) else member)


def _record(value: Any, _: Any) -> Record:
    """A parameter that takes any record: checked as what it is."""
    if not isinstance(value, Record):
        raise Invalid((violation(Code.WRONG_TYPE, expected="a record", got=type(value).__name__),))
    found: Record = _GATE.structure(value, type(value))
    return found


def _make_gate() -> Converter:
    gate = Converter(detailed_validation=True, forbid_extra_keys=True)
    gate.register_structure_hook_factory(_is_class, _class_hook)
    gate.register_structure_hook_factory(_is_mapping, _mapping_hook)
    gate.register_structure_hook_factory(_is_sequence, _sequence_hook)
    gate.register_structure_hook_factory(_is_optional, _union_hook)
    gate.register_structure_hook_factory(_is_text, _text_hook)
    gate.register_structure_hook_func(lambda hint: hint is Record, _record)
    for kind, hook in (
        (str, _text(_TEXT)), (StrEnum, _enum), (int, _int), (bool, _bool), (Decimal, _decimal),
        (datetime, _moment), (date, _day),
        (Percent, _percent), (Money, _money), (Quantity, _quantity), (Unset, _unset),
    ):  # fmt: skip
        gate.register_structure_hook(kind, hook)
    return gate


_GATE = _make_gate()


def _violations(error: BaseException) -> list[Violation]:
    """What an error of the converter means, with places."""
    if isinstance(error, Refused):
        return list(error.violations)
    if isinstance(error, (ClassValidationError, IterableValidationError)):
        found = []
        for each in error.exceptions:
            note = next(
                (
                    n
                    for n in getattr(each, "__notes__", ())
                    if isinstance(n, (AttributeValidationNote, IterableValidationNote))
                ),
                None,
            )
            place = (
                "" if note is None else note.name if isinstance(note, AttributeValidationNote) else f"[{note.index}]"
            )
            found += [inner.at(place) if place else inner for inner in _violations(each)]
        return found
    if isinstance(error, ForbiddenExtraKeysError):
        names = sorted(_short(name) for name in error.extra_fields)
        return [violation(Code.UNKNOWN_FIELD, name, name=name) for name in names]
    if isinstance(error, KeyError):
        return [violation(Code.MISSING)]
    if isinstance(error, RecursionError):
        return [violation(Code.TOO_DEEP)]
    return [violation(Code.WRONG_TYPE, expected="a value of another type", got=type(error).__name__)]


def check(value: object, hint: Any) -> Any:
    """
    `value` as a checked value of the type `hint`.

    Raises:
        Invalid: With every violation and its place.
    """
    try:
        return _GATE.structure(value, hint)
    except Exception as error:  # whatever hostile input provokes must not leave as it is
        raise Invalid(tuple(_violations(error))) from None


@attrs.frozen
class Parameters:
    """
    The parameters of a command after its session.

    Attributes:
        names: Those that may be given by position, in order.

        hooks: What each must be.

        defaults: What each is that may be left out.
    """

    names: tuple[str, ...]
    hooks: dict[str, tuple[Callable[[Any, Any], Any], Any]]
    defaults: dict[str, Any]


@cache
def _parameters(function: Callable[..., Any]) -> Parameters:
    hints = get_type_hints(function, include_extras=True)
    taken = list(inspect.signature(function).parameters.values())[1:]
    hooks = {each.name: (_GATE.get_structure_hook(hints[each.name]), hints[each.name]) for each in taken}
    defaults = {each.name: each.default for each in taken if each.default is not each.empty}
    return Parameters(tuple(each.name for each in taken if each.kind is not each.KEYWORD_ONLY), hooks, defaults)


def said(function: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the checked arguments of a call that say something: the others are what leaving them out means."""
    defaults = _parameters(function).defaults
    return {name: each for name, each in arguments.items() if name not in defaults or each != defaults[name]}


def checked_arguments(function: Callable[..., Any], args: Sequence[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """
    The arguments of a call, checked against the annotations of `function`; its session is not among them.

    Raises:
        Invalid: With every violation; the place starts with the parameter's name.

        TypeError: The call does not fit the signature.
    """
    parameters = _parameters(function)
    if len(args) > len(parameters.names):
        raise TypeError(f"{function.__name__}() takes {len(parameters.names)} arguments, {len(args)} were given")
    named = dict(zip(parameters.names, args, strict=False))
    for name in given:
        if name in named or name not in parameters.hooks:
            raise TypeError(f"{function.__name__}() got an unexpected or repeated argument {name!r}")
    named.update(given)
    checked, wrong = {}, []
    for name, value in named.items():
        hook, hint = parameters.hooks[name]
        try:
            checked[name] = hook(value, hint)
        except Exception as error:  # see `check`
            wrong += [each.at(name) for each in _violations(error)]
    if wrong:
        raise Invalid(tuple(wrong))
    return checked


def _make_plain() -> Converter:
    plain = Converter(detailed_validation=False)
    plain.register_unstructure_hook(Decimal, lambda value: f"{value:f}")
    plain.register_structure_hook(Decimal, lambda value, _: Decimal(value))
    plain.register_unstructure_hook(datetime, lambda value: value.isoformat())
    plain.register_unstructure_hook(date, lambda value: value.isoformat())
    plain.register_structure_hook(datetime, lambda value, _: datetime.fromisoformat(value))
    plain.register_structure_hook(date, lambda value, _: date.fromisoformat(value))
    plain.register_unstructure_hook(Percent, lambda value: f"{value.value:f}")
    plain.register_structure_hook(Percent, lambda value, _: Percent(value))
    plain.register_structure_hook_factory(_is_text, lambda _: lambda value, __: str(value))
    return plain


@lru_cache(maxsize=1)
def _plain() -> Converter:
    return _make_plain()


def to_plain(value: Any) -> Any:
    """`value` as JSON can hold it: numbers as strings, moments and days in ISO format."""
    return _plain().unstructure(value)


def restore(data: Any, kind: type[T], place: str) -> T:
    """
    A record, or a value of another type, from what `to_plain` made of it.

    Raises:
        Corrupt: The data cannot have come from there.
    """
    try:
        return _plain().structure(data, kind)
    except Exception as error:
        raise Corrupt(place, str(error) or type(error).__name__) from error
