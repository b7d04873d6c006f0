"""
What documents mean to the registers.

Every kind has one function from the document to the movements it stands for: nothing for a draft, all of them once it
is posted. Whatever a command does to a document, the entries are the difference between what it stood for and what it
stands for now. So a correction is a reversal by construction, and the entries of a document always add up to it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from tradecore.catalog import ItemKind
from tradecore.documents import (
    HELD,
    ConsignmentReport,
    Document,
    GoodsReceipt,
    IncomingPayment,
    OrderLine,
    OrderStatus,
    OrderUsage,
    OutgoingPayment,
    OwnershipDocument,
    OwnershipTransfer,
    PaymentPurpose,
    Provision,
    ProvisioningAction,
    PurchaseOrder,
    Reassignment,
    SalesOrder,
    SalesReturn,
    SettledDocument,
    Shipment,
    StockAllocation,
    StockReceipt,
)
from tradecore.registers import (
    ENTRUSTED,
    NEEDS,
    ORDER_LINES,
    PEGGED,
    SETTLEMENTS,
    STOCK,
    SUPPLIER_SETTLEMENTS,
    SUPPLY,
    Entry,
    Key,
    settlement_key,
    supplier_key,
)
from tradecore.values.numbers import ZERO
from tradecore.values.record import Ref

Place: TypeAlias = tuple[str, Key, tuple[str, ...], datetime | None]
"""Register, key, attributes, and the moment; None: the moment of the command."""

Movement: TypeAlias = tuple[Place, tuple[Decimal, ...]]

#: How the register of needs names what is to be bought for one line and is not ordered yet.
SEPARATELY = "separately"


def need_source(purchase_order: str, line: str) -> str:
    """How the register of needs names a purchase order line; empty for the common pool."""
    return f"{purchase_order}/{line}" if purchase_order else ""


def awaited(provision: Provision) -> str | None:
    """What a provision waits for, as the register of needs names it; None if it does not wait."""
    match provision.action:
        case ProvisioningAction.TO_PROVISION:
            return ""
        case ProvisioningAction.RESERVE_BY_DATE:
            return need_source(provision.source, provision.source_line)
        case ProvisioningAction.PROVISION_SEPARATELY if not provision.arrived:
            return need_source(provision.source, provision.source_line) or SEPARATELY
        case _:
            return None


def need_rank(order: SalesOrder, line: OrderLine) -> str:
    """The place of a line in the queue as far as the order itself knows it: shipment date, order date (F2)."""
    ship_on = line.ship_on or order.ship_on or date.max
    return f"{ship_on.isoformat()} {order.at.astimezone(UTC).isoformat(timespec='milliseconds')}"


def account(document: SettledDocument, order: str) -> Key:
    """Where the debt of an order stands: under itself, or with all the others under its contract (C14)."""
    own = "" if document.by_contract else order
    return settlement_key(document.customer, document.pays_in, own, document.contract or "")


def own_account(order: SalesOrder) -> Key:
    """Where an order's own debt and money stand; nothing does where its contract is settled as a whole."""
    return settlement_key(order.customer, order.pays_in, order.id, order.contract or "")


def entrusted_key(document: SettledDocument, item: str, order: str, line: str, shipment: str) -> Key:
    """Where goods of ours in other hands stand."""
    return (document.operation.value, document.customer, item, order, line, shipment)


def _sales_order(order: SalesOrder) -> Iterator[Movement]:
    if order.status is OrderStatus.ON_APPROVAL or order.usage is OrderUsage.AS_BILL:
        return
    for line in order.lines:
        key = (order.id, line.id)
        yield (ORDER_LINES.name, key, ("",), None), (line.quantity, ZERO, ZERO, ZERO)
        for each in line.cancellations:
            yield (ORDER_LINES.name, key, (each.reason,), None), (ZERO, each.quantity, ZERO, ZERO)
        for provision in line.provisions:
            quantity = provision.quantity
            if provision.action in HELD:
                yield (STOCK.name, (line.item, line.warehouse), key, None), (ZERO, quantity)
            elif (source := awaited(provision)) is not None:
                if provision.action is ProvisioningAction.RESERVE_BY_DATE:
                    on = provision.on.isoformat() if provision.on else ""
                    supply = (line.item, line.warehouse, on, provision.source, provision.source_line)
                    yield (SUPPLY.name, supply, key, None), (ZERO, quantity)
                need = (line.item, line.warehouse, source, need_rank(order, line), *key)
                yield (NEEDS.name, need, (), None), (quantity,)


def _purchase_order(order: PurchaseOrder) -> Iterator[Movement]:
    for line in order.lines:
        key = (line.item, line.warehouse, line.expected_on.isoformat(), order.id, line.id)
        # What is bought for one line is promised by that to nobody else.
        promised = line.open if line.for_order else ZERO
        yield (SUPPLY.name, key, (line.for_order, line.for_line), None), (line.open, promised)


def _goods_receipt(receipt: GoodsReceipt) -> Iterator[Movement]:
    for line in receipt.lines:
        owner = (line.for_order, line.for_line)
        if line.kind is ItemKind.GOODS:
            reserved = line.quantity if line.for_order else ZERO
            yield (STOCK.name, (line.item, line.warehouse), owner, receipt.at), (line.quantity, reserved)
        if line.for_order:
            yield (PEGGED.name, (line.item, line.warehouse, *owner), (), receipt.at), (line.quantity,)
    key = supplier_key(receipt.supplier, receipt.currency, receipt.purchase_order or "")
    yield (SUPPLIER_SETTLEMENTS.name, key, (), receipt.at), (receipt.amount, ZERO)


def _stock_receipt(receipt: StockReceipt) -> Iterator[Movement]:
    for line in receipt.lines:
        yield (STOCK.name, (line.item, receipt.warehouse), ("", ""), receipt.at), (line.quantity, ZERO)


def _reassignment(document: Reassignment) -> Iterator[Movement]:
    for line in document.lines:
        owner = (document.order, line.order_line)
        for warehouse, sign in ((line.warehouse, -1), (line.to, 1)):
            quantity = sign * line.quantity
            moved = quantity if line.to else ZERO
            if warehouse and line.kind is ItemKind.GOODS:
                yield (STOCK.name, (line.item, warehouse), owner, document.at), (moved, quantity)
            if warehouse:
                yield (PEGGED.name, (line.item, warehouse, *owner), (), document.at), (quantity,)


def _shipment(shipment: Shipment) -> Iterator[Movement]:
    for line in shipment.lines:
        key = (shipment.order, line.order_line)
        if line.kind is ItemKind.GOODS:
            yield (STOCK.name, (line.item, line.warehouse), key, shipment.at), (-line.quantity, -line.separate)
            if shipment.passes_later:
                place = entrusted_key(shipment, line.item, shipment.order, line.order_line, shipment.id)
                yield (ENTRUSTED.name, place, (), shipment.at), (line.quantity, line.amount)
        if line.separate:
            yield (PEGGED.name, (line.item, line.warehouse, *key), (), shipment.at), (-line.separate,)
        yield (ORDER_LINES.name, key, ("",), shipment.at), (ZERO, ZERO, line.quantity, ZERO)
    yield (SETTLEMENTS.name, account(shipment, shipment.order), (), shipment.at), (shipment.charge, ZERO)


def _sales_return(document: SalesReturn) -> Iterator[Movement]:
    for line in document.lines:
        key = (document.order, line.order_line)
        if line.kind is ItemKind.GOODS:
            yield (STOCK.name, (line.item, line.warehouse), key, document.at), (line.quantity, ZERO)
        if line.recalled:
            place = entrusted_key(document, line.item, document.order, line.order_line, document.shipment)
            yield (ENTRUSTED.name, place, (), document.at), (-line.recalled, -line.recalled_amount)
        yield (ORDER_LINES.name, key, ("",), document.at), (ZERO, ZERO, ZERO, line.quantity)
    yield (SETTLEMENTS.name, account(document, document.order), (), document.at), (-document.credit, ZERO)


def _ownership(document: OwnershipDocument) -> Iterator[Movement]:
    for line in document.lines:
        place = entrusted_key(document, line.item, line.order, line.order_line, line.shipment)
        yield (ENTRUSTED.name, place, (), document.at), (-line.quantity, -line.amount)
        yield (SETTLEMENTS.name, account(document, line.order), (), document.at), (line.charge, ZERO)


def _incoming(payment: IncomingPayment) -> Iterator[Movement]:
    if payment.purpose is PaymentPurpose.OTHER or payment.partner is None:
        return
    for order, contract, amount in _parts(payment):
        key = settlement_key(payment.partner, payment.currency, order, contract)
        yield (SETTLEMENTS.name, key, (), payment.at), (ZERO, amount)
    if payment.via:
        yield from _collected(payment, payment.via)


def _collected(payment: IncomingPayment, via: str) -> Iterator[Movement]:
    """An intermediary owes us what it collected; with its fee, a service we buy, it has paid a part of that."""
    handed_over = payment.amount if payment.paid_out else payment.fee
    key = settlement_key(via, payment.currency)
    yield (SETTLEMENTS.name, key, (), payment.at), (payment.amount, handed_over)
    if payment.fee:
        key = supplier_key(via, payment.currency)
        yield (SUPPLIER_SETTLEMENTS.name, key, (), payment.at), (payment.fee, payment.fee)


def _outgoing(payment: OutgoingPayment) -> Iterator[Movement]:
    if payment.purpose is PaymentPurpose.OTHER or payment.partner is None:
        return
    for order, contract, amount in _parts(payment):
        if payment.to_supplier:
            key = supplier_key(payment.partner, payment.currency, order)
            yield (SUPPLIER_SETTLEMENTS.name, key, (), payment.at), (ZERO, amount)
        else:
            key = settlement_key(payment.partner, payment.currency, order, contract)
            yield (SETTLEMENTS.name, key, (), payment.at), (ZERO, -amount)


def _parts(payment: IncomingPayment | OutgoingPayment) -> Iterator[tuple[str, str, Decimal]]:
    """What a payment is for: an order, a contract, or neither, and how much of it."""
    yield from ((each.own_order, each.contract, each.amount) for each in payment.allocations)
    if rest := payment.unallocated:
        yield "", "", rest


#: Kind of document -> what it stands for once it is posted (section Y of the catalogue).
MOVEMENTS: Mapping[type[Document], Callable[[Any], Iterator[Movement]]] = {
    SalesOrder: _sales_order,
    PurchaseOrder: _purchase_order,
    GoodsReceipt: _goods_receipt,
    StockReceipt: _stock_receipt,
    Reassignment: _reassignment,
    StockAllocation: lambda _: iter(()),  # what it gave stands in the orders
    Shipment: _shipment,
    SalesReturn: _sales_return,
    OwnershipTransfer: _ownership,
    ConsignmentReport: _ownership,
    IncomingPayment: _incoming,
    OutgoingPayment: _outgoing,
}


def movements(document: Document | None) -> dict[Place, tuple[Decimal, ...]]:
    """What the document stands for in the registers: nothing unless it is posted."""
    found: dict[Place, tuple[Decimal, ...]] = {}
    if document is not None and document.posted:
        for place, amounts in MOVEMENTS[type(document)](document):
            known = found.get(place)
            found[place] = tuple(map(Decimal.__add__, known, amounts)) if known else amounts
    return found


def entries_between(before: Document | None, after: Document, at: datetime) -> tuple[Entry, ...]:
    """The entries that turn what `before` stood for into what `after` stands for."""
    if isinstance(before, SalesOrder) and isinstance(after, SalesOrder) and _stands_alike(before, after):
        return ()
    old, ref = movements(before), after.ref
    entries = []
    for place, amounts in movements(after).items():
        was = old.pop(place, None)
        if was == amounts:
            continue
        change = tuple(map(Decimal.__sub__, amounts, was)) if was else amounts
        if any(change):
            entries.append(_entry(place, change, ref, at))
    entries += [
        _entry(place, tuple([-amount for amount in amounts]), ref, at) for place, amounts in old.items() if any(amounts)
    ]
    return tuple(entries)


def _stands_alike(before: SalesOrder, after: SalesOrder) -> bool:
    """Whether a change cannot have moved anything: payments and dates leave lines alone, and they are frequent."""
    same_lines = before.lines is after.lines and before.posting is after.posting
    same_lines = same_lines and before.ship_on is after.ship_on and before.at is after.at  # the place in the queue
    return same_lines and (
        before.status is after.status or OrderStatus.ON_APPROVAL not in (before.status, after.status)
    )


def _entry(place: Place, amounts: tuple[Decimal, ...], document: Ref, at: datetime) -> Entry:
    register, key, attributes, moment = place
    return Entry(register, key, amounts, moment or at, document, attributes)
