"""The ledgers. One file a register; `REGISTERS` names them all."""

from tradecore.registers.base import Balance, Entry, Key, Place, Register, Turnover
from tradecore.registers.entrusted import ENTRUSTED
from tradecore.registers.order_lines import ORDER_LINES
from tradecore.registers.pegged import PEGGED
from tradecore.registers.settlements import SETTLEMENTS, settlement_key
from tradecore.registers.stock import STOCK
from tradecore.registers.supplier_settlements import SUPPLIER_SETTLEMENTS, supplier_key
from tradecore.registers.supply import NEEDS, SUPPLY

#: Name -> register. Stores lock and write them in this order.
REGISTERS: dict[str, Register] = {
    each.name: each
    for each in (STOCK, SUPPLY, NEEDS, PEGGED, ORDER_LINES, ENTRUSTED, SETTLEMENTS, SUPPLIER_SETTLEMENTS)
}

__all__ = [
    "ENTRUSTED",
    "NEEDS",
    "ORDER_LINES",
    "PEGGED",
    "REGISTERS",
    "SETTLEMENTS",
    "STOCK",
    "SUPPLIER_SETTLEMENTS",
    "SUPPLY",
    "Balance",
    "Entry",
    "Key",
    "Place",
    "Register",
    "Turnover",
    "settlement_key",
    "supplier_key",
]
