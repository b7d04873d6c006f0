"""What the store says when the server, the schema or the data are not as they should be. No driver's error leaves it."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import bson
import pymongo
import pytest
from bson.raw_bson import RawBSONDocument
from pymongo.errors import OperationFailure

from tests.servers import standalone_mongo
from tradecore.calling import run
from tradecore.catalog import Item
from tradecore.changes import Changes, Committed, Save
from tradecore.documents import SalesOrder
from tradecore.errors import Conflict, Corrupt, NotReady, StoreError, Unavailable, Unsupported
from tradecore.query import Query
from tradecore.registers import STOCK
from tradecore.storage.mongo import AsyncMongoStore, MongoStore, layout
from tradecore.storage.mongo.faults import Missed, Taken
from tradecore.storage.mongo.transactions import transact
from tradecore.testing.factories import a_commit, a_line, an_entry, an_event, an_item, an_order
from tradecore.trade import Trade
from tradecore.values.record import Ref

Client = pymongo.MongoClient[dict[str, Any]]
APP = "tradecore-faults"


@pytest.fixture(scope="module")
def client(mongo_url: str) -> Iterator[Client]:
    """A client of the host, by whose name the server can be told to fail for it alone."""
    with pymongo.MongoClient[dict[str, Any]](mongo_url, appname=APP) as client:
        yield client


@pytest.fixture
def store(client: Client) -> MongoStore:
    """A store of a tenant of its own."""
    store = MongoStore(client.get_default_database(), tenant=secrets.token_hex(4))
    run(store.init())
    return store


@pytest.fixture
def empty(client: Client) -> Iterator[str]:
    """The name of a database that is not there."""
    name = f"{client.get_default_database().name}_{secrets.token_hex(4)}"
    yield name
    client.drop_database(name)


@contextmanager
def opened(url: str, **more: str) -> Iterator[MongoStore]:
    """The store of a URL, closed at the end."""
    store = MongoStore.open(url, **more)
    try:
        yield store
    finally:
        run(store.close())


@contextmanager
def failing(client: Client, command: str, times: int = 1, **how: Any) -> Iterator[None]:
    """For this client the server fails a command, so many times."""
    data = {"failCommands": [command], "appName": APP, **how}
    try:
        client.admin.command({"configureFailPoint": "failCommand", "mode": {"times": times}, "data": data})
    except OperationFailure:
        pytest.skip("The server was not started with test commands.")
    yield
    client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})


def test_a_stand_alone_server_is_refused() -> None:
    """Without a replica set there are no transactions: every verb says so, and what to do about it."""
    with standalone_mongo() as url, opened(url) as store:
        for verb in (store.init(), store.get_many([an_item().ref]), store.commit(a_commit(an_item()))):
            with pytest.raises(Unsupported, match="--replSet"):
                run(verb)


def test_a_server_that_is_too_old_is_refused(store: MongoStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that cannot read from snapshots are refused."""
    monkeypatch.setattr("tradecore.storage.mongo.schema._OLDEST", 1000)
    with pytest.raises(Unsupported, match=r"5\.0"):
        run(store.init())


def test_a_store_without_schema_is_not_ready(client: Client, empty: str) -> None:
    """Before `init` every verb says that it is missing, and creates nothing."""
    store = MongoStore(client, database=empty)
    for verb in (store.get_many([an_item().ref]), store.commit(a_commit(an_item())), store.events_after(0, 1)):
        with pytest.raises(NotReady, match=r"init\(\)"):
            run(verb)
    assert [] == client[empty].list_collection_names()
    run(store.init())
    assert isinstance(run(store.commit(a_commit(an_item()))), Committed)


def test_a_schema_of_another_release_is_not_ready(client: Client, empty: str) -> None:
    """Neither used nor changed."""
    run(MongoStore(client, database=empty).init())
    client[empty]["meta"].update_one({"_id": layout.SCHEMA_ID}, {"$set": {"version": 99}})
    store = MongoStore(client, database=empty)
    for verb in (store.find(Query(Item)), store.init()):
        with pytest.raises(NotReady, match="99"):
            run(verb)


def test_stores_can_be_made_ready_at_once(client: Client, empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process may create what was missing a moment ago."""
    run(MongoStore(client, database=empty).init())
    late = MongoStore(client, database=empty)
    seen_too_early: Callable[..., Any] = lambda *_, **__: _nothing()  # noqa: E731
    monkeypatch.setattr("tradecore.storage.mongo.port.Port.rows", seen_too_early)
    run(late.init())


def test_what_cannot_be_created_is_told(client: Client, empty: str) -> None:
    """An error of the server while collections are made is no reason to go on."""
    with failing(client, "create", errorCode=13), pytest.raises(Unavailable, match="let us in"):
        run(MongoStore(client, database=empty).init())


async def _nothing() -> list[Any]:
    return []


def test_no_server_is_unavailable() -> None:
    """A server that does not answer within the timeout of the URL is named."""
    with opened("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50") as store:
        for verb in (store.init(), store.recall("k"), store.commit(a_commit(an_item()))):
            with pytest.raises(Unavailable, match="does not answer"):
                run(verb)


def test_a_closed_client_is_unavailable(mongo_url: str) -> None:
    """A store that was closed says so."""
    store = MongoStore.open(mongo_url)
    run(store.close())
    with pytest.raises(Unavailable, match="client"):
        run(store.recall("k"))


def test_a_client_handed_in_stays_open(client: Client, store: MongoStore) -> None:
    """Only what the store opened itself is closed."""
    run(store.close())
    assert client.admin.command("ping")["ok"]


@pytest.mark.parametrize(
    "url", ["mongodb://", "mongodb://host:port", "mongodb://a,b/?directConnection=true", "http://x"]
)
def test_a_url_that_cannot_be_read(url: str) -> None:
    """Whatever is wrong with a URL is said as one of our errors."""
    with pytest.raises(Unsupported, match="URL"):
        MongoStore.open(url)


def test_the_url_names_the_database(mongo_url: str) -> None:
    """Without one it is `tradecore`."""
    name = mongo_url.rpartition("/")[2].partition("?")[0]
    for url, expected in ((mongo_url, name), (mongo_url.replace(f"/{name}", "/"), "tradecore")):
        with opened(url, tenant="acme") as store:
            assert (expected, "acme") == (store._port.database.name, store.tenant)


def test_a_client_of_the_other_colour_is_refused(client: Client, mongo_url: str) -> None:
    """A blocking store cannot wait, and a waiting one must."""
    with pytest.raises(Unsupported, match="MongoStore needs"):
        MongoStore(pymongo.AsyncMongoClient[dict[str, Any]](mongo_url))
    with pytest.raises(Unsupported, match="AsyncMongoStore needs"):
        AsyncMongoStore(client)
    with pytest.raises(StoreError):
        MongoStore(client, database="a.b")


def test_a_trade_opens_the_store_of_its_url(mongo_url: str) -> None:
    """`Trade.open` finds the store by the scheme."""
    with Trade.open(mongo_url) as trade:
        assert isinstance(trade.store, MongoStore)


def test_a_commit_of_unknown_result_is_asked_for_again(client: Client, store: MongoStore) -> None:
    """A connection lost while committing, or no answer in time, is no reason to write twice, or not at all."""
    ways: list[dict[str, Any]] = [{"closeConnection": True}, {"errorCode": 50}]
    for n, how in enumerate(ways):
        with failing(client, "commitTransaction", 3, **how):
            run(store.commit(a_commit(Save(an_order(), None, "SO-2026"), entries=[an_entry(on_hand=1)])))
        (balance,) = run(store.balances([(STOCK.name, ())])).values()
        assert n + 1 == balance.amounts[0]
    assert [1, 2] == sorted(int(each.number[-6:]) for each in run(store.find(Query(SalesOrder))))


def test_a_commit_whose_result_stays_unknown_is_unavailable(client: Client, store: MongoStore) -> None:
    """After a bounded number of questions the caller is told."""
    with failing(client, "commitTransaction", 100, errorCode=50), pytest.raises(Unavailable):
        run(store.commit(a_commit(an_item())))


@pytest.mark.parametrize("command", ["insert", "update", "commitTransaction"])
def test_a_transaction_that_was_in_the_way_is_begun_again(client: Client, store: MongoStore, command: str) -> None:
    """What the server calls transient is tried again from the beginning."""
    with failing(client, command, 2, errorCode=112, errorLabels=["TransientTransactionError"]):
        run(store.commit(a_commit(Save(an_order(), None, "SO-2026"), entries=[an_entry(on_hand=1)])))
    assert ["SO-2026-000001"] == [each.number for each in run(store.find(Query(SalesOrder)))]


def test_a_lost_connection_begins_the_transaction_again(client: Client, store: MongoStore) -> None:
    """A connection that breaks in the middle of a transaction leaves nothing of it."""
    with failing(client, "insert", 1, closeConnection=True):
        run(store.commit(a_commit(an_item(), entries=[an_entry(on_hand=1)])))
    assert 1 == len(run(store.entries(STOCK)))


def test_a_transaction_always_in_the_way_is_a_conflict(client: Client, store: MongoStore) -> None:
    """After a bounded number of attempts nothing is written."""
    with (
        failing(client, "insert", 1000, errorCode=112, errorLabels=["TransientTransactionError"]),
        pytest.raises(Conflict),
    ):
        run(store.commit(a_commit(an_item())))
    assert {} == run(store.get_many([an_item().ref]))


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        (14031, Unavailable, "cannot serve now"),  # out of disk space
        (10107, Unavailable, "does not answer"),  # not primary
        (13, Unavailable, "does not let us in"),  # unauthorised
        (50, Unavailable, "cannot serve now"),  # out of time
        (20, Unsupported, "--replSet"),  # transactions are not known
        (263, NotReady, "init"),  # not inside a transaction
        (17419, Unsupported, "cannot hold"),  # too large
        (8000, StoreError, "MongoDB"),  # anything else
    ],
)
def test_errors_of_the_server_become_ours(
    client: Client, store: MongoStore, code: int, error: type[Exception], says: str
) -> None:
    """Each with a sentence; nothing of the commit remains."""
    run(store.recall("k"))
    with failing(client, "insert", 100, errorCode=code), pytest.raises(error, match=says):
        run(store.commit(a_commit(an_item())))
    assert {} == run(store.get_many([an_item().ref]))


def test_a_read_is_repeated_where_a_server_went_away(client: Client, store: MongoStore) -> None:
    """An election or a lost connection costs a reader nothing, if it is over soon."""
    run(store.commit(a_commit(an_item())))
    ways: list[dict[str, Any]] = [{"closeConnection": True}, {"errorCode": 10107}, {"errorCode": 246}]
    for how in ways:
        with failing(client, "find", 2, **how):
            assert [an_item().ref] == list(run(store.get_many([an_item().ref])))
    with failing(client, "find", 100, closeConnection=True), pytest.raises(Unavailable):
        run(store.get_many([an_item().ref]))
    with failing(client, "find", 1, errorCode=8000), pytest.raises(StoreError):
        run(store.get_many([an_item().ref]))


def test_what_bson_cannot_hold_is_unsupported(store: MongoStore) -> None:
    """A number beyond 64 bits in an event, a broken text: the driver's objection becomes ours, nothing is written."""
    for data in ({"n": 2**64}, {"text": "\ud800"}, {"thing": object()}, {"nul\0": 1}):
        with pytest.raises(Unsupported, match="cannot hold"):
            run(store.commit(a_commit(an_item(), events=[an_event(**data)])))
    with pytest.raises((Unsupported, Conflict)):
        run(store.commit(a_commit(an_item("x"), events=[an_event(large="x" * 17_000_000)])))
    assert [] == run(store.find(Query(Item)))


def test_a_tenant_that_is_no_text_is_refused_by_the_server(client: Client) -> None:
    """What a validator objects to is an error of the store, and nothing is written."""
    store = MongoStore(client.get_default_database(), tenant=7)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(StoreError, match="validation"):
        run(store.commit(a_commit(an_item())))


def test_a_total_beyond_what_is_kept_exactly_is_refused_by_the_server(store: MongoStore) -> None:
    """The validator stops a balance long before it would leave 64 bits."""
    run(store.commit(a_commit(entries=[an_entry(on_hand="999999999999")])))
    with pytest.raises(Unsupported, match=r"10\^12"):
        run(store.commit(a_commit(entries=[an_entry(on_hand="1")])))
    assert 1 == len(run(store.entries(STOCK)))


DAMAGES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("items", {}, {"$set": {"name": 7}}, "item chair.name"),
    ("items", {}, {"$unset": {"name": ""}}, "item chair.name"),
    ("totals", {}, {"$set": {"sums.on_hand": "7"}}, "stock chair/main"),
    ("totals", {}, {"$unset": {"sums.on_hand": ""}}, "stock chair/main"),
    ("totals", {}, {"$set": {"last_at": "now"}}, "stock chair/main"),
    ("journal", {"place": {"$exists": True}}, {"$set": {"amounts.on_hand": 0.5}}, "stock entry"),
    ("journal", {"place": {"$exists": True}}, {"$unset": {"attributes": ""}}, "stock entry"),
    ("journal", {"saves": {"$exists": True}}, {"$unset": {"saves.0.differences": ""}}, "history of item chair"),
    ("journal", {"key": {"$exists": True}}, {"$unset": {"fingerprint": ""}}, "key k"),
    ("journal", {"key": {"$exists": True}}, {"$set": {"result.record.name": None}}, "item chair.name"),
    ("journal", {"events": {"$exists": True}}, {"$set": {"events.0.type": "Nothing"}}, "events of commit"),
]


@pytest.mark.parametrize(("collection", "filter_", "damage", "place"), DAMAGES)
def test_damaged_documents_are_corrupt(
    store: MongoStore, collection: str, filter_: dict[str, Any], damage: dict[str, Any], place: str
) -> None:
    """What somebody changed by hand is named with its place; everything else can still be read."""
    commit = a_commit(an_item(), entries=[an_entry(on_hand=1)], events=[an_event()], key="k")
    run(store.commit(commit))
    run(store.commit(a_commit(an_item("table"))))
    tenant = {"$or": [{"_id.tenant": store.tenant}, {"place.tenant": store.tenant}]}
    if "$unset" not in damage or collection != "items":
        store._port.database[collection].update_one({**tenant, **filter_}, damage)
    else:
        store._port.database[collection].update_one({**tenant, "_id.id": "chair"}, damage)
    reads: list[Callable[[], Any]] = [
        lambda: store.get_many([an_item().ref]),
        lambda: store.find(Query(Item)),
        lambda: store.balances([(STOCK.name, ())]),
        lambda: store.entries(STOCK),
        lambda: store.history(an_item().ref),
        lambda: store.recall("k"),
        lambda: store.events_after(0, 10),
    ]
    found = []
    for read in reads:
        try:
            run(read())
        except Corrupt as corrupt:
            found.append(corrupt.place)
    assert found
    assert [place] * len(found) == [each[: len(place)] for each in found]
    assert [Ref("item", "table")] == list(run(store.get_many([Ref("item", "table")])))


def test_a_total_of_an_unknown_register_is_corrupt(store: MongoStore) -> None:
    """An _id that names no register of ours, within the range that is asked for."""
    total = {"_id": {"tenant": store.tenant, "register": "stock", "item": "a", "shelf": "b"}, "version": 1, "sums": {}}
    store._port.database["totals"].insert_one(total)
    with pytest.raises(Corrupt, match="stock a/b"):
        run(store.balances([(STOCK.name, ())]))


def test_moments_out_of_range_are_corrupt(store: MongoStore) -> None:
    """A date no calendar knows is named like any other damage."""
    run(store.commit(Changes((Save(an_order(id="o", lines=[a_line()])),))))
    far = {"$add": [datetime(1970, 1, 1, tzinfo=UTC), 2**60]}
    store._port.database["sales_orders"].update_one({"_id.tenant": store.tenant}, [{"$set": {"at": far}}])
    with pytest.raises(Corrupt, match="sales_order o.at"):
        run(store.get_many([Ref("sales_order", "o")]))


def test_texts_that_are_no_texts_are_corrupt(store: MongoStore) -> None:
    """Bytes that are no UTF-8 cannot even be read; the driver's objection becomes ours."""
    text = bson.encode({"_id": {"tenant": store.tenant, "id": "chair"}, "version": 1, "name": "seat"})
    broken = RawBSONDocument(text.replace(b"seat", b"se\xff\xff"))
    store._port.database["items"].insert_one(broken)
    run(store.commit(Changes((Save(an_item("table")),))))
    for read in (store.get_many([Ref("item", "table"), an_item().ref]), store.find(Query(Item))):
        with pytest.raises(Corrupt) as caught:
            run(read)
        assert ("item chair", "item", "chair") == (caught.value.place, caught.value.kind, caught.value.id)


def test_what_was_missed_without_a_loss_is_tried_again(store: MongoStore) -> None:
    """Where nothing is found that was lost, the same is tried again, and at last it is a conflict."""
    refusals = iter([Missed(), Taken(), None])

    async def work(session: Any) -> str:
        if refusal := next(refusals, Missed()):
            raise refusal
        return "done"

    settled: list[str | None] = [None]

    async def settle() -> str | None:
        return settled[0]

    assert "done" == run(transact(store._port, work, settle))
    with pytest.raises(Conflict):
        run(transact(store._port, work, settle))
    with pytest.raises(Conflict):
        run(transact(store._port, work))
    settled[0] = "settled"
    assert "settled" == run(transact(store._port, work, settle))


def test_what_is_lost_after_the_last_attempt_is_told(store: MongoStore) -> None:
    """When everything was in vain, it is looked once more for what was lost."""

    async def work(session: Any) -> str:
        raise Taken

    async def settle() -> str:
        return "settled"

    assert "settled" == run(transact(store._port, work, settle))


def test_commands_are_told_to_the_log_if_somebody_listens(store: MongoStore, caplog: pytest.LogCaptureFixture) -> None:
    """One line a command at DEBUG; texts of callers do not appear in it."""
    with caplog.at_level(logging.DEBUG, "tradecore.storage.mongo"):
        run(store.get_many([an_item("secret").ref]))
    assert ["mongo.command name=find on=items"] == [each.getMessage().partition(" ms=")[0] for each in caplog.records]
    caplog.clear()
    run(store.get_many([an_item("secret").ref]))
    assert [] == caplog.records


def test_the_asynchronous_store_says_the_same(mongo_url: str) -> None:
    """Errors, pauses and closing are the same in the other colour."""

    async def trial() -> None:
        store = AsyncMongoStore.open(mongo_url, tenant=secrets.token_hex(4))
        await store.init()
        done = await asyncio.gather(*(store.commit(a_commit(an_item())) for _ in range(4)), return_exceptions=True)
        assert 1 == sum(isinstance(each, Committed) for each in done)
        assert 3 == sum(isinstance(each, Conflict) for each in done)
        await asyncio.gather(*(store.commit(a_commit(entries=[an_entry(on_hand=1)])) for _ in range(4)))
        assert 4 == (await store.balances([(STOCK.name, ())]))[STOCK.name, ("chair", "main")].amounts[0]
        await store.close()
        with pytest.raises(Unavailable):
            await store.recall("k")

    asyncio.run(trial())
