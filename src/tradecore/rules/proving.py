"""
What must agree: documents with their entries, entries with totals, what orders keep with what it follows from.

Every disagreement is a `Corrupt` with its place. Orders are judged by what they remember. Their states and due days follow
from settings besides, which may have been others when they were kept: that is told apart from damage.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

import attrs

from tradecore.documents import Document, PurchaseOrder, SalesOrder
from tradecore.errors import Corrupt
from tradecore.registers import ENTRUSTED, ORDER_LINES, SETTLEMENTS, SUPPLIER_SETTLEMENTS, Entry, Key, Register
from tradecore.rules.order_state import derive_order_state, kept, order_facts
from tradecore.rules.payment_stages import first_due
from tradecore.rules.posting import movements
from tradecore.settings import OrderApproval, Settings
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO

Amounts: TypeAlias = tuple[Decimal, ...]

Sums: TypeAlias = dict[Key, Amounts]
"""Amounts by key; the name of the register stands before the key where there are several."""


def below_floors(register: Register, sums: Sums) -> Iterator[Corrupt]:
    """Balances below what the register demands."""
    for measure in register.floors:
        for key, amounts in sums.items():
            if register.measure(measure, amounts) < 0:
                yield Corrupt(f"{register.name} {'/'.join(key)}", f"{measure} is below zero")


def compare(what: str, expected: Mapping[Key, Amounts], found: Mapping[Key, Amounts]) -> Iterator[Corrupt]:
    """Where amounts differ from what the entries say."""
    for key in sorted({*expected, *found}):
        wanted, got = expected.get(key, ()), found.get(key, ())
        if wanted != got and (any(wanted) or any(got)):
            yield Corrupt(f"{what} {'/'.join(key)}", f"kept {_told(got)}, entries say {_told(wanted)}")


def _told(amounts: Amounts) -> str:
    return " and ".join(f"{amount:f}" for amount in amounts) or "nothing"


def totals_of(document: Document) -> Sums:
    """What the entries of a document must add up to, by register and key."""
    sums: Sums = {}
    for (register, key, _, _), amounts in movements(document).items():
        _add(sums, (register, *key), amounts)
    return {key: amounts for key, amounts in sums.items() if any(amounts)}


def add_entry(sums: Sums, entry: Entry) -> None:
    """Add an entry to the sums of several registers."""
    _add(sums, (entry.register, *entry.key), entry.amounts)


def _add(sums: Sums, key: Key, amounts: Amounts) -> None:
    known = sums.get(key) or (ZERO,) * len(amounts)
    sums[key] = tuple(map(Decimal.__add__, known, amounts))


@attrs.frozen
class Ledgers:
    """
    What the registers say of orders that other documents change.

    Attributes:
        settled: Currency and sales order -> what was charged, and the money received; `spent` the same of purchase
            orders.

        lines: Sales order and line -> ordered, cancelled, shipped, returned.

        entrusted: Sales order and line -> goods of ours in other hands.
    """

    settled: Mapping[tuple[str, str], Amounts]
    spent: Mapping[tuple[str, str], Amounts]
    lines: Mapping[Key, Amounts]
    entrusted: Mapping[Key, Decimal]

    @classmethod
    def of(cls, sums: Mapping[str, Sums]) -> "Ledgers":
        """From what the entries of each register add up to; a register that is missing says nothing."""
        settled, owed = (sums.get(register.name, {}) for register in (SETTLEMENTS, SUPPLIER_SETTLEMENTS))
        entrusted: dict[Key, Decimal] = {}
        for key, (quantity, _) in sums.get(ENTRUSTED.name, {}).items():
            entrusted[key[3:5]] = entrusted.get(key[3:5], ZERO) + quantity
        return cls(_by_order(settled), _by_order(owed), sums.get(ORDER_LINES.name, {}), entrusted)


def _by_order(sums: Sums) -> dict[tuple[str, str], Amounts]:
    found: dict[tuple[str, str], Amounts] = {}
    for key, amounts in sums.items():
        place = (key[1], key[-1])
        known = found.get(place)
        found[place] = tuple(map(Decimal.__add__, known, amounts)) if known else amounts
    return found


def differs_from_ledgers(document: Document, ledgers: Ledgers) -> Iterator[Corrupt]:
    """What an order keeps of other documents' doing, where the ledgers say otherwise; they may know nothing of it."""
    if isinstance(document, PurchaseOrder):
        _, paid = ledgers.spent.get((document.currency, document.id), (ZERO, document.paid))
        if paid != document.paid:
            yield _fault(document, "paid", document.paid, paid)
    if isinstance(document, SalesOrder):
        owes = document.charged - document.credited
        charged, paid = ledgers.settled.get((document.pays_in, document.id), (owes, document.paid))
        if paid != document.paid:
            yield _fault(document, "paid", document.paid, paid)
        if charged != owes:
            yield _fault(document, "charged", document.charged, charged + document.credited)
        for line in document.lines:
            entrusted = ledgers.entrusted.get((document.id, line.id), line.entrusted)
            if entrusted != line.entrusted:
                yield _fault(document, f"lines[{line.id}].entrusted", line.entrusted, entrusted)
            entered = ledgers.lines.get((document.id, line.id))
            _, _, shipped, returned = entered or (ZERO, ZERO, line.shipped, line.returned)
            for name, stands in (("shipped", shipped), ("returned", returned)):
                if getattr(line, name) != stands:
                    yield _fault(document, f"lines[{line.id}].{name}", getattr(line, name), stands)


def _fault(document: Document, field: str, found: object, follows: object) -> Corrupt:
    return Corrupt(f"{document.ref}.{field}", f"kept {found}, follows {follows}", document.KIND, document.id)


@attrs.frozen
class Judged:
    """
    Where what an order keeps is not what follows from it.

    Attributes:
        faults: Under no settings could it be so.

        by_settings: It may follow from other settings than those it was judged by.
    """

    faults: tuple[Corrupt, ...] = ()
    by_settings: tuple[Corrupt, ...] = ()


def judged(order: SalesOrder, settings: Settings) -> Judged:
    """Judge what an order keeps by what it remembers, and by these settings where it remembers none."""
    derived = kept(order, settings)
    if derived is order:
        return Judged()
    by_settings: list[Corrupt] = []
    faults = [
        _fault(order, name, getattr(order, name), getattr(derived, name))
        for name in ("total", "shipped_amount", "returned_amount", "charged", "credited")
        if getattr(order, name) != getattr(derived, name)
    ]
    if _undated(order) != _undated(derived):
        faults.append(_fault(order, "stages", order.stages, derived.stages))
    else:
        by_settings += [
            _fault(order, f"stages[{old.id}].due", old.due, new.due)
            for old, new in zip(order.stages, derived.stages, strict=True)
            if old != new
        ]
    first = first_due(order) if order.open else None
    if order.due_on != first:
        faults.append(_fault(order, "due_on", order.due_on, first))
    if order.shippable_on != derived.shippable_on:
        # Which day it is in the company's zone is a setting; that there is one is not.
        known = order.shippable_on and derived.shippable_on
        fault = _fault(order, "shippable_on", order.shippable_on, derived.shippable_on)
        (by_settings if known else faults).append(fault)
    if order.state is not derived.state:
        (by_settings if order.state in _possible_states(derived, settings) else faults).append(
            _fault(order, "state", order.state, derived.state)
        )
    return Judged(tuple(faults), tuple(by_settings))


def _undated(order: SalesOrder) -> list[object]:
    return [evolve(stage, due=None, counted_from=None) for stage in order.stages]


def _possible_states(order: SalesOrder, settings: Settings) -> set[object]:
    """The states an order may have been kept in, whoever needed approval then."""
    if not order.posted:
        return set()
    others = (evolve(settings, order_approval=each, execute_on_approval=False) for each in OrderApproval)
    return {derive_order_state(order_facts(order, each)).state for each in others}
