"""Which documents made goods the customer's: what stands on a shipment, and since when an order's goods are his."""

from collections.abc import Iterable

from tradecore.commands.session import Session
from tradecore.documents import ConsignmentReport, OwnershipDocument, OwnershipTransfer, SalesOrder, Shipment
from tradecore.registers import ENTRUSTED, Key
from tradecore.rules.posting import entrusted_key


async def passed_by(session: Session, shipment: Shipment) -> list[OwnershipDocument]:
    """The posted documents by which goods of a shipment became the customer's, in order of their moments."""
    lines = shipment.lines
    keys = [entrusted_key(shipment, each.item, shipment.order, each.order_line, shipment.id) for each in lines]
    return await _passed(session, keys)


async def passed_under(session: Session, order: SalesOrder) -> list[OwnershipDocument]:
    """The posted documents by which goods of an order became the customer's, in order of their moments."""
    keys = [entrusted_key(order, each.item, order.id, each.id, "")[:5] for each in order.lines]
    return await _passed(session, keys)


async def _passed(session: Session, keys: Iterable[Key]) -> list[OwnershipDocument]:
    entries = await session.store.entries(ENTRUSTED, list(dict.fromkeys(keys)))
    refs = list(dict.fromkeys(entry.document for entry in entries))
    kinds: tuple[type[OwnershipDocument], ...] = (OwnershipTransfer, ConsignmentReport)
    await session.load([ref for ref in refs if any(ref.kind == kind.KIND for kind in kinds)])
    found: list[OwnershipDocument] = []
    for kind in kinds:
        known = await session.get_all(kind, [ref.id for ref in refs if ref.kind == kind.KIND])
        found += (each for each in known.values() if each.posted)
    return sorted(found, key=lambda each: (each.at, each.id))
