"""
Proving that what a store keeps for quick reading equals what it follows from.

Nothing stops the proof: what cannot be read is a fault like others, and the rest is looked at.
"""

from collections.abc import Iterable
from typing import Any

import attrs

from tradecore.commands.damage import find_past_damage
from tradecore.commands.session import Session
from tradecore.documents import KINDS, Document, PurchaseOrder, SalesOrder
from tradecore.errors import Corrupt
from tradecore.query import PAGE_LIMIT, Query
from tradecore.registers import PEGGED, REGISTERS, Register
from tradecore.rules.proving import (
    Ledgers,
    Sums,
    add_entry,
    below_floors,
    compare,
    differs_from_ledgers,
    judged,
    totals_of,
)
from tradecore.rules.proving_separate import SeparateBooks
from tradecore.values.evolving import evolve
from tradecore.values.record import Ref


@attrs.frozen
class CheckReport:
    """
    What was compared and what did not agree.

    Attributes:
        documents, balances: How many were looked at.

        faults: Every disagreement, and everything that cannot be read, with its place.

        by_settings: States and due days that follow otherwise from the settings of this check, and may follow from
            those they were kept under: who needs approval, the time zone, the business days. No damage: the next
            command of the order makes them true. Give the check the settings your program has.
    """

    documents: int
    balances: int
    faults: tuple[Corrupt, ...]
    by_settings: tuple[Corrupt, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether everything agreed."""
        return not self.faults


async def check_store(session: Session) -> CheckReport:
    """Compare totals with entries, entries with documents, and what documents keep with what it follows from."""
    proof = _Proof(session)
    for register in REGISTERS.values():
        await proof.totals(register)
        await proof.entries(register)
    ledgers = Ledgers.of(proof.sums)
    separate = SeparateBooks(proof.sums.get(PEGGED.name, {}))
    for kind in KINDS.values():
        query: Query[Any] = Query(kind, limit=PAGE_LIMIT)
        while page := await proof.page(query):
            for record in page:
                if isinstance(record, Document):
                    await proof.document(record, ledgers)
                    separate.note(record)
            query = evolve(query, after=(page[-1].id, page[-1].id))
    if not proof.ended & {SalesOrder.KIND, PurchaseOrder.KIND}:
        proof.note_all(separate.faults())
    proof.left_over()
    return CheckReport(proof.documents, proof.balances, tuple(proof.faults.values()), tuple(proof.by_settings))


@attrs.define
class _Proof:
    """
    A proof on its way.

    Attributes:
        sums: Register -> what its entries add up to.

        by_document: What the entries of each document add up to, as long as it was not met.

        torn: Registers with entries that cannot be read: what they say is asked for each document.

        ended: Kinds whose records were not all looked at.
    """

    session: Session
    documents: int = 0
    balances: int = 0
    faults: dict[str, Corrupt] = attrs.field(factory=dict)
    by_settings: list[Corrupt] = attrs.field(factory=list)
    sums: dict[str, Sums] = attrs.field(factory=dict)
    by_document: dict[Ref, Sums] = attrs.field(factory=dict)
    torn: list[Register] = attrs.field(factory=list)
    ended: set[str] = attrs.field(factory=set)

    def note(self, fault: Corrupt) -> None:
        """Remember a fault, once."""
        self.faults.setdefault(str(fault), fault)

    def note_all(self, faults: Iterable[Corrupt]) -> None:
        """Remember faults."""
        for fault in faults:
            self.note(fault)

    async def totals(self, register: Register) -> None:
        """Compare the totals of a register with what its entries add up to, and both with its floors."""
        store = self.session.store
        try:
            turnovers = await store.turnovers(register, register.dimensions)
            sums = self.sums[register.name] = {each.group: each.amounts for each in turnovers}
            self.note_all(below_floors(register, sums))
            if register.totals:
                found = await store.balances([(register.name, ())])
                self.balances += len(found)
                totals = {key: balance.amounts for (_, key), balance in found.items()}
                self.note_all(compare(f"{register.name} totals", sums, totals))
        except Corrupt as fault:
            self.note(fault)

    async def entries(self, register: Register) -> None:
        """Add the entries of a register up by document."""
        try:
            for entry in await self.session.store.entries(register):
                add_entry(self.by_document.setdefault(entry.document, {}), entry)
        except Corrupt as fault:
            self.note(fault)
            self.torn.append(register)

    async def page(self, query: Query[Any]) -> list[Any]:
        """The next page of what can be read. A fault that does not name its record ends its kind."""
        try:
            return await find_past_damage(self.session.store, query, self.note)
        except Corrupt as fault:
            self.note(Corrupt(fault.place, f"{fault.why}; what comes behind it was not looked at"))
            self.ended.add(query.kind.KIND)
            return []

    async def document(self, document: Document, ledgers: Ledgers) -> None:
        """Compare a document with its entries, and what it keeps with what it follows from."""
        self.documents += 1
        expected, found = totals_of(document), self.by_document.pop(document.ref, {})
        for register in self.torn:
            try:
                for entry in await self.session.store.entries(register, document=document.ref):
                    add_entry(found, entry)
            except Corrupt as fault:
                self.note(fault)
                expected = {key: amounts for key, amounts in expected.items() if key[0] != register.name}
        self.note_all(compare(str(document), expected, found))
        self.note_all(differs_from_ledgers(document, ledgers))
        if isinstance(document, SalesOrder):
            found_out = judged(document, self.session.settings)
            self.note_all(found_out.faults)
            self.by_settings += found_out.by_settings

    def left_over(self) -> None:
        """Entries whose document was not met; those of a document that cannot be read are not to blame."""
        unread = {Ref(fault.kind, fault.id) for fault in self.faults.values()}
        for ref, sums in self.by_document.items():
            if ref not in unread and ref.kind not in self.ended and any(map(any, sums.values())):
                self.note(Corrupt(str(ref), "entries without a document"))
