"""Which documents belong together: what one was made for, in the words of its own fields (B10)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tradecore.documents import (
    ConsignmentReport,
    Document,
    GoodsReceipt,
    IncomingPayment,
    OutgoingPayment,
    OwnershipDocument,
    OwnershipTransfer,
    PurchaseOrder,
    SalesOrder,
    SalesReturn,
    Shipment,
)
from tradecore.rules.paying import order_kind
from tradecore.values.record import Ref


def _of_payment(payment: IncomingPayment | OutgoingPayment) -> Iterable[Ref]:
    return (Ref(order_kind(payment).KIND, each.order) for each in payment.allocations if each.order)


def _of_ownership(document: OwnershipDocument) -> Iterable[Ref]:
    for line in document.lines:
        yield Ref(SalesOrder.KIND, line.order)
        yield Ref(Shipment.KIND, line.shipment)


def _of_refund(payment: OutgoingPayment) -> Iterable[Ref]:
    back = (Ref(SalesReturn.KIND, payment.sales_return),) if payment.sales_return else ()
    return (*_of_payment(payment), *back)


def _of_receipt(receipt: GoodsReceipt) -> Iterable[Ref]:
    return (Ref(PurchaseOrder.KIND, receipt.purchase_order),) if receipt.purchase_order else ()


def _of_order(order: SalesOrder) -> Iterable[Ref]:
    sources = (part.source for line in order.lines for part in line.provisions)
    return (Ref(PurchaseOrder.KIND, source) for source in sources if source)


#: Kind of document -> the documents it names: those it was made for, or waits for.
BASES: Mapping[type[Document], Callable[[Any], Iterable[Ref]]] = {
    SalesOrder: _of_order,
    Shipment: lambda shipment: (Ref(SalesOrder.KIND, shipment.order),),
    SalesReturn: lambda back: (Ref(SalesOrder.KIND, back.order), Ref(Shipment.KIND, back.shipment)),
    OwnershipTransfer: _of_ownership,
    ConsignmentReport: _of_ownership,
    GoodsReceipt: _of_receipt,
    IncomingPayment: _of_payment,
    OutgoingPayment: _of_refund,
}


def bases(document: Document) -> tuple[Ref, ...]:
    """The documents this one names, once each."""
    find = BASES.get(type(document))
    return tuple(dict.fromkeys(find(document))) if find else ()
