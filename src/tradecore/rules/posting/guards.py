"""Which guards entries need, so that a commit is refused when the facts have moved."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from tradecore.changes import Floor, Guard
from tradecore.registers import REGISTERS, Entry, Key


def sums(entries: Iterable[Entry]) -> dict[tuple[str, Key], tuple[Decimal, ...]]:
    """What the entries add to each balance."""
    found: dict[tuple[str, Key], tuple[Decimal, ...]] = {}
    for entry in entries:
        place = (entry.register, entry.key)
        known = found.get(place)
        found[place] = tuple(map(Decimal.__add__, known, entry.amounts)) if known else entry.amounts
    return found


def floors(entries: Iterable[Entry]) -> Iterator[Guard]:
    """A floor of zero for every measure the entries lower, where the register demands one."""
    floored = [entry for entry in entries if REGISTERS[entry.register].floors]
    for (name, key), amounts in sums(floored).items():
        register = REGISTERS[name]
        for measure in register.floors:
            if register.measure(measure, amounts) < 0:
                yield Floor(name, key, measure)
