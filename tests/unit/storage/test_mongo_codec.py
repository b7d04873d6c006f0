"""Records as documents, without a server."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import attrs
import bson
import pytest
from bson.datetime_ms import DatetimeMS

from tradecore.documents import OrderState, SalesOrder
from tradecore.errors import Corrupt
from tradecore.registers import REGISTERS
from tradecore.storage.mongo import codec
from tradecore.testing.factories import a_line, a_stage, an_agreement, an_order
from tradecore.values.record import Record


@attrs.frozen(kw_only=True)
class Parcel(Record):
    """A kind with a number that may be searched for."""

    KIND: ClassVar[str] = "parcel"
    FINDABLE: ClassVar = ("id", "weight")

    weight: Decimal


def stored(record: Record) -> dict[str, Any]:
    """The document of a record, as the server gives it back."""
    document = {"_id": {"tenant": "main", "id": record.id}, **codec.write_record(record)}
    return bson.decode(bson.encode(document))


def test_a_document_is_nested_as_the_record_is() -> None:
    """Parts are arrays of documents; enums are their values, days and numbers are strings, moments are dates."""
    order = an_order(lines=[a_line(quantity="2.50", ship_on=date(2026, 3, 1))])
    order = attrs.evolve(order, state=OrderState.CLOSED, agreement=None)
    document = stored(order)
    assert {"tenant": "main", "id": order.id} == document["_id"]
    assert "id" not in document
    assert ("closed", None, order.at.replace(tzinfo=None)) == (document["state"], document["agreement"], document["at"])
    line = document["lines"][0]
    assert (str, "2.5", "2026-03-01") == (type(line["kind"]), line["quantity"], line["ship_on"])


def test_what_is_read_is_what_was_written() -> None:
    """Enums come back as enums, not as texts that equal them."""
    order = attrs.evolve(an_order(lines=[a_line()]), state=OrderState.CLOSED)
    found = codec.read_record(SalesOrder, stored(order))
    assert order == found
    assert OrderState.CLOSED is found.state


def test_numbers_that_are_searched_for_are_whole() -> None:
    """A number in FINDABLE is a count of millionths, which the server can compare."""
    parcel = Parcel(id="p", weight=Decimal("-1.5"))
    document = stored(parcel)
    assert -1_500_000 == document["weight"]
    assert parcel == codec.read_record(Parcel, document)
    with pytest.raises(Corrupt) as caught:
        codec.read_record(Parcel, {**document, "weight": "1.5"})
    assert ("parcel p.weight", "expected int, found '1.5'") == (caught.value.place, caught.value.why)


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("version", "1", ".version"),
        ("version", True, ".version"),
        ("number", 7, ".number"),
        ("tax_included", 1, ".tax_included"),
        ("at", "2026-01-01", ".at"),
        ("at", DatetimeMS(2**60), ".at"),
        ("ship_on", "the other day", ".ship_on"),
        ("ship_on", 20260101, ".ship_on"),
        ("total", "NaN", ".total"),
        ("total", "much", ".total"),
        ("total", 1.5, ".total"),
        ("agreed_discount", "1001", ".agreed_discount"),
        ("state", "nowhere", ".state"),
        ("state", ["closed"], ".state"),
        ("lines", 3, ".lines"),
        ("lines", ["line"], ".lines[0].id"),
        ("stages", None, ".stages"),
    ],
)
def test_a_damaged_field_is_named(field: str, value: Any, place: str) -> None:
    """What no command can have written is corrupt, and the error says where it stands."""
    order = an_order(id="o1", lines=[a_line()])
    with pytest.raises(Corrupt) as caught:
        codec.read_record(SalesOrder, {**stored(order), field: value})
    assert f"sales_order o1{place}" == caught.value.place
    assert caught.value.why


def test_a_damaged_part_is_named() -> None:
    """The place leads into parts of parts."""
    agreement = an_agreement("std", stages=(a_stage(), a_stage()))
    document = stored(agreement)
    document["stages"][1]["share"] = None
    with pytest.raises(Corrupt, match=r"agreement std\.stages\[1\]\.share: expected str, found None"):
        codec.read_record(type(agreement), document)


def test_a_missing_field_is_named() -> None:
    """A field without a default must be there; one with a default takes it, as after a release that added it."""
    order = an_order(id="o1", comment="hello")
    document = stored(order)
    del document["comment"]
    assert attrs.evolve(order, comment="") == codec.read_record(SalesOrder, document)
    del document["customer"]
    with pytest.raises(Corrupt) as caught:
        codec.read_record(SalesOrder, document)
    assert ("sales_order o1.customer", "is missing") == (caught.value.place, caught.value.why)


def test_fields_of_others_are_passed_over() -> None:
    """A host may keep notes of its own in our documents."""
    order = an_order()
    assert order == codec.read_record(SalesOrder, {**stored(order), "host_note": datetime(2026, 1, 1, tzinfo=UTC)})


def test_measures_do_not_contradict_resources() -> None:
    """Resources and measures of a total stand side by side, so that what bears one name must be one sum."""
    for register in REGISTERS.values():
        for index, resource in enumerate(register.resources):
            weights = register.measures.get(resource)
            assert weights in (None, tuple(int(index == n) for n in range(len(register.resources))))
