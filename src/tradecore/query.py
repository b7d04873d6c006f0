"""Queries: conditions, an order and a page. What they mean is said here, by `run`; stores follow."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar, get_args

import attrs

from tradecore.errors import Code, Invalid, violation
from tradecore.values.record import Record

R = TypeVar("R", bound=Record)
T = TypeVar("T")

PAGE_LIMIT = 1000


def _all(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(values)


@attrs.frozen
class Eq:
    """The field equals the value; None finds records without one."""

    field: str
    value: Any


@attrs.frozen
class In:
    """The field is one of the values; no values find nothing."""

    field: str
    values: tuple[Any, ...] = attrs.field(converter=_all)


@attrs.frozen
class Range:
    """The field lies from `low` to `high`, both included; None leaves a side open. It finds nothing without a value."""

    field: str
    low: Any = None
    high: Any = None


@attrs.frozen
class Not:
    """The field has none of the values. Records without a value are found."""

    field: str
    values: tuple[Any, ...] = attrs.field(converter=_all)


Condition: TypeAlias = Eq | In | Range | Not


@attrs.frozen
class Query(Generic[R]):
    """
    Which records, in which order, how many.

    Attributes:
        sort: The field to sort by; the id decides among equals. Records without a value in it are left out.

        after: The value of `sort` and the id of the last record of the page before; None starts at the first.
    """

    kind: type[R]
    where: tuple[Condition, ...] = ()
    sort: str = "id"
    descending: bool = False
    limit: int = 50
    after: tuple[Any, str] | None = None

    def check(self, most: int = PAGE_LIMIT + 1) -> None:
        """
        Raise `Invalid` unless every field may be compared and the limit is sensible.

        One record more than a page may be asked for: it tells whether there is a next page.

        Raises:
            Invalid: `NOT_SORTABLE` or `OUT_OF_RANGE`.
        """
        fields = [(f"where[{each.field}]", each.field) for each in self.where] + [("sort", self.sort)]
        wrong = [
            violation(Code.NOT_SORTABLE, place, kind=self.kind.KIND, field=name, known=", ".join(self.kind.FINDABLE))
            for place, name in fields
            if name not in self.kind.FINDABLE
        ]
        if not 1 <= self.limit <= most:
            wrong.append(violation(Code.OUT_OF_RANGE, "limit", value=self.limit, low=1, high=most))
        if wrong:
            raise Invalid(tuple(wrong))


def check_limit(limit: object) -> int:
    """
    How many are wanted at once.

    Raises:
        Invalid: It is no whole number between 1 and 1000.
    """
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise Invalid((violation(Code.WRONG_TYPE, "batch", expected="a whole number", got=type(limit).__name__),))
    if not 1 <= limit <= PAGE_LIMIT:
        raise Invalid((violation(Code.OUT_OF_RANGE, "batch", value=limit, low=1, high=PAGE_LIMIT),))
    return limit


@attrs.frozen
class Page(Generic[T]):
    """
    A part of what a query finds.

    Attributes:
        next: Give it as `after` to get the following page; None if there is none.
    """

    items: tuple[T, ...]
    next: str | None = None

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def holds(condition: Condition, record: Record) -> bool:
    """Whether the record fulfils one condition."""
    value = getattr(record, condition.field)
    match condition:
        case Eq():
            return bool(value == condition.value)
        case In():
            return value in condition.values
        case Not():
            return value not in condition.values
        case Range():
            if value is None:
                return False
            above = condition.low is None or value >= condition.low
            return bool(above and (condition.high is None or value <= condition.high))


def sort_key(query: Query[R], record: R) -> tuple[Any, str]:
    """What records are compared by."""
    return getattr(record, query.sort), record.id


def matches(query: Query[R], record: R) -> bool:
    """Whether the record is found, on whichever page."""
    return getattr(record, query.sort) is not None and all(holds(each, record) for each in query.where)


def run(query: Query[R], records: Sequence[R]) -> list[R]:
    """What the query finds among `records`: the meaning that every store must agree with."""
    found = sorted(
        (each for each in records if matches(query, each)), key=lambda r: sort_key(query, r), reverse=query.descending
    )
    if query.after is not None:
        mark = query.after
        found = [r for r in found if (sort_key(query, r) < mark if query.descending else sort_key(query, r) > mark)]
    return found[: query.limit]


def encode_cursor(query: Query[R], last: R) -> str:
    """The text a page hands out, from which the next page starts."""
    import base64
    import json

    text = _cursor_text(getattr(last, query.sort))
    raw = json.dumps([*_cursor_head(query.kind, query.sort), text, last.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode()


def decode_cursor(kind: type[Record], sort: str, cursor: str) -> tuple[Any, str]:
    """
    Where the next page starts.

    Raises:
        Invalid: `BAD_CURSOR`: it is damaged or belongs to another query.
    """
    import base64
    import json

    try:
        found_kind, found_sort, tag, text, id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if [found_kind, found_sort, tag] == _cursor_head(kind, sort) and isinstance(id, str):
            return _READERS[tag](text), id
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
        pass
    raise Invalid((violation(Code.BAD_CURSOR, "after"),))


_CURSOR_KINDS: dict[type, str] = {datetime: "t", date: "d", Decimal: "n", int: "i", bool: "b"}


def _cursor_head(kind: type[Record], sort: str) -> list[str]:
    """What a cursor of this query begins with: kind of record, field, and how the field's values are written."""
    hint = attrs.fields_dict(kind)[sort].type
    tag = next((_CURSOR_KINDS[each] for each in (hint, *get_args(hint)) if each in _CURSOR_KINDS), "s")
    return [kind.KIND, sort, tag]


_READERS: dict[str, Any] = {
    "t": lambda text: datetime.fromisoformat(text).astimezone(UTC),
    "d": date.fromisoformat,
    "n": Decimal,
    "i": int,
    "b": lambda text: text == "True",
    "s": str,
}


def _cursor_text(value: Any) -> str:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else str(value)
