"""Changes add up, and histories tell what differs."""

import json
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.unit.builders import DAY, NOON, a_line, a_stage, an_order, reserved
from tradecore import Corrupt, OrderStatus, Percent, StageKind
from tradecore.changes import (
    NO_CHANGES,
    Ceiling,
    Changes,
    CommandRecord,
    Difference,
    Floor,
    Newest,
    Save,
    Unchanged,
    Version,
    committed,
    differences,
    differences_again,
    number_of,
    plain_differences,
)
from tradecore.events import Event, EventType
from tradecore.registers import Entry
from tradecore.values.record import Ref

ORDER = Ref("sales_order", "order")


def test_changes_add_up_in_their_order() -> None:
    """Documents, entries, guards and events of several rules are one commit; the first record stands."""
    record = CommandRecord("c", "place_order", "ann", NOON)
    one = Changes((Save(an_order()),), (), (Version(ORDER, 1),), (), record)
    entry = Entry("needs", ("a", "b", "c", "d", ""), (Decimal(1),), NOON, ORDER)
    two = Changes((), (entry,), (Floor("stock", ("a", "b"), "free"),), (Event(EventType.ORDER_PLACED, ORDER),))
    both = one + two
    assert (1, 1, 2, 1, record) == (len(both.saves), len(both.entries), len(both.guards), len(both.events), both.record)
    assert both == one + NO_CHANGES + two
    assert record is (two + one).record
    assert [True, True, False] == [bool(each) for each in (one, two, NO_CHANGES)]


def test_guards_say_what_was_lost() -> None:
    """A conflict can be read."""
    key = ("chair", "main")
    told = [
        str(Version(ORDER, 3)),
        str(Floor("stock", key, "free")),
        str(Ceiling("stock", key, "free", Decimal(5))),
        str(Newest("stock", key, NOON)),
        str(Unchanged("stock", key, 2)),
    ]
    assert [
        "sales_order order has left version 3",
        "stock chair/main: free below 0",
        "stock chair/main: free above 5",
        "stock chair/main: moved after 2026-03-02T12:00:00+00:00",
        "stock chair/main: changed",
    ] == told


def test_a_saved_record_has_its_version_and_number() -> None:
    """One more than before, and a number only where it is asked for."""
    order = an_order(number="")
    first: Any = committed(Save(order, series="SO-2026"), 42)
    assert (1, "SO-2026-000042") == (first.version, first.number)
    after: Any = committed(Save(order, attrs.evolve(order, version=7)), 42)
    assert (8, "") == (after.version, after.number)
    assert "SO-2026-1234567" == number_of("SO-2026", 1234567)


def test_differences_name_their_places() -> None:
    """Fields by name, lines and stages by id, other parts by position; versions do not count."""
    before = an_order(lines=[a_line("1", quantity=2), a_line("2")], stages=(a_stage(StageKind.CREDIT, 30),))
    lines = (a_line("1", quantity=2, discount=Percent(5), provisions=(reserved(2),)), a_line("3"))
    after = attrs.evolve(before, lines=lines, ship_on=DAY, version=9, stages=(a_stage(StageKind.CREDIT, 20),))
    assert [
        Difference("ship_on", None, DAY),
        Difference("lines[1].discount", Percent(0), Percent(5)),
        Difference("lines[1].provisions[0]", None, reserved(2)),
        Difference("lines[2]", before.lines[1], None),
        Difference("lines[3]", None, lines[1]),
        Difference("stages[1].amount", Decimal(30), Decimal(20)),
    ] == list(differences(before, after))


def test_differences_are_kept_as_plain_data() -> None:
    """Whatever a field may hold comes back as itself; what cannot have been written is told with its place."""
    before = an_order(lines=[a_line("1", quantity=2)])
    line = a_line("1", quantity=3, discount=Percent("2.5"), ship_on=DAY, provisions=(reserved(2),))
    facts: dict[str, Any] = {"approved_at": NOON, "tax_included": False, "revision": 3, "status": OrderStatus.CLOSED}
    after = attrs.evolve(before, lines=(line, a_line("2")), **facts)
    plain = json.loads(json.dumps(plain_differences(before, after)))
    again = differences_again(plain)
    assert differences(before, after) == again
    assert [type(each.after) for each in differences(before, after)] == [type(each.after) for each in again]
    with pytest.raises(Corrupt, match=r"lines\[1\]\.quantity after"):
        differences_again([{"path": "lines[1].quantity", "type": "Decimal", "before": "2", "after": "many"}])


def test_the_first_version_differs_from_nothing() -> None:
    """What was made has a beginning, not differences."""
    assert () == differences(None, an_order())
    assert () == differences(an_order(), an_order())
