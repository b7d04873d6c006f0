"""Working inside a transaction of the host, and what two open transactions do to each other."""

import asyncio
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from typing import Any

import pymongo
import pytest
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from tradecore.calling import run
from tradecore.changes import Changes, Committed, Floor, Repeated, Save, Version
from tradecore.errors import Conflict, TradeError, Unsupported
from tradecore.registers import STOCK
from tradecore.storage.mongo import AsyncMongoStore, MongoStore
from tradecore.testing.factories import a_commit, an_entry, an_event, an_item, an_order

Client = pymongo.MongoClient[dict[str, Any]]
CHAIRS = ("chair", "main")


@pytest.fixture(scope="module")
def client(mongo_url: str) -> Iterator[Client]:
    """A client of the host."""
    with pymongo.MongoClient[dict[str, Any]](mongo_url) as client:
        yield client


@pytest.fixture
def store(client: Client) -> MongoStore:
    """A store of a tenant of its own."""
    store = MongoStore(client.get_default_database(), tenant=secrets.token_hex(4))
    run(store.init())
    return store


@pytest.fixture
def notes(store: MongoStore) -> Any:
    """A collection of the host."""
    name = f"notes_{secrets.token_hex(4)}"
    found = store._port.database.create_collection(name)
    yield found
    found.drop()


@contextmanager
def transaction(client: Client) -> Iterator[ClientSession]:
    """A transaction of the host, which ends it or leaves it to be aborted."""
    with client.start_session() as session:
        session.start_transaction(ReadConcern("snapshot"), pymongo.WriteConcern("majority"))
        yield session
        if session.in_transaction:
            session.abort_transaction()


def on_hand(store: MongoStore) -> Decimal | None:
    """How many chairs there are."""
    found = run(store.balances([(STOCK.name, CHAIRS)]))
    return found[STOCK.name, CHAIRS].amounts[0] if found else None


def numbered(store: MongoStore) -> str:
    """The number of an order that is saved now."""
    done = run(store.commit(Changes((Save(an_order(), None, "SO-2026"),))))
    assert isinstance(done, Committed)
    (order,) = done.records.values()
    return str(getattr(order, "number", ""))


def test_the_rows_of_the_host_go_with_ours(client: Client, store: MongoStore, notes: Any) -> None:
    """What the host wrote and what we wrote is there together, or not at all."""
    for end in ("abort_transaction", "commit_transaction"):
        with transaction(client) as session:
            joined = store.joining(session)
            assert (True, False) == (joined.joined, store.joined)
            notes.insert_one({"order": "o1"}, session=session)
            run(joined.commit(a_commit(an_order(id="o1"), entries=[an_entry(on_hand=2)], events=[an_event()])))
            assert (Decimal(2), None) == (on_hand(joined), on_hand(store))
            assert [] == run(joined.events_after(0, 10))
            getattr(session, end)()
        there = int(end == "commit_transaction")
        assert there == notes.count_documents({})
        assert there == len(run(store.events_after(0, 10)))
    assert Decimal(2) == on_hand(store)


def test_numbers_go_on_within_the_transaction(client: Client, store: MongoStore) -> None:
    """Several numbers are drawn in one transaction of the host, and drawn again when it is given up."""

    def numbers(store: MongoStore) -> list[str]:
        return [numbered(store) for _ in range(2)]

    assert ["SO-2026-000001", "SO-2026-000002"] == numbers(store)
    with transaction(client) as session:
        assert ["SO-2026-000003", "SO-2026-000004"] == numbers(store.joining(session))
    with transaction(client) as session:
        assert ["SO-2026-000003", "SO-2026-000004"] == numbers(store.joining(session))
        session.commit_transaction()
    assert ["SO-2026-000005", "SO-2026-000006"] == numbers(store)


def test_a_race_already_lost_leaves_the_transaction_alone(client: Client, store: MongoStore, notes: Any) -> None:
    """Guards and versions are looked at first: the host may go on after the conflict and commit."""
    run(store.commit(a_commit(an_item(), entries=[an_entry(on_hand=1)])))
    lost = [
        (Floor(STOCK.name, CHAIRS, "free"), Changes(entries=(an_entry(on_hand=-2),))),
        (Version(an_item().ref, 0), Changes((Save(an_item()),))),
    ]
    with transaction(client) as session:
        joined = store.joining(session)
        for guard, changes in lost:
            with pytest.raises(Conflict) as caught:
                run(joined.commit(changes + Changes(guards=(guard,) if isinstance(guard, Floor) else ())))
            assert (guard,) == caught.value.lost
        notes.insert_one({"all": "well"}, session=session)
        session.commit_transaction()
    assert 1 == notes.count_documents({})


def test_a_repeated_key_leaves_the_transaction_alone(client: Client, store: MongoStore) -> None:
    """The answer given before is found without writing, also if it was given in this very transaction."""
    with transaction(client) as session:
        joined = store.joining(session)
        first = run(joined.commit(a_commit(an_order(id="o1"), key="k")))
        again = run(joined.commit(a_commit(an_order(id="o2"), key="k")))
        assert isinstance(first, Committed)
        assert Repeated("k", "print of k", first.records[an_order(id="o1").ref]) == again
        session.commit_transaction()
    assert again == run(store.commit(a_commit(an_order(id="o3"), key="k")))
    assert again == run(store.recall("k"))


def test_another_writer_aborts_the_transaction(client: Client, store: MongoStore, notes: Any) -> None:
    """What another transaction wrote since ours began cannot be written: a conflict, and the host must begin again."""
    run(store.commit(a_commit(entries=[an_entry(on_hand=5)])))
    take = a_commit(entries=[an_entry(on_hand=-1)], guards=[Floor(STOCK.name, CHAIRS, "free")])
    with transaction(client) as session:
        notes.insert_one({}, session=session)
        run(store.commit(take))
        with pytest.raises(Conflict):
            run(store.joining(session).commit(take))
        with pytest.raises((Conflict, Unsupported)):
            run(store.joining(session).get_many([an_item().ref]))
        with pytest.raises(PyMongoError):
            session.commit_transaction()
    assert (0, Decimal(4)) == (notes.count_documents({}), on_hand(store))


def test_a_half_written_commit_cannot_be_committed(client: Client, store: MongoStore, notes: Any) -> None:
    """What fails in the middle takes the host's transaction with it."""
    with transaction(client) as session:
        notes.insert_one({}, session=session)
        unwritable = a_commit(an_item(), events=[an_event(too_much=2**70)])
        with pytest.raises(Unsupported, match="cannot hold"):
            run(store.joining(session).commit(unwritable))
        assert not session.in_transaction
    assert {} == run(store.get_many([an_item().ref]))
    assert 0 == notes.count_documents({})


def test_a_number_taken_meanwhile_is_a_conflict(client: Client, store: MongoStore) -> None:
    """A number clashes only with a document that bears it already: the transaction is given up, nothing is half."""
    run(store.commit(Changes((Save(an_order(id="a"), None, "SO-2026"),))))
    store._port.database["journal"].delete_many({"_id.tenant": store.tenant, "_id.series": "SO-2026"})
    with transaction(client) as session:
        with pytest.raises(Conflict):
            run(store.joining(session).commit(Changes((Save(an_order(id="b"), None, "SO-2026"),))))
        assert not session.in_transaction


def test_a_session_without_transaction_is_refused(client: Client, store: MongoStore) -> None:
    """Outside a transaction the parts of a commit would stand alone, so nothing is done at all."""
    with client.start_session() as session:
        joined = store.joining(session)
        with pytest.raises(Unsupported, match="no open transaction"):
            run(joined.commit(a_commit(an_item())))
        with pytest.raises(Unsupported, match="no open transaction"):
            run(joined.recall("k"))
    assert {} == run(store.get_many([an_item().ref]))


def test_joining_by_the_class_names_database_and_tenant(client: Client, store: MongoStore) -> None:
    """A host without a store of its own says where the data are; a store gives on its own place."""
    name = store._port.database.name
    with transaction(client) as session:
        joined = MongoStore.joining(session, database=name, tenant=store.tenant)
        run(joined.commit(a_commit(an_item())))
        assert [an_item().ref] == list(run(store.joining(session).get_many([an_item().ref])))
        assert ("tradecore", "main") == (
            MongoStore.joining(session)._port.database.name,
            MongoStore.joining(session).tenant,
        )
        run(joined.init())  # outside the transaction, where collections can be made
        run(joined.close())
        session.commit_transaction()
    assert [an_item().ref] == list(run(store.get_many([an_item().ref])))


def test_an_event_that_commits_late_is_not_skipped(client: Client, store: MongoStore) -> None:
    """A reader that has gone on while a transaction was open meets its events afterwards, at later positions."""
    with transaction(client) as session:
        run(store.joining(session).commit(a_commit(an_item("late"), events=[an_event(n="late")])))
        run(store.commit(a_commit(an_item("early"), events=[an_event(n="early"), an_event(n="early 2")])))
        before = run(store.events_after(0, 10))
        assert [(1, "early"), (2, "early 2")] == [(each.position, each.data["n"]) for each in before]
        session.commit_transaction()
    assert [(3, "late")] == [(each.position, each.data["n"]) for each in run(store.events_after(2, 10))]
    assert before == run(store.events_after(0, 2))


def test_events_of_one_transaction_keep_their_order(client: Client, store: MongoStore) -> None:
    """Versions of one record made in one transaction of the host are told in their order."""
    item = an_item()
    with transaction(client) as session:
        joined = store.joining(session)
        for _ in range(5):
            before = run(joined.get_many([item.ref])).get(item.ref)
            run(joined.commit(a_commit(Save(item, before), events=[an_event(item.ref)], entries=[an_entry(on_hand=1)])))
        session.commit_transaction()
    assert [1, 2, 3, 4, 5] == [each.version for each in run(store.events_after(0, 10))]


def test_readers_who_give_positions_at_once_agree(client: Client, store: MongoStore) -> None:
    """Several readers meet the same waiting events: each event gets one position, and who came too late reads again."""
    for n in range(30):
        run(store.commit(a_commit(an_item(f"i{n}"), events=[an_event(n=n)])))
    with ThreadPoolExecutor(4) as threads:
        seen = list(threads.map(lambda _: run(store.events_after(0, 100)), range(4)))
    final = run(store.events_after(0, 100))
    assert [(n + 1, n) for n in range(30)] == [(each.position, each.data["n"]) for each in final]
    assert [final[: len(each)] for each in seen] == seen
    assert final in seen


def waiting_for(open_transaction: AbstractContextManager[ClientSession], hold: Any, then: Any) -> Any:
    """What `then` answers in a thread that meets what an open transaction has written, which is committed meanwhile."""
    with open_transaction as session, ThreadPoolExecutor(1) as threads:
        hold(session)
        found = threads.submit(then)
        with pytest.raises(TimeoutError):
            found.result(timeout=0.05)
        session.commit_transaction()
        return found.result()


def test_a_key_in_an_open_transaction_is_waited_for(client: Client, store: MongoStore) -> None:
    """A repetition that meets its first delivery still open tries again, and gets its answer."""
    changes = a_commit(an_order(id="o1"), key="k")
    answer = waiting_for(
        transaction(client),
        lambda session: run(store.joining(session).commit(changes)),
        lambda: run(store.commit(a_commit(an_order(id="o2"), key="k"))),
    )
    assert isinstance(answer, Repeated)
    assert "o1" == answer.result.id
    assert {} == run(store.get_many([an_order(id="o2").ref]))


def test_the_last_unit_in_an_open_transaction_is_gone(client: Client, store: MongoStore) -> None:
    """Who wants what an open transaction takes tries again, and is told which guard was lost."""
    run(store.commit(a_commit(entries=[an_entry(on_hand=1)])))
    floor = Floor(STOCK.name, CHAIRS, "free")
    take = Changes(entries=(an_entry(on_hand=-1),), guards=(floor,))

    def refused() -> Any:
        with pytest.raises(Conflict) as caught:
            run(store.commit(take))
        return caught.value.lost

    assert (floor,) == waiting_for(
        transaction(client), lambda session: run(store.joining(session).commit(take)), refused
    )


def test_a_number_in_an_open_transaction_is_waited_for(client: Client, store: MongoStore) -> None:
    """The next number is that after the one an open transaction has drawn: no double, no gap."""
    assert "SO-2026-000001" == numbered(store)
    other = MongoStore(client.get_default_database(), tenant=store.tenant)
    assert "SO-2026-000003" == waiting_for(
        transaction(client), lambda session: numbered(store.joining(session)), lambda: numbered(other)
    )
    assert "SO-2026-000004" == numbered(store)


def test_what_stays_open_too_long_is_a_conflict(client: Client, store: MongoStore) -> None:
    """After a bounded number of attempts the caller is told, and nothing is written."""
    run(store.commit(a_commit(entries=[an_entry(on_hand=9)])))
    take = a_commit(entries=[an_entry(on_hand=-1)])
    with transaction(client) as session:
        run(store.joining(session).commit(take))
        with pytest.raises(Conflict):
            run(store.commit(take))
        session.commit_transaction()
    assert Decimal(8) == on_hand(store)


def test_the_asynchronous_store_joins_as_well(mongo_url: str, store: MongoStore) -> None:
    """The same inside a transaction of an asynchronous client."""

    async def trial() -> None:
        async with pymongo.AsyncMongoClient[dict[str, Any]](mongo_url) as client:
            own = AsyncMongoStore(client.get_default_database(), tenant=store.tenant)
            async with client.start_session() as session:
                await session.start_transaction()
                joined = own.joining(session)
                assert joined.waits
                await joined.commit(a_commit(an_item(), entries=[an_entry(on_hand=1)]))
                with pytest.raises(Conflict):
                    await joined.commit(a_commit(an_item()))
                await session.commit_transaction()
            assert [an_item().ref] == list(await own.get_many([an_item().ref]))
            with pytest.raises(TradeError):
                await joined.commit(a_commit(an_item("table")))

    asyncio.run(trial())
