"""
Registers: totals and entries as documents, and what a commit does to them.

A commit changes every total by one statement: a filter that carries the guards, and increments. The measures of a
register lie ready in the total beside its resources, so that a guard compares one field with a constant. A total that
is guarded but not moved is touched all the same: only a write stands in the way of another commit's write.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any

import attrs

from tradecore.changes import Ceiling, Floor, Newest, Unchanged
from tradecore.errors import Corrupt
from tradecore.registers import REGISTERS, Balance, Entry, Place, Register
from tradecore.storage.mongo.codec import exactly, whole
from tradecore.storage.mongo.layout import NOW, Document, place_id
from tradecore.values.numbers import EXACT, PLACES, scaled, unscaled
from tradecore.values.record import Ref

BalanceGuard = Floor | Ceiling | Newest | Unchanged

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_moment, _text = exactly(datetime), exactly(str)


def _kept(register: Register) -> dict[str, tuple[int, ...]]:
    """What a total keeps: each resource and each measure, and the weights it is summed with."""
    size = len(register.resources)
    resources = {name: tuple(int(i == n) for i in range(size)) for n, name in enumerate(register.resources)}
    return resources | dict(register.measures)


_KEPT = {name: _kept(register) for name, register in REGISTERS.items()}


@attrs.define
class Move:
    """What a commit does to one balance."""

    place: Place
    amounts: list[int]
    entries: int = 0
    last_at: datetime | None = None
    guards: list[BalanceGuard] = attrs.field(factory=list)

    @property
    def register(self) -> Register:
        """The register of the balance."""
        return REGISTERS[self.place[0]]

    def add(self, entry: Entry, amounts: Iterable[int]) -> None:
        """Count an entry, whose amounts are given scaled."""
        timeline = self.register.timeline
        self.amounts = [*map(int.__add__, self.amounts, amounts)]
        self.entries += 1
        if timeline and entry.amounts[self.register.resources.index(timeline)]:
            self.last_at = max(self.last_at, entry.at) if self.last_at else entry.at

    def holds(self, guard: BalanceGuard, before: Balance | None) -> bool:
        """Whether the guard would hold if the balance was `before`."""
        if isinstance(guard, Newest):
            return before is None or before.last_at is None or before.last_at <= guard.at
        if isinstance(guard, Unchanged):
            return (before.version if before else 0) == guard.version
        weights = _KEPT[guard.register][guard.measure]
        after = sum(map(int.__mul__, weights, self.amounts)) if self.register.totals else 0
        if before:
            after += sum(w * scaled(amount) for w, amount in zip(weights, before.amounts, strict=True))
        return after >= _bound(guard) if isinstance(guard, Floor) else after <= _bound(guard)

    def statement(self, tenant: str) -> Document:
        """The update that moves the total if every guard holds."""
        kept = _KEPT[self.place[0]]
        increments = {f"sums.{name}": sum(map(int.__mul__, weights, self.amounts)) for name, weights in kept.items()}
        increments["version"] = self.entries
        if not self.entries:
            increments["touched"] = 1
        change: Document = {"$inc": increments}
        if self.last_at:
            change["$max"] = {"last_at": self.last_at}
        conditions = [self._condition(guard, increments) for guard in self.guards]
        filter_: Document = {"_id": place_id(tenant, *self.place)}
        if len(conditions) == 1:
            filter_ |= conditions[0]
        elif conditions:
            filter_["$and"] = conditions
        # Where there is no total yet, one is made; but not against a guard.
        fresh = all(self.holds(guard, None) for guard in self.guards)
        return {"q": filter_, "u": change, "upsert": fresh}

    def _condition(self, guard: BalanceGuard, increments: Mapping[str, int]) -> Document:
        if isinstance(guard, Newest):
            return {"last_at": {"$not": {"$gt": guard.at}}}
        if isinstance(guard, Unchanged):
            return {"version": {"$in": [guard.version]}}
        field = f"sums.{guard.measure}"
        bound = min(max(_bound(guard) - increments[field], _LOWEST), _HIGHEST)
        return {field: {"$gte" if isinstance(guard, Floor) else "$lte": bound}}


def _bound(guard: Floor | Ceiling) -> int:
    """The amount in millionths, on the side that is allowed where it falls between two."""
    rounding = ROUND_CEILING if isinstance(guard, Floor) else ROUND_FLOOR
    return int(guard.amount.scaleb(PLACES, EXACT).to_integral_value(rounding, EXACT))


def move_of(moves: dict[Place, Move], place: Place) -> Move:
    """The move of this balance, begun if there is none."""
    known = moves.get(place)
    if known is None:
        known = moves[place] = Move(place, [0] * len(REGISTERS[place[0]].resources))
    return known


def write_entry(tenant: str, entry: Entry, amounts: Iterable[int]) -> Document:
    """The document of an entry, whose amounts are given scaled."""
    register = REGISTERS[entry.register]
    return {
        "place": place_id(tenant, entry.register, entry.key),
        "amounts": dict(zip(register.resources, amounts, strict=True)),
        "at": entry.at,
        "seq": NOW,
        "document": {"kind": entry.document.kind, "id": entry.document.id},
        "attributes": dict(zip(register.attributes, entry.attributes, strict=False)),
    }


def read_entry(register: Register, document: Document) -> Entry:
    """
    The entry of a document.

    Raises:
        Corrupt: No command can have written it.
    """
    try:
        seq, origin, attributes = document["seq"], document["document"], document["attributes"]
        return Entry(
            register.name,
            tuple([_text(document["place"][name], str) for name in register.dimensions]),
            tuple([unscaled(whole(document["amounts"][name])) for name in register.resources]),
            _moment(document["at"], datetime),
            Ref(origin["kind"], origin["id"]),
            tuple([_text(attributes[name], str) for name in register.attributes if name in attributes]),
            seq.time << 32 | seq.inc,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Corrupt(f"{register.name} entry {document['_id']}", _why(error)) from error


def read_balance(document: Document) -> tuple[Place, Balance] | None:
    """
    The balance of a total; None if it was only ever touched.

    Raises:
        Corrupt: No command can have written it.
    """
    address: Mapping[str, Any] = document["_id"]
    try:
        register = REGISTERS[address["register"]]
        key = tuple([address[name] for name in register.dimensions])
        sums, last_at, version = document["sums"], document.get("last_at"), whole(document["version"])
        amounts = tuple([unscaled(whole(sums[name])) for name in register.resources])
        if last_at is not None:
            _moment(last_at, datetime)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        name, *parts = [str(part) for part in [*address.values()][1:]]
        raise Corrupt(f"{name} {'/'.join(parts)}", _why(error)) from error
    return ((register.name, key), Balance(key, amounts, last_at, version)) if version else None


def _why(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
