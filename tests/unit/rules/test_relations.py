"""Which documents a document names."""

from decimal import Decimal
from typing import Any

from tests.unit.builders import NOON, a_line, an_order, promised, reserved
from tradecore import Allocation, GoodsReceipt, IncomingPayment, OutgoingPayment, PaymentPurpose, StockReceipt
from tradecore.rules import shipping
from tradecore.rules.relations import BASES, bases
from tradecore.values.record import Ref


def test_documents_name_what_they_were_made_for() -> None:
    """A shipment its order, a return both, a receipt its purchase order if it has one (B10)."""
    order = an_order(lines=[a_line(provisions=(reserved(1),))])
    shipment = shipping.make_shipment(order, {"1": Decimal(1)}, id="sh", at=NOON, author="a")
    assert (order.ref,) == bases(shipment)
    back = shipping.make_return(shipment, {"1": Decimal(1)}, id="rt", at=NOON, author="a")
    assert (order.ref, shipment.ref) == bases(back)
    receipt = GoodsReceipt(id="gr", at=NOON, supplier="mill", currency="EUR", purchase_order="po", lines=())
    assert (Ref("purchase_order", "po"),) == bases(receipt)
    assert () == bases(GoodsReceipt(id="gr", at=NOON, supplier="mill", currency="EUR", lines=()))


def test_orders_name_what_they_are_promised_from() -> None:
    """The purchase orders their goods come with, once each."""
    lines = [a_line(quantity=3, provisions=(promised(1), reserved(1))), a_line("2", provisions=(promised(1),))]
    assert (Ref("purchase_order", "po"),) == bases(an_order(lines=lines))


def test_payments_name_orders_of_their_kind() -> None:
    """Sales orders, or purchase orders where a supplier is paid."""
    facts: dict[str, Any] = {"at": NOON, "partner": "acme", "amount": Decimal(2), "currency": "EUR"}
    facts["allocations"] = tuple(Allocation(order=order, amount=Decimal(1)) for order in ("o", "o"))
    sales, bought = (Ref("sales_order", "o"),), (Ref("purchase_order", "o"),)
    assert sales == bases(IncomingPayment(id="ip", **facts)) == bases(OutgoingPayment(id="op", **facts))
    assert bought == bases(OutgoingPayment(id="op", purpose=PaymentPurpose.TO_SUPPLIER, **facts))


def test_stock_receipts_and_purchases_stand_at_the_beginning() -> None:
    """They name nothing."""
    assert () == bases(StockReceipt(id="sr", at=NOON, warehouse="main", lines=()))
    assert StockReceipt not in BASES
