"""The floor in memory: tuples and dicts, nothing that a crash or a second thread could disturb."""

from typing import Any

from bench.floor.terms import APPROVED, BEFORE, CLOSED, PAID, PLACED, SHIPPED, Refused, moment, stages, worth
from bench.work import ITEMS, STOCK, Demand, price, require


class MemoryFloor:
    """One process's own shop; also its only client."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.stock: list[list[int]] = []
        self.moves: list[tuple[int, str, int, int, int]] = []
        self.settlements: list[tuple[int, str, int, int]] = []
        self.outbox: list[tuple[int, str, int]] = []

    def prepare(self) -> None:
        """Fill the stock: pieces on hand, pieces reserved."""
        self.stock = [[STOCK, 0] for _ in range(ITEMS)]

    def client(self, number: int) -> "MemoryFloor":  # noqa: ARG002  # there is only one
        """Itself."""
        return self

    def finish(self) -> None:
        """Nothing to give back."""

    def place(self, demand: Demand) -> int:
        """Write the order down."""
        id, now, total = len(self.orders), moment(), worth(demand.lines)
        self.orders.append(
            {
                "customer": demand.customer,
                "status": PLACED,
                "version": 1,
                "total": total,
                "paid": 0,
                "lines": [(line.item, line.quantity, price(line.item), 0) for line in demand.lines],
                "stages": [(*stage, 0) for stage in stages(total, now)],
            }
        )
        self.outbox.append((id, PLACED, now))
        return id

    def approve(self, order: int) -> None:
        """Reserve all lines or none."""
        now, found = moment(), self._order(order, APPROVED)
        lines = found["lines"]
        for item, quantity, _, _ in lines:
            on_hand, reserved = self.stock[item]
            if on_hand - reserved < quantity:
                raise Refused
        for item, quantity, _, _ in lines:
            self.stock[item][1] += quantity
            self.moves.append((order, "reserve", item, quantity, now))
        self._write(order, found, APPROVED, now)

    def pay(self, order: int) -> None:
        """Mark all stages paid."""
        now, found = moment(), self._order(order, PAID)
        total = found["total"]
        found["stages"] = [(number, amount, due, amount) for number, amount, due, _ in found["stages"]]
        found["paid"] = total
        self.settlements += (order, "cash", total, now), (order, "customer", -total, now)
        self._write(order, found, PAID, now)

    def ship(self, order: int) -> None:
        """Take the goods out of stock and out of reserve."""
        now, found = moment(), self._order(order, SHIPPED)
        for item, quantity, _, _ in found["lines"]:
            place = self.stock[item]
            if min(place) < quantity:
                raise Refused
            place[0] -= quantity
            place[1] -= quantity
            self.moves.append((order, "ship", item, -quantity, now))
        found["lines"] = [(item, quantity, each, quantity) for item, quantity, each, _ in found["lines"]]
        total = found["total"]
        self.settlements += (order, "customer", total, now), (order, "sales", -total, now)
        self._write(order, found, SHIPPED, now)

    def close(self, order: int) -> None:
        """Close what is paid and shipped."""
        found = self._order(order, CLOSED)
        if found["paid"] != found["total"] or any(line[1] != line[3] for line in found["lines"]):
            raise Refused
        self._write(order, found, CLOSED, moment())

    def _order(self, id: int, wanted: str) -> dict[str, Any]:
        found = self.orders[id]
        if found["status"] != BEFORE[wanted]:
            raise Refused
        return found

    def _write(self, id: int, found: dict[str, Any], status: str, now: int) -> None:
        found["status"] = status
        found["version"] += 1
        self.outbox.append((id, status, now))

    def check(self, lives: int) -> None:
        """Compare stock with moves, money with money, orders with lives and outbox."""
        shipped = -sum(quantity for _, kind, _, quantity, _ in self.moves if kind == "ship")
        on_hand = sum(each for each, _ in self.stock)
        require("closed orders", expected=lives, found=sum(o["status"] == CLOSED for o in self.orders))
        require("pieces on hand", expected=ITEMS * STOCK - shipped, found=on_hand)
        require("pieces reserved", expected=sum(m[3] for m in self.moves), found=sum(r for _, r in self.stock))
        require("sum of settlements", expected=0, found=sum(each[2] for each in self.settlements))
        require("outbox rows", expected=sum(o["version"] for o in self.orders), found=len(self.outbox))
