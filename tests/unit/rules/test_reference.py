"""Reference data fits together before it is kept."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import DAY, agreements, reference_data
from tradecore import (
    Agreement,
    ContactPerson,
    Item,
    LegalEntity,
    Partner,
    Percent,
    Price,
    PriceKind,
    StageKind,
    StageTerms,
    Warehouse,
)
from tradecore.rules.reference import check_records, references
from tradecore.values.record import Ref


def told(*records: Any, known: Any = ()) -> list[tuple[str, str]]:
    """Code and place of everything wrong with records, given those that are kept already."""
    return [(each.code, each.place) for each in check_records(records, {each.ref: each for each in known})]


def test_a_catalogue_that_fits_together() -> None:
    """Records may name each other, in any order."""
    assert [] == told(*reversed([*reference_data(), *agreements()]))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (PriceKind(id="w", name="W", currency="ZZZ"), [("UNKNOWN_CURRENCY", "records[0].currency")]),
        (Item(id="i", name="I", tax_rate=Percent(101)), [("OUT_OF_RANGE", "records[0].tax_rate")]),
        (Warehouse(id="w", name="W"), []),
        (
            Price.of("w", "i", Decimal(-1), DAY),
            [
                ("UNKNOWN_ID", "records[0].price_kind"),
                ("UNKNOWN_ID", "records[0].item"),
                ("NEGATIVE", "records[0].amount"),
            ],
        ),
        (
            Partner(id="p", name="P", legal_entities=(LegalEntity(id="a", name="A"),) * 2),
            [("DUPLICATE", "records[0].legal_entities[1].id")],
        ),
        (
            Partner(id="p", name="P", contacts=(ContactPerson(id="a", name="A"),) * 2),
            [("DUPLICATE", "records[0].contacts[1].id")],
        ),
    ],
)
def test_each_record_is_checked(record: Any, expected: list[tuple[str, str]]) -> None:
    """With the place of every fault."""
    assert expected == told(record)


def test_an_agreement_is_checked_with_its_stages() -> None:
    """Shares are whole, kind and partner fit, what it names is known."""
    stages = (StageTerms(kind=StageKind.CREDIT, share=Percent(50)),)
    record = Agreement(id="a", name="A", price_kind="w", partner="acme", stages=stages)
    codes = {code for code, _ in told(record)}
    assert {"UNKNOWN_ID", "STANDARD_HAS_PARTNER", "SHARES_NOT_WHOLE"} == codes
    assert {"price_kind": Ref("price_kind", "w"), "partner": Ref("partner", "acme")} == references(record)


def test_one_record_is_given_once() -> None:
    """Twice the same id is a mistake, the same id of two kinds is not."""
    record = Warehouse(id="main", name="Main")
    assert [("DUPLICATE", "records[1].id")] == told(record, record)
    assert [] == told(record, Partner(id="main", name="Main"))


def test_a_price_is_named_after_what_it_is() -> None:
    """Kind, item and day make its id."""
    assert "w/chair/2026-01-01" == Price.of("w", "chair", Decimal(1), date(2026, 1, 1)).id
