"""What happened to every ordered quantity: the ledger behind percents, states and reports."""

from tradecore.registers.base import Register

#: Its balances stand in the order itself, so stores keep no totals of it.
ORDER_LINES = Register(
    name="order_lines",
    dimensions=("order", "line"),
    resources=("ordered", "cancelled", "shipped", "returned"),
    measures={"open": (1, -1, -1, 0)},
    attributes=("reason",),
    totals=False,
)
