"""
Column types: how each value of a record stands in a column, exactly, on every server.

A type knows two things beside its column: how a value becomes a parameter of the driver (`encoder`), and how a value is
made from the JSON in which whole records are read (`reader`). None stands for "as it is".
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine
from typing_extensions import override

from tradecore.values.numbers import EXACT, PLACES, plain, unscaled
from tradecore.values.percent import Percent

T = TypeVar("T")
Convert = Callable[[Any], Any]

_MILLION = Decimal(10) ** PLACES
#: More different numbers or days than this are not remembered.
_REMEMBERED = 20_000


class Remembered(dict[Any, Any]):
    """A conversion that remembers what it has made: the same few numbers and days come again and again."""

    def __init__(self, convert: Convert) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, key: Any) -> Any:
        if len(self) > _REMEMBERED:
            self.clear()
        value = self[key] = self._convert(key)
        return value


def _from_count(count: Any) -> Decimal:
    if type(count) is not int:
        raise TypeError(f"{count!r} is not a whole count of millionths")
    return unscaled(count)


def _from_number(text: str) -> Decimal:
    return plain(Decimal(text))


#: Count of millionths -> number, as SQLite keeps it.
counted = Remembered(_from_count)
#: Text -> number, as it stands in the JSON of the servers.
parsed = Remembered(_from_number)


def _moment_text(value: datetime) -> str:
    """A moment in UTC without saying so, of one width, so that texts sort as moments do."""
    return _in_utc(value).replace(tzinfo=None).isoformat(timespec="milliseconds")


_moment_texts = Remembered(_moment_text)


def _scaled(number: Decimal) -> int:
    return int(_multiply(number, _MILLION)) if number else 0


_multiply = EXACT.multiply


def _in_utc(value: datetime) -> datetime:
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _moment(text: str) -> datetime:
    return _in_utc(datetime.fromisoformat(text))


def _moment_in_utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


class _Kept(TypeDecorator[T], Generic[T]):
    """What our types share: SQLAlchemy's own statements convert values as ours do."""

    cache_ok = True

    def encoder(self, dialect: str) -> Convert | None:
        """How a value that is not None becomes a parameter of the driver."""
        raise NotImplementedError

    def reader(self, dialect: str) -> Convert | None:
        """How a value is made from JSON; None stays None."""
        raise NotImplementedError

    def native(self, value: Any, dialect: str) -> Any:
        """A value that is not None from what the driver gives for the column itself."""
        read = self.reader(dialect)
        return read(value) if read else value

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Encode a parameter of a statement built with SQLAlchemy."""
        encode = self.encoder(_family(dialect))
        return value if value is None or encode is None else encode(value)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Decode a column of a statement built with SQLAlchemy."""
        return value if value is None else self.native(value, _family(dialect))


def _family(dialect: Dialect) -> str:
    return "mariadb" if dialect.name in ("mysql", "mariadb") else dialect.name


class _Number(sa.types.UserDefinedType[Decimal]):
    """The type of PostgreSQL. SQLAlchemy's own is not written beside parameters, which psycopg would say the types of."""

    cache_ok = True
    render_bind_cast = True

    @override
    def get_col_spec(self, **_: Any) -> str:
        """The name in DDL."""
        return "NUMERIC(20, 6)"


class Exact(_Kept[Decimal]):
    """An exact number: NUMERIC on servers, a whole count of millionths in SQLite, whose own NUMERIC loses cents."""

    impl = sa.Numeric(20, 6)
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(_Number())
        return dialect.type_descriptor(sa.BigInteger() if dialect.name == "sqlite" else sa.Numeric(20, 6))

    @override
    def encoder(self, dialect: str) -> Convert | None:
        """Scale for SQLite; PostgreSQL takes numbers as they are."""
        if dialect == "sqlite":
            return _scaled
        return None if dialect == "postgresql" else str

    @override
    def reader(self, dialect: str) -> Convert | None:
        """The JSON of servers is parsed into exact numbers already."""
        return counted.__getitem__ if dialect == "sqlite" else None

    @override
    def native(self, value: Any, dialect: str) -> Decimal:
        """An exact number without needless zeros."""
        return _from_count(value) if type(value) is int else plain(value)


class Share(Exact):
    """A `Percent`, kept as its exact number."""

    cache_ok = True

    @override
    def encoder(self, dialect: str) -> Convert | None:
        """Take the number out, and scale it for SQLite."""
        return {"sqlite": _scaled_share, "postgresql": _share_number}.get(dialect, _share_text)

    @override
    def reader(self, dialect: str) -> Convert | None:
        """Make the percent."""
        return _counted_shares.__getitem__ if dialect == "sqlite" else _shares.__getitem__

    @override
    def native(self, value: Any, dialect: str) -> Any:
        """Make the percent."""
        return Percent(super().native(value, dialect))


def _share_number(value: Percent) -> Decimal:
    return value.value


def _share_text(value: Percent) -> str:
    return str(value.value)


def _scaled_share(value: Percent) -> int:
    return _scaled(value.value)


_counted_shares = Remembered(lambda count: Percent(_from_count(count)))
_shares = Remembered(Percent)


class _Milliseconds(sa.types.UserDefinedType[datetime]):
    """The type of PostgreSQL; SQLAlchemy's own forgets its precision with psycopg."""

    cache_ok = True
    render_bind_cast = True

    @override
    def get_col_spec(self, **_: Any) -> str:
        """The name in DDL."""
        return "TIMESTAMP(3) WITH TIME ZONE"


class Moment(_Kept[datetime]):
    """An aware moment in UTC, to the millisecond."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(23))
        if dialect.name == "postgresql":
            return dialect.type_descriptor(_Milliseconds())
        return dialect.type_descriptor(mysql.DATETIME(fsp=3))

    @override
    def encoder(self, dialect: str) -> Convert | None:
        """Text for SQLite and MariaDB, which know no time zones."""
        if dialect == "postgresql":
            return _in_utc
        return datetime.isoformat if dialect == "json" else _moment_texts.__getitem__

    @override
    def reader(self, dialect: str) -> Convert | None:
        """Read ISO format; only PostgreSQL says that it is UTC."""
        return _moment if dialect == "postgresql" else _moment_in_utc

    @override
    def native(self, value: Any, dialect: str) -> datetime:
        """An aware moment in UTC."""
        if isinstance(value, datetime):
            return value.replace(tzinfo=UTC) if value.tzinfo is None else _in_utc(value)
        return _moment_in_utc(value)


class Choice(_Kept[StrEnum]):
    """A member of a `StrEnum`, kept as its value."""

    impl = sa.String(40)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind
        self._members = {member.value: member for member in kind}

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The same text as everywhere."""
        return dialect.type_descriptor(text(40))

    @override
    def encoder(self, dialect: str) -> Convert | None:
        """The value, of the exact type that drivers know."""
        return str.__str__

    @override
    def reader(self, dialect: str) -> Convert | None:
        """The member; an unknown value is a KeyError."""
        return self._members.__getitem__


def text(limit: int) -> TypeEngine[str]:
    """Text that is compared and sorted by code point, on every server; blanks at its end count."""
    return (
        sa.String(limit)
        .with_variant(postgresql.VARCHAR(limit, collation="C"), "postgresql")
        .with_variant(mysql.VARCHAR(limit, charset="utf8mb4", collation="utf8mb4_nopad_bin"), "mysql", "mariadb")
    )


def long_text() -> TypeEngine[str]:
    """Text without a limit, for JSON."""
    large = mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_nopad_bin")
    return sa.Text().with_variant(large, "mysql", "mariadb")


def encoder(column: sa.Column[Any], dialect: str) -> Convert | None:
    """How a value of the column that is not None becomes a parameter; None if it may be given as it is."""
    if isinstance(column.type, _Kept):
        return column.type.encoder(dialect)
    return date.isoformat if dialect != "postgresql" and isinstance(column.type, sa.Date) else None


def reader(column: sa.Column[Any], dialect: str) -> Convert | None:
    """How a value of the column that is not None is made from JSON; None if it may be taken as it is."""
    if isinstance(column.type, _Kept):
        return column.type.reader(dialect)
    return _PLAIN_READERS.get(type(column.type))


#: Some servers write 0 and 1 for truth into JSON; anything else is a KeyError.
_PLAIN_READERS: dict[type[Any], Convert] = {
    sa.Date: Remembered(date.fromisoformat).__getitem__,
    sa.Boolean: {0: False, 1: True}.__getitem__,
}


def call(convert: str, value: str, *, nullable: bool) -> str:
    """The code that converts the value of an expression, or leaves nothing as it is."""
    return f"(None if (found := {value}) is None else {convert}(found))" if nullable else f"{convert}({value})"
