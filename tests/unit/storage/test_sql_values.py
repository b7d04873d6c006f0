"""Values that databases bend: exact numbers, the order of texts, moments, very long documents."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest
import sqlalchemy as sa

from tests.unit.storage.sql_places import PLACES, engine_of, opened, url_of
from tradecore.calling import run
from tradecore.catalog import Item, Segment
from tradecore.changes import Changes, Floor, Save
from tradecore.documents import SalesOrder
from tradecore.errors import Conflict
from tradecore.query import Eq, Query, Range
from tradecore.registers import STOCK
from tradecore.storage.sql import SqlStore
from tradecore.testing.factories import AT, a_commit, a_line, a_partner, a_provision, an_entry, an_item, an_order
from tradecore.testing.strategies import IN_CODE_POINT_ORDER

KEY = ("chair", "main")


@pytest.mark.parametrize("place", PLACES)
def test_numbers_are_exact(place: str, request: pytest.FixtureRequest) -> None:
    """0.8 less 0.1 less 0.7 is nothing, and a millionth less than nothing is refused."""
    floor = (Floor(STOCK.name, KEY, "free"),)
    with opened(url_of(place, request)) as store:
        for amount in ("0.8", "-0.1", "-0.7"):
            run(store.commit(a_commit(entries=[an_entry(on_hand=amount)], guards=floor)))
        with pytest.raises(Conflict) as refused:
            run(store.commit(a_commit(entries=[an_entry(on_hand="-0.000001")], guards=floor)))
        assert floor == refused.value.lost
        (balance,) = run(store.balances([(STOCK.name, KEY)])).values()
        assert [Decimal(0), Decimal(0)] == [*balance.amounts]
        assert ["0", "0"] == [str(amount) for amount in balance.amounts]


@pytest.mark.parametrize("place", PLACES)
def test_numbers_come_back_without_needless_zeros(place: str, request: pytest.FixtureRequest) -> None:
    """Equal numbers print alike, wherever they are read."""
    with opened(url_of(place, request)) as store:
        order = an_order(lines=[a_line(quantity="1.50", price="0.000001")])
        run(store.commit(a_commit(order)))
        found = run(store.get_many([order.ref]))[order.ref]
        assert isinstance(found, SalesOrder)
        assert ("1.5", "0.000001") == (str(found.lines[0].quantity), str(found.lines[0].price))


@pytest.mark.parametrize("place", PLACES)
def test_texts_are_sorted_by_code_point(place: str, request: pytest.FixtureRequest) -> None:
    """Upper case before lower case, Latin before Cyrillic, and the pages fit together."""
    with opened(url_of(place, request)) as store:
        items = [an_item(f"i{n}", name=name) for n, name in enumerate(IN_CODE_POINT_ORDER)]
        run(store.commit(Changes(tuple(Save(each) for each in reversed(items)))))
        for descending in (False, True):
            found: list[Item] = []
            query = Query(Item, sort="name", descending=descending, limit=4)
            while page := run(store.find(query)):
                found += page
                query = attrs.evolve(query, after=(page[-1].name, page[-1].id))
            names = [each.name for each in found]
            assert [*IN_CODE_POINT_ORDER] == (names[::-1] if descending else names)


@pytest.mark.parametrize("place", PLACES)
def test_moments_are_kept_in_utc(place: str, request: pytest.FixtureRequest) -> None:
    """Whatever time zone a moment is given in, and whatever the session of the server has."""
    at = datetime(2026, 3, 29, 3, 30, 0, 123000, tzinfo=timezone(timedelta(hours=3)))
    url = url_of(place, request)
    zone = {"postgres": "SET TIME ZONE 'Asia/Kathmandu'", "mariadb": "SET time_zone = '+05:45'"}.get(place)
    with opened(url) as store, engine_of(url) as engine:

        @sa.event.listens_for(engine, "connect")
        def connected(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
            if zone:
                connection.cursor().execute(zone)

        order = attrs.evolve(an_order(), at=at)
        entry = an_entry(on_hand=1, at=at)
        run(store.commit(a_commit(order, entries=[entry], at=at)))
        for each in (store, SqlStore(engine, tenant=store.tenant)):
            found = run(each.find(Query(SalesOrder, (Eq("at", at), Range("at", at, at)))))
            assert [(at, UTC)] == [(record.at, record.at.tzinfo) for record in found]
            assert [entry] == run(each.entries(STOCK, [KEY], since=at))
            assert [] == run(each.entries(STOCK, [KEY], since=at + timedelta(milliseconds=1)))
            assert [at] == [line.at for line in run(each.history(order.ref))]
            (balance,) = run(each.balances([(STOCK.name, ())])).values()
            assert at == balance.last_at


@pytest.mark.parametrize("place", PLACES)
def test_an_order_of_two_thousand_lines(place: str, request: pytest.FixtureRequest) -> None:
    """It comes back whole, also over an engine of the host, whose sessions allow shorter aggregates."""
    lines = [a_line(item=f"item {n} {'ß' * 50}", quantity=n + 1, provisions=(a_provision(n + 1),)) for n in range(2000)]
    order = an_order(lines=lines, at=AT)
    url = url_of(place, request)
    with opened(url) as store, engine_of(url) as engine:
        expected = run(store.commit(a_commit(order, key="long"))).records[order.ref]
        for each in (store, SqlStore(engine, tenant=store.tenant)):
            assert {order.ref: expected} == run(each.get_many([order.ref]))
            assert [expected] == run(each.find(Query(SalesOrder)))
        answer = run(store.recall("long"))
        assert answer is not None
        assert expected == answer.result
        assert isinstance(expected, SalesOrder)
        fewer = attrs.evolve(expected, lines=expected.lines[::2])
        run(store.commit(a_commit(Save(fewer, expected))))
        assert {order.ref: attrs.evolve(fewer, version=2)} == run(store.get_many([order.ref]))


@pytest.mark.parametrize("place", PLACES)
def test_a_part_of_one_field_is_changed(place: str, request: pytest.FixtureRequest) -> None:
    """A part that is nothing but a name gets the whole of its new name."""
    with opened(url_of(place, request)) as store:
        before = run(store.commit(a_commit(a_partner(segments=(Segment(id="shop"),))))).records
        (partner,) = before.values()
        after = attrs.evolve(partner, segments=(Segment(id="horeca"),))  # type: ignore[call-arg]  # a partner
        run(store.commit(a_commit(Save(after, partner))))
        assert {partner.ref: attrs.evolve(after, version=2)} == run(store.get_many([partner.ref]))
