"""What a clerk looks at: the shelf, the till, the state of an order."""

from tradecore import OrderState, Trade


def shelf(trade: Trade, item: str, warehouse: str = "main") -> tuple[str, str]:
    """On hand and reserved."""
    found = trade.stock.balance(item, warehouse)
    return f"{found.on_hand.value:f}", f"{found.reserved.value:f}"


def figures(trade: Trade, order: str) -> tuple[OrderState | None, str, str]:
    """State, paid and shipped of an order."""
    found = trade.orders.explain(order)
    return found.state, str(found.paid), str(found.shipped)


def owes(trade: Trade, partner: str = "acme") -> str:
    """What a partner owes us; below zero we owe."""
    return str(trade.partners.balance(partner)[0].debt)
