"""Stock on hand and what of it is reserved, by item and warehouse."""

from tradecore.registers.base import Register

#: `free` is what may be promised; it never falls below zero. Entries say for which order line they reserve.
STOCK = Register(
    name="stock",
    dimensions=("item", "warehouse"),
    resources=("on_hand", "reserved"),
    measures={"free": (1, -1), "on_hand": (1, 0), "reserved": (0, 1)},
    floors=("free", "reserved"),
    attributes=("order", "line"),
    timeline="on_hand",
)
