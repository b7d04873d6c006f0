"""The gate: everything that is handed in is checked, with every violation and its place."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import NOON, an_order, reserved
from tradecore import (
    UNSET,
    Corrupt,
    Invalid,
    Item,
    Money,
    NewLine,
    Percent,
    Provision,
    Quantity,
    SalesOrder,
    StageTerms,
    Unset,
)
from tradecore.convert import MANY, check, checked_arguments, restore, to_plain
from tradecore.values.record import Record
from tradecore.values.text import Id


def test_what_is_not_given_is_not_the_word_for_it() -> None:
    """UNSET stands for itself; a text that looks like it does not."""
    assert UNSET is check(UNSET, Unset)
    assert UNSET is check(UNSET, Id | Unset | None)
    assert "unset" == check("unset", Id | Unset | None)
    assert [("WRONG_TYPE", "")] == told("unset", Unset)
    assert "UNSET" == repr(UNSET)


def told(value: Any, hint: Any) -> list[tuple[str, str]]:
    """Code and place of everything wrong."""
    with pytest.raises(Invalid) as refused:
        check(value, hint)
    return [(each.code, each.place) for each in refused.value.violations]


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        ("1.50", Decimal, Decimal("1.5")),
        ("2026-03-02", date, date(2026, 3, 2)),
        ("2026-03-02T14:00:00+02:00", datetime, NOON),
        ("12.5", Percent, Percent("12.5")),
        (Percent(5), Percent, Percent(5)),
        ({"amount": 1, "currency": "EUR"}, Money, Money(1, "EUR")),
        ({"value": "0.5", "unit": "m"}, Quantity, Quantity("0.5", "m")),
        (Quantity(1, "m"), Quantity, Quantity(1, "m")),
        (Money(1, "EUR"), Money, Money(1, "EUR")),
        (None, Id | None, None),
        ("goods", Item.__annotations__["kind"], "goods"),
        (["a", "b"], Sequence[Id], ("a", "b")),
        ({"a": "1"}, Mapping[Id, Decimal], {"a": Decimal(1)}),
        ({"item": "chair", "quantity": "2"}, NewLine, NewLine(item="chair", quantity=Decimal(2))),
        (reserved(1), Provision, reserved(1)),
        (5, int, 5),
        (True, bool, True),
    ],
)
def test_values_and_mappings_of_the_same_names(value: Any, hint: Any, expected: Any) -> None:
    """What comes from a web form or from a program means the same."""
    assert expected == check(value, hint)


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        (0.5, Decimal, [("FLOAT_NOT_EXACT", "")]),
        ("5", int, [("WRONG_TYPE", "")]),
        (True, int, [("WRONG_TYPE", "")]),
        (10**13, int, [("OUT_OF_RANGE", "")]),
        (1, bool, [("WRONG_TYPE", "")]),
        ("soon", date, [("WRONG_TYPE", "")]),
        ("soon", datetime, [("WRONG_TYPE", "")]),
        (datetime(2026, 3, 2), datetime, [("NAIVE_MOMENT", "")]),  # noqa: DTZ001  # on purpose
        ({"amount": 1}, Money, [("MISSING", "currency")]),
        ({"amount": 1, "currency": "EUR", "$set": 1}, Money, [("UNKNOWN_FIELD", "$set")]),
        ({"amount": 1, "currency": "ZZZ"}, Money, [("UNKNOWN_CURRENCY", "currency")]),
        (5, Money, [("WRONG_TYPE", "")]),
        ({"value": 1, "unit": "x" * 21}, Quantity, [("TOO_LONG", "")]),
        ("ab", Sequence[Id], [("WRONG_TYPE", "")]),
        (["a", 5, "$x"], Sequence[Id], [("WRONG_TYPE", "[1]"), ("BAD_ID", "[2]")]),
        (["a"] * (MANY + 1), Sequence[Id], [("OUT_OF_RANGE", "")]),
        ([], Mapping[Id, Decimal], [("WRONG_TYPE", "")]),
        ({"a": 0.5, "$b": 1}, Mapping[Id, Decimal], [("FLOAT_NOT_EXACT", "[a]"), ("BAD_ID", "[$b]")]),
        (
            {"quantity": 0.5, "colour": "red", "price": "x"},
            NewLine,
            [
                ("MISSING", "item"),
                ("FLOAT_NOT_EXACT", "quantity"),
                ("NOT_A_NUMBER", "price"),
                ("UNKNOWN_FIELD", "colour"),
            ],
        ),
        ("chair", NewLine, [("WRONG_TYPE", "")]),
        ({"kind": "gift", "share": 1001}, StageTerms, [("UNKNOWN_VALUE", "kind"), ("OUT_OF_RANGE", "share")]),
        (5, Record, [("WRONG_TYPE", "")]),
        (Item(id="", name="x" * 201), Record, [("BAD_ID", "id"), ("TOO_LONG", "name")]),
    ],
)
def test_every_violation_with_its_place(value: Any, hint: Any, expected: list[tuple[str, str]]) -> None:
    """Nothing stops at the first; nothing but `Invalid` leaves."""
    assert sorted(expected) == sorted(told(value, hint))


async def _command(session: Any, order: Id, *, lines: Sequence[NewLine] | None = None, note: str = "") -> None: ...


def test_arguments_are_checked_by_the_names_of_the_command() -> None:
    """By position or by name; the places begin with the parameter."""
    assert {"order": "o", "note": "x"} == checked_arguments(_command, ["o"], {"note": "x"})
    with pytest.raises(Invalid) as refused:
        checked_arguments(_command, ["$o"], {"lines": [{"item": "chair", "quantity": 0.5}, 5], "note": 7})
    places = ["order", "lines[0].quantity", "lines[1]", "note"]
    assert places == [each.place for each in refused.value.violations]


@pytest.mark.parametrize(("args", "kwargs"), [(["a", "b"], {}), (["a"], {"order": "b"}), ([], {"colour": "red"})])
def test_a_wrong_call_is_a_type_error(args: list[Any], kwargs: dict[str, Any]) -> None:
    """As with any function."""
    with pytest.raises(TypeError):
        checked_arguments(_command, args, kwargs)


def test_plain_data_comes_back_equal() -> None:
    """What JSON can hold is enough to restore a document."""
    order = an_order(ship_on=date(2026, 3, 9), approved_at=datetime(2026, 3, 2, tzinfo=UTC))
    plain = to_plain(order)
    assert ("10", "2026-03-09") == (plain["total"], plain["ship_on"])
    assert order == restore(plain, SalesOrder, "order")


def test_what_was_never_written_is_corrupt() -> None:
    """A stored row that no command can have made names its place."""
    with pytest.raises(Corrupt) as corrupt:
        restore({"id": "x"}, SalesOrder, "sales_order x")
    assert "sales_order x" == corrupt.value.place
