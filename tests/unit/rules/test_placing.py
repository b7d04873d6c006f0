"""Making an order from what is said and what is known."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import DAY, NOON, PREPAID, WITH_ADVANCE
from tradecore import (
    Agreement,
    ContactPerson,
    Item,
    ItemKind,
    LegalEntity,
    NewLine,
    OrderUsage,
    Partner,
    Percent,
    PriceKind,
    SalesOrder,
    StageKind,
    StageTerms,
    Warehouse,
)
from tradecore.documents import Posting
from tradecore.rules.placing import (
    OrderRequest,
    PlacingFacts,
    check_request,
    make_order,
    named_items,
    named_warehouses,
)

ACME = Partner(
    id="acme",
    name="Acme",
    legal_entities=(LegalEntity(id="ltd", name="Acme Ltd"),),
    contacts=(ContactPerson(id="ann", name="Ann"),),
)
CHAIR = Item(id="chair", name="Chair", tax_rate=Percent(20))
DELIVERY = Item(id="delivery", name="Delivery", kind=ItemKind.SERVICE)
WHOLESALE = PriceKind(id="w", name="Wholesale", currency="EUR", tax_included=False)
STANDARD = Agreement(id="std", name="Standard", price_kind="w", discount=Percent(10), stages=WITH_ADVANCE)


def facts(**changes: Any) -> PlacingFacts:
    """What the catalogue knows."""
    usual: dict[str, Any] = {
        "on": date(2026, 3, 2),
        "partners": {"acme": ACME},
        "items": {"chair": CHAIR, "delivery": DELIVERY},
        "warehouses": {"main": Warehouse(id="main", name="Main")},
        "agreement": STANDARD,
        "price_kind": WHOLESALE,
        "prices": {"chair": Decimal(10)},
    }
    return PlacingFacts(**usual | changes)


def a_request(*lines: NewLine, **changes: Any) -> OrderRequest:
    """What a caller says: one chair unless lines are given."""
    usual: dict[str, Any] = {
        "customer": "acme",
        "warehouse": "main",
        "lines": lines or (NewLine(item="chair", quantity=1),),
    }
    return OrderRequest(**usual | changes)


def made(*lines: NewLine, known: PlacingFacts | None = None, **changes: Any) -> SalesOrder:
    """The order of a request."""
    return make_order(
        a_request(*lines, **changes), known or facts(), id="o", at=NOON, author="ann",
        usage=OrderUsage.STOCK_AND_TO_ORDER, posting=Posting.POSTED,
    )  # fmt: skip


def codes(request: OrderRequest, known: PlacingFacts | None = None) -> list[tuple[str, str]]:
    """Code and place of everything wrong with a request."""
    return [(each.code, each.place) for each in check_request(request, known or facts())]


def test_terms_are_taken_from_the_agreement() -> None:
    """Price kind, discount, stages, currency, and whether prices hold the tax: a snapshot (C7)."""
    order = made(NewLine(item="chair", quantity=10))
    assert ("std", "w", "EUR", False, Percent(10)) == (
        order.agreement, order.price_kind, order.currency, order.tax_included, order.agreed_discount,
    )  # fmt: skip
    (line,) = order.lines
    assert (10, 10, Percent(10), 108, 18) == (line.price, line.list_price, line.discount, line.amount, line.tax)
    assert [StageKind.ADVANCE, StageKind.PREPAYMENT, StageKind.CREDIT] == [each.kind for each in order.stages]
    assert 108 == order.total == sum(stage.amount for stage in order.stages)
    assert not order.own_terms


def test_what_is_said_wins_over_the_agreement() -> None:
    """Price, discount, warehouse, stages; then the order has terms of its own."""
    line = NewLine(item="chair", quantity=1, price=8, discount=0, id="x", ship_on=DAY)
    order = made(
        line, stages=PREPAID, ship_on=DAY + timedelta(days=1), deliver_to="here", recipient="acme", tax_included=True
    )
    assert ("x", 8, 10, Percent(0), DAY) == (
        order.lines[0].id, order.lines[0].price, order.lines[0].list_price, order.lines[0].discount, order.lines[0].ship_on,
    )  # fmt: skip
    assert order.own_terms
    assert order.tax_included
    assert not made(stages=WITH_ADVANCE).own_terms, "the same stages are not one's own"


def test_what_is_not_said_is_simple() -> None:
    """Without an agreement: prices of the settings or by hand, all paid before shipment."""
    order = made(
        NewLine(item="delivery", quantity=1, price=5),
        known=facts(agreement=None, price_kind=None, prices={}),
        currency="UAH",
    )
    assert (None, None, "UAH", True) == (order.agreement, order.price_kind, order.currency, order.tax_included)
    assert [StageKind.PREPAYMENT] == [each.kind for each in order.stages]
    assert ItemKind.SERVICE is order.lines[0].kind
    assert order.lines[0].list_price is None


def test_the_only_legal_entity_is_taken() -> None:
    """One is meant where there is one; of several one must be named."""
    assert "ltd" == made().legal_entity
    two = Partner(id="acme", name="A", legal_entities=(LegalEntity(id="a", name="A"), LegalEntity(id="b", name="B")))
    assert made(known=facts(partners={"acme": two})).legal_entity is None


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (a_request(), []),
        (a_request(contact="ann", legal_entity="ltd", recipient="acme"), []),
        (a_request(customer="nobody"), [("UNKNOWN_ID", "customer")]),
        (a_request(recipient="nobody"), [("UNKNOWN_ID", "recipient")]),
        (a_request(contact="bob", legal_entity="inc"), [("UNKNOWN_ID", "legal_entity"), ("UNKNOWN_ID", "contact")]),
        (a_request(warehouse="moon"), [("UNKNOWN_ID", "warehouse")]),
        (a_request(currency="UAH"), [("CURRENCY_MISMATCH", "currency")]),
        (a_request(currency="ZZZ"), [("CURRENCY_MISMATCH", "currency"), ("UNKNOWN_CURRENCY", "currency")]),
        (a_request(stages=[StageTerms(kind=StageKind.CREDIT, share=Percent(50))]), [("SHARES_NOT_WHOLE", "stages")]),
        (a_request(lines=()), [("EMPTY", "lines")]),
        (a_request(NewLine(item="lamp", quantity=1)), [("UNKNOWN_ID", "lines[0].item")]),
        (a_request(NewLine(item="chair", quantity=0)), [("NOT_POSITIVE", "lines[0].quantity")]),
        (a_request(NewLine(item="chair", quantity=1, price=-1)), [("NEGATIVE", "lines[0].price")]),
        (a_request(NewLine(item="chair", quantity=1, discount=101)), [("OUT_OF_RANGE", "lines[0].discount")]),
        (a_request(NewLine(item="chair", quantity=1, warehouse="moon")), [("UNKNOWN_ID", "lines[0].warehouse")]),
        (a_request(NewLine(item="delivery", quantity=1)), [("NO_PRICE", "lines[0].price")]),
        (a_request(NewLine(item="chair", quantity=10**11)), [("OUT_OF_RANGE", "lines[0].quantity")]),
        (
            a_request(NewLine(item="chair", quantity=1, id="2"), NewLine(item="chair", quantity=1)),
            [("DUPLICATE", "lines[1].id")],
        ),
    ],
)
def test_everything_wrong_is_told_with_its_place(request_: OrderRequest, expected: list[tuple[str, str]]) -> None:
    """Nothing is looked at twice, nothing is left out."""
    assert expected == codes(request_)


def test_without_prices_a_currency_is_needed() -> None:
    """Nobody guesses it."""
    line = NewLine(item="chair", quantity=1, price=1)
    known = facts(agreement=None, price_kind=None, prices={})
    assert [("MISSING", "currency")] == codes(a_request(line), known)
    assert [("UNKNOWN_CURRENCY", "currency")] == codes(a_request(line, currency="ZZZ"), known)
    assert [] == codes(a_request(line, currency="UAH"), known)
    assert [("NO_PRICE", "lines[0].price")] == codes(a_request(currency="UAH"), known)


def test_names_are_looked_up_once() -> None:
    """Items and warehouses of all lines, without repetition."""
    lines = (NewLine(item="chair", quantity=1), NewLine(item="chair", quantity=2, warehouse="spare"))
    assert (["chair"], ["main", "spare"]) == (named_items(lines), named_warehouses(a_request(*lines)))
