"""What should not be handed in, where the gate alone cannot tell: each is refused at its place, and nothing is written."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, get_type_hints

import attrs
import pytest

from tests.properties.hostile import commands
from tests.unit.builders import DAY, ON_CREDIT, WITH_ADVANCE, a_shop, euro, executed, placed
from tradecore import Invalid, NotFound, Refused, SalesOrder, Trade
from tradecore.documents import DOCUMENTS
from tradecore.values.text import TextRule

MUCH = "900000000000"


def told(call: Callable[[], Any]) -> list[tuple[str, str]]:
    """Code and place of everything a call is refused for."""
    with pytest.raises(Refused) as refused:
        call()
    return [(each.code, each.place) for each in refused.value.violations]


def books(trade: Trade) -> Any:
    """All that was ever written."""
    store: Any = trade.store
    versions = sorted((ref, each.version) for kind in store._records.values() for ref, each in kind.items())
    return versions, store._seq, len(store._events)


@pytest.fixture
def trade() -> Trade:
    """A shop with goods."""
    return a_shop(stages=WITH_ADVANCE, chair=50)


BOUGHT: dict[str, Any] = {"supplier": "mill", "currency": "EUR"}


def a_line(**facts: Any) -> dict[str, Any]:
    """A chair, ordered from a supplier."""
    return {"item": "chair", "quantity": 1, "expected_on": DAY, **facts}


@pytest.mark.parametrize(
    ("command", "given"),
    [
        ("orders.place", {"customer": "acme", "lines": [{"item": "chair", "quantity": 1, "price": MUCH}]}),
        ("orders.place", {"customer": "acme", "lines": [{"item": "chair", "quantity": 1, "price": "50000000000"}] * 2}),
        ("purchases.place", {**BOUGHT, "lines": [a_line(quantity=MUCH, price=2)]}),
        ("purchases.place", {**BOUGHT, "lines": [a_line(price=MUCH)] * 2}),
        ("receipts.receive", {**BOUGHT, "lines": [{"item": "chair", "quantity": 1, "price": MUCH}] * 2}),
    ],
)
def test_amounts_no_store_could_keep_are_refused(trade: Trade, command: str, given: dict[str, Any]) -> None:
    """Of a line, and of all lines together."""
    before = books(trade)
    desk, _, name = command.partition(".")
    (wrong,) = told(lambda: getattr(getattr(trade, desk), name)(warehouse="main", **given))
    assert "OUT_OF_RANGE" == wrong[0]
    assert wrong[1].startswith("lines")
    assert before == books(trade)


def test_a_receipt_at_the_prices_of_its_order_costs_no_more_than_can_be_kept(trade: Trade) -> None:
    """More may come than was ordered, but not so much."""
    line = {"item": "chair", "quantity": 1, "price": "500000000000", "expected_on": DAY}
    order = trade.purchases.place(supplier="mill", warehouse="main", currency="EUR", lines=[line])
    more = [{"purchase_line": "1", "quantity": 2}]
    assert [("OUT_OF_RANGE", "lines")] == told(lambda: trade.receipts.receive(purchase_order=order.id, lines=more))


def test_a_shipment_is_refused_for_all_that_is_wrong(trade: Trade) -> None:
    """What is unpaid, what is not there and what is no quantity, at once."""
    order = executed(trade, chair=2)
    lines = [{"line": "9", "quantity": 1}, {"line": "1", "quantity": -1}, {"line": "1", "quantity": 1}]
    expected = {
        ("ADVANCE_UNPAID", ""),
        ("NOTHING_TO_SHIP", ""),
        ("UNKNOWN_LINE", "lines[0].line"),
        ("DUPLICATE", "lines[2].line"),
    }
    assert expected <= {*told(lambda: trade.orders.ship(order.id, lines=lines))}
    draft = told(lambda: trade.shipments.draft(placed(trade, chair=1).id, lines=lines[:2]))
    assert [("UNKNOWN_LINE", "lines[0].line"), ("NOT_POSITIVE", "lines[1].quantity")] == draft


def test_questions_about_nothing_known_are_refused(trade: Trade) -> None:
    """A name that is misspelt is not a balance of nothing, nor a document without a history."""
    with pytest.raises(Invalid) as refused:
        trade.stock.balance("sofa", "moon")
    assert ["item", "warehouse"] == [each.place for each in refused.value.violations]
    with pytest.raises(Invalid) as refused:
        trade.stock.balances(["chair", "sofa"], "main")
    assert ["items[1]"] == [each.place for each in refused.value.violations]
    with pytest.raises(Invalid, match="nobody"):
        trade.partners.balance("nobody")
    assert () == trade.partners.balance("bolt")
    for desk in (trade.orders, trade.payments, trade.shipments):
        with pytest.raises(NotFound):
            desk.history("nothing")
        with pytest.raises(NotFound):
            desk.documents("nothing")


def test_other_peoples_orders_and_people_are_refused() -> None:
    """A legal entity, a contact or an order of another partner is none of this one."""
    trade = a_shop(stages=ON_CREDIT)
    order = placed(trade, chair=1)
    for name in ("legal_entity", "contact"):
        found = told(lambda name=name: trade.orders.edit(order.id, **{name: "somebody"}))
        assert [("UNKNOWN_ID", name)] == found
    assert [("OTHER_PARTNER", "order")] == told(
        lambda: trade.payments.receive(order=order.id, partner="bolt", amount=euro(1))
    )


def test_no_command_takes_a_text_that_its_document_cannot_keep() -> None:
    """A parameter of the name of a field takes nothing longer than the field does."""
    kept: dict[str, int] = {}
    for kind in DOCUMENTS.values():
        for name, hint in get_type_hints(kind, include_extras=True).items():
            for rule in _rules(hint):
                kept[name] = min(kept.get(name, rule.limit), rule.limit)
    assert kept["external_ref"] == 100
    for name, function in commands().items():
        for parameter, hint in get_type_hints(function, include_extras=True).items():
            for rule in _rules(hint):
                assert rule.limit <= kept.get(parameter, rule.limit), (name, parameter)


def _rules(hint: Any) -> list[TextRule]:
    inner = [rule for each in getattr(hint, "__args__", ()) for rule in _rules(each)]
    return [each for each in getattr(hint, "__metadata__", ()) if isinstance(each, TextRule)] + inner


def test_a_total_fits_where_its_parts_do() -> None:
    """An order just below the limit is kept, paid and shipped like any other."""
    trade = a_shop(stages=ON_CREDIT, chair=9)
    lines = [{"item": "chair", "quantity": 9, "price": "10000000000"}]
    order = trade.orders.place(customer="acme", warehouse="main", lines=lines)
    trade.orders.execute(order.id, fill=True)
    trade.orders.ship(order.id)
    trade.payments.receive(order=order.id, amount=order.money(order.total))
    assert Decimal("90000000000.00") == trade.orders.close(order.id).paid
    assert {field.name for field in attrs.fields(SalesOrder)} >= {"total", "paid"}
