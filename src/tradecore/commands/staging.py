"""The money an order may count on: its own, or that of its contract where the contract is settled as a whole (C14, I4)."""

from collections.abc import Mapping

from tradecore.commands.session import Session, of_register
from tradecore.documents import SalesOrder
from tradecore.registers import SETTLEMENTS, Key, settlement_key
from tradecore.rules.purse import with_purse


async def staged(session: Session, order: SalesOrder) -> SalesOrder:
    """
    The order to ask payment stages about. Most orders are that themselves, and nothing is read.

    Its money belongs to all orders of the contract: `kept` takes it out again before anything is saved.
    """
    return (await all_staged(session, {order.id: order}))[order.id] if order.by_contract else order


async def all_staged(session: Session, orders: Mapping[str, SalesOrder]) -> dict[str, SalesOrder]:
    """The same for several orders, by id: the purses of all their contracts are read at once."""
    keys = {id: _purse(order) for id, order in orders.items() if order.by_contract}
    found = of_register(SETTLEMENTS, await session.balances((SETTLEMENTS, keys.values())))
    return {id: with_purse(order, found.get(keys[id])) if id in keys else order for id, order in orders.items()}


def _purse(order: SalesOrder) -> Key:
    return settlement_key(order.customer, order.pays_in, contract=order.contract or "")
