"""Arithmetic of provisions: adding equal ones up, taking a quantity away in an order of preference."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from tradecore.documents import Provision, ProvisioningAction
from tradecore.values.evolving import evolve

_ACTION = ProvisioningAction


def merged(provisions: Iterable[Provision]) -> tuple[Provision, ...]:
    """The same provisions with those of one kind and source added up, and nothing of zero quantity."""
    sums: dict[tuple[object, ...], Provision] = {}
    for each in provisions:
        place = (each.action, each.on, each.source, each.source_line, each.arrived)
        known = sums.get(place)
        sums[place] = evolve(known, quantity=known.quantity + each.quantity) if known else each
    return tuple(each for each in sums.values() if each.quantity)


def less(
    provisions: Sequence[Provision], quantity: Decimal, rank: Callable[[Provision], int | None]
) -> tuple[Provision, ...]:
    """The provisions less a quantity: taken from the lowest rank first, within one from the last; None is spared."""
    left = quantity
    kept = list(provisions)
    ranked = [(place, -index) for index, each in enumerate(kept) if (place := rank(each)) is not None]
    for _, index in sorted(ranked):
        taken = min(left, kept[-index].quantity)
        kept[-index] = evolve(kept[-index], quantity=kept[-index].quantity - taken)
        left -= taken
        if not left:
            break
    return tuple(each for each in kept if each.quantity)


def cancelled_first(provision: Provision) -> int:
    """What a cancelled quantity is taken from: first what nothing is held for, last what was bought for the order."""
    match provision.action:
        case _ACTION.TO_PROVISION:
            return 0
        case _ACTION.PROVISION_SEPARATELY if not provision.source and not provision.arrived:
            return 1
        case _ACTION.RESERVE_BY_DATE:
            return 2
        case _ACTION.RESERVE:
            return 3
        case _ACTION.SHIP:
            return 4
        case _ACTION.PROVISION_SEPARATELY if not provision.arrived:
            return 5
        case _:
            return 6


def shipped_first(provision: Provision) -> int | None:
    """What a shipped quantity is taken from: what is released first, and what was bought for the order before stock."""
    match provision.action:
        case _ACTION.SHIP_SEPARATELY:
            return 0
        case _ACTION.SHIP:
            return 1
        case _ACTION.PROVISION_SEPARATELY if provision.arrived:
            return 2
        case _ACTION.RESERVE:
            return 3
        case _:
            return None
