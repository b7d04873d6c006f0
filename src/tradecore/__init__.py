"""
tradecore: customer-order logic of wholesale trade that is right.

    trade = Trade.open("sqlite:///shop.db").init()
    order = trade.orders.place(customer="acme", warehouse="main", lines=[NewLine(item="chair", quantity=3)])
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradecore.catalog import (
        Agreement,
        AgreementKind,
        BusinessOperation,
        CancellationReason,
        Catalog,
        ContactPerson,
        Contract,
        DueBase,
        Item,
        ItemKind,
        LegalEntity,
        OrderTemplate,
        Partner,
        PaymentSchedule,
        PaymentTermsMode,
        Price,
        PriceKind,
        Segment,
        SettlementDetail,
        StageGating,
        StageKind,
        StageTerms,
        TemplateLine,
        Warehouse,
    )
    from tradecore.commands.queries import Due
    from tradecore.commands.session import Actor
    from tradecore.documents import (
        Allocation,
        ConsignmentReport,
        GoodsReceipt,
        IncomingPayment,
        OrderLine,
        OrderState,
        OrderStatus,
        OrderUsage,
        OutgoingPayment,
        OwnershipTransfer,
        PaymentMethod,
        PaymentPurpose,
        PaymentStage,
        Provision,
        ProvisioningAction,
        PurchaseOrder,
        Reassignment,
        SalesOrder,
        SalesReturn,
        Shipment,
        StockAllocation,
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
        SeparateQuantity,
    )
    from tradecore.errors import (
        Conflict,
        Corrupt,
        Invalid,
        KeyReused,
        NotFound,
        Refused,
        Severity,
        StoreError,
        TradeError,
        Violation,
    )
    from tradecore.events import Event, EventType
    from tradecore.languages import LANGUAGES, say, say_setting
    from tradecore.rules.checks import Case, Check, Checkpoint, Right
    from tradecore.settings import (
        AgreementUsage,
        ChannelStatus,
        ContractUsage,
        FillStrategy,
        OrderApproval,
        ReserveEnd,
        ReservePolicy,
        Settings,
    )
    from tradecore.trade import AsyncTrade, Trade
    from tradecore.values import UNSET, Money, Percent, Period, Quantity, Record, Unset
    from tradecore.values.business_days import BusinessCalendar

    __version__: str

#: Module -> the names it gives. A name is imported when it is first asked for: a host that needs `tradecore.errors`
#: alone does not pay for the rest.
_NAMES: dict[str, tuple[str, ...]] = {
    "tradecore.catalog": (
        "Agreement",
        "AgreementKind",
        "BusinessOperation",
        "CancellationReason",
        "Catalog",
        "ContactPerson",
        "Contract",
        "DueBase",
        "Item",
        "ItemKind",
        "LegalEntity",
        "OrderTemplate",
        "Partner",
        "PaymentSchedule",
        "PaymentTermsMode",
        "Price",
        "PriceKind",
        "Segment",
        "SettlementDetail",
        "StageGating",
        "StageKind",
        "StageTerms",
        "TemplateLine",
        "Warehouse",
    ),
    "tradecore.commands.queries": ("Due",),
    "tradecore.commands.session": ("Actor",),
    "tradecore.documents": (
        "Allocation",
        "ConsignmentReport",
        "GoodsReceipt",
        "IncomingPayment",
        "OrderLine",
        "OrderState",
        "OrderStatus",
        "OrderUsage",
        "OutgoingPayment",
        "OwnershipTransfer",
        "PaymentMethod",
        "PaymentPurpose",
        "PaymentStage",
        "Provision",
        "ProvisioningAction",
        "PurchaseOrder",
        "Reassignment",
        "SalesOrder",
        "SalesReturn",
        "Shipment",
        "StockAllocation",
        "StockReceipt",
    ),
    "tradecore.documents.inputs": (
        "LineCancellation",
        "LineQuantity",
        "NewLine",
        "NewPurchaseLine",
        "NewReceiptLine",
        "NewStockLine",
        "PaymentFor",
        "SeparateQuantity",
    ),
    "tradecore.errors": (
        "Conflict",
        "Corrupt",
        "Invalid",
        "KeyReused",
        "NotFound",
        "Refused",
        "Severity",
        "StoreError",
        "TradeError",
        "Violation",
    ),
    "tradecore.events": ("Event", "EventType"),
    "tradecore.languages": ("LANGUAGES", "say", "say_setting"),
    "tradecore.rules.checks": ("Case", "Check", "Checkpoint", "Right"),
    "tradecore.settings": (
        "AgreementUsage",
        "ChannelStatus",
        "ContractUsage",
        "FillStrategy",
        "OrderApproval",
        "ReserveEnd",
        "ReservePolicy",
        "Settings",
    ),
    "tradecore.trade": ("AsyncTrade", "Trade"),
    "tradecore.values.business_days": ("BusinessCalendar",),
    "tradecore.values": ("UNSET", "Money", "Percent", "Period", "Quantity", "Record", "Unset"),
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            value: Any = version("tradecore")
        except PackageNotFoundError:  # used from a source tree that is not installed
            value = "0"
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = [
    "LANGUAGES",
    "UNSET",
    "Actor",
    "Agreement",
    "AgreementKind",
    "AgreementUsage",
    "Allocation",
    "AsyncTrade",
    "BusinessCalendar",
    "BusinessOperation",
    "CancellationReason",
    "Case",
    "Catalog",
    "ChannelStatus",
    "Check",
    "Checkpoint",
    "Conflict",
    "ConsignmentReport",
    "ContactPerson",
    "Contract",
    "ContractUsage",
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
    "OrderTemplate",
    "OrderUsage",
    "OutgoingPayment",
    "OwnershipTransfer",
    "Partner",
    "PaymentFor",
    "PaymentMethod",
    "PaymentPurpose",
    "PaymentSchedule",
    "PaymentStage",
    "PaymentTermsMode",
    "Percent",
    "Period",
    "Price",
    "PriceKind",
    "Provision",
    "ProvisioningAction",
    "PurchaseOrder",
    "Quantity",
    "Reassignment",
    "Record",
    "Refused",
    "ReserveEnd",
    "ReservePolicy",
    "Right",
    "SalesOrder",
    "SalesReturn",
    "Segment",
    "SeparateQuantity",
    "Settings",
    "SettlementDetail",
    "Severity",
    "Shipment",
    "StageGating",
    "StageKind",
    "StageTerms",
    "StockAllocation",
    "StockReceipt",
    "StoreError",
    "TemplateLine",
    "Trade",
    "TradeError",
    "Unset",
    "Violation",
    "Warehouse",
    "__version__",
    "say",
    "say_setting",
]
