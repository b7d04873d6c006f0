"""Keys in conditions: that several columns equal one of many keys, in the way each database finds by an index."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tradecore.storage.sql.dialects import Dialect


def padded(values: Sequence[Any], fill: Any = ...) -> list[Any]:
    """The values, filled up or the last one repeated, so that lists of all lengths need few statements."""
    size = 1 << (len(values) - 1).bit_length()
    return [*values, *[values[-1] if fill is ... else fill] * (size - len(values))]


def padded_keys(keys: Sequence[tuple[str, ...]], dialect: Dialect) -> list[tuple[str | None, ...]]:
    """Keys for `under`: what is joined must not be repeated, and nothing equals nothing."""
    return padded(keys, ... if dialect.locks or len(keys[0]) == 1 else (None,) * len(keys[0]))


def key_names(name: str, columns: int, count: int) -> list[str]:
    """The names of the parameters that `under` takes, in order."""
    return [f"{name}_{each}_{column}" for each in range(count) for column in range(columns)]


def under(select: Any, table: Any, columns: Sequence[Any], count: int, name: str, dialect: Dialect) -> Any:
    """The rows of a table whose columns equal one of the keys."""
    size = len(columns)
    names = key_names(name, size, count)
    if count == 1:
        return select.where(*(column == sa.bindparam(each) for column, each in zip(columns, names, strict=True)))
    if size == 1:
        return select.where(columns[0].in_([sa.bindparam(each) for each in names]))
    rows = [names[start : start + size] for start in range(0, len(names), size)]
    if dialect.locks:
        keys = [sa.tuple_(*(sa.bindparam(each, type_=sa.String) for each in row)) for row in rows]
        return select.where(sa.tuple_(*columns).in_(keys))
    # SQLite finds neither rows of values nor alternatives by an index, but joins them to one.
    values = ", ".join(f"({', '.join(f':{each}' for each in row)})" for row in rows)
    wanted = (
        sa.text(f"VALUES {values}").columns(*(sa.column(f"column{each + 1}") for each in range(size))).subquery(name)
    )
    return select.join_from(
        wanted, table, sa.and_(*(column == key for column, key in zip(columns, wanted.c, strict=True)))
    )
