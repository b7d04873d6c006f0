"""The documents: frozen values, one file each. `KINDS` names every record a store can keep."""

from tradecore.catalog import CATALOG_KINDS
from tradecore.documents.base import Document, Posting
from tradecore.documents.goods_receipt import GoodsReceipt, GoodsReceiptLine
from tradecore.documents.ownership import ConsignmentReport, OwnershipDocument, OwnershipLine, OwnershipTransfer
from tradecore.documents.payments import Allocation, IncomingPayment, OutgoingPayment, PaymentMethod, PaymentPurpose
from tradecore.documents.purchase_order import PurchaseOrder, PurchaseOrderLine
from tradecore.documents.reassignment import Reassignment, ReassignmentLine
from tradecore.documents.relay_cursor import RelayCursor
from tradecore.documents.sales_order import (
    HELD,
    SEPARATE,
    STATUSES,
    Cancellation,
    OrderLine,
    OrderState,
    OrderStatus,
    OrderUsage,
    PaymentStage,
    Provision,
    ProvisioningAction,
    SalesOrder,
)
from tradecore.documents.sales_return import SalesReturn, SalesReturnLine
from tradecore.documents.settled import SettledDocument, settled_terms
from tradecore.documents.shipment import Shipment, ShipmentLine
from tradecore.documents.stock_allocation import StockAllocation, StockAllocationLine
from tradecore.documents.stock_receipt import StockReceipt, StockReceiptLine
from tradecore.values.record import Record

#: Kind -> class of every document.
DOCUMENTS: dict[str, type[Document]] = {
    each.KIND: each
    for each in (
        SalesOrder,
        PurchaseOrder,
        GoodsReceipt,
        StockReceipt,
        StockAllocation,
        Reassignment,
        Shipment,
        SalesReturn,
        OwnershipTransfer,
        ConsignmentReport,
        IncomingPayment,
        OutgoingPayment,
    )
}

#: Kind -> class of everything a store keeps.
KINDS: dict[str, type[Record]] = {**CATALOG_KINDS, **DOCUMENTS, RelayCursor.KIND: RelayCursor}

__all__ = [
    "DOCUMENTS",
    "HELD",
    "KINDS",
    "SEPARATE",
    "STATUSES",
    "Allocation",
    "Cancellation",
    "ConsignmentReport",
    "Document",
    "GoodsReceipt",
    "GoodsReceiptLine",
    "IncomingPayment",
    "OrderLine",
    "OrderState",
    "OrderStatus",
    "OrderUsage",
    "OutgoingPayment",
    "OwnershipDocument",
    "OwnershipLine",
    "OwnershipTransfer",
    "PaymentMethod",
    "PaymentPurpose",
    "PaymentStage",
    "Posting",
    "Provision",
    "ProvisioningAction",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Reassignment",
    "ReassignmentLine",
    "RelayCursor",
    "SalesOrder",
    "SalesReturn",
    "SalesReturnLine",
    "SettledDocument",
    "Shipment",
    "ShipmentLine",
    "StockAllocation",
    "StockAllocationLine",
    "StockReceipt",
    "StockReceiptLine",
    "settled_terms",
]
