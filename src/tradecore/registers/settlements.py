"""What partners owe and what they have paid, by partner, currency and order."""

from tradecore.registers.base import Register

#: `debt` above zero is owed to us, below zero by us. Money without an order stands under the empty order.
SETTLEMENTS = Register(
    name="settlements",
    dimensions=("partner", "currency", "order"),
    resources=("charged", "paid"),
    measures={"debt": (1, -1), "paid": (0, 1)},
)
