"""Documents: every kind is known, and what can be asked for is there."""

from typing import Any

import attrs
import pytest

from tests.unit.builders import a_line, an_order, promised, reserved
from tradecore.catalog import CATALOG_KINDS
from tradecore.documents import DOCUMENTS, KINDS, Cancellation, Document
from tradecore.registers import REGISTERS
from tradecore.rules.posting import MOVEMENTS
from tradecore.values.evolving import evolve
from tradecore.values.record import Record


def _every(kind: type[Any]) -> set[type[Any]]:
    found = {kind} if "KIND" in vars(kind) else set()
    return found.union(*(_every(each) for each in kind.__subclasses__()))


def test_every_kind_is_known() -> None:
    """A record class that is not in KINDS could be written and never be read."""
    ours = {each for each in _every(Record) if each.__module__.startswith("tradecore.")}
    assert ours == set(KINDS.values())
    assert all(kind.KIND == name for name, kind in KINDS.items())
    assert CATALOG_KINDS.keys() | DOCUMENTS.keys() <= KINDS.keys()


def test_every_document_moves_something_or_says_that_it_does_not() -> None:
    """The table of movements is complete."""
    assert set(DOCUMENTS.values()) == set(MOVEMENTS)
    assert len({each.SERIES for each in DOCUMENTS.values()}) == len(DOCUMENTS)


@pytest.mark.parametrize("kind", KINDS.values())
def test_fields_to_find_by_exist(kind: type[Record]) -> None:
    """What may be compared, sorted by or indexed is a field."""
    fields = {field.name for field in attrs.fields(kind)}
    assert set(kind.FINDABLE) <= fields
    assert {name for index in kind.INDEXES for name in index} <= set(kind.FINDABLE)


def test_registers_are_consistent() -> None:
    """Measures weigh every resource, floors and timelines name what there is."""
    for register in REGISTERS.values():
        assert all(len(weights) == len(register.resources) for weights in register.measures.values())
        assert set(register.floors) <= set(register.measures)
        assert register.timeline in ("", *register.resources)


def test_an_order_line_knows_its_quantities() -> None:
    """Open, cancelled, unprovided and held follow from what is kept."""
    cancelled = (Cancellation(quantity=a_line().quantity, reason="refused"),)
    line = a_line(
        quantity=10, provisions=(reserved(3), promised(2)), cancellations=cancelled, shipped=a_line().quantity
    )
    assert [1, 8, 3] == [line.cancelled, line.open, line.unprovided]
    assert 3 == line.held(reserved(1).action)


def test_an_order_knows_its_parts() -> None:
    """Lines are found by id and replaced by id; money is of its currency."""
    order = an_order(lines=[a_line("1"), a_line("2")])
    assert order.line("2") is order.lines[1]
    assert order.line("9") is None
    longer = evolve(order.lines[1], quantity=a_line().quantity * 5)
    assert [1, 5] == [line.quantity for line in order.with_lines({"2": longer}).lines]
    assert "20 EUR" == f"{order.amount_due.normalize():f} {order.money(order.total).currency}"
    assert order.open
    assert "sales order SO-1" == str(order)
    assert isinstance(order, Document)
