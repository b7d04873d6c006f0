"""Rows that no command can have written: each is named, and the others are read."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pymongo
import pytest
import sqlalchemy as sa

from tests.unit.builders import ON_CREDIT, Clock, a_shop, placed
from tests.unit.storage.sql_places import engine_of, url_of
from tradecore import Corrupt, Item, Trade
from tradecore.opening import open_store

Damage = Callable[[str, str], None]


def _sql(url: str, tenant: str) -> Damage:
    def damage(order: str, how: str) -> None:
        statements = {
            "state": "UPDATE sales_order SET state = 'lost' WHERE tenant = :tenant AND id = :id",
            "line": "DELETE FROM sales_order_line WHERE tenant = :tenant AND sales_order_id = :id AND position = 0",
            "total": "UPDATE sales_order SET total = 7 WHERE tenant = :tenant AND id = :id",
            "item": "UPDATE item SET kind = 'gas' WHERE tenant = :tenant AND id = :id",
        }
        with engine_of(url) as engine, engine.begin() as connection:
            done = connection.execute(sa.text(statements[how]), {"tenant": tenant, "id": order})
            assert 1 == done.rowcount

    return damage


def _mongo(url: str, tenant: str) -> Damage:
    def damage(order: str, how: str) -> None:
        updates: dict[str, Any] = {
            "state": {"$set": {"state": "lost"}},
            "line": {"$unset": {"lines.0.quantity": ""}},
            "total": {"$set": {"total": "7"}},
            "item": {"$set": {"kind": "gas"}},
        }
        collection = "items" if how == "item" else "sales_orders"
        with pymongo.MongoClient[dict[str, Any]](url) as client:
            found = client.get_default_database()[collection]
            one = {"_id.tenant": tenant, "_id.id": order}
            assert 1 == found.update_one(one, updates[how], bypass_document_validation=True).modified_count

    return damage


@pytest.fixture(params=["sqlite", "postgres", "mariadb", "mongo"])
def shop(request: pytest.FixtureRequest) -> Iterator[tuple[Trade, Damage]]:
    """A shop on a store of each kind that keeps rows, and how to damage them."""
    tenant = secrets.token_hex(4)
    mongo = request.param == "mongo"
    url = request.getfixturevalue("mongo_url") if mongo else url_of(request.param, request)
    with Trade(open_store(url, tenant=tenant)) as trade:
        trade.init()
        yield (
            a_shop(store=trade._context.store, stages=ON_CREDIT, clock=Clock()),
            (_mongo if mongo else _sql)(url, tenant),
        )


def test_lists_go_past_what_cannot_be_read(shop: tuple[Trade, Damage]) -> None:
    """They stop and name the record; or they show the others, on every page, and tell of each that is left out."""
    trade, damage = shop
    orders = [placed(trade, chair=2, table=1).id for _ in range(6)]
    damage(orders[1], "state")
    damage(orders[4], "line")
    with pytest.raises(Corrupt) as caught:
        trade.orders.find()
    assert ("sales_order", orders[1]) == (caught.value.kind, caught.value.id)
    assert orders[1] in str(caught.value)
    with pytest.raises(Corrupt):
        trade.orders.get(orders[4])

    told: list[Corrupt] = []
    past = trade.past_damage(told.append)
    sound = [orders[index] for index in (0, 2, 3, 5)]
    assert sound == [each.id for each in past.orders.find()]
    assert {orders[1], orders[4]} == {each.id for each in told}
    assert sound[::-1] == [each.id for each in past.orders.stream(limit=1, descending=True)]
    with pytest.raises(Corrupt):
        past.orders.get(orders[4])
    with pytest.raises(Corrupt):
        past.orders.approve(orders[4])
    assert orders[5] == trade.orders.approve(orders[5]).id


def test_the_proof_names_all_damage_and_looks_at_the_rest(shop: tuple[Trade, Damage]) -> None:
    """Of documents and reference data; what can be read is still compared."""
    trade, damage = shop
    orders = [placed(trade, chair=2, table=1).id for _ in range(4)]
    trade.orders.execute(orders[0])
    damage(orders[0], "state")
    damage(orders[2], "line")
    damage(orders[3], "total")
    damage("wire", "item")
    report = trade.check()
    found = {(each.kind, each.id) for each in report.faults}
    assert {
        ("sales_order", orders[0]),
        ("sales_order", orders[2]),
        ("sales_order", orders[3]),
        ("item", "wire"),
    } == found
    assert any(".total: kept" in str(each) for each in report.faults)
    assert not [each for each in report.faults if "without a document" in str(each)]
    assert 2 == report.documents
    with pytest.raises(Corrupt):
        trade.catalog.save([Item(id="wire", name="Wire")])
