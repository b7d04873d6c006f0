"""
Provisioning: how the open quantity of order lines is covered (E1-E11).

A line keeps what was ordered; provisions inside it say where the goods come from. Filling takes free stock first, then
purchase orders expected in time, and leaves the rest to the queue.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from tradecore.catalog import ItemKind
from tradecore.documents import HELD, SEPARATE, OrderLine, Provision, ProvisioningAction, SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.registers import Balance, Key
from tradecore.rules import separate
from tradecore.rules.approval import check_line_by_line
from tradecore.rules.availability import Want
from tradecore.rules.provisions import merged
from tradecore.rules.stage_gating import PROVISIONING, check_advance, check_change, check_some, let_through
from tradecore.settings import FillStrategy, Settings
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO, total
from tradecore.values.sentences import Sentence
from tradecore.values.text import LineId


@attrs.frozen
class Supply:
    """
    What one purchase order line may still promise.

    Attributes:
        on: The day it is expected.
    """

    source: str
    source_line: str
    on: date
    open: Decimal


@attrs.define
class Available:
    """
    What may be taken, going down as it is taken: two lines of one item share what there is.

    Attributes:
        stock: Free stock by item and warehouse.

        supply: Open supply by item and warehouse, the earliest first.

        pegged: What was bought for a line alone and lies in its warehouse.
    """

    stock: dict[Key, Decimal]
    supply: dict[Key, list[Supply]]
    pegged: Mapping[LineId, Decimal] = attrs.field(factory=dict)

    @classmethod
    def of(
        cls,
        stock: Mapping[Key, Balance],
        supply: Mapping[Key, Balance] = {},  # read only
        pegged: Mapping[LineId, Decimal] = {},  # read only
    ) -> "Available":
        """From the balances of the registers STOCK and SUPPLY, and what was bought for lines alone."""
        by_place: dict[Key, list[Supply]] = {}
        for (item, warehouse, on, source, line), balance in sorted(supply.items(), key=lambda pair: pair[0][2:]):
            left = balance.amounts[0] - balance.amounts[1]
            if left > 0:
                known = Supply(source, line, date.fromisoformat(on), left)
                by_place.setdefault((item, warehouse), []).append(known)
        return cls({key: balance.amounts[0] - balance.amounts[1] for key, balance in stock.items()}, by_place, pegged)

    def take_stock(self, key: Key, wanted: Decimal) -> Decimal:
        """As much of `wanted` as is free; it is not free any more."""
        taken = max(min(wanted, self.stock.get(key, ZERO)), ZERO)
        if taken:
            self.stock[key] -= taken
        return taken

    def take_supply(self, key: Key, wanted: Decimal, by: date | None) -> list[Provision]:
        """Promises for as much of `wanted` as comes by that day (E4)."""
        promises = []
        for index, each in enumerate(self.supply.get(key, ())):
            taken = min(wanted, each.open)
            if taken <= 0 or (by is not None and each.on > by):
                continue
            self.supply[key][index] = evolve(each, open=each.open - taken)
            promises.append(
                Provision(
                    action=ProvisioningAction.RESERVE_BY_DATE,
                    quantity=taken,
                    on=each.on,
                    source=each.source,
                    source_line=each.source_line,
                )
            )
            wanted -= taken
        return promises


def check_provisioning(order: SalesOrder, settings: Settings, what: str = "provision") -> tuple[Violation, ...]:
    """Whether goods may be provided line by line: the order is executed and its advance is paid (A11, D4, G2)."""
    return check_line_by_line(order, settings, what) or check_advance(order)


def check_filling(order: SalesOrder, settings: Settings) -> tuple[Violation, ...]:
    """Whether there is something to fill, and the advance covers some of it."""
    if wrong := check_provisioning(order, settings, "fill"):
        return wrong
    wanted = unprovided(order)
    if not wanted:
        return (violation(Code.NOTHING_TO_PROVISION, order=order.number or order.id),)
    return check_some(order, PROVISIONING, wanted)


def unprovided(order: SalesOrder, lines: Iterable[LineId] | None = None) -> dict[LineId, Decimal]:
    """The goods that nothing is decided for, by line."""
    named = None if lines is None else set(lines)
    return {
        line.id: left
        for line in order.lines
        if line.kind is ItemKind.GOODS and (named is None or line.id in named) and (left := line.unprovided) > 0
    }


def check_strategy(strategy: FillStrategy, settings: Settings) -> tuple[Violation, ...]:
    """Whether the settings offer what a strategy does with the rest."""
    if strategy.rest is ProvisioningAction.PROVISION_SEPARATELY and not settings.separate_provisioning:
        details = {"action": strategy.rest, "why": Sentence("separate provisioning is switched off by the settings")}
        return (violation(Code.ACTION_NOT_OFFERED, "strategy.rest", **details),)
    return ()


def check_releasing(order: SalesOrder, settings: Settings) -> tuple[Violation, ...]:
    """Whether there is something to release (H11)."""
    if wrong := check_line_by_line(order, settings, "release"):
        # What lacks an approval may still be let go.
        wrong = tuple(each for each in wrong if each.code != Code.APPROVAL_REQUIRED)
    if not wrong and release(order, settings) == order:
        return tuple(separate.check_giving_up(order, [line.id for line in order.lines], settings)) or (
            violation(Code.NOTHING_TO_RELEASE, order=order.number or order.id),
        )
    return wrong


def check_named(order: SalesOrder, lines: Sequence[LineId] | None) -> list[Violation]:
    """Whether the lines that are named, if any are, are lines of the order."""
    if lines is not None and not lines:
        return [violation(Code.EMPTY, "lines")]
    return [
        violation(Code.UNKNOWN_LINE, f"lines[{index}]", document=order, line=id)
        for index, id in enumerate(lines or ())
        if order.line(id) is None
    ]


def goods_keys(order: SalesOrder, lines: Iterable[LineId] | None = None) -> list[Key]:
    """Item and warehouse of every goods line of the order, or of these lines."""
    wanted = None if lines is None else set(lines)
    return list(
        dict.fromkeys(
            (line.item, line.warehouse)
            for line in order.lines
            if line.kind is ItemKind.GOODS and (wanted is None or line.id in wanted)
        )
    )


def fill(
    order: SalesOrder, available: Available, strategy: FillStrategy, lines: Iterable[LineId] | None = None
) -> SalesOrder:
    """
    The order with what nothing covers yet covered by the strategy (E9, E10); other lines stay as they are.

    No more is covered than the advance lets through.
    """
    wanted = let_through(order, PROVISIONING, unprovided(order, lines))
    changed = {
        line.id: _filled(order, line, wanted[line.id], available, strategy) for line in order.lines if line.id in wanted
    }
    return order.with_lines(changed)


def _filled(
    order: SalesOrder, line: OrderLine, left: Decimal, available: Available, strategy: FillStrategy
) -> OrderLine:
    key = (line.item, line.warehouse)
    new: list[Provision] = []
    surplus = available.pegged.get(line.id, ZERO) - line.separate if available.pegged else ZERO
    if surplus > 0:
        new.append(Provision(action=ProvisioningAction.PROVISION_SEPARATELY, quantity=min(surplus, left), arrived=True))
        left -= new[0].quantity
    if strategy.from_stock and (taken := available.take_stock(key, left)):
        new.append(Provision(action=ProvisioningAction.RESERVE, quantity=taken))
        left -= taken
    if strategy.from_supply and left > 0:
        promises = available.take_supply(key, left, line.ship_on or order.ship_on)
        new += promises
        left -= total(each.quantity for each in promises)
    if left > 0 and strategy.rest is not ProvisioningAction.NONE:
        new.append(Provision(action=strategy.rest, quantity=left))
    return evolve(line, provisions=merged((*line.provisions, *new)) if line.provisions else tuple(new))


def set_provisions(
    order: SalesOrder,
    wanted: Mapping[LineId, Sequence[Provision]],
    settings: Settings,
    pegged: Mapping[LineId, Decimal] = {},  # read only
) -> SalesOrder | tuple[Violation, ...]:
    """
    The order with the provisions of these lines replaced by hand (E8), or what is wrong with them.

    Args:
        pegged: What was bought for a line alone and lies in its warehouse.
    """
    wrong: list[Violation] = []
    changed: dict[LineId, OrderLine] = {}
    for id, provisions in wanted.items():
        line = order.line(id)
        place = f"provisions[{id}]"
        if line is None:
            wrong.append(violation(Code.UNKNOWN_LINE, place, document=order, line=id))
            continue
        kept = tuple(each for each in provisions if each.action is not ProvisioningAction.NONE)
        here = pegged.get(id, ZERO)
        wrong += _check_provisions(line, kept, place)
        wrong += separate.check_wanted(line, kept, here, settings, place)
        changed[id] = separate.wanted(line, kept, here)
    return tuple(wrong) or order.with_lines(changed)


def bought_lines(order: SalesOrder, wanted: Mapping[LineId, Sequence[Provision]]) -> list[LineId]:
    """The lines for which something is or was bought alone, or shall be."""
    return [
        id
        for id, provisions in wanted.items()
        if (line := order.line(id)) and any(each.action in SEPARATE for each in (*provisions, *line.provisions))
    ]


def _check_provisions(line: OrderLine, provisions: Sequence[Provision], place: str) -> list[Violation]:
    wrong = []
    for index, each in enumerate(provisions):
        where = f"{place}[{index}]"
        if each.quantity <= 0:
            wrong.append(violation(Code.NOT_POSITIVE, f"{where}.quantity", value=each.quantity))
        if line.kind is ItemKind.SERVICE and each.action not in SEPARATE:
            wrong.append(violation(Code.NOT_STOCKED, where, item=line.item))
        by_date = each.action is ProvisioningAction.RESERVE_BY_DATE
        if by_date and not (each.source and each.source_line and each.on):
            wrong.append(violation(Code.SOURCE_MISSING, f"{where}.source"))
    covered = total(each.quantity for each in provisions)
    if covered > line.open:
        details = {"line": line.id, "wanted": covered, "open": line.open}
        wrong.append(violation(Code.PROVISION_EXCEEDS_OPEN, place, **details))
    return wrong


def check_advance_covers(before: SalesOrder, after: SalesOrder) -> tuple[Violation, ...]:
    """Whether the advance covers what is provided for beyond what was before."""
    return check_change(before, after, PROVISIONING)


def release(order: SalesOrder, settings: Settings, lines: Iterable[LineId] | None = None) -> SalesOrder:
    """
    The order with nothing held for these lines, or for any: action NONE (E1, H11).

    What was bought for the order alone stands, unless the settings say otherwise (F4).
    """
    wanted = None if lines is None else set(lines)
    return order.with_lines(
        {
            line.id: separate.let_go(line, settings)
            for line in order.lines
            if line.provisions and (wanted is None or line.id in wanted)
        }
    )


def held_by(order: SalesOrder) -> dict[Key, Decimal]:
    """The stock an order holds, by item and warehouse: it may use it although it is not free."""
    found: dict[Key, Decimal] = {}
    for line in order.lines:
        if held := line.held(*HELD):
            key = (line.item, line.warehouse)
            found[key] = found.get(key, ZERO) + held
    return found


def promises(order: SalesOrder) -> dict[Key, Decimal]:
    """What an order was promised, by the keys of the register SUPPLY."""
    found: dict[Key, Decimal] = {}
    for line in order.lines:
        for each in line.provisions:
            if each.action is ProvisioningAction.RESERVE_BY_DATE:
                on = each.on.isoformat() if each.on else ""
                key = (line.item, line.warehouse, on, each.source, each.source_line)
                found[key] = found.get(key, ZERO) + each.quantity
    return found


def check_promises(before: SalesOrder, after: SalesOrder, supply: Mapping[Key, Balance]) -> tuple[Violation, ...]:
    """Whether what `after` is promised beyond what `before` was is expected, then and there, and not promised yet."""
    had, short = promises(before), []
    for key, quantity in promises(after).items():
        known, more = supply.get(key), quantity - had.get(key, ZERO)
        free = known.amounts[0] - known.amounts[1] if known else ZERO
        if more > free:
            short.append(violation(Code.SHORT_SUPPLY, item=key[0], source=key[3], wanted=more, free=free))
    return tuple(short)


def wants(before: SalesOrder, after: SalesOrder) -> list[Want]:
    """What `after` holds beyond what `before` held, to be checked against free stock."""
    held = held_by(before)
    found = []
    for line in after.lines:
        key = (line.item, line.warehouse)
        more = line.held(*HELD) - held.get(key, ZERO)
        held[key] = max(held.get(key, ZERO) - line.held(*HELD), ZERO)
        if more > 0:
            found.append(Want(f"provisions[{line.id}]", line.item, line.warehouse, more))
    return found
