"""What was bought for one order line and has come: it is nobody else's, wherever it lies."""

from tradecore.registers.base import Register

#: Goods of it are reserved in STOCK by the documents that move them here. Work that was bought stands here alone.
PEGGED = Register(
    name="pegged",
    dimensions=("item", "warehouse", "order", "line"),
    resources=("quantity",),
    measures={"quantity": (1,)},
    floors=("quantity",),
)
