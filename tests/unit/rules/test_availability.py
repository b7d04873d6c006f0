"""Stock in time: what is free now, and whether it was there at every moment since (K6, K9, decision 7)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import NOON
from tradecore.changes import Newest, Unchanged
from tradecore.registers import STOCK, Balance, Entry
from tradecore.rules.availability import (
    StockFacts,
    Want,
    check_free,
    first_shortage,
    guard_stock,
    standing_on,
    taken_keys,
)
from tradecore.values.record import Ref

KEY = ("chair", "main")


def hour(number: int) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=number)


def moved(amount: int, at: int, document: str, seq: int = 0, *, reserved: int = 0) -> Entry:
    """A movement of chairs; one without a place is not committed yet."""
    return Entry("stock", KEY, (Decimal(amount), Decimal(reserved)), hour(at), Ref("shipment", document), ("", ""), seq)


def facts(*later: Entry, on_hand: int = 0, reserved: int = 0, last: int | None = None) -> StockFacts:
    """What is known of chairs."""
    at = None if last is None else hour(last)
    balance = Balance(KEY, (Decimal(on_hand), Decimal(reserved)), at, 7)
    return StockFacts({KEY: balance}, {KEY: later})


def codes(violations: Any) -> list[str]:
    """The codes of violations."""
    return [each.code for each in violations]


def test_free_is_on_hand_and_not_reserved() -> None:
    """What is not known is not there."""
    assert 3 == facts(on_hand=5, reserved=2).free(*KEY)
    assert 0 == facts().free("table", "main")


def test_wants_of_one_item_are_added_up() -> None:
    """Two lines that fit alone do not fit together; own reserves help (beyond 4.12, 4.13)."""
    two = [Want("lines[0]", *KEY, Decimal(3)), Want("lines[1]", *KEY, Decimal(3))]
    known = facts(on_hand=5)
    assert ["lines[0]", "lines[1]"] == [each.place for each in check_free(two, known)]
    assert () == check_free(two, known, {KEY: Decimal(1)})
    assert () == check_free(two[:1], known)
    assert () == check_free(two, None), "without facts the commit decides"


@pytest.mark.parametrize(
    ("later", "new", "expected"),
    [
        ([moved(5, 1, "in", 1)], [moved(-5, 2, "out")], None),
        ([moved(5, 1, "in", 1)], [moved(-5, 1, "out")], None),
        ([moved(5, 2, "in", 1)], [moved(-5, 1, "out")], "out"),
        ([moved(5, 1, "in", 1), moved(-5, 3, "old", 2), moved(5, 4, "in2", 3)], [moved(-5, 2, "out")], "old"),
        ([moved(5, 1, "in", 1), moved(-5, 3, "old", 2)], [moved(-5, 1, "in")], "old"),
    ],
)
def test_first_moment_that_would_be_short(later: list[Entry], new: list[Entry], expected: str | None) -> None:
    """Walking from the earliest new moment on; at one moment what was posted first counts first."""
    balance = sum((entry.amounts[0] for entry in later), Decimal(0))
    found = first_shortage(balance, later, new)
    assert expected == (found and found[1].document.id)


def test_what_was_taken_back_stands_on_nothing() -> None:
    """A shipment that was un-posted does not keep its receipt (beyond 4.19)."""
    later = [moved(5, 1, "in", 1), moved(-5, 3, "old", 2), moved(5, 3, "old", 4)]
    assert first_shortage(Decimal(5), later, [moved(-5, 1, "in")]) is None
    reserve = moved(0, 2, "order", 5, reserved=1)
    known = facts(*later, reserve, on_hand=5)
    assert ["shipment order"] == [str(each) for each in standing_on(KEY, known)]


def test_a_document_posted_again_counts_where_it_was_posted_last() -> None:
    """At one moment the order of posting decides (decision 7)."""
    later = [moved(5, 1, "in", 1), moved(-5, 1, "in", 2), moved(-5, 1, "out", 3), moved(5, 1, "in", 4)]
    found = first_shortage(Decimal(0), later, [])
    assert found is not None
    assert ("out", -5) == (found[1].document.id, found[0])


def test_newest_document_needs_only_the_end() -> None:
    """Without facts, or with nothing later, the guard says that nothing later may come."""
    new = [moved(-2, 5, "out")]
    assert ((Newest("stock", KEY, hour(5)),), ()) == guard_stock(new, None)
    assert ((Newest("stock", KEY, hour(5)),), ()) == guard_stock(new, facts(on_hand=2, last=5))


def test_older_document_is_checked_against_what_came_after() -> None:
    """Then the balance must not change before the commit."""
    later = moved(5, 6, "in", 1)
    guards, wrong = guard_stock([moved(-2, 5, "out")], facts(later, on_hand=5, last=6))
    assert (Unchanged("stock", KEY, 7),) == guards
    assert ["NEGATIVE_IN_TIME"] == codes(wrong)
    assert "chair at main would be -2 on 2026-03-02T17:00:00+00:00 by shipment out." == str(wrong[0])


def test_short_stock_is_named_with_its_figures() -> None:
    """What is reserved for others is not there to be shipped."""
    _, wrong = guard_stock([moved(-3, 5, "out")], facts(on_hand=4, reserved=2, last=1))
    assert ["chair at main: 3 is wanted, 2 is free."] == [str(each) for each in wrong]
    assert ((), ()) == guard_stock([moved(0, 5, "order", reserved=-1)], facts(on_hand=4, reserved=2))


def test_undoing_names_what_stands_on_it() -> None:
    """Also at the very same moment, where what is undone was first."""
    receipt, shipment = moved(5, 5, "in", 1), moved(-5, 5, "out", 2)
    found = guard_stock(
        [moved(-5, 5, "in")], facts(receipt, shipment, moved(5, 5, "in2", 3), on_hand=5, last=5), undoing=True
    )
    assert ["LATER_DOCUMENTS"] == codes(found[1])
    assert "shipment out" in str(found[1][0])
    _, wrong = guard_stock([moved(-5, 5, "in")], facts(on_hand=1, last=5), undoing=True)
    assert "other stock movements" in str(wrong[0])


def test_what_brings_goods_needs_no_guard() -> None:
    """A receipt may be dated as one likes."""
    assert ((), ()) == guard_stock([moved(5, 1, "in")], facts(on_hand=1, last=9))


def test_keys_that_are_touched() -> None:
    """Once each, with the earliest moment; other registers do not matter."""
    other = Entry("needs", ("chair", "main", "o", "1", ""), (Decimal(1),), hour(0), Ref("sales_order", "o"))
    assert ([KEY], hour(1)) == taken_keys([moved(1, 2, "a"), moved(1, 1, "b"), other])
    assert ([], None) == taken_keys([other])
    assert "on_hand" == STOCK.timeline
