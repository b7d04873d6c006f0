"""Where the SQL store is tried: a file of SQLite, and the servers of the run, each store as a tenant of its own."""

import logging
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tradecore.calling import run
from tradecore.storage.sql import SqlStore

SERVERS: Sequence[str] = ("postgres", "mariadb")
PLACES: Sequence[str] = ("sqlite", *SERVERS)


def url_of(place: str, request: pytest.FixtureRequest) -> str:
    """The URL of a place; a file is new for each test."""
    if place == "sqlite":
        path: Path = request.getfixturevalue("tmp_path")
        return f"sqlite:///{path}/shop.db"
    url: str = request.getfixturevalue(f"{place}_url")
    return url


@contextmanager
def opened(url: str, tenant: str = "", **more: Any) -> Iterator[SqlStore]:
    """A store of a new tenant, ready for use, closed at the end."""
    store = SqlStore.open(url, tenant=tenant or secrets.token_hex(4), **more)
    try:
        run(store.init())
        yield store
    finally:
        run(store.close())


@contextmanager
def engine_of(url: str, **more: Any) -> Iterator[sa.Engine]:
    """An engine of the host."""
    engine = sa.create_engine(url, **more)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def counting(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """What goes to the database within the block: one text for each round trip."""
    texts: list[str] = []
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "tradecore.storage.sql"):
        yield texts
    texts += [record.getMessage() for record in caplog.records if record.name == "tradecore.storage.sql"]
