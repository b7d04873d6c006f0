"""From the conditions of a query to those of SQL, with the meaning that `tradecore.query.holds` gives them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import attrs
import sqlalchemy as sa

from tradecore.errors import Code, Invalid, violation
from tradecore.query import Condition, Eq, In, Not, Query
from tradecore.storage.sql.columns import Exact, Moment, encoder
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.keys import padded
from tradecore.storage.sql.parts import Part

_LARGEST = 2**63


@attrs.frozen
class Test:
    """
    A condition without its values: part of the shape of a statement.

    Attributes:
        op: "eq", "in", "not in", "ge", "le", "null" or "not null".

        count: How many values it takes.

        null: Whether records without a value are meant, too.
    """

    op: str
    field: str
    count: int = 0
    null: bool = False


def storable(text: str) -> bool:
    """Whether the text may be sent to every server; if not, no record has it."""
    return (text.isascii() or _encodable(text)) and "\0" not in text


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fits(column: sa.Column[Any], value: Any) -> bool:
    """Whether a value can equal one of the column at all."""
    kind = column.type
    if isinstance(kind, Moment):
        return isinstance(value, datetime) and value.utcoffset() is not None
    if isinstance(kind, sa.Date):
        return isinstance(value, date) and not isinstance(value, datetime)
    if isinstance(kind, sa.Boolean):
        return isinstance(value, bool)
    if isinstance(kind, sa.BigInteger):
        return type(value) is int and -_LARGEST <= value < _LARGEST
    if isinstance(kind, Exact):
        return isinstance(value, Decimal) and value.is_finite() and abs(value) < _LARGEST // 10**6
    return isinstance(value, str) and storable(value)


def tests_of(part: Part, conditions: Sequence[Condition], dialect: Dialect) -> tuple[list[Test], list[Any]] | None:
    """The conditions as tests and the values they take, in order; None if nothing can fulfil them."""
    tests: list[Test] = []
    values: list[Any] = []
    for condition in conditions:
        column = part.table.c[condition.field]
        encode = encoder(column, dialect.name) or _as_it_is
        match condition:
            case Eq() | In() | Not():
                found = _choice(condition, column, encode)
                if found is None:
                    return None
                tests.append(found[0])
                values += found[1]
            case _:
                tests.append(Test("not null", condition.field))
                for op, bound in (("ge", condition.low), ("le", condition.high)):
                    if bound is not None:
                        tests.append(Test(op, condition.field, 1))
                        values.append(encode(comparable(column, bound, condition.field)))
    return tests, values


def _choice(
    condition: Eq | In | Not, column: sa.Column[Any], encode: Callable[[Any], Any]
) -> tuple[Test, list[Any]] | None:
    wanted = (condition.value,) if isinstance(condition, Eq) else condition.values
    null, field = None in wanted, condition.field
    values = padded([*dict.fromkeys(encode(each) for each in wanted if _fits(column, each))] or [None])
    if values == [None]:
        values = []
    if isinstance(condition, Not):
        return Test("not in", field, len(values), not null), values
    if not values:
        return (Test("null", field), []) if null else None
    if len(values) == 1 and not null:
        return Test("eq", field, 1), values
    return Test("in", field, len(values), null), values


def comparable(column: sa.Column[Any], value: Any, place: str) -> Any:
    """
    The value, if it can be compared with those of the column.

    Raises:
        Invalid: It cannot.
    """
    if not _fits(column, value):
        raise Invalid((violation(Code.WRONG_TYPE, place, expected=f"a {column.type}", got=type(value).__name__),))
    return value


def clause(test: Test, table: Any, take: Callable[[Any], Any]) -> Any:
    """A test in SQL; `take` makes the next parameter of a column."""
    column = table.c[test.field]
    match test.op:
        case "null":
            return column.is_(None)
        case "not null":
            return column.is_not(None)
        case "eq":
            return column == take(column)
        case "ge":
            return column >= take(column)
        case "le":
            return column <= take(column)
        case _:
            return _among(test, column, take)


def _among(test: Test, column: Any, take: Callable[[Any], Any]) -> Any:
    taken = [take(column) for _ in range(test.count)]
    if test.op == "in":
        found = column.in_(taken)
        return sa.or_(found, column.is_(None)) if test.null else found
    if not taken:
        return sa.true() if test.null else column.is_not(None)
    if test.null and column.nullable:
        return sa.or_(column.not_in(taken), column.is_(None))
    return column.not_in(taken)


def beyond(query: Query[Any], table: Any, dialect: Dialect, take: Callable[[Any], Any]) -> Any:
    """What comes after the mark of a query, in its order."""
    id, sort = table.c.id, table.c[query.sort]
    if query.sort == "id":
        return id < take(id) if query.descending else id > take(id)
    if dialect.compares_rows:
        here, mark = sa.tuple_(sort, id), sa.tuple_(take(sort), take(id))
        return here < mark if query.descending else here > mark
    first, second, last = take(sort), take(sort), take(id)
    if query.descending:
        return sa.and_(sort <= first, sa.or_(sort < second, id < last))
    return sa.and_(sort >= first, sa.or_(sort > second, id > last))


def _as_it_is(value: Any) -> Any:
    return value
