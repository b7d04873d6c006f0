"""
The purse of a contract that is settled as a whole: what was paid under it beyond what was charged (C14, I4).

Its orders have no money of their own. Their payment stages are covered by the purse, and what they are charged empties it.
"""

from decimal import ROUND_CEILING, Decimal

from tradecore.catalog import StageGating
from tradecore.changes import Ceiling, Guard
from tradecore.documents import SalesOrder
from tradecore.registers import SETTLEMENTS, Balance, settlement_key
from tradecore.rules.stage_gating import SHIPMENT, passage, passed_value
from tradecore.values.currencies import DECIMALS
from tradecore.values.evolving import evolve
from tradecore.values.numbers import EXACT, ONE, ZERO


def with_purse(order: SalesOrder, contract: Balance | None) -> SalesOrder:
    """
    The order as its payment stages see it: where its contract is settled as a whole, paid from the contract's purse.

    The purse holds what was paid under the contract beyond what was charged for other orders.
    """
    if not order.by_contract:
        return order
    all_charged, all_paid = contract.amounts if contract else (ZERO, ZERO)
    return evolve(order, paid=max(all_paid - all_charged + order.charged - order.credited, ZERO))


def purse_guards(before: SalesOrder, after: SalesOrder) -> tuple[Guard, ...]:
    """
    What must still hold of the contract's debt once more of an order was charged to it: the purse covers its stages before
    shipment, or with COVERED_AMOUNT the part of them that what was shipped asks for.

    `before` is the order as those stages saw it. Where they were not covered, somebody had the right to ship all the same.
    """
    how_far = passage(before, SHIPMENT)
    if not after.by_contract or not how_far.due:
        return ()
    asked = how_far.due if how_far.open else _asked_for(after, how_far.due)
    if before.paid < asked:
        return ()
    key = settlement_key(after.customer, after.pays_in, contract=after.contract or "")
    return (Ceiling(SETTLEMENTS.name, key, "debt", after.charged - after.credited - asked),)


def _asked_for(order: SalesOrder, due: Decimal) -> Decimal:
    """What of the stages before shipment must have come for what was shipped."""
    if order.stage_gating is StageGating.WHOLE_ORDER or not order.total:
        return due
    part = EXACT.divide(EXACT.multiply(due, passed_value(order, SHIPMENT)), order.total)
    return min(due, part.quantize(ONE.scaleb(-DECIMALS[order.pays_in]), ROUND_CEILING, EXACT))
