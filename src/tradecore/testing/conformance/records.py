"""A value that was stored comes back equal, whatever it is, and belongs to the store from then on."""

import copy
import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tradecore.catalog import Item
from tradecore.changes import Changes, Save
from tradecore.documents import KINDS, Document, SalesOrder
from tradecore.query import Eq, Query
from tradecore.registers import STOCK
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.driving import Driven, driven
from tradecore.testing.conformance.looking import kept, picture, written
from tradecore.testing.factories import (
    a_commit,
    a_line,
    a_partner,
    a_provision,
    a_reason,
    an_entry,
    an_event,
    an_item,
    an_order,
)
from tradecore.testing.strategies import HOSTILE, records
from tradecore.values.record import Record, Ref

_count = itertools.count(1)


class RecordsConformance(Driven):
    """What is kept."""

    @pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
    def test_every_kind_comes_back_equal(self, store: Store, kind: type[Record]) -> None:
        """Whatever a record holds - parts, empty texts, nothing, far ends of numbers and time - it comes back equal."""

        @settings(
            max_examples=self.examples,
            deadline=None,
            phases=(Phase.reuse, Phase.generate),  # over a server, looking for a smaller example takes minutes
            suppress_health_check=[HealthCheck.too_slow],
        )
        @given(record=records(kind))
        def trial(record: Record) -> None:
            self.drive(self._comes_back(store, record))

        trial()

    async def _comes_back(self, store: Store, record: Record) -> None:
        if isinstance(record, Document):
            # A number names one document; a store may insist on it.
            record = attrs.evolve(record, number=f"{record.number[:30]}{next(_count)}")
        before = (await store.get_many([record.ref])).get(record.ref)
        expected = attrs.evolve(record, version=before.version + 1 if before else 1)
        assert expected == await kept(store, record, before)
        assert {record.ref: expected} == await store.get_many([record.ref])
        assert [expected] == await store.find(Query(type(record), (Eq("id", record.id),)))

    @driven
    async def test_parts_keep_their_order(self, store: Store) -> None:
        """Lines, and what hangs on them, come back in the order they were written in, not in that of their ids."""
        ids = ["10", "9", "b", "a", "B", "ä", "1", *(str(n) for n in range(100, 300))]
        held = [[a_provision(n + 1) for n in range(count % 3)] for count in range(len(ids))]
        lines = [a_line(id=id, quantity=9, provisions=tuple(each)) for id, each in zip(ids, held, strict=True)]
        order = await kept(store, an_order(lines=lines))
        found = (await store.get_many([order.ref]))[order.ref]
        assert attrs.evolve(an_order(lines=lines, id=order.id), version=1) == found

    @driven
    async def test_parts_that_were_dropped_are_gone(self, store: Store) -> None:
        """A record that is saved with fewer parts than before has fewer parts."""
        first = await kept(store, an_order(lines=[a_line(provisions=(a_provision(),)), a_line(), a_line()]))
        second = await kept(store, attrs.evolve(first, lines=(attrs.evolve(first.lines[2], id="1"),)), first)
        assert {second.ref: second} == await store.get_many([first.ref])
        third = await kept(store, attrs.evolve(second, lines=(), stages=()), second)
        assert {third.ref: attrs.evolve(third, version=3)} == await store.get_many([first.ref])

    @driven
    async def test_hostile_texts_are_only_texts(self, store: Store) -> None:
        """Texts that look like SQL, like an operator, like a pattern or like nothing are kept and found as they are."""
        ids = [text for text in HOSTILE if text.strip() == text and text.isprintable() and text[0] != "$"]
        items = [an_item(text, name=text) for text in ids]
        await written(store, Changes(tuple(Save(each) for each in items)))
        assert {each.ref: attrs.evolve(each, version=1) for each in items} == await store.get_many(
            [e.ref for e in items]
        )
        for text in HOSTILE:
            found = await store.find(Query(Item, (Eq("name", text),)))
            assert [text] * (text in ids) == [each.id for each in found]

    @driven
    async def test_texts_are_equal_only_if_every_character_is(self, store: Store) -> None:
        """Case, accents, forms of one letter and blanks at the end make different texts."""
        names = ["a", "A", "a ", "a\u0301", "á", "ß", "ss", "\n", "", "ä", "\u1ea1"]
        await written(store, Changes(tuple(Save(a_reason(f"r{n}", name=name)) for n, name in enumerate(names))))
        for n, name in enumerate(names):
            found = await store.find(Query(type(a_reason()), (Eq("name", name),)))
            assert [f"r{n}"] == [each.id for each in found], repr(name)

    @driven
    async def test_longest_texts_fit(self, store: Store) -> None:
        """A text of the full length fits, also in characters that take four bytes each."""
        order = an_order(id="😀" * 64, comment="😀" * 2000, external_ref="😀" * 100, lines=[a_line(id="Я" * 64)])
        assert attrs.evolve(order, version=1) == await kept(store, order)
        assert {order.ref: attrs.evolve(order, version=1)} == await store.get_many([order.ref])

    @driven
    async def test_far_ends_of_numbers_and_time_fit(self, store: Store) -> None:
        """The largest and the smallest numbers, the first and the last moment are kept exactly."""
        most, least = Decimal("999999999999.999999"), Decimal("0.000001")
        lines = [a_line(quantity=1, amount=number) for number in (most, -most, least, -least, Decimal(0))]
        for n, year in enumerate((1900, 1969, 9000)):
            at = datetime(year, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)
            order = an_order(id=f"o{n}", number=f"SO-{n}", lines=lines)
            order = attrs.evolve(order, at=at, ship_on=date(year, 12, 31), due_on=date(year, 1, 1))
            assert attrs.evolve(order, version=1) == await kept(store, order)
            assert {order.ref: attrs.evolve(order, version=1)} == await store.get_many([order.ref])

    @driven
    async def test_many_kinds_are_got_at_once(self, store: Store) -> None:
        """Records of several kinds come in one answer; what is not known is left out."""
        item, order = await kept(store, an_item("same")), await kept(store, an_order(id="same"))
        wanted = [item.ref, order.ref, Ref(Item.KIND, "other"), Ref("partner", "same"), item.ref]
        assert {item.ref: item, order.ref: order} == await store.get_many(wanted)
        assert await store.get_many([]) == {}

    @driven
    async def test_an_id_of_another_kind_is_not_known(self, store: Store) -> None:
        """The id of an item is no id of an order."""
        item = await kept(store, an_item("same"))
        for kind in KINDS.keys() - {Item.KIND}:
            assert await store.get_many([Ref(kind, item.id)]) == {}
        assert await store.find(Query(SalesOrder, (Eq("id", "same"),))) == []

    @driven
    async def test_thousands_are_got_at_once(self, store: Store) -> None:
        """A request for very many records is answered, however many values the database takes in one statement."""
        await written(store, Changes(tuple(Save(an_item(f"i{n}")) for n in (1, 4999))))
        found = await store.get_many([Ref(Item.KIND, f"i{n}") for n in range(5000)])
        assert {"i1", "i4999"} == {ref.id for ref in found}

    @driven
    async def test_answers_are_the_callers_own(self, store: Store) -> None:
        """Whatever a caller does to what it was given, or gave, the store keeps what it was told."""
        order, data = an_order(), dict[str, Any](given=[{"line": "1"}])
        event, entry = an_event(order.ref, **data), an_entry(on_hand=3)
        await written(store, a_commit(order, entries=[entry], events=[event], key="k"))
        before = copy.deepcopy(await picture(store, keys=["k"]))
        data["given"][0]["line"] = "changed by the giver"
        assert before == await picture(store, keys=["k"])
        for answer in await self._answers(store, order.ref):
            _spoil(answer)
        assert before == await picture(store, keys=["k"])

    async def _answers(self, store: Store, ref: Ref) -> list[Any]:
        return [
            await store.get_many([ref]),
            await store.find(Query(SalesOrder)),
            await store.balances([(STOCK.name, ())]),
            await store.entries(STOCK, [("chair", "main")]),
            await store.entries(STOCK),
            await store.turnovers(STOCK, ["item"]),
            await store.history(ref),
            [event.data["given"][0] for event in await store.events_after(0, 10)],
            [event.data for event in await store.events_after(0, 10)],
            await store.events_after(0, 10),
        ]

    @driven
    async def test_preparing_twice_does_nothing(self, store: Store) -> None:
        """A store that was made ready is not changed by being made ready again."""
        await written(store, a_commit(an_order(), entries=[an_entry(on_hand=3)], events=[an_event()], key="k"))
        before = await picture(store, keys=["k"])
        await store.init()
        assert before == await picture(store, keys=["k"])

    @driven
    async def test_what_was_committed_stays(self, store: Store, make_store: Callable[[], Store]) -> None:
        """Another store opened at the same place finds everything, also the next number."""
        self.needs("durable")
        save = Save(an_order(lines=[a_line(), a_line()]), None, "SO-2026")
        await written(store, a_commit(save, entries=[an_entry(on_hand=3)], events=[an_event()], key="k"))
        await kept(store, a_partner())
        other = make_store()
        try:
            assert await picture(store, keys=["k"]) == await picture(other, keys=["k"])
            numbered = await written(other, a_commit(Save(an_order(id="next"), None, "SO-2026")))
            assert [getattr(each, "number", "") for each in numbered.records.values()] == ["SO-2026-000002"]
        finally:
            await other.close()


def _spoil(answer: Any) -> None:
    """Change a list or a mapping; what cannot be changed is safe."""
    if isinstance(answer, dict):
        for key in answer:
            answer[key] = None
        answer["spoiled"] = True
    else:
        for part in answer:
            if isinstance(part, dict):
                _spoil(part)
        answer.clear()
