"""What customers owe and what they have paid, by partner, currency, contract and order."""

from tradecore.registers.base import Key, Register

#: `debt` above zero is owed to us, below zero by us. Money for no order stands under the empty order; where a contract is
#: settled as a whole, all its money and all its debt do (C14).
SETTLEMENTS = Register(
    name="settlements",
    dimensions=("partner", "currency", "contract", "order"),
    resources=("charged", "paid"),
    measures={"debt": (1, -1), "paid": (0, 1)},
)


def settlement_key(partner: str, currency: str, order: str = "", contract: str = "") -> Key:
    """The key of the debt of an order, of a whole contract, or of a partner's free balance."""
    return (partner, currency, contract, order)
