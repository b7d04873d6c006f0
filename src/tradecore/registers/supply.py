"""Goods that purchase orders are expected to bring, and what of them is promised to sales orders."""

from tradecore.registers.base import Register

#: `open` is what may still be promised; it never falls below zero.
SUPPLY = Register(
    name="supply",
    dimensions=("item", "warehouse", "expected_on", "purchase_order", "purchase_line"),
    resources=("expected", "promised"),
    measures={"open": (1, -1), "expected": (1, 0), "promised": (0, 1)},
    floors=("open", "promised"),
    attributes=("order", "line"),
)

#: What order lines wait for: from the common pool (empty source), or from one purchase order line. `rank` is the place
#: in the queue, so that it can be read without the orders.
NEEDS = Register(
    name="needs",
    dimensions=("item", "warehouse", "source", "rank", "order", "line"),
    resources=("quantity",),
    measures={"quantity": (1,)},
    floors=("quantity",),
)
