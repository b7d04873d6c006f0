"""Our goods in other hands: on their way to a customer, or with a consignee."""

from tradecore.registers.base import Register

#: A shipment brings goods here; a transfer of ownership, a consignee's report or a return takes them away. Never more than
#: came: `quantity` never falls below zero. `amount` is what they cost the customer once they become his.
ENTRUSTED = Register(
    name="entrusted",
    dimensions=("operation", "partner", "item", "order", "line", "shipment"),
    resources=("quantity", "amount"),
    measures={"quantity": (1, 0), "amount": (0, 1)},
    floors=("quantity",),
)
