"""What we owe suppliers and what we have paid them, by supplier, currency and purchase order."""

from tradecore.registers.base import Key, Register

#: `debt` above zero is owed by us. Goods and money without a purchase order stand under the empty one.
SUPPLIER_SETTLEMENTS = Register(
    name="supplier_settlements",
    dimensions=("supplier", "currency", "order"),
    resources=("charged", "paid"),
    measures={"debt": (1, -1)},
)


def supplier_key(supplier: str, currency: str, order: str = "") -> Key:
    """The key of what we owe for a purchase order, or beside any."""
    return (supplier, currency, order)
