"""What is found, in which order, and where pages end: `tradecore.query.run` over all records is the measure."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import attrs
import pytest

from tradecore.catalog import Agreement, AgreementKind, Item, Price
from tradecore.changes import Changes, Save
from tradecore.documents import KINDS, OrderState, OrderStatus, Posting, SalesOrder
from tradecore.errors import Invalid
from tradecore.query import Condition, Eq, In, Not, Query, Range, run
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import Driven, driven
from tradecore.testing.conformance.looking import written
from tradecore.testing.factories import AT, a_price, an_agreement, an_item, an_order
from tradecore.testing.strategies import HOSTILE, IN_CODE_POINT_ORDER
from tradecore.values.record import Record

R = TypeVar("R", bound=Record)

_DAY = date(2026, 1, 15)
_STATES = [OrderState.SHIPPING, OrderState.CLOSED, OrderState.READY_TO_SHIP]


def _orders() -> list[SalesOrder]:
    """Orders that agree in some fields, differ in others, and lack some."""
    return [
        attrs.evolve(
            an_order(id=id, lines=()),
            at=AT + timedelta(milliseconds=n % 4),
            posting=[Posting.POSTED, Posting.DRAFT][n % 2],
            number=f"SO-2026-{n:06d}",
            state=[None, *_STATES][n % 4],
            status=[OrderStatus.ON_APPROVAL, OrderStatus.TO_EXECUTE][n % 2],
            customer=IN_CODE_POINT_ORDER[n % 5],
            agreement=[None, "standard", "Standard"][n % 3],
            due_on=[None, _DAY, _DAY + timedelta(days=1)][n % 3],
            ship_on=[_DAY, None][n % 2],
            external_ref=["", "WEB-1", "web-1"][n % 3],
            first_shipped_at=[None, AT, AT + timedelta(milliseconds=1)][n % 3],
        )
        for n, id in enumerate([*IN_CODE_POINT_ORDER, *(f"order {n}" for n in range(20))])
    ]


def _agreements() -> list[Agreement]:
    return [
        an_agreement(
            id, name=["", "Name", "name"][n % 3], kind=list(AgreementKind)[n % 2], partner=[None, "acme", "Я"][n % 3]
        )
        for n, id in enumerate(IN_CODE_POINT_ORDER)
    ]


def _prices() -> list[Price]:
    kinds = ("wholesale", "Wholesale", "😀")
    return [a_price(f"item {n % 3}", n, price_kind=kinds[n % 2], starts_on=_DAY + timedelta(days=n)) for n in range(12)]


_SETS: dict[str, Sequence[Record]] = {"orders": _orders(), "agreements": _agreements(), "prices": _prices()}


def _some_query(chance: random.Random, records: Sequence[R]) -> Query[R]:
    """A query whose values come from the records, mostly."""
    kind = type(records[0])
    sort = chance.choice(kind.FINDABLE)
    where = tuple(_some_condition(chance, records, chance.choice(kind.FINDABLE)) for _ in range(chance.randrange(4)))
    marks = [None, *((getattr(each, sort), each.id) for each in records if getattr(each, sort) is not None)]
    after = chance.choice(marks) if chance.random() < 0.7 else None
    return Query(kind, where, sort, chance.random() < 0.5, chance.choice((1, 2, 5, 50)), after)


def _some_condition(chance: random.Random, records: Sequence[R], field: str) -> Condition:
    values = [getattr(each, field) for each in records] + [None]
    known = [each for each in values if each is not None] + [None]
    match chance.randrange(4):
        case 0:
            return Eq(field, chance.choice(values))
        case 1:
            return In(field, chance.choices(values, k=chance.randrange(5)))
        case 2:
            return Not(field, chance.choices(values, k=chance.randrange(4)))
        case _:
            return Range(field, *(chance.choice((None, chance.choice(known))) for _ in range(2)))


class FindingConformance(Driven):
    """Queries."""

    async def _fill(self, store: Store, records: Sequence[R]) -> list[R]:
        """Keep the records, last first, so that no order comes from the order of writing."""
        done = await written(store, Changes(tuple(Save(each) for each in records[::-1])))
        found: list[Any] = list(done.records.values())
        return found

    @pytest.mark.parametrize("records", _SETS.values(), ids=_SETS)
    @driven
    async def test_any_query_finds_what_its_meaning_says(self, store: Store, records: Sequence[Record]) -> None:
        """Whatever is asked - conditions, order, page - the same records come in the same order as by definition."""
        stored = await self._fill(store, records)
        for seed in range(self.examples * 8):
            query = _some_query(random.Random(seed), stored)  # noqa: S311  # no secret
            assert run(query, stored) == await store.find(query), query

    @pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
    @driven
    async def test_a_kind_without_records_is_empty(self, store: Store, kind: type[Record]) -> None:
        """Every findable field of every kind may be asked for, also where there is nothing."""
        for field in kind.FINDABLE:
            for condition in (Eq(field, None), In(field, ()), In(field, (None,)), Not(field, (None,)), Range(field)):
                assert await store.find(Query(kind, (condition,), sort=field, descending=True)) == []

    @driven
    async def test_texts_are_sorted_by_code_point(self, store: Store) -> None:
        """B, a, ä, Я, 😀: the order of code points, in no language's alphabet and not in that of UTF-16."""
        await self._fill(store, [an_item(id, name=id) for id in IN_CODE_POINT_ORDER])
        for sort in ("id", "name"):
            for direction in (1, -1):
                found = await store.find(Query(Item, sort=sort, descending=direction < 0))
                assert list(IN_CODE_POINT_ORDER[::direction]) == [each.id for each in found]

    @driven
    async def test_texts_are_compared_by_code_point(self, store: Store) -> None:
        """Bounds and pages follow the same order as sorting does."""
        await self._fill(store, [an_item(id, name=id) for id in IN_CODE_POINT_ORDER])
        for n, id in enumerate(IN_CODE_POINT_ORDER):
            upwards = await store.find(Query(Item, (Range("name", low=id),)))
            downwards = await store.find(Query(Item, sort="name", descending=True, after=(id, id)))
            assert list(IN_CODE_POINT_ORDER[n:]) == [each.id for each in upwards]
            assert list(IN_CODE_POINT_ORDER[:n][::-1]) == [each.id for each in downwards]

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("sort", ["at", "due_on", "state", "customer", "id"])
    @driven
    async def test_pages_meet_without_gap_or_overlap(self, store: Store, sort: str, *, descending: bool) -> None:
        """Pages put together are the whole, though many records share the value they are sorted by."""
        stored = await self._fill(store, _orders())
        whole = run(Query(SalesOrder, sort=sort, descending=descending, limit=1000), stored)
        pages: list[SalesOrder] = []
        query = Query(SalesOrder, sort=sort, descending=descending, limit=3)
        while len(pages) <= len(whole) and (page := await store.find(query)):
            assert len(page) == 3 or len(pages) + len(page) == len(whole)
            pages += page
            query = attrs.evolve(query, after=(getattr(page[-1], sort), page[-1].id))
        assert whole == pages

    @driven
    async def test_nothing_is_in_an_empty_choice(self, store: Store) -> None:
        """In no values finds nothing; not in no values finds everything."""
        stored = await self._fill(store, _orders())
        assert await store.find(Query(SalesOrder, (In("customer", ()),))) == []
        assert await store.find(Query(SalesOrder, (Eq("posting", Posting.POSTED), In("state", ())))) == []
        assert len(stored) == len(await store.find(Query(SalesOrder, (Not("customer", ()),))))

    @driven
    async def test_having_no_value_is_a_value(self, store: Store) -> None:
        """None is found by Eq and In, and by Not unless it is named; it is never in a Range."""
        stored = await self._fill(store, _orders())
        conditions: list[Condition] = [
            Eq("due_on", None),
            In("due_on", (None, _DAY)),
            Not("due_on", (None,)),
            Not("due_on", (_DAY,)),
            Not("due_on", (None, _DAY)),
            Range("due_on"),
            Range("due_on", None, _DAY),
        ]
        for condition in conditions:
            query = Query(SalesOrder, (condition,))
            assert run(query, stored) == await store.find(query), condition

    @driven
    async def test_values_of_another_type_equal_nothing(self, store: Store) -> None:
        """A text is no moment and no day, whatever it says: it is not found, and it is no error."""
        stored = await self._fill(store, _orders())
        for field in ("at", "due_on", "first_shipped_at"):
            for value in ("2026-01-15", AT.isoformat(), "soon", 1, Decimal(1), True):
                assert await store.find(Query(SalesOrder, (Eq(field, value),))) == []
                assert await store.find(Query(SalesOrder, (In(field, (value,)),))) == []
                assert len(stored) == len(await store.find(Query(SalesOrder, (Not(field, (value,)),))))
        for field in ("id", "customer", "state", "external_ref", "agreement"):
            for other in (AT, _DAY, 1, Decimal(1), True):
                assert await store.find(Query(SalesOrder, (Eq(field, other),))) == []

    @driven
    async def test_hostile_values_find_nothing_else(self, store: Store) -> None:
        """A value that looks like a pattern or an operator matches only itself."""
        stored = await self._fill(store, _orders())
        for text in HOSTILE:
            for condition in (Eq("customer", text), In("external_ref", (text,)), Range("id", text, text)):
                query = Query(SalesOrder, (condition,))
                assert run(query, stored) == await store.find(query)

    @driven
    async def test_moments_are_compared_as_moments(self, store: Store) -> None:
        """A bound in another time zone means the same moment."""
        stored = await self._fill(store, _orders())
        east = AT.astimezone(datetime.strptime("+0530", "%z").tzinfo)
        assert UTC is not east.tzinfo
        for condition in (Eq("at", east), Range("at", east, east), In("at", (east,)), Not("at", (east,))):
            query = Query(SalesOrder, (condition,))
            assert run(query, stored) == await store.find(query)

    @driven
    async def test_choices_of_thousands(self, store: Store) -> None:
        """A choice may be as long as an order has lines."""
        await self._fill(store, [an_item(f"i{n}") for n in range(5)])
        many = tuple(f"i{n}" for n in range(3, 5000))
        assert [each.id for each in await store.find(Query(Item, (In("id", many),)))] == ["i3", "i4"]
        assert [each.id for each in await store.find(Query(Item, (Not("id", many),)))] == ["i0", "i1", "i2"]

    @driven
    async def test_fields_that_are_not_findable_are_refused(self, store: Store) -> None:
        """A field that no index and no column stands for is refused, and never reaches the database."""
        nonsense: list[Query[Any]] = [
            Query(Item, (Eq("unit", "pcs"),)),
            Query(Item, sort="tax_rate"),
            Query(Item, (Eq("$where", "1"),)),
            Query(Item, (Not("name; DROP TABLE item", ("1",)),)),
        ]
        for query in nonsense:
            with pytest.raises(Invalid):
                await store.find(query)
