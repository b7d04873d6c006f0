"""
Stock in time: what may be taken, and whether stock was there at every moment since (K6, K9, decision 7).

The end of the timeline is protected by floors in the commit. A document dated before other movements must be checked
against everything after it: walking from its moment on, stock may never fall below zero. Entries at the same moment
count in the order in which they were posted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import attrs

from tradecore.changes import Guard, Newest, Unchanged
from tradecore.errors import Code, Violation, violation
from tradecore.registers import STOCK, Balance, Entry, Key
from tradecore.values.numbers import ZERO, total
from tradecore.values.record import Ref
from tradecore.values.sentences import Listed, Sentence

_ON_HAND, _RESERVED = (STOCK.resources.index(name) for name in ("on_hand", "reserved"))


@attrs.frozen
class StockFacts:
    """
    What is known of some stock.

    Attributes:
        balances: By item and warehouse.

        later: The entries since the moment in question, for keys that moved after it; in order.
    """

    balances: Mapping[Key, Balance]
    later: Mapping[Key, Sequence[Entry]] = attrs.field(factory=dict)

    def free(self, item: str, warehouse: str) -> Decimal:
        """On hand and not reserved."""
        balance = self.balances.get((item, warehouse))
        return balance.amounts[0] - balance.amounts[1] if balance else ZERO


@attrs.frozen
class Want:
    """A quantity of an item that is wanted from a warehouse, and the place in the input that wants it."""

    place: str
    item: str
    warehouse: str
    quantity: Decimal


def check_free(
    wants: Sequence[Want], facts: StockFacts | None, own: Mapping[Key, Decimal] | None = None
) -> tuple[Violation, ...]:
    """
    Whether everything wanted is free, together: two lines of one item share what there is.

    `own` is what the order holds already and may use. Without facts nothing is refused: the commit's floors decide.
    """
    if facts is None:
        return ()
    demand: dict[Key, list[Want]] = {}
    for want in wants:
        demand.setdefault((want.item, want.warehouse), []).append(want)
    short = []
    for key, parts in demand.items():
        free = facts.free(*key) + (own or {}).get(key, ZERO)
        wanted = total(each.quantity for each in parts)
        if wanted > free:
            item, warehouse = key
            short += [
                violation(Code.SHORT_STOCK, each.place, item=item, warehouse=warehouse, wanted=wanted, free=free)
                for each in parts
            ]
    return tuple(short)


def first_shortage(balance: Decimal, later: Sequence[Entry], new: Sequence[Entry]) -> tuple[Decimal, Entry] | None:
    """
    The first moment at which stock would be negative, and the entry it would happen by.

    `balance` is what is on hand now, before `new`; `later` are the entries since the earliest of `new`.
    """
    index = _ON_HAND
    amount = balance - total(each.amounts[index] for each in later)
    moves: dict[tuple[datetime, Ref], tuple[Decimal, Entry]] = {}
    # Entries not yet committed come after all others of the same moment. A document counts once, where it was posted
    # last: what was posted and taken back again moves nothing.
    for entry in sorted([*later, *new], key=lambda e: (e.at, e.seq or float("inf"))):
        moved, _ = moves.pop((entry.at, entry.document), (ZERO, entry))
        moves[entry.at, entry.document] = moved + entry.amounts[index], entry
    for moved, entry in moves.values():
        amount += moved
        if amount < 0 and moved < 0:
            return amount, entry
    return None


def guard_stock(
    entries: Iterable[Entry], facts: StockFacts | None, *, undoing: bool = False
) -> tuple[tuple[Guard, ...], tuple[Violation, ...]]:
    """
    What must hold for entries that take stock: guards for the commit, and violations where it is known not to hold.

    Without facts it is assumed that nothing later moved the stock (guard `Newest`) and that enough is free (floors).
    With them a shortage is named: as LATER_DOCUMENTS where a document is undone, naming what stands on it.
    """
    moved: dict[Key, list[Entry]] = {}
    for entry in entries:
        if entry.register == STOCK.name:
            moved.setdefault(entry.key, []).append(entry)
    guards: list[Guard] = []
    wrong: list[Violation] = []
    for key, new in moved.items():
        taking = [entry for entry in new if entry.amounts[_ON_HAND]]
        since = min((entry.at for entry in taking), default=None)
        balance = facts.balances.get(key) if facts else None
        lowers = any(entry.amounts[_ON_HAND] < 0 for entry in taking)
        last = balance.last_at if balance else None
        # What is undone leaves the middle of its moment; what is new comes to the end of it.
        later = last is not None and since is not None and (last > since or (undoing and last == since))
        if lowers and since is not None:
            known = balance is not None and later
            guards.append(
                Unchanged(STOCK.name, key, balance.version) if known and balance else Newest(STOCK.name, key, since)
            )
        if facts is not None:
            wrong += _shortages(key, new, facts, in_time=lowers and later, undoing=undoing)
    return tuple(guards), tuple(wrong)


def _shortages(
    key: Key, new: Sequence[Entry], facts: StockFacts, *, in_time: bool, undoing: bool
) -> Iterator[Violation]:
    item, warehouse = key
    change = total(entry.amounts[_ON_HAND] - entry.amounts[_RESERVED] for entry in new)
    balance = facts.balances.get(key)
    on_hand = balance.amounts[_ON_HAND] if balance else ZERO
    shortage = first_shortage(on_hand, facts.later.get(key, ()), new) if in_time else None
    short = change < 0 and facts.free(*key) + change < 0
    if undoing and (short or shortage):
        yield violation(
            Code.LATER_DOCUMENTS, documents=Listed(standing_on(key, facts)) or Sentence("other stock movements")
        )
    elif short:
        yield violation(Code.SHORT_STOCK, item=item, warehouse=warehouse, wanted=-change, free=facts.free(*key))
    elif shortage:
        amount, entry = shortage
        at = entry.at.isoformat(timespec="seconds")
        details = {"item": item, "warehouse": warehouse, "amount": amount, "moment": at, "document": entry.document}
        yield violation(Code.NEGATIVE_IN_TIME, **details)


def taken_keys(entries: Iterable[Entry]) -> tuple[list[Key], datetime | None]:
    """The stock that entries touch, and the earliest moment at which they do."""
    mine = [entry for entry in entries if entry.register == STOCK.name]
    return list(dict.fromkeys(entry.key for entry in mine)), min((entry.at for entry in mine), default=None)


def standing_on(key: Key, facts: StockFacts) -> list[Ref]:
    """The documents that use stock of this key since the moment in question."""
    used: dict[Ref, tuple[Decimal, Decimal]] = {}
    for entry in facts.later.get(key, ()):
        on_hand, reserved = used.get(entry.document, (ZERO, ZERO))
        used[entry.document] = on_hand + entry.amounts[_ON_HAND], reserved + entry.amounts[_RESERVED]
    return [document for document, (on_hand, reserved) in used.items() if on_hand < 0 or reserved > 0]
