"""Enums of strings at the gate."""

import pytest

from tradecore import Invalid, Item, ItemKind, OrderState
from tradecore.convert import check


def test_a_value_of_an_enum_is_taken_by_its_text() -> None:
    """What JSON holds becomes the member."""
    assert OrderState.CLOSED is check("closed", OrderState)
    assert ItemKind.SERVICE is check({"id": "x", "name": "X", "kind": "service"}, Item).kind


def test_a_text_no_enum_knows_is_refused() -> None:
    """The refusal names the place and what is possible."""
    with pytest.raises(Invalid) as refused:
        check({"id": "x", "name": "X", "kind": "thing"}, Item)
    (found,) = refused.value.violations
    assert ("UNKNOWN_VALUE", "kind") == (found.code, found.place)
    assert "goods, service" in found.message
