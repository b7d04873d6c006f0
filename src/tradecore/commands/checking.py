"""Proving that what a store keeps for quick reading equals what it follows from."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from tradecore.commands.session import Session
from tradecore.documents import DOCUMENTS, Document, SalesOrder
from tradecore.errors import Corrupt
from tradecore.query import PAGE_LIMIT, Query
from tradecore.registers import REGISTERS, Key
from tradecore.rules.order_state import kept
from tradecore.rules.posting import movements
from tradecore.settings import Settings
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO
from tradecore.values.record import Ref


@attrs.frozen
class CheckReport:
    """
    What was compared and what did not agree.

    Attributes:
        documents, balances: How many were looked at.

        faults: Every disagreement, with its place.
    """

    documents: int
    balances: int
    faults: tuple[Corrupt, ...]

    @property
    def sound(self) -> bool:
        """Whether everything agreed."""
        return not self.faults


async def check_store(session: Session) -> CheckReport:
    """Compare totals with entries, entries with documents, and what orders keep with what it follows from."""
    faults: list[Corrupt] = []
    balances = 0
    for register in REGISTERS.values():
        sums = {each.group: each.amounts for each in await session.store.turnovers(register, register.dimensions)}
        if register.totals:
            kept_totals = await session.store.balances([(register.name, ())])
            totals = {key: each.amounts for (_, key), each in kept_totals.items()}
            balances += len(totals)
            faults += _compare(f"{register.name} totals", sums, totals)
        for measure in register.floors:
            faults += [
                Corrupt(f"{register.name} {'/'.join(key)}", f"{measure} is below zero")
                for key, amounts in sums.items()
                if register.measure(measure, amounts) < 0
            ]
    documents, more = await _check_documents(session)
    return CheckReport(documents, balances, (*faults, *more))


def _compare(
    what: str, expected: Mapping[Any, tuple[Decimal, ...]], found: Mapping[Any, tuple[Decimal, ...]]
) -> list[Corrupt]:
    faults = []
    for key in sorted({*expected, *found}):
        wanted, got = expected.get(key, ()), found.get(key, ())
        if wanted != got and (any(wanted) or any(got)):
            name = "/".join(key)
            faults.append(Corrupt(f"{what} {name}", f"kept {_told(got)}, entries say {_told(wanted)}"))
    return faults


def _told(amounts: tuple[Decimal, ...]) -> str:
    return " and ".join(f"{amount:f}" for amount in amounts) or "nothing"


async def _check_documents(session: Session) -> tuple[int, list[Corrupt]]:
    entries = await _entries_by_document(session)
    faults: list[Corrupt] = []
    count = 0
    for kind in DOCUMENTS.values():
        query: Query[Any] = Query(kind, limit=PAGE_LIMIT)
        while page := await _sound_page(session, query, faults):
            for document in page:
                count += 1
                faults += _compare(str(document), totals_of(document), entries.pop(document.ref, {}))
                faults += follows(document, session.settings)
            query = evolve(query, after=(page[-1].id, page[-1].id))
    faults += [Corrupt(str(ref), "entries without a document") for ref, sums in entries.items() if sums]
    return count, faults


async def _sound_page(session: Session, query: Query[Any], faults: list[Corrupt]) -> list[Any]:
    """The next page, smaller before a record that cannot be read: that one is a fault, and ends its kind."""
    while True:
        try:
            return await session.find(query)
        except Corrupt as fault:
            if query.limit == 1:
                faults.append(fault)
                return []
            query = evolve(query, limit=max(query.limit // 4, 1))


async def _entries_by_document(session: Session) -> dict[Ref, dict[Key, tuple[Decimal, ...]]]:
    found: dict[Ref, dict[Key, tuple[Decimal, ...]]] = {}
    for register in REGISTERS.values():
        for entry in await session.store.entries(register):
            _add(found.setdefault(entry.document, {}), (register.name, *entry.key), entry.amounts)
    return {ref: {key: sums for key, sums in each.items() if any(sums)} for ref, each in found.items()}


def totals_of(document: Document) -> dict[Key, tuple[Decimal, ...]]:
    """What the entries of a document must add up to, by register and key."""
    sums: dict[Key, tuple[Decimal, ...]] = {}
    for (register, key, _, _), amounts in movements(document).items():
        _add(sums, (register, *key), amounts)
    return {key: amounts for key, amounts in sums.items() if any(amounts)}


def _add(sums: dict[Key, tuple[Decimal, ...]], key: Key, amounts: tuple[Decimal, ...]) -> None:
    known = sums.get(key) or (ZERO,) * len(amounts)
    sums[key] = tuple(map(Decimal.__add__, known, amounts))


def follows(document: Document, settings: Settings) -> list[Corrupt]:
    """Where what an order keeps is not what follows from it."""
    if not isinstance(document, SalesOrder):
        return []
    derived = kept(document, settings)
    names = ("total", "shipped_amount", "returned_amount", "stages", "state", "due_on")
    return [
        Corrupt(f"{document.ref}.{name}", f"kept {getattr(document, name)}, follows {getattr(derived, name)}")
        for name in names
        if getattr(document, name) != getattr(derived, name)
    ]
