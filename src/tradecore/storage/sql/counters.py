"""Counters: the numbers of documents, without gaps, because a counter is raised in the commit that uses the number."""

from functools import lru_cache

import sqlalchemy as sa

from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.links import Link, Reply
from tradecore.storage.sql.tables import counters


def count(link: Link, tenant: str, series: str, by: int) -> Reply:
    """Raise a counter, which is made on first use and locked until the end; its new value comes back."""
    return link.send(raising(link.dialect), (tenant, series, by), rows=True)


@lru_cache(maxsize=8)
def raising(dialect: Dialect) -> str:
    """The statement that raises a counter."""
    values = {column.name: sa.bindparam(f"p_{column.name}", type_=column.type) for column in counters.c}
    statement = dialect.upsert(counters, values, lambda new: {"count": counters.c["count"] + new["count"]})
    return dialect.text(statement.returning(counters.c["count"]))[0]
