"""What must hold between documents beyond their entries: what orders use of what was bought for them alone."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import attrs

from tradecore.documents import Document, ProvisioningAction, PurchaseOrder, SalesOrder
from tradecore.errors import Corrupt
from tradecore.registers import Key
from tradecore.values.numbers import ZERO

_Place = tuple[str, str, str, str]
"""Sales order and line, purchase order and line."""


@attrs.define
class SeparateBooks:
    """
    Separate provisioning seen from both ends, collected while documents are read.

    `_pegged` is what the entries of the register PEGGED add up to.
    """

    _pegged: Mapping[Key, tuple[Decimal, ...]]
    _used: dict[Key, Decimal] = attrs.field(factory=dict, init=False)
    _ordered: dict[_Place, Decimal] = attrs.field(factory=dict, init=False)
    _expected: dict[_Place, Decimal] = attrs.field(factory=dict, init=False)

    def note(self, document: Document) -> None:
        """Take a document into account."""
        if isinstance(document, SalesOrder):
            self._note_order(document)
        elif isinstance(document, PurchaseOrder) and document.posted:
            for line in document.lines:
                if line.for_order:
                    self._expected[line.for_order, line.for_line, document.id, line.id] = line.open

    def _note_order(self, order: SalesOrder) -> None:
        for line in order.lines:
            for each in line.provisions:
                if each.here:
                    key = (line.item, line.warehouse, order.id, line.id)
                    self._used[key] = self._used.get(key, ZERO) + each.quantity
                elif each.action is ProvisioningAction.PROVISION_SEPARATELY and each.source:
                    place = (order.id, line.id, each.source, each.source_line)
                    self._ordered[place] = self._ordered.get(place, ZERO) + each.quantity

    def faults(self) -> Iterator[Corrupt]:
        """Lines that use more than came for them, and lines that wait for more than is ordered for them."""
        for key, used in sorted(self._used.items()):
            if used > (there := self._pegged.get(key, (ZERO,))[0]):
                what = f"uses {used:f} of what was bought for it, {there:f} is there"
                yield Corrupt(f"{SalesOrder.KIND} {key[2]}.lines[{key[3]}]", what, SalesOrder.KIND, key[2])
        for place, ordered in sorted(self._ordered.items()):
            if ordered > (expected := self._expected.get(place, ZERO)):
                what = f"waits for {ordered:f} from {place[2]}/{place[3]}, {expected:f} is expected for it"
                yield Corrupt(f"{SalesOrder.KIND} {place[0]}.lines[{place[1]}]", what, SalesOrder.KIND, place[0])
