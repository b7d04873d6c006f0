"""What the hand-written sides agree on: statuses, stages, moments, and the two ways a command can fail."""

import time

from bench.work import Line, price

PLACED, APPROVED, PAID, SHIPPED, CLOSED = "placed", "approved", "paid", "shipped", "closed"
#: Status a command leaves -> status it finds.
BEFORE = {APPROVED: PLACED, PAID: APPROVED, SHIPPED: PAID, CLOSED: SHIPPED}
_DAY = 86_400


class Refused(Exception):
    """A guard did not hold."""


def moment() -> int:
    """Now, in whole seconds."""
    return int(time.time())


def worth(lines: tuple[Line, ...]) -> int:
    """What the lines cost, in cents."""
    return sum(line.quantity * price(line.item) for line in lines)


def stages(total: int, now: int) -> tuple[tuple[int, int, int], ...]:
    """Number, amount and due moment: 30 % now, the rest in a month."""
    first = total * 30 // 100
    return (1, first, now), (2, total - first, now + 30 * _DAY)
