"""
Registers: totals and entries as documents, and what a commit does to them.

A commit changes every total by one statement: a filter that carries the guards, and increments. The measures of a
register lie ready in the total beside its resources, so that a guard compares one field with a constant. A total that
is guarded but not moved is touched all the same: only a write stands in the way of another commit's write.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any

import attrs

from tradecore.changes import Ceiling, Floor, Newest, Unchanged
from tradecore.errors import Corrupt
from tradecore.registers import REGISTERS, Balance, Entry, Place, Register
from tradecore.storage.mongo.codec import exactly, moment, whole
from tradecore.storage.mongo.layout import NOW, Document, place_id
from tradecore.values.numbers import EXACT, PLACES, scaled, unscaled
from tradecore.values.record import Ref

BalanceGuard = Floor | Ceiling | Newest | Unchanged

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_text = exactly(str)


@attrs.frozen
class _Shape:
    """
    A register as its documents show it.

    Attributes:
        sums: The fields of a total: name -> weights of the resources it is summed from.

        timeline: Index of the resource whose last moment is kept; None if there is none.
    """

    register: Register
    sums: dict[str, tuple[int, ...]]
    timeline: int | None

    @classmethod
    def of(cls, register: Register) -> "_Shape":
        """The shape of a register: resources are measures of themselves."""
        size, names = len(register.resources), register.resources
        resources = {name: tuple(int(i == n) for i in range(size)) for n, name in enumerate(names)}
        timeline = names.index(register.timeline) if register.timeline else None
        return cls(register, resources | dict(register.measures), timeline)


_SHAPES = {name: _Shape.of(register) for name, register in REGISTERS.items()}


class Move:
    """What a commit does to one balance, and under which guards."""

    def __init__(self, tenant: str, place: Place) -> None:
        self.place = place
        self.guards: list[BalanceGuard] = []
        self._shape = _SHAPES[place[0]]
        self._id = place_id(tenant, *place)
        self._amounts = [0] * len(self._shape.register.resources)
        self._entries = 0
        self._last_at: datetime | None = None

    @property
    def totals(self) -> bool:
        """Whether the balance is kept."""
        return self._shape.register.totals

    def add(self, entry: Entry) -> Document:
        """Count an entry; its document."""
        register, timeline = self._shape.register, self._shape.timeline
        amounts = [scaled(amount) if amount else 0 for amount in entry.amounts]
        self._amounts = [known + amount for known, amount in zip(self._amounts, amounts, strict=True)]
        self._entries += 1
        if timeline is not None and amounts[timeline]:
            self._last_at = max(self._last_at, entry.at) if self._last_at else entry.at
        return {
            "place": self._id,
            "amounts": dict(zip(register.resources, amounts, strict=True)),
            "at": entry.at,
            "seq": NOW,
            "document": {"kind": entry.document.kind, "id": entry.document.id},
            "attributes": dict(zip(register.attributes, entry.attributes, strict=False)),
        }

    def holds(self, guard: BalanceGuard, before: Balance | None) -> bool:
        """Whether the guard would hold if the balance was `before`."""
        if isinstance(guard, Newest):
            return before is None or before.last_at is None or before.last_at <= guard.at
        if isinstance(guard, Unchanged):
            return (before.version if before else 0) == guard.version
        weights = self._shape.sums[guard.measure]
        after = self._sum(weights) if self.totals else 0
        if before:
            after += sum(w * scaled(amount) for w, amount in zip(weights, before.amounts, strict=True))
        return after >= _bound(guard) if isinstance(guard, Floor) else after <= _bound(guard)

    def statement(self) -> Document:
        """The update that moves the total if every guard holds."""
        increments = {f"sums.{name}": self._sum(weights) for name, weights in self._shape.sums.items()}
        conditions: list[Document] = []
        fresh = True  # where there is no total yet, one is made; but not against a guard
        for guard in self.guards:
            condition, holds = self._condition(guard, increments)
            conditions.append(condition)
            fresh = fresh and holds
        increments["version"] = self._entries
        if not self._entries:
            increments["touched"] = 1
        change: Document = {"$inc": increments}
        if self._last_at:
            change["$max"] = {"last_at": self._last_at}
        filter_: Document = {"_id": self._id}
        fields: Document = {field: condition for each in conditions for field, condition in each.items()}
        filter_ |= fields if len(fields) == len(conditions) else {"$and": conditions}
        return {"q": filter_, "u": change, "upsert": fresh}

    def _sum(self, weights: tuple[int, ...]) -> int:
        return sum([weight * amount for weight, amount in zip(weights, self._amounts, strict=True)])

    def _condition(self, guard: BalanceGuard, increments: Mapping[str, int]) -> tuple[Document, bool]:
        """What the total must be before, and whether no total at all would do."""
        if isinstance(guard, Newest):
            return {"last_at": {"$not": {"$gt": guard.at}}}, True
        if isinstance(guard, Unchanged):
            return {"version": {"$in": [guard.version]}}, not guard.version
        field = f"sums.{guard.measure}"
        bound = min(max(_bound(guard) - increments[field], _LOWEST), _HIGHEST)
        if isinstance(guard, Floor):
            return {field: {"$gte": bound}}, bound <= 0
        return {field: {"$lte": bound}}, bound >= 0


def _bound(guard: Floor | Ceiling) -> int:
    """The amount in millionths, on the side that is allowed where it falls between two."""
    if not guard.amount:
        return 0
    rounding = ROUND_CEILING if isinstance(guard, Floor) else ROUND_FLOOR
    return int(guard.amount.scaleb(PLACES, EXACT).to_integral_value(rounding, EXACT))


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
            moment(document["at"]),
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
        last_at = None if last_at is None else moment(last_at)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        name, *parts = [str(part) for part in [*address.values()][1:]]
        raise Corrupt(f"{name} {'/'.join(parts)}", _why(error)) from error
    return ((register.name, key), Balance(key, amounts, last_at, version)) if version else None


def _why(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
