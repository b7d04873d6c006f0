"""
tradecore: customer-order logic of wholesale trade that is right.

    trade = Trade.open("sqlite:///shop.db").init()
    order = trade.orders.place(customer="acme", warehouse="main", lines=[NewLine(item="chair", quantity=3)])
"""

from importlib.metadata import PackageNotFoundError, version

from tradecore.catalog import (
    Agreement,
    AgreementKind,
    CancellationReason,
    Catalog,
    ContactPerson,
    DueBase,
    Item,
    ItemKind,
    LegalEntity,
    Partner,
    Price,
    PriceKind,
    StageKind,
    StageTerms,
    Warehouse,
)
from tradecore.commands.queries import Due
from tradecore.commands.session import Actor
from tradecore.documents import (
    Allocation,
    GoodsReceipt,
    IncomingPayment,
    OrderLine,
    OrderState,
    OrderStatus,
    OrderUsage,
    OutgoingPayment,
    PaymentMethod,
    PaymentStage,
    Provision,
    ProvisioningAction,
    PurchaseOrder,
    SalesOrder,
    SalesReturn,
    Shipment,
    StockReceipt,
)
from tradecore.documents.inputs import (
    LineCancellation,
    LineQuantity,
    NewLine,
    NewPurchaseLine,
    NewReceiptLine,
    NewStockLine,
    PaymentFor,
)
from tradecore.errors import Conflict, Corrupt, Invalid, KeyReused, NotFound, Refused, StoreError, TradeError, Violation
from tradecore.events import Event, EventType
from tradecore.settings import AgreementUsage, FillStrategy, OrderApproval, Settings
from tradecore.trade import AsyncTrade, Trade
from tradecore.values import Money, Percent, Period, Quantity

try:
    __version__ = version("tradecore")
except PackageNotFoundError:  # used from a source tree that is not installed
    __version__ = "0"

__all__ = [
    "Actor",
    "Agreement",
    "AgreementKind",
    "AgreementUsage",
    "Allocation",
    "AsyncTrade",
    "CancellationReason",
    "Catalog",
    "Conflict",
    "ContactPerson",
    "Corrupt",
    "Due",
    "DueBase",
    "Event",
    "EventType",
    "FillStrategy",
    "GoodsReceipt",
    "IncomingPayment",
    "Invalid",
    "Item",
    "ItemKind",
    "KeyReused",
    "LegalEntity",
    "LineCancellation",
    "LineQuantity",
    "Money",
    "NewLine",
    "NewPurchaseLine",
    "NewReceiptLine",
    "NewStockLine",
    "NotFound",
    "OrderApproval",
    "OrderLine",
    "OrderState",
    "OrderStatus",
    "OrderUsage",
    "OutgoingPayment",
    "Partner",
    "PaymentFor",
    "PaymentMethod",
    "PaymentStage",
    "Percent",
    "Period",
    "Price",
    "PriceKind",
    "Provision",
    "ProvisioningAction",
    "PurchaseOrder",
    "Quantity",
    "Refused",
    "SalesOrder",
    "SalesReturn",
    "Settings",
    "Shipment",
    "StageKind",
    "StageTerms",
    "StockReceipt",
    "StoreError",
    "Trade",
    "TradeError",
    "Violation",
    "Warehouse",
    "__version__",
]
