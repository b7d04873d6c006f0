"""
Separate provisioning: what is bought for one order line and for nothing else (E5, E7, F1-F5).

Of a quantity under PROVISION_SEPARATELY a part is still to be bought, a part is ordered from a supplier, and a part has
come. What has come stands in the register PEGGED, in the warehouse where it lies. A line uses no more of it than lies
in its own warehouse: one function, `matched`, brings the line in step with the register after every change of either.
What the line does not use is surplus: it stays with the order until somebody frees it.

Unless `allow_excess_separate` is set there is no surplus: no more is bought than is needed and not bought yet, it comes
to the warehouse of the line, and what is bought or has come is neither cancelled nor released.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from tradecore.documents import OrderLine, Provision, ProvisioningAction, SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.registers import PEGGED, Balance, Key
from tradecore.rules.provisions import merged
from tradecore.settings import Settings
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO, total
from tradecore.values.sentences import Sentence
from tradecore.values.text import DocumentId, LineId

_SEPARATE, _SHIP = ProvisioningAction.PROVISION_SEPARATELY, ProvisioningAction.SHIP_SEPARATELY
_BOTH = (_SEPARATE, _SHIP)


@attrs.define
class _Parts:
    """The provisions of a line, taken apart."""

    others: list[Provision]
    ordered: list[Provision]
    to_buy: Decimal
    arrived: Decimal
    released: Decimal

    @classmethod
    def of(cls, line: OrderLine) -> "_Parts":
        """Take them apart."""
        mine = [each for each in line.provisions if each.action is _SEPARATE]
        return cls(
            [each for each in line.provisions if each.action not in _BOTH],
            [each for each in mine if each.source and not each.arrived],
            total([each.quantity for each in mine if not each.source and not each.arrived]),
            total([each.quantity for each in mine if each.arrived]),
            line.held(_SHIP),
        )

    def together(self, line: OrderLine) -> OrderLine:
        """The line with these provisions."""
        new = (
            Provision(action=_SHIP, quantity=self.released),
            Provision(action=_SEPARATE, quantity=self.arrived, arrived=True),
            *self.ordered,
            Provision(action=_SEPARATE, quantity=self.to_buy),
        )
        return evolve(line, provisions=merged((*self.others, *new)))


def to_buy(line: OrderLine) -> Decimal:
    """What is to be bought for the line alone and is not ordered yet."""
    return _Parts.of(line).to_buy


def started(line: OrderLine) -> Decimal:
    """What is ordered for the line alone, or has come."""
    return line.held(*_BOTH) - to_buy(line) if line.provisions else ZERO


def bound(line: OrderLine, settings: Settings) -> Decimal:
    """What of the line may be neither cancelled nor released, because it was bought for it (F4)."""
    return ZERO if settings.allow_excess_separate else started(line)


def matched(line: OrderLine, pegged: Decimal) -> OrderLine:
    """
    The line in step with what was bought for it and lies in its warehouse.

    It uses no more than that: what it used beyond is to be bought again, released goods last. And what it still has to
    buy is covered by it.
    """
    parts = _Parts.of(line)
    released = min(parts.released, pegged)
    arrived = min(parts.arrived, pegged - released)
    lost = parts.released - released + parts.arrived - arrived
    gained = min(parts.to_buy, pegged - released - arrived)
    if not lost and not gained:
        return line
    parts.released, parts.arrived, parts.to_buy = released, arrived + gained, parts.to_buy + lost - gained
    return parts.together(line)


def ordered(line: OrderLine, quantity: Decimal, source: DocumentId, source_line: LineId, on: date) -> OrderLine:
    """The line with as much of a quantity as it has to buy ordered from a supplier."""
    parts = _Parts.of(line)
    taken = min(quantity, parts.to_buy)
    parts.to_buy -= taken
    new = Provision(action=_SEPARATE, quantity=taken, on=on, source=source, source_line=source_line)
    parts.ordered.append(new)
    return parts.together(line) if taken else line


def unordered(line: OrderLine, source: DocumentId, source_line: LineId, quantity: Decimal | None = None) -> OrderLine:
    """The line with what was ordered from a supplier, or a quantity of it, to be bought again."""
    parts = _Parts.of(line)
    for index, each in enumerate(parts.ordered):
        if (each.source, each.source_line) == (source, source_line):
            taken = each.quantity if quantity is None else min(quantity, each.quantity)
            parts.ordered[index] = evolve(each, quantity=each.quantity - taken)
            parts.to_buy += taken
            return parts.together(line)
    return line


def ordered_from(line: OrderLine, source: DocumentId, source_line: LineId) -> Decimal:
    """What is ordered for the line from one line of a purchase order."""
    mine = [each for each in _Parts.of(line).ordered if (each.source, each.source_line) == (source, source_line)]
    return total([each.quantity for each in mine])


def wanted(line: OrderLine, provisions: Iterable[Provision], pegged: Decimal) -> OrderLine:
    """
    The line covered as somebody says; of the separate quantities only the sums count.

    How much of them is ordered or has come is not a matter of saying: it is as much as it was.
    """
    new = merged(provisions)
    kept = _Parts.of(line)
    parts = _Parts.of(evolve(line, provisions=new))
    parts.released = total([each.quantity for each in new if each.action is _SHIP])
    left = total([each.quantity for each in new if each.action is _SEPARATE])
    parts.arrived = min(left, max(pegged - parts.released, ZERO))
    left -= parts.arrived
    parts.ordered = []
    for each in sorted(kept.ordered, key=lambda each: each.on or date.max):
        taken = min(left, each.quantity)
        parts.ordered.append(evolve(each, quantity=taken))
        left -= taken
    parts.to_buy = left
    return parts.together(line)


def check_wanted(
    line: OrderLine, provisions: Sequence[Provision], pegged: Decimal, settings: Settings, place: str
) -> list[Violation]:
    """Whether the separate quantities somebody wants are offered, have come if they are to be shipped, and stand."""
    asked, released = (
        total([each.quantity for each in provisions if each.action in actions]) for actions in (_BOTH, (_SHIP,))
    )
    wrong = []
    if not settings.separate_provisioning and asked > line.held(*_BOTH):
        index = next(index for index, each in enumerate(provisions) if each.action in _BOTH)
        why = Sentence("separate provisioning is switched off by the settings")
        action = provisions[index].action
        wrong.append(violation(Code.ACTION_NOT_OFFERED, f"{place}[{index}].action", action=action, why=why))
    if released > pegged:
        wrong.append(violation(Code.SHORT_SEPARATE, place, line=line.id, wanted=released, here=pegged))
    if asked < (kept := bound(line, settings)):
        wrong.append(violation(Code.SEPARATE_STARTED, place, line=line.id, started=kept))
    return wrong


def check_giving_up(order: SalesOrder, lines: Iterable[LineId], settings: Settings) -> list[Violation]:
    """A violation for each of these lines that something was bought for."""
    wanted_lines = set(lines)
    return [
        violation(Code.SEPARATE_STARTED, f"lines[{index}]", line=line.id, started=kept)
        for index, line in enumerate(order.lines)
        if line.id in wanted_lines and (kept := bound(line, settings))
    ]


def check_nothing_started(order: SalesOrder) -> tuple[Violation, ...]:
    """A violation for each line that something is ordered for alone, or has come, whatever the settings."""
    return tuple(
        violation(Code.SEPARATE_STARTED, f"lines[{index}]", line=line.id, started=quantity)
        for index, line in enumerate(order.lines)
        if (quantity := started(line))
    )


def let_go(line: OrderLine, settings: Settings) -> OrderLine:
    """The line with nothing held and nothing waited for but what was bought for it and must stand."""
    if settings.allow_excess_separate or not line.provisions:
        return evolve(line, provisions=()) if line.provisions else line
    return evolve(line, provisions=tuple([each for each in line.provisions if each.here or _is_ordered(each)]))


def _is_ordered(provision: Provision) -> bool:
    return provision.action is _SEPARATE and bool(provision.source)


def to_ship(provision: Provision) -> Provision:
    """The provision released to the warehouse: SHIP, or SHIP_SEPARATELY for what was bought for the order (E6, E7)."""
    if provision.action is ProvisioningAction.RESERVE:
        return evolve(provision, action=ProvisioningAction.SHIP)
    if provision.arrived:
        return evolve(provision, action=_SHIP, arrived=False)
    return provision


def pegged_keys(order: SalesOrder, lines: Iterable[LineId] | None = None) -> list[Key]:
    """The keys of the register PEGGED for lines of an order, in their own warehouses."""
    wanted_lines = None if lines is None else set(lines)
    return [
        (line.item, line.warehouse, order.id, line.id)
        for line in order.lines
        if wanted_lines is None or line.id in wanted_lines
    ]


def pegged_here(order: SalesOrder, pegged: Mapping[Key, Balance]) -> dict[LineId, Decimal]:
    """What was bought for each line and lies in its warehouse."""
    return {
        line.id: PEGGED.measure("quantity", known.amounts)
        for line in order.lines
        if (known := pegged.get((line.item, line.warehouse, order.id, line.id)))
    }
