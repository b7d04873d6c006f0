"""The same customers order the same things: a template fills the order in, and what the clerk says wins (C18)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import DAY
from tradecore import NewLine, OrderTemplate, Percent, Refused, TemplateLine, Trade


def weekly(**facts: object) -> OrderTemplate:
    """Ten chairs with a discount and a delivery, sent to bolt in three days."""
    lines = (
        TemplateLine(item="chair", quantity=Decimal(10), discount=Percent(5)),
        TemplateLine(item="delivery", quantity=Decimal(1), price=Decimal(12)),
    )
    usual = {"name": "Weekly", "warehouse": "spare", "recipient": "bolt", "ship_in_days": 3, "lines": lines}
    return OrderTemplate(id="weekly", **{**usual, "comment": "as always", **facts})  # type: ignore[arg-type]  # facts


def refused(trade: Trade, **facts: object) -> list[tuple[str, str]]:
    """Why an order from a template is refused, and where."""
    with pytest.raises(Refused) as found:
        trade.orders.place(**{"customer": "acme", "template": "weekly", **facts})  # type: ignore[arg-type]
    return [(each.code, each.place) for each in found.value.violations]


def test_a_template_fills_in_what_is_left_out(shop: Shop) -> None:
    """Header and lines come from the template, prices from the list of the day."""
    trade = shop()
    trade.catalog.save([weekly()])
    order = trade.orders.place(customer="acme", template="weekly")
    assert ("spare", "bolt", "as always") == (order.warehouse, order.recipient, order.comment)
    assert DAY + timedelta(days=3) == order.ship_on
    assert [("chair", 10, 95), ("delivery", 1, 12)] == [(each.item, each.quantity, each.amount) for each in order.lines]


def test_what_the_clerk_says_wins(shop: Shop) -> None:
    """A word of the clerk's takes the place of the template's; lines of his own take the place of all of them."""
    trade = shop()
    trade.catalog.save([weekly()])
    lines = [NewLine(item="table", quantity=1)]
    order = trade.orders.place(
        customer="acme", template="weekly", warehouse="main", ship_on=DAY, comment="for once", lines=lines
    )
    assert ("main", DAY, "for once", "bolt") == (order.warehouse, order.ship_on, order.comment, order.recipient)
    assert ["table"] == [each.item for each in order.lines]


def test_later_changes_of_a_template_change_no_order(shop: Shop) -> None:
    """An order made from a template is an order like any other."""
    trade = shop()
    trade.catalog.save([weekly()])
    order = trade.orders.place(customer="acme", template="weekly")
    trade.catalog.save([weekly(lines=())])
    assert order == trade.orders.get(order.id)


def test_templates_that_do_not_fit_are_refused(shop: Shop) -> None:
    """It is unknown, meant for somebody else, says too little, or cannot be."""
    trade = shop()
    assert [("UNKNOWN_ID", "template")] == refused(trade)
    trade.catalog.save([weekly(customer="bolt")])
    assert [("OTHER_PARTNER", "template")] == refused(trade)
    trade.catalog.save([weekly(warehouse=None, lines=())])
    assert [("MISSING", "warehouse"), ("EMPTY", "lines")] == refused(trade)
    assert [("EMPTY", "lines")] == refused(trade, warehouse="main", lines=[])
    bad = TemplateLine(item="chair", quantity=Decimal(0), price=Decimal(-1), discount=Percent(101), warehouse="nowhere")
    with pytest.raises(Refused) as found:
        trade.catalog.save([weekly(lines=(bad,), ship_in_days=-1)])
    assert ["UNKNOWN_ID", "NOT_POSITIVE", "NEGATIVE", "OUT_OF_RANGE", "OUT_OF_RANGE"] == list(found.value.codes)
