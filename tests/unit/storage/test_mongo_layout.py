"""What lies in the database after commits: documents that read well, exact numbers, and nothing that is not meant."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pymongo
import pytest
from bson import Timestamp
from pymongo.errors import WriteError

from tradecore.calling import run
from tradecore.changes import Ceiling, Changes, Committed, Floor, Newest, Save, Unchanged, Version
from tradecore.documents import KINDS
from tradecore.errors import Conflict
from tradecore.registers import ORDER_LINES, SETTLEMENTS, STOCK
from tradecore.storage.mongo import MongoStore, layout, outbox
from tradecore.storage.mongo.transactions import transact
from tradecore.testing.factories import AT, a_commit, a_line, an_entry, an_event, an_item, an_order
from tradecore.values.record import Ref

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


def kept(store: MongoStore, collection: str, **filter_: Any) -> list[dict[str, Any]]:
    """The documents of the tenant in a collection."""
    tenant = {"$or": [{"_id.tenant": store.tenant}, {"place.tenant": store.tenant}]}
    return list(store._port.database[collection].find({**tenant, **filter_}).sort("_id", 1))


def test_a_commit_is_one_document_of_the_journal(store: MongoStore) -> None:
    """The command, what it changed, what it tells, its key and its answer stand together."""
    first = an_order(id="o1", lines=[a_line()])
    done = run(store.commit(a_commit(Save(first, None, "SO-2026"), events=[an_event(first.ref, total="5")])))
    before = done.records[first.ref]  # type: ignore[union-attr]  # it was not there before
    after = attrs.evolve(before, comment="gift")
    run(store.commit(a_commit(Save(after, before), key="web-1", actor="clerk")))
    told, changed = kept(store, "journal", command={"$exists": True})
    document = {"kind": "sales_order", "id": "o1"}
    assert [{"document": document, "version": 1, "differences": []}] == told["saves"]
    assert [{"type": "DocumentPosted", "document": document, "data": {"total": "5"}, "version": 1}] == told["events"]
    assert layout.WAITING == told["position"]
    assert ("clerk", "web-1", "print of web-1") == (changed["actor"], changed["key"], changed["fingerprint"])
    assert [{"path": "comment", "before": "", "after": "gift"}] == changed["saves"][0]["differences"]
    assert ("sales_order", 2) == (changed["result"]["kind"], changed["result"]["record"]["version"])
    assert {"events", "position"}.isdisjoint(changed)


def test_a_number_belongs_to_its_document(store: MongoStore) -> None:
    """Each number that was drawn is a document of the journal, whose _id nobody else can have."""
    run(store.commit(a_commit(*(Save(an_order(id=id), None, "SO-2026") for id in ("a", "b")))))
    drawn = kept(store, "journal", document={"$exists": True})
    ids = [{"tenant": store.tenant, "series": "SO-2026", "count": n} for n in (1, 2)]
    assert ids == [each["_id"] for each in drawn]
    assert [{"kind": "sales_order", "id": id} for id in ("a", "b")] == [each["document"] for each in drawn]
    assert ["SO-2026-000001", "SO-2026-000002"] == [each["number"] for each in kept(store, "sales_orders")]


def test_totals_and_entries_are_exact_and_whole(store: MongoStore) -> None:
    """Sums are millionths of 64 bits; measures stand beside resources; an entry's place is the _id of its total."""
    entries = [an_entry(on_hand="0.7", attributes=("o1", "1")), an_entry(on_hand="0.1", reserved="0.8")]
    run(store.commit(a_commit(entries=entries)))
    run(store.commit(a_commit(entries=[an_entry(SETTLEMENTS, ("acme", "EUR", "", ""), charged="999999999999.999999")])))
    debt, chairs = kept(store, "totals")
    place = {"tenant": store.tenant, "register": "stock", "item": "chair", "warehouse": "main"}
    assert (place, AT.replace(tzinfo=None)) == (chairs["_id"], chairs["last_at"])
    assert ({"on_hand": 800_000, "reserved": 800_000, "free": 0}, 2) == (chairs["sums"], chairs["version"])
    most = 999_999_999_999_999_999
    assert {"charged": most, "paid": 0, "debt": most} == debt["sums"]
    assert "last_at" not in debt
    written = kept(store, "journal", place=place)
    assert [{"on_hand": 700_000, "reserved": 0}, {"on_hand": 100_000, "reserved": 800_000}] == [
        each["amounts"] for each in written
    ]
    assert {"order": "o1", "line": "1"} == written[0]["attributes"]
    assert [True, True] == [isinstance(each["seq"], Timestamp) and each["seq"].time > 0 for each in written]


def test_entries_of_one_key_are_numbered_by_the_server(store: MongoStore) -> None:
    """Whatever the moments say and whoever commits, entries of one moment come in the order of commits."""
    for n in range(20):
        moment = AT + timedelta(days=n % 2)
        run(store.commit(a_commit(entries=[an_entry(on_hand=n, at=moment), an_entry(on_hand=-n, at=moment)])))
    found = run(store.entries(STOCK, [CHAIRS]))
    amounts = [int(each.amounts[0]) for each in found]
    assert [sign * n for first in (0, 1) for n in range(first, 20, 2) for sign in (1, -1)] == amounts
    assert sorted({each.seq for each in found}) == [each.seq for each in sorted(found, key=lambda each: each.seq)]
    assert 40 == len({each.seq for each in found})


def test_guards_of_totals_that_do_not_move_touch_them(store: MongoStore) -> None:
    """A guarded total is written to, so that others cannot move it meanwhile; its version says that nothing came."""
    guards = (Floor(STOCK.name, CHAIRS, "free"), Newest(STOCK.name, CHAIRS, AT), Unchanged(STOCK.name, CHAIRS, 0))
    run(store.commit(Changes(guards=guards)))
    run(store.commit(Changes(guards=guards)))
    (touched,) = kept(store, "totals")
    assert (0, 2, 0) == (touched["version"], touched["touched"], touched["sums"]["free"])
    assert {} == run(store.balances([(STOCK.name, ())]))
    run(store.commit(a_commit(entries=[an_entry(on_hand=2)], guards=guards)))
    assert Decimal(2) == run(store.balances([(STOCK.name, CHAIRS)]))[STOCK.name, CHAIRS].amounts[0]
    with pytest.raises(Conflict) as caught:
        run(store.commit(Changes(guards=guards)))
    assert (guards[2],) == caught.value.lost


def test_several_guards_of_one_total(store: MongoStore) -> None:
    """Bounds of one measure from both sides, and two from one side, hold together or not at all."""
    run(store.commit(a_commit(entries=[an_entry(on_hand=5)])))
    low, high = Floor(STOCK.name, CHAIRS, "free", Decimal(3)), Ceiling(STOCK.name, CHAIRS, "free", Decimal(4))
    other = Floor(STOCK.name, CHAIRS, "free", Decimal(2))
    for amount, lost in ((-1, ()), (1, (high,)), (-2, (low,)), (-3, (low, other))):
        try:
            run(store.commit(a_commit(entries=[an_entry(on_hand=amount)], guards=[low, high, other])))
        except Conflict as conflict:
            assert lost == conflict.lost
        else:
            assert () == lost


def test_registers_without_totals_measure_nothing(store: MongoStore) -> None:
    """A guard on one of them sees no balance, whatever its entries say."""
    key = ("o1", "1")
    entry = an_entry(ORDER_LINES, key, ordered=5)
    run(store.commit(a_commit(entries=[entry], guards=[Floor(ORDER_LINES.name, key, "open")])))
    guard = Floor(ORDER_LINES.name, key, "open", Decimal(1))
    with pytest.raises(Conflict) as caught:
        run(store.commit(a_commit(entries=[entry], guards=[guard])))
    assert (guard,) == caught.value.lost
    assert [] == kept(store, "totals")


def test_records_that_must_not_change_are_touched(store: MongoStore) -> None:
    """A guarded record is written to, and one that must not exist is made and removed: nothing of it is seen."""
    run(store.commit(Changes((Save(an_item()),))))
    guards = (Version(an_item().ref, 1), Version(an_item("table").ref, 0))
    run(store.commit(a_commit(an_item("lamp"), guards=guards)))
    found = {each["_id"]["id"]: each.get("touched") for each in kept(store, "items")}
    assert {"chair": 1, "lamp": None} == found
    for wrong in (Version(an_item("table").ref, 1), Version(an_item().ref, 0), Version(an_item("sofa").ref, 7)):
        with pytest.raises(Conflict) as caught:
            run(store.commit(a_commit(an_item("sofa"), guards=[*guards, wrong])))
        assert (wrong,) == caught.value.lost


def test_answers_that_were_not_written(store: MongoStore) -> None:
    """A key may be used by a command that found nothing to do: its answer is the record as it is kept."""
    done = run(store.commit(Changes((Save(an_item()),))))
    run(store.commit(a_commit(key="k", result=an_item().ref)))
    known = run(store.recall("k"))
    assert known is not None
    assert done.records[an_item().ref] == known.result  # type: ignore[union-attr]  # it was not there before
    assert Committed({}) == run(store.commit(a_commit()))
    assert 1 == len(kept(store, "journal"))


def test_records_of_many_kinds_come_in_one_answer(store: MongoStore) -> None:
    """One aggregation over the collections; kinds nobody knows are left out."""
    run(store.commit(Changes((Save(an_item()), Save(an_order(id="o1")), Save(an_order(id="o2"))))))
    refs = [an_item().ref, an_order(id="o2").ref, an_order(id="o1").ref, Ref("partner", "acme"), Ref("dragon", "1")]
    assert set(refs[:3]) == set(run(store.get_many(refs)))
    assert {} == run(store.get_many([Ref("dragon", "1")]))


def test_entries_by_document_and_moment(store: MongoStore) -> None:
    """What a document did to a register, and what happened since a moment."""
    documents = [Ref("sales_order", "a"), Ref("sales_order", "b"), Ref("shipment", "a")]
    entries = [an_entry(on_hand=n, document=each, at=AT + timedelta(days=n)) for n, each in enumerate(documents)]
    run(store.commit(a_commit(entries=entries)))
    assert entries[:1] == run(store.entries(STOCK, document=documents[0]))
    assert entries[1:] == run(store.entries(STOCK, [("chair",), ("table",)], since=AT + timedelta(days=1)))
    assert [] == run(store.entries(STOCK, document=documents[1], since=AT + timedelta(days=2)))


def test_nothing_is_asked_of_an_outbox_for_nothing(store: MongoStore) -> None:
    """A limit of none gives none; giving positions where nothing waits changes nothing."""
    run(store.commit(a_commit(events=[an_event()])))
    assert [] == run(store.events_after(0, 0))
    assert 1 == len(run(store.events_after(0, 10)))
    port = store._port
    run(transact(port, lambda session: outbox._give_positions(port, session, store.tenant)))
    assert [1] == [each.position for each in run(store.events_after(0, 10))]


def test_bounds_finer_or_larger_than_what_is_kept(store: MongoStore) -> None:
    """A floor between two millionths means the next one up; a floor out of reach is lost, not an error."""
    run(store.commit(a_commit(entries=[an_entry(on_hand=1)])))
    for amount, holds in (("0.9999999", True), ("1.0000001", False), ("1e15", False), ("-1e15", True)):
        guard = Floor(STOCK.name, CHAIRS, "free", Decimal(amount))
        for entries in ((), (an_entry(reserved=0),)):
            try:
                run(store.commit(Changes(guards=(guard,), entries=entries)))
            except Conflict as conflict:
                assert (guard,) == conflict.lost
                assert not holds
            else:
                assert holds


def test_tenants_share_collections_and_see_nothing_of_each_other(client: Client, store: MongoStore) -> None:
    """The same ids, keys, numbers and balances of another tenant are other ones."""
    other = MongoStore(client, database=store._port.database.name, tenant=f"{store.tenant}b")
    changes = a_commit(
        Save(an_order(id="o1"), None, "SO-2026"), entries=[an_entry(on_hand=1)], events=[an_event()], key="k"
    )
    for each in (store, other):
        done = run(each.commit(changes))
        (record,) = done.records.values()  # type: ignore[union-attr]  # for this tenant it is new
        assert "SO-2026-000001" == getattr(record, "number", "")
    for each in (store, other):
        assert [1] == [event.position for event in run(each.events_after(0, 10))]
        assert Decimal(1) == run(each.balances([(STOCK.name, CHAIRS)]))[STOCK.name, CHAIRS].amounts[0]
        assert 1 == len(run(each.entries(STOCK)))
        assert 1 == len(run(each.history(an_order(id="o1").ref)))


def test_every_kind_has_its_collection_and_its_indexes(store: MongoStore) -> None:
    """Indexes begin with the tenant and end with the id; numbers are unique, where there is one."""
    database = store._port.database
    for name, kind in KINDS.items():
        keys = {each["name"]: each for each in database[f"{name}s"].list_indexes()}
        for fields in kind.INDEXES:
            names = list(keys["_".join(fields)]["key"])
            assert [layout.TENANT, *(layout.stored(field) for field in fields), layout.ID] == names
        if hasattr(kind, "SERIES"):
            assert keys["number"]["unique"]
    run(store.commit(Changes((Save(attrs.evolve(an_order(id="a"), number="7")), Save(an_order(id="b"))))))
    run(store.commit(Changes((Save(an_order(id="c")),))))
    with pytest.raises(Conflict):
        run(store.commit(Changes((Save(attrs.evolve(an_order(id="d"), number="7")),))))


@pytest.mark.parametrize(
    ("collection", "document"),
    [
        ("items", {"_id": 7}),
        ("items", {"_id": {"tenant": "main", "id": "chair"}}),
        ("items", {"_id": {"tenant": "main", "id": "chair"}, "version": "1"}),
        ("items", {"_id": {"id": "chair"}, "version": 1}),
        ("totals", {"_id": {"tenant": "main", "register": "stock"}, "version": 1}),
        ("journal", {"_id": {"tenant": "main"}}),
        ("journal", {"place": {"tenant": "main", "register": "stock"}, "amounts": {}}),
    ],
)
def test_the_server_refuses_what_has_no_envelope(store: MongoStore, collection: str, document: dict[str, Any]) -> None:
    """Validators keep out documents that nobody could tell apart, whoever writes them."""
    with pytest.raises(WriteError, match="validation"):
        store._port.database[collection].insert_one(document)


def test_operators_of_callers_are_only_texts(store: MongoStore) -> None:
    """Ids, keys and dimensions that look like operators or paths are kept and found as they are."""
    hostile = '{"$gt": ""}'
    run(store.commit(a_commit(an_item(hostile), entries=[an_entry(key=(hostile, "a.b"), on_hand=1)], key="$where")))
    assert [hostile] == [ref.id for ref in run(store.get_many([an_item(hostile).ref, an_item("chair").ref]))]
    assert [(STOCK.name, (hostile, "a.b"))] == list(run(store.balances([(STOCK.name, (hostile,))])))
    assert [(hostile,)] == [each.group for each in run(store.turnovers(STOCK, ["item"], where={"item": [hostile]}))]
    assert [] == run(store.turnovers(STOCK, ["item"], where={"warehouse": ["$main"]}))
    assert run(store.recall("$where")) is not None
    assert run(store.recall("$exists")) is None
