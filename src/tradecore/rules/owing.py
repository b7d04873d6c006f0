"""
What a customer owes, and since when: the one place that knows what the operation of an order means (C1-C4, C14, C15).

| Operation | Goods are the customer's | Debt and revenue arise by | Delivered means |
|---|---|---|---|
| SALE | when they are shipped | the shipment | shipped |
| SALE_IN_TRANSIT | when ownership is transferred | the transfer | shipped, and ownership has passed or the goods came back |
| CONSIGNMENT | when the consignee has sold them | his report | shipped, and sold or come back |

Services are rendered, not handed over: they are owed by the shipment under every operation.

Where ownership passes later, goods that were shipped and have not passed are *entrusted*: ours in other hands. An order
with entrusted goods is not delivered. It stays SHIPPING and cannot be closed; once nothing is open or entrusted it awaits
payment, or is ready to be closed, like any other. A consignee cannot owe before he has sold, so no more than what was
charged ever falls due, and stages before shipment are refused.

A contract that is settled as a whole has one debt and one purse. Its orders have no paid amount, no debt and no due day of
their own, money never decides their state, and closing asks for none. Stages before shipment are covered by the purse: by
what was paid under the contract beyond what was charged (I4).

An order may be paid in another currency than that of its prices. The rate is frozen with the order. Every document is
rounded on its own, so that the parts of an order add up to what the whole order costs by the rate.
"""

from decimal import Decimal

from tradecore.catalog import BusinessOperation
from tradecore.documents import SalesOrder
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO


def owed(order: SalesOrder) -> Decimal:
    """The money that may be asked for, now or by its stages, and has not come. None of an order settled by contract."""
    if order.by_contract:
        return ZERO
    due = order.amount_due
    if order.operation is BusinessOperation.CONSIGNMENT:
        due = min(due, order.charged - order.credited)
    return max(due - order.paid, ZERO)


def charge_for(order: SalesOrder, sold: Decimal) -> Decimal | None:
    """What the customer comes to owe when goods of this amount become his; None where it is just the amount."""
    if order.is_plain:
        return None
    return max(order.settled(order.sold_amount + sold) - order.charged, ZERO)


def credit_for(order: SalesOrder, came_back: Decimal) -> Decimal | None:
    """What he need not pay any more when sold goods of this amount come back; None where it is just the amount."""
    if order.is_plain:
        return None
    back = order.returned_amount - order.recalled_amount + came_back
    credited = order.charged if back == order.sold_amount else order.settled(back)
    return max(credited - order.credited, ZERO)


def charged(order: SalesOrder, charge: Decimal, sold: Decimal) -> SalesOrder:
    """The order after goods of the amount `sold` have become the customer's, and he owes `charge` for them."""
    if order.is_plain:
        return order
    passed = order.passed_amount + sold if order.passes_later else ZERO
    return evolve(order, charged=order.charged + charge, passed_amount=passed)
