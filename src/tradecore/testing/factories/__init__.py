"""
Values built with only the facts that matter: `an_order(lines=[a_line(quantity=3)])`.

Every factory gives a whole, sound value; what is not said is ordinary. Any other field is set by its name. The ids
agree with those of `seed`, so that values and a seeded trade fit together.
"""

from tradecore.testing.factories.catalogue import (
    a_partner,
    a_price,
    a_price_kind,
    a_reason,
    a_schedule,
    a_stage,
    a_warehouse,
    an_agreement,
    an_item,
    catalogue,
    seed,
)
from tradecore.testing.factories.documents import (
    AT,
    a_goods_receipt,
    a_line,
    a_payment,
    a_provision,
    a_purchase_line,
    a_purchase_order,
    a_receipt_line,
    a_refund,
    a_sales_return,
    a_shipment,
    a_shipment_line,
    a_stock_allocation,
    a_stock_line,
    a_stock_receipt,
    an_allocation,
    an_order,
)
from tradecore.testing.factories.ledger import a_commit, an_entry, an_event

__all__ = [
    "AT",
    "a_commit",
    "a_goods_receipt",
    "a_line",
    "a_partner",
    "a_payment",
    "a_price",
    "a_price_kind",
    "a_provision",
    "a_purchase_line",
    "a_purchase_order",
    "a_reason",
    "a_receipt_line",
    "a_refund",
    "a_sales_return",
    "a_schedule",
    "a_shipment",
    "a_shipment_line",
    "a_stage",
    "a_stock_allocation",
    "a_stock_line",
    "a_stock_receipt",
    "a_warehouse",
    "an_agreement",
    "an_allocation",
    "an_entry",
    "an_event",
    "an_item",
    "an_order",
    "catalogue",
    "seed",
]
