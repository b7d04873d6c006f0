"""Queries in MongoDB's words: operands, indexes, pages that are entered at their mark."""

import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import attrs
import pymongo
import pytest

from tradecore.calling import run
from tradecore.catalog import Item
from tradecore.changes import Changes, Save
from tradecore.documents import KINDS, OrderState, SalesOrder
from tradecore.query import Eq, In, Not, Query, Range
from tradecore.query import run as meaning
from tradecore.registers import STOCK
from tradecore.storage.mongo import MongoStore, finding, layout
from tradecore.testing.factories import AT, a_commit, a_line, an_entry, an_item, an_order
from tradecore.values.record import Record

Client = pymongo.MongoClient[dict[str, Any]]
DAY = date(2026, 3, 1)


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


def stages(plan: dict[str, Any]) -> set[str]:
    """The names of all stages of a plan."""
    inner = [plan[name] for name in ("inputStage", "outerStage") if name in plan] + plan.get("inputStages", [])
    return {plan["stage"]}.union(*(stages(each) for each in inner))


def explained(store: MongoStore, collection: str, body: dict[str, Any]) -> dict[str, Any]:
    """How the server carries out a find."""
    command = {"explain": {"find": collection, **body}, "verbosity": "executionStats"}
    found: dict[str, Any] = store._port.database.command(command)
    return found


def explained_query(store: MongoStore, query: Query[Any]) -> dict[str, Any]:
    """How the server carries out a query."""
    return explained(store, layout.COLLECTIONS[query.kind.KIND], finding.page(store.tenant, query))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_query_reads_a_whole_collection(store: MongoStore, kind: type[Record]) -> None:
    """Whatever a query is sorted by and compares, an index is used: other tenants' data are never read."""
    for sort in kind.FINDABLE:
        for where in [(), *([Eq(name, None)] for name in kind.FINDABLE)]:
            plan = explained_query(store, Query(kind, tuple(where), sort=sort))
            assert "COLLSCAN" not in stages(plan["queryPlanner"]["winningPlan"]), (sort, where)


def test_pages_are_read_in_the_order_of_the_index(store: MongoStore) -> None:
    """The usual list of orders needs no sorting, and its last page reads no more than its first."""
    orders = [
        attrs.evolve(an_order(id=f"o{n:03d}"), state=OrderState.SHIPPING, due_on=DAY + timedelta(days=n % 4))
        for n in range(200)
    ]
    run(store.commit(Changes(tuple(Save(each) for each in orders))))
    query = Query(SalesOrder, (Eq("state", OrderState.SHIPPING),), sort="due_on", limit=10)
    for descending in (False, True):
        first = attrs.evolve(query, descending=descending)
        late = attrs.evolve(first, after=(DAY + timedelta(days=1 if descending else 2), "o100"))
        for each in (first, late):
            plan = explained_query(store, each)
            assert not {"SORT", "COLLSCAN"} & stages(plan["queryPlanner"]["winningPlan"])
            assert plan["executionStats"]["totalKeysExamined"] <= 15
            assert meaning(each, orders) == [attrs.evolve(found, version=0) for found in run(store.find(each))]


def test_pages_by_id_are_entered_at_their_mark(store: MongoStore) -> None:
    """Sorting by id goes along the _id index from the mark on."""
    items = [an_item(f"i{n:03d}") for n in range(100)]
    run(store.commit(Changes(tuple(Save(each) for each in items))))
    for descending in (False, True):
        for mark in (("i050", "i050"), ("i050", "a"), ("i050", "z")):
            query = Query(Item, descending=descending, limit=5, after=mark)
            plan = explained_query(store, query)
            assert "SORT" not in stages(plan["queryPlanner"]["winningPlan"])
            assert plan["executionStats"]["totalKeysExamined"] <= 7
            assert meaning(query, items) == [attrs.evolve(each, version=0) for each in run(store.find(query))]


def test_balances_are_ranges_of_the_index(store: MongoStore) -> None:
    """Whole keys and prefixes are looked up in the _id index; nothing else is read."""
    entries = [an_entry(key=(f"item {n}", "main"), on_hand=1) for n in range(50)]
    run(store.commit(a_commit(entries=entries)))
    parts = [
        layout.places(store.tenant, "stock", keys, "_id") for keys in ([("item 1",)], [("item 2", "main"), ("x", "y")])
    ]
    for filter_, found in ((parts[0], 1), (parts[1], 1), ({"$or": parts}, 2)):
        plan = explained(store, layout.TOTALS, {"filter": filter_})
        assert "COLLSCAN" not in stages(plan["queryPlanner"]["winningPlan"])
        assert found == plan["executionStats"]["totalDocsExamined"]
    assert {("item 1", "main")} == {key for _, key in run(store.balances([("stock", ("item 1",))]))}


def test_the_journal_is_read_by_its_indexes(store: MongoStore) -> None:
    """Entries by key and by document, histories, keys and the outbox each have an index that fits."""
    tenant = store.tenant
    document = {"kind": "item", "id": "chair"}
    named: list[tuple[str, dict[str, Any]]] = [
        ("entries", {**layout.places(tenant, "stock", [("chair",)], "place"), "at": {"$gte": AT}}),
        ("entries", layout.places(tenant, "stock", [("chair", "main")], "place")),
        ("entries", layout.places(tenant, "stock", [()], "place")),
        ("history", {layout.TENANT: tenant, "saves.document": document}),
        ("keys", {layout.TENANT: tenant, "key": "k"}),
        ("outbox", {layout.TENANT: tenant, "position": layout.WAITING}),
        ("_id_", {"_id": layout.numbers(tenant, "SO-2026")}),
    ]
    for name, filter_ in named:
        plan = explained(store, layout.JOURNAL, {"filter": filter_})["queryPlanner"]["winningPlan"]
        assert name == plan["inputStage"]["indexName"], name
    by_document = {"place.tenant": tenant, "document": document}
    plan = explained(store, layout.JOURNAL, {"filter": by_document})["queryPlanner"]["winningPlan"]
    assert "entries_of_document" == plan["inputStage"]["indexName"]


def test_values_are_compared_with_their_own_type(store: MongoStore) -> None:
    """A text does not equal a day or a moment, though it is spelled alike; a document of operators equals nothing."""
    order = attrs.evolve(an_order(id="o"), due_on=DAY, state=None, external_ref="2026-03-01")
    run(store.commit(Changes((Save(order),))))

    def found(*where: Any, **more: Any) -> int:
        return len(run(store.find(Query(SalesOrder, where, **more))))

    assert 1 == found(Eq("due_on", DAY), Eq("external_ref", "2026-03-01"), Eq("at", AT), Eq("state", None))
    operators = {"$gt": ""}
    for field, values in {
        "due_on": ("2026-03-01", AT, 1, operators),
        "external_ref": (DAY, operators, b"2026-03-01"),
        "at": (AT.isoformat(), AT.replace(tzinfo=None), AT.date(), AT + timedelta(microseconds=1), operators),
        "state": (operators, 0),
    }.items():
        for value in values:
            assert 0 == found(Eq(field, value)), (field, value)
            assert 0 == found(In(field, (value,)))
            assert 1 == found(Not(field, (value,)))
    assert 0 == found(Range("due_on", "2026", "2027"))
    assert (1, 0) == (found(Range("due_on")), found(Range("state")))
    assert 0 == found(sort="due_on", after=("2026-01-01", "a"))
    assert 0 == found(sort="due_on", after=(date(2026, 1, 1), operators))


def test_bounds_between_two_milliseconds(store: MongoStore) -> None:
    """A bound finer than what is kept still lets in what lies inside it, and nothing else."""
    order = an_order(id="o", lines=(), at=AT)
    run(store.commit(Changes((Save(order),))))
    tick = timedelta(microseconds=300)
    for low, high in ((AT, None), (AT - tick, AT + tick), (AT + tick, None), (None, AT - tick), (None, AT + tick)):
        query = Query(SalesOrder, (Range("at", low, high),))
        assert len(meaning(query, [order])) == len(run(store.find(query))), (low, high)


def test_numbers_become_whole() -> None:
    """A number is compared as millionths; one that is finer equals nothing, and a text is no number."""

    @attrs.frozen(kw_only=True)
    class Parcel(Record):
        KIND: ClassVar[str] = "parcel"
        FINDABLE: ClassVar = ("id", "weight", "pieces", "fragile")

        weight: Decimal | None = None
        pieces: int = 1
        fragile: bool = False

    def condition(each: Any) -> Any:
        return finding.page("main", Query(Parcel, (each,)))["filter"]["$and"][1]

    assert {"weight": {"$gte": 1_500_000, "$lte": 3_000_000}} == condition(Range("weight", Decimal("1.5"), 3))
    assert {"weight": {"$in": [2_000_000, None]}} == condition(In("weight", (2, "2", Decimal("0.0000001"), None)))
    assert {"pieces": {"$in": [3]}} == condition(In("pieces", (3, "3")))
    assert {"fragile": {"$eq": True}} == condition(Eq("fragile", value=True))


def test_an_answer_may_be_larger_than_a_message(store: MongoStore) -> None:
    """More than the 16 MB of one answer are read in several."""
    large = [an_order(id=f"o{n}", lines=(), comment="x" * 4_000_000) for n in range(6)]
    for order in large:
        run(store.commit(Changes((Save(order),))))
    assert 6 == len(run(store.find(Query(SalesOrder))))
    assert 6 == len(run(store.get_many([order.ref for order in large])))


def test_sums_beyond_64_bits_are_exact(store: MongoStore) -> None:
    """Twelve amounts of nearly 10^12 add up to more millionths than 64 bits hold; the sum is exact all the same."""
    most = Decimal("999999999999.999999")
    for n in range(12):
        run(store.commit(a_commit(entries=[an_entry(key=(f"item {n}", "main"), on_hand=most, reserved=-most)])))
    (turnover,) = run(store.turnovers(STOCK, ["warehouse"]))
    assert (most * 12, -most * 12) == turnover.amounts
    assert [] == run(store.turnovers(STOCK, ["warehouse"], until=datetime(1999, 1, 1, tzinfo=UTC)))


def test_a_line_is_found_with_its_order(store: MongoStore) -> None:
    """The document of an order holds its lines: a host may ask the collection itself."""
    order = an_order(id="o", lines=[a_line(item="chair", quantity=3)])
    run(store.commit(Changes((Save(order),))))
    found = store._port.database["sales_orders"].find_one({"_id.tenant": store.tenant, "lines.item": "chair"})
    assert ("o", "3") == (found["_id"]["id"], found["lines"][0]["quantity"])
