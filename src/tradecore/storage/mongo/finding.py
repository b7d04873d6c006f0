"""
Queries to filters. `tradecore.query` says what they mean; here it is said again in MongoDB's words.

A value is compared only with fields of its own type, as in Python: a text never equals a day, though both are stored as
strings. Whatever a caller hands in ends up as the operand of an operator written here, never as an operator or a name.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints

from tradecore.query import Condition, Eq, In, Query, Range
from tradecore.storage.mongo.layout import ID, TENANT, Document, all_records, record_id, stored
from tradecore.values.numbers import EXACT, PLACES
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)

#: An operand that no field has.
_NOTHING: Document = {"$in": []}


class _NoSuchValue(Exception):
    """No field of this type can have the value."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _NoSuchValue
    return value.value if isinstance(value, StrEnum) else value


def _day(value: Any) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _NoSuchValue
    return value.isoformat()


def _moment(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None or value.microsecond % 1000:
        raise _NoSuchValue
    return value


def _number(value: Any) -> int:
    if not isinstance(value, (int, Decimal)):
        raise _NoSuchValue
    millionths = Decimal(value).scaleb(PLACES, EXACT)
    if millionths != int(millionths):
        raise _NoSuchValue
    return int(millionths)


def _as_it_is(value: Any) -> Any:
    if not isinstance(value, (int, bool)):
        raise _NoSuchValue
    return value


_OPERANDS: Mapping[Any, Callable[[Any], Any]] = {str: _text, date: _day, datetime: _moment, Decimal: _number}


@cache
def _operands(kind: type[Any]) -> dict[str, Callable[[Any], Any]]:
    """How the values are written that each field is compared with."""
    hints = get_type_hints(kind)
    found = {}
    for name in kind.FINDABLE:
        type_ = next((each for each in get_args(hints[name]) if each is not NoneType), hints[name])
        is_text = isinstance(type_, type) and issubclass(type_, str)
        found[name] = _text if is_text else _OPERANDS.get(type_, _as_it_is)
    return found


def _possible(values: tuple[Any, ...], operand: Callable[[Any], Any]) -> list[Any]:
    """Those of the values that the field can have at all, as they are stored."""
    found = []
    for value in values:
        try:
            found.append(None if value is None else operand(value))
        except _NoSuchValue:
            continue
    return found


def _ceiling(moment: Any) -> Any:
    """The first stored moment that is not before this one: moments are kept to the millisecond."""
    rest = moment.microsecond % 1000 if isinstance(moment, datetime) else 0
    return moment + timedelta(microseconds=1000 - rest) if rest else moment


def _floor(moment: Any) -> Any:
    return moment - timedelta(microseconds=moment.microsecond % 1000) if isinstance(moment, datetime) else moment


def _range(condition: Range, operand: Callable[[Any], Any]) -> Document:
    if condition.low is None and condition.high is None:
        return {"$ne": None}
    found: Document = {}
    try:
        if condition.low is not None:
            found["$gte"] = operand(_ceiling(condition.low))
        if condition.high is not None:
            found["$lte"] = operand(_floor(condition.high))
    except _NoSuchValue:
        return _NOTHING
    return found


def _condition(condition: Condition, operand: Callable[[Any], Any]) -> Document:
    if isinstance(condition, Range):
        return _range(condition, operand)
    if isinstance(condition, Eq):
        possible = _possible((condition.value,), operand)
        return {"$eq": possible[0]} if possible else _NOTHING
    return {"$in" if isinstance(condition, In) else "$nin": _possible(condition.values, operand)}


def page(tenant: str, query: Query[R]) -> Document:
    """The parts of the find that a query means: filter, order, limit."""
    kind: Any = query.kind
    operands = _operands(kind)
    base: list[Document] = [{TENANT: tenant}]
    base += [{stored(each.field): _condition(each, operands[each.field])} for each in query.where]
    by_id = query.sort == "id"
    if by_id or not _indexed(query):
        base.append({"_id": all_records(tenant)})
    if not by_id:
        base.append({stored(query.sort): {"$ne": None}})
    try:
        branches = _after(tenant, query, operands[query.sort])
    except _NoSuchValue:
        branches = [{ID: _NOTHING}]
    wholes = [{"$and": [*base, branch]} for branch in branches]
    direction = -1 if query.descending else 1
    return {
        "filter": wholes[0] if len(wholes) == 1 else {"$or": wholes},
        "sort": {"_id": direction} if by_id else {stored(query.sort): direction, ID: direction},
        "limit": query.limit,
        "batchSize": query.limit,
    }


def _indexed(query: Query[Any]) -> bool:
    """Whether an index of the kind begins with a field that is compared or sorted by."""
    fields = {query.sort, *(each.field for each in query.where)}
    return any(index[0] in fields for index in query.kind.INDEXES)


def _after(tenant: str, query: Query[Any], operand: Callable[[Any], Any]) -> list[Document]:
    """
    What lies beyond the mark, in parts.

    Each part is one stretch of the index, so that a page is entered at its mark and no page before it is read.
    """
    if query.after is None:
        return [{}]
    value, id = query.after
    mark, id, beyond = operand(value), _text(id), "$lt" if query.descending else "$gt"
    if query.sort == "id":
        itself = id > mark if query.descending else id < mark
        return [{"_id": {f"{beyond}e" if itself else beyond: record_id(tenant, Ref("", mark))}}]
    field = stored(query.sort)
    return [{field: {beyond: mark}}, {field: mark, ID: {beyond: id}}]
