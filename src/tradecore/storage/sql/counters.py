"""Counters: the numbers of documents, without gaps, because a counter is raised in the commit that uses the number."""

from collections.abc import Mapping
from functools import lru_cache

from tradecore.storage.sql.bulk import Bulk, bound
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.links import Link, Reply
from tradecore.storage.sql.tables import counters

#: Counters that no series of documents is named like: positions of events, and the order of entries in SQLite.
POSITIONS, PLACES = "#positions", "#places"


def count(link: Link, tenant: str, amounts: Mapping[str, int]) -> Reply:
    """
    Raise counters, each by its amount. They are made on first use, and locked until the end.

    The rows of the reply are names and new values.
    """
    rows = [value for name in sorted(amounts) for value in (tenant, name, amounts[name])]
    return link.send(_text(link.dialect, len(amounts)), rows, rows=True)


@lru_cache(maxsize=64)
def _text(dialect: Dialect, rows: int) -> str:
    return _raising(dialect).text(rows)


@lru_cache(maxsize=8)
def _raising(dialect: Dialect) -> Bulk:
    values = bound(counters, counters.c.keys())
    statement = dialect.upsert(counters, values, lambda new: {"count": counters.c["count"] + new["count"]})
    return Bulk.insert(dialect.text(statement.returning(counters.c.series, counters.c["count"]))[0])
