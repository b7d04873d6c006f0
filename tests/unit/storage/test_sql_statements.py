"""How often the store talks to the database, and that it finds rows by their keys."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.unit.storage.sql_places import PLACES, SERVERS, counting, engine_of, opened, url_of
from tradecore.calling import run
from tradecore.catalog import Item
from tradecore.changes import Floor, Save
from tradecore.documents import SalesOrder
from tradecore.query import Eq, Query
from tradecore.registers import NEEDS, STOCK, SUPPLY
from tradecore.storage.sql import SqlStore
from tradecore.storage.sql.dialects import MARIADB, POSTGRESQL, SQLITE
from tradecore.storage.sql.ledger import _balances, _entries
from tradecore.storage.sql.reading import _many
from tradecore.testing.factories import a_commit, a_line, a_partner, a_provision, an_entry, an_event, an_item, an_order


@pytest.mark.parametrize("place", PLACES)
def test_reads_are_one_statement(place: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> None:
    """Records of any mix of kinds with all their parts, a page, balances of any registers."""
    with opened(url_of(place, request)) as store:
        order = an_order(lines=[a_line(provisions=(a_provision(),)) for _ in range(5)])
        run(store.commit(a_commit(order, a_partner(), an_item(), entries=[an_entry(on_hand=1)])))
        reads: list[Callable[[], Any]] = [
            lambda: store.get_many([order.ref, a_partner().ref, an_item().ref]),
            lambda: store.find(Query(SalesOrder, (Eq("customer", "acme"),), sort="at")),
            lambda: store.balances([(STOCK.name, ("chair", "main")), (SUPPLY.name, ("chair",)), (NEEDS.name, ())]),
            lambda: store.entries(STOCK, [("chair", "main")]),
            lambda: store.turnovers(STOCK, ["item"]),
            lambda: store.history(order.ref),
            lambda: store.recall("key"),
        ]
        for read in reads:
            with counting(caplog) as texts:
                run(read())
            assert len(texts) == 1, texts


@pytest.mark.parametrize("place", SERVERS)
def test_a_commit_is_two_round_trips_to_a_server(
    place: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """What may be refused goes first; then the rest, with the commit."""
    with opened(url_of(place, request)) as store:
        order = an_order(lines=[a_line(provisions=(a_provision(),)) for _ in range(5)])
        stored = run(store.commit(a_commit(order, entries=[an_entry(on_hand=9)]))).records[order.ref]
        lines = tuple(attrs.evolve(line, provisions=(), shipped=Decimal(1)) for line in stored.lines)
        changes = a_commit(
            Save(attrs.evolve(stored, lines=lines), stored),
            Save(an_order(), None, "SO-2026"),
            entries=[an_entry(on_hand=-1), an_entry(NEEDS, ("chair", "main", "", "", "o", "1"), quantity=1)],
            guards=[Floor(STOCK.name, ("chair", "main"), "free")],
            events=[an_event(order.ref)],
            key="once",
        )
        with counting(caplog) as texts:
            run(store.commit(changes))
        assert len(texts) == 2, texts


def test_a_commit_in_sqlite_is_one_statement_for_each_table(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """However many rows there are."""
    with opened(url_of("sqlite", request)) as store:
        run(store.find(Query(Item)))
        counts = []
        for size in (2, 200):
            lines = [a_line(provisions=(a_provision(), a_provision())) for _ in range(size)]
            entries = [an_entry(key=(f"item {n}", "main"), on_hand=1) for n in range(size)]
            with counting(caplog) as texts:
                run(store.commit(a_commit(an_order(lines=lines), entries=entries, events=[an_event()])))
            counts.append(len(texts))
        assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("place", PLACES)
def test_an_unchanged_row_is_not_written(
    place: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """Of a record with parts only what changed goes to the database."""
    with opened(url_of(place, request)) as store:
        order = an_order(lines=[a_line() for _ in range(5)])
        stored = run(store.commit(a_commit(order))).records[order.ref]
        with counting(caplog) as texts:
            run(store.commit(a_commit(Save(attrs.evolve(stored, comment="read this"), stored))))
        assert not any("sales_order_line" in text or "sales_order_stage" in text for text in texts)


def test_rows_are_found_by_their_keys_in_sqlite(request: pytest.FixtureRequest) -> None:
    """SQLite looks through no table from end to end, whichever keys are asked for."""
    url = url_of("sqlite", request)
    balances = _balances(SQLITE, ((NEEDS.name, 3, 4), (STOCK.name, 2, 8), (SUPPLY.name, 1, 2)))
    entries = _entries(SQLITE, STOCK.name, 2, 8, by_document=False, since=True)
    of_document = _entries(SQLITE, STOCK.name, 0, 0, by_document=True, since=False)
    records = _many(SQLITE, (("item", 4), ("sales_order", 2)))
    with opened(url), engine_of(url) as engine, engine.connect() as connection:
        for text in (balances.text, entries.text, of_document.text, records):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("x",) * text.count("?")).all()
            steps = [row[3] for row in plan]
            for table in (*map("{}_total".format, ("stock", "needs", "supply")), "stock_entry", "h0", "h1", "c1"):
                assert not any(step.startswith(f"SCAN {table}") for step in steps), steps
            for step in steps:
                assert "SEARCH" not in step or "item" not in text or step.count("=?") > 1, steps


def test_texts_are_made_once() -> None:
    """The same shape of a request takes the same text, and lists of similar lengths share one."""
    for dialect in (SQLITE, POSTGRESQL, MARIADB):
        assert _many(dialect, (("item", 4),)) is _many(dialect, (("item", 4),))


@pytest.mark.parametrize("place", SERVERS)
def test_nothing_is_logged_unless_somebody_listens(
    place: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """The logger is silent at other levels."""
    with opened(url_of(place, request)) as store:
        run(store.find(Query(Item)))
        assert not [record for record in caplog.records if record.name == "tradecore.storage.sql"]


def test_a_store_is_asked_for_its_schema_once(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> None:
    """The first verb looks; the others know."""
    url = url_of("sqlite", request)
    with opened(url):
        store = SqlStore.open(url)
        with counting(caplog) as texts:
            run(store.find(Query(Item)))
            run(store.find(Query(Item)))
        run(store.close())
    assert len(texts) == 3
