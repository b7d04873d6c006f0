"""Reference data and where it comes from."""

from tradecore.catalog.payment_terms import (
    DueBase,
    PaymentSchedule,
    PaymentTermsMode,
    StageGating,
    StageKind,
    StageTerms,
)
from tradecore.catalog.protocol import Catalog
from tradecore.catalog.records import (
    Agreement,
    AgreementKind,
    BusinessOperation,
    CancellationReason,
    CatalogRevision,
    ContactPerson,
    Contract,
    Item,
    ItemKind,
    LegalEntity,
    Partner,
    Price,
    PriceKind,
    Segment,
    SettlementDetail,
    Warehouse,
)
from tradecore.catalog.templates import OrderTemplate, TemplateLine
from tradecore.values.record import Record

#: Kind -> class, for every kind of reference data the store can keep.
CATALOG_KINDS: dict[str, type[Record]] = {
    each.KIND: each
    for each in (
        Agreement,
        CancellationReason,
        CatalogRevision,
        Contract,
        Item,
        OrderTemplate,
        Partner,
        PaymentSchedule,
        Price,
        PriceKind,
        Warehouse,
    )
}

__all__ = [
    "CATALOG_KINDS",
    "Agreement",
    "AgreementKind",
    "BusinessOperation",
    "CancellationReason",
    "Catalog",
    "CatalogRevision",
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
]
