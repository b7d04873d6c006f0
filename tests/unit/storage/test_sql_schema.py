"""The tables that follow from the classes: every field has its column, every key begins with the tenant."""

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from tests.unit.storage.sql_places import PLACES, engine_of, opened, url_of
from tradecore.documents import KINDS
from tradecore.registers import REGISTERS
from tradecore.storage.sql import SCHEMA_VERSION, metadata
from tradecore.storage.sql.dialects import MARIADB, POSTGRESQL, SQLITE, Dialect
from tradecore.storage.sql.parts import PARTS, Part

TYPES = {
    "version": ("BIGINT", "BIGINT", "BIGINT"),
    "number": ("VARCHAR(40)", 'VARCHAR(40) COLLATE "C"', "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"),
    "at": ("VARCHAR(23)", "TIMESTAMP(3) WITH TIME ZONE", "DATETIME(3)"),
    "ship_on": ("DATE", "DATE", "DATE"),
    "tax_included": ("BOOLEAN", "BOOLEAN", "BOOL"),
    "agreed_discount": ("BIGINT", "NUMERIC(20, 6)", "NUMERIC(20, 6)"),
    "total": ("BIGINT", "NUMERIC(20, 6)", "NUMERIC(20, 6)"),
}


def parts() -> Iterator[Part]:
    """Every part of every kind."""
    for part in PARTS.values():
        yield from part.walk()


def test_every_field_has_a_column_or_a_table() -> None:
    """A field of a document is written down once, in its class, and kept."""
    assert KINDS.keys() == PARTS.keys()
    for part in parts():
        kept = {*part.names, *part.children}
        assert {field.name for field in attrs.fields(part.cls)} == kept, part.table.name
        for name in part.names:
            assert name in part.table.c


def test_parts_have_tables_of_their_own() -> None:
    """Tuples of parts become tables, and parts of parts tables below them."""
    names = {part.table.name for part in PARTS["sales_order"].walk()}
    lines = {"sales_order_line", "sales_order_line_provision", "sales_order_line_cancellation"}
    assert {"sales_order", "sales_order_stage", *lines} == names
    parts = {"partner_contact", "partner_legal_entity", "partner_segment"}
    assert {"partner", *parts} == {p.table.name for p in PARTS["partner"].walk()}
    for name, register in REGISTERS.items():
        assert f"{name}_entry" in metadata.tables
        assert register.totals == (f"{name}_total" in metadata.tables)


def test_the_tenant_is_the_first_of_every_key() -> None:
    """No index and no primary key begins with anything else, but the one of the version of the schema."""
    for table in metadata.sorted_tables:
        if table.name != "trade_schema":
            assert "tenant" == next(iter(table.primary_key.columns)).name, table.name
            for index in table.indexes:
                assert "tenant" == next(iter(index.columns)).name, index.name


def test_fields_that_are_kept_in_order_have_an_index() -> None:
    """The tenant first, the id last."""
    for kind, part in PARTS.items():
        found = {tuple(column.name for column in index.columns) for index in part.table.indexes}
        for fields in KINDS[kind].INDEXES:
            assert ("tenant", *fields, "id") in found


@pytest.mark.parametrize(("dialect", "place"), [(SQLITE, 0), (POSTGRESQL, 1), (MARIADB, 2)])
def test_types_are_exact_and_compare_by_code_point(dialect: Dialect, place: int) -> None:
    """Numbers are exact, moments to the millisecond, texts bytewise."""
    ddl = str(CreateTable(PARTS["sales_order"].table).compile(dialect=dialect.compiler))
    lines = [line.strip().rstrip(",") for line in ddl.splitlines()]
    for name, types in TYPES.items():
        (found,) = (line for line in lines if line.replace("`", "").startswith(f"{name} "))
        assert found.replace("`", "").removeprefix(f"{name} ").removesuffix(" NOT NULL") == types[place]


@pytest.mark.parametrize("place", PLACES)
def test_a_host_can_read_the_tables_with_sqlalchemy(place: str, request: pytest.FixtureRequest) -> None:
    """Statements of the host's own get the values the documents have."""
    from tradecore.calling import run
    from tradecore.testing.factories import AT, a_commit, an_order

    url = url_of(place, request)
    with opened(url) as store, engine_of(url) as engine:
        order = an_order(external_ref="x-1")
        run(store.commit(a_commit(order)))
        table: Any = PARTS["sales_order"].table
        columns = (table.c.at, table.c.total, table.c.status, table.c.agreed_discount, table.c.due_on)
        where = (table.c.tenant == store.tenant, table.c.total == order.total, table.c.at == AT)
        with engine.connect() as connection:
            (row,) = connection.execute(sa.select(*columns).where(*where)).all()
        assert (AT, order.total, order.status, order.agreed_discount, order.due_on) == tuple(row)


@pytest.mark.parametrize("place", PLACES)
def test_a_number_is_given_once(place: str, request: pytest.FixtureRequest) -> None:
    """Two documents of a kind have no number in common, unless it is empty."""
    from tradecore.calling import run
    from tradecore.errors import Conflict
    from tradecore.testing.factories import a_commit, an_order

    with opened(url_of(place, request)) as store:
        run(store.commit(a_commit(an_order(number="SO-1"), an_order(), an_order())))
        with pytest.raises(Conflict) as refused:
            run(store.commit(a_commit(an_order(number="SO-1"))))
        assert refused.value.lost


@pytest.mark.parametrize("place", PLACES)
def test_making_the_tables_again_does_nothing(place: str, request: pytest.FixtureRequest) -> None:
    """`init` may be called by every process that starts."""
    url = url_of(place, request)
    with opened(url), opened(url), engine_of(url) as engine, engine.connect() as connection:
        assert [(SCHEMA_VERSION,)] == [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM trade_schema")]
