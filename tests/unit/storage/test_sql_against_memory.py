"""The same changes, told to the store in memory and to SQL, leave the same behind: drawn from a seed, step by step."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.unit.storage.sql_places import opened, url_of
from tradecore.calling import run
from tradecore.catalog import Item, Partner
from tradecore.changes import (
    Ceiling,
    Changes,
    CommandRecord,
    Committed,
    Floor,
    Guard,
    Newest,
    Repeated,
    Save,
    Unchanged,
    Version,
)
from tradecore.documents import Cancellation, OrderStatus, ProvisioningAction, SalesOrder, Shipment
from tradecore.errors import Conflict
from tradecore.events import Event, EventType
from tradecore.query import Condition, Eq, In, Not, Query, Range, sort_key
from tradecore.registers import NEEDS, ORDER_LINES, SETTLEMENTS, STOCK, Entry, Key, Register
from tradecore.storage.memory import MemoryStore
from tradecore.storage.protocol import Store
from tradecore.testing.conformance.looking import picture
from tradecore.testing.factories import AT, a_line, a_partner, a_provision, a_shipment, an_entry, an_item, an_order
from tradecore.values.record import Record, Ref

STEPS = 120


class Draw:
    """Changes drawn from a seed. It remembers what was committed, to go on from there."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.known: dict[Ref, Record] = {}
        self.count = 0

    def changes(self) -> Changes:
        """A commit, sometimes one that must be refused."""
        self.count += 1
        saves = self._saves()
        entries = tuple(self._entry() for _ in range(self.random.choice((0, 0, 1, 2, 7))))
        guards = tuple(self._guard(entries) for _ in range(self.random.choice((0, 0, 0, 1, 2))))
        key = self.random.choice(("", f"key {self.count}", f"key {self.random.randint(1, self.count)}"))
        refs = [save.ref for save in saves]
        answer = self.random.choice(refs) if refs and key else None
        at = AT + timedelta(milliseconds=self.count)
        record = CommandRecord(f"c{self.count}", "command", "clerk", at, key, f"print {key}", answer)
        events = tuple(self._event(refs) for _ in range(self.random.choice((0, 1, 2))))
        return Changes(saves, entries, guards, events, record)

    def learn(self, done: Any) -> None:
        """Remember what was written."""
        if isinstance(done, Committed):
            self.known |= done.records

    def _saves(self) -> tuple[Save, ...]:
        made: dict[Ref, Save] = {}
        for _ in range(self.random.choice((0, 1, 1, 2, 3))):
            known = [each for each in self.known.values() if each.ref not in made]
            save = self._changed(self.random.choice(known)) if known and self.random.random() < 0.6 else self._new()
            made.setdefault(save.ref, save)
        return tuple(made.values())

    def _new(self) -> Save:
        id = f"{self.random.choice('aZяß')}{self.random.randint(1, 40)}"
        series = self.random.choice(("", "SO-2026", "SH-2026"))
        draw = self.random.randint(0, 3)
        record: Record
        if draw == 0:
            record = an_item(id, name=self.random.choice(("", "b", "B", "ä")))
        elif draw == 1:
            record = a_partner(id)
        elif draw == 2:
            record = a_shipment(id=id, at=self._moment())
        else:
            record = an_order(id=id, at=self._moment(), lines=self._lines(), external_ref=self.random.choice(("", "x")))
        return Save(record, None, series if isinstance(record, (SalesOrder, Shipment)) else "")

    def _lines(self) -> list[Any]:
        return [self._line() for _ in range(self.random.randint(0, 4))]

    def _line(self) -> Any:
        held = [a_provision(self._number(1), self.random.choice([*ProvisioningAction])) for _ in range(3)]
        gone = [Cancellation(quantity=self._number(1), reason=f"r{n}") for n in range(2)]
        provisions, cancellations = held[: self.random.randint(0, 3)], gone[: self.random.randint(0, 2)]
        return a_line(
            quantity=self._number(1),
            provisions=tuple(provisions),
            cancellations=tuple(cancellations),
            ship_on=self.random.choice((None, date(2026, 2, 1))),
        )

    def _changed(self, before: Record) -> Save:
        if isinstance(before, SalesOrder):
            lines = [self.random.choice((line, attrs.evolve(line, shipped=self._number(0)))) for line in before.lines]
            self.random.shuffle(lines)
            more = [attrs.evolve(each, id=f"{self.count}.{n}") for n, each in enumerate(self._lines())]
            lines = [*lines[: self.random.randint(0, len(lines) + 2)], *more[: self.random.randint(0, 2)]]
            status = self.random.choice([*OrderStatus])
            due = self.random.choice((None, date(2026, 1, 20), before.due_on))
            after: Any = attrs.evolve(before, lines=tuple(lines), status=status, due_on=due, paid=self._number(0))
        elif isinstance(before, (Item, Partner)):
            after = attrs.evolve(before, name=self.random.choice(("new", before.name)))
        else:
            after = attrs.evolve(before, comment=f"changed by {self.count}")  # type: ignore[call-arg]  # a shipment
        if self.random.random() < 0.1:
            return Save(after, attrs.evolve(before, version=before.version + 1))
        return Save(after, before)

    def _number(self, low: int) -> Decimal:
        return Decimal(self.random.randint(low * 1000, 5000)) / 1000

    def _moment(self) -> Any:
        return AT + timedelta(days=self.random.randint(-2, 2), milliseconds=self.random.randint(0, 3))

    def _key(self, register: Register) -> Key:
        return tuple(f"{name}{self.random.randint(1, 2)}" for name in register.dimensions)

    def _entry(self) -> Entry:
        register = self.random.choice((STOCK, NEEDS, ORDER_LINES, SETTLEMENTS))
        amounts = {name: Decimal(self.random.randint(-3, 6)) / 10 for name in register.resources}
        document = self.random.choice([*self.known, Ref("shipment", "s")])
        attributes = tuple(self.random.choice(("", "p")) for _ in register.attributes)
        return an_entry(
            register, self._key(register), at=self._moment(), document=document, attributes=attributes, **amounts
        )

    def _guard(self, entries: tuple[Entry, ...]) -> Guard:
        register = self.random.choice((STOCK, NEEDS, SETTLEMENTS))
        keys = [each.key for each in entries if each.register == register.name] + [self._key(register)]
        key, measure = self.random.choice(keys), self.random.choice([*register.measures])
        bound, known = Decimal(self.random.randint(-2, 2)), self.random.choice([*self.known, Ref("item", "none")])
        record = self.known.get(known)
        version = record.version if record and self.random.random() < 0.7 else self.random.randint(0, 1)
        makers: tuple[Callable[[], Guard], ...] = (
            lambda: Floor(register.name, key, measure, bound),
            lambda: Ceiling(register.name, key, measure, bound),
            lambda: Newest(register.name, key, self._moment()),
            lambda: Unchanged(register.name, key, self.random.randint(0, 3)),
            lambda: Version(known, version),
        )
        return self.random.choice(makers)()

    def _event(self, refs: list[Ref]) -> Event:
        ref = self.random.choice([*refs, Ref("shipment", "s")])
        return Event(self.random.choice([*EventType]), ref, {"n": str(self.count), "text": 'ß" \\ \n'})

    def query(self) -> Query[Any]:
        """A query of orders."""
        conditions: list[Condition] = [
            Eq("status", self.random.choice([*OrderStatus])),
            Eq("due_on", None),
            In("external_ref", self.random.choice(((), ("",), ("x", ""), (None, "x")))),
            Not("status", (OrderStatus.ON_APPROVAL, OrderStatus.CLOSED)),
            Not("due_on", self.random.choice(((), (None,), (date(2026, 1, 20),)))),
            Range("at", self.random.choice((None, self._moment())), self.random.choice((None, self._moment()))),
            Range("due_on", None, date(2026, 1, 20)),
        ]
        where = tuple(self.random.sample(conditions, self.random.randint(0, 2)))
        sort = self.random.choice(("id", "at", "due_on", "status", "external_ref"))
        return Query(SalesOrder, where, sort, self.random.random() < 0.5, self.random.randint(1, 5))


def outcome(store: Store, changes: Changes) -> Any:
    """What a commit comes to."""
    try:
        return run(store.commit(changes))
    except Conflict as conflict:
        return conflict


def compare(memory: Store, sql: Store, draw: Draw) -> None:
    """Everything that can be read is alike, entry by entry and page by page."""
    refs, keys = [*draw.known, Ref("item", "none")], [f"key {n}" for n in range(draw.count + 1)]
    assert run(picture(memory, refs=refs, keys=keys)) == run(picture(sql, refs=refs, keys=keys))
    assert run(memory.get_many(refs)) == run(sql.get_many(refs))
    for _ in range(8):
        query = draw.query()
        while page := run(memory.find(query)):
            assert page == run(sql.find(query)), query
            query = attrs.evolve(query, after=sort_key(query, page[-1]))
        assert [] == run(sql.find(query)), query
    for register in (STOCK, NEEDS, SETTLEMENTS, ORDER_LINES):
        keys_of = [draw._key(register)[: draw.random.randint(1, 5)] for _ in range(3)]
        prefixes = [(register.name, key) for key in keys_of] if register.totals else []
        assert run(memory.balances(prefixes)) == run(sql.balances(prefixes))
        since, document = draw.random.choice((None, draw._moment())), draw.random.choice((None, *refs))
        expected = run(memory.entries(register, keys_of, document=document, since=since))
        assert expected == run(sql.entries(register, keys_of, document=document, since=since))
        fields = [*register.dimensions, *register.attributes]
        by = draw.random.sample(fields, draw.random.randint(0, len(fields)))
        where = {fields[0]: draw.random.choice((("order1",), ("item1", "partner2"), ()))} if since else None
        found = run(sql.turnovers(register, by, where=where, since=since, until=AT + timedelta(days=1)))
        assert run(memory.turnovers(register, by, where=where, since=since, until=AT + timedelta(days=1))) == found


@pytest.mark.parametrize(
    ("place", "seed"), [("sqlite", 1), ("sqlite", 2), ("sqlite", 3), ("sqlite", 4), ("postgres", 5), ("mariadb", 6)]
)
def test_sql_and_memory_agree(place: str, seed: int, request: pytest.FixtureRequest) -> None:
    """Whatever is committed or refused, both say the same and hold the same."""
    draw, memory, seen = Draw(seed), MemoryStore(), set()
    with opened(url_of(place, request)) as sql:
        for step in range(STEPS):
            changes = draw.changes()
            expected, found = outcome(memory, changes), outcome(sql, changes)
            seen.add(type(expected))
            assert type(expected) is type(found), (step, expected, found)
            if isinstance(expected, Conflict):
                assert found.lost
                assert {*found.lost} <= {*expected.lost}, step
            else:
                assert expected == found, step
            draw.learn(expected)
            if step % 40 == 39:
                compare(memory, sql, draw)
    assert {Committed, Repeated, Conflict} == seen
