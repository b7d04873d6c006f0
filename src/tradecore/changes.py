"""Changes: the only thing a store can be told to write. They add up."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints

import attrs
from typing_extensions import override

from tradecore.convert import restore, to_plain
from tradecore.documents import KINDS
from tradecore.errors import Severity, Violation
from tradecore.events import Event
from tradecore.registers import Entry, Key
from tradecore.values.evolving import evolve
from tradecore.values.record import Record, Ref


@attrs.frozen
class Save:
    """
    Write `after` over `before`. The version must still be that of `before` (0: it must not exist yet).

    Attributes:
        series: Give the record the next number of this series, such as `SO-2026`; empty if it has its number.
    """

    after: Record
    before: Record | None = None
    series: str = ""

    @property
    def ref(self) -> Ref:
        """The record that is written."""
        return self.after.ref

    @property
    def expected(self) -> int:
        """The version that must be found."""
        return self.before.version if self.before else 0


@attrs.frozen
class Version:
    """Guard: the record still has this version, although this commit does not write it."""

    ref: Ref
    version: int

    @override
    def __str__(self) -> str:
        return f"{self.ref} has left version {self.version}"


@attrs.frozen
class Floor:
    """Guard: after this commit the measure of the balance is not below `amount`."""

    register: str
    key: Key
    measure: str
    amount: Decimal = Decimal(0)

    @override
    def __str__(self) -> str:
        return f"{self.register} {'/'.join(self.key)}: {self.measure} below {self.amount}"


@attrs.frozen
class Ceiling:
    """Guard: after this commit the measure of the balance is not above `amount`."""

    register: str
    key: Key
    measure: str
    amount: Decimal

    @override
    def __str__(self) -> str:
        return f"{self.register} {'/'.join(self.key)}: {self.measure} above {self.amount}"


@attrs.frozen
class Newest:
    """Guard: nothing later than `at` moved the timeline of this key, so its end is all that must be checked."""

    register: str
    key: Key
    at: datetime

    @override
    def __str__(self) -> str:
        return f"{self.register} {'/'.join(self.key)}: moved after {self.at.isoformat()}"


@attrs.frozen
class Unchanged:
    """Guard: no entry has come to this key since `version` was read; 0 means there is none at all."""

    register: str
    key: Key
    version: int

    @override
    def __str__(self) -> str:
        return f"{self.register} {'/'.join(self.key)}: changed"


Guard: TypeAlias = Version | Floor | Ceiling | Newest | Unchanged


@attrs.frozen
class CommandRecord:
    """
    Who did what, and when: the history of the documents a commit writes, and its idempotency key.

    Attributes:
        key: Names one intention of the caller; empty if the caller gave none.

        fingerprint: Digest of command and input: the same key with another one is a mistake.

        result: The record the command answers with; what it was is answered again when the key is repeated.

        told: Warnings, and violations that a right of the actor lifted.
    """

    id: str
    command: str
    actor: str
    at: datetime
    key: str = ""
    fingerprint: str = ""
    result: Ref | None = None
    told: tuple[Violation, ...] = ()


@attrs.frozen
class Changes:
    """What a command decided, to be written completely or not at all."""

    saves: tuple[Save, ...] = ()
    entries: tuple[Entry, ...] = ()
    guards: tuple[Guard, ...] = ()
    events: tuple[Event, ...] = ()
    record: CommandRecord | None = None

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            self.saves + other.saves,
            self.entries + other.entries,
            self.guards + other.guards,
            self.events + other.events,
            self.record or other.record,
        )

    def __bool__(self) -> bool:
        return bool(self.saves or self.entries or self.events)


NO_CHANGES = Changes()


@attrs.frozen
class Difference:
    """One value that a command changed: where, from what, to what."""

    path: str
    before: Any
    after: Any


@attrs.frozen
class HistoryRecord:
    """
    One command in the life of a document (V1, V3).

    Attributes:
        told: Warnings the actor was given, and violations that its right (`override`) lifted.
    """

    document: Ref
    version: int
    command: str
    actor: str
    at: datetime
    differences: tuple[Difference, ...] = ()
    told: tuple[Violation, ...] = ()


def plain_told(told: Iterable[Violation]) -> list[dict[str, Any]]:
    """What stores keep of `CommandRecord.told`: texts, and nothing that is so by default."""
    found = []
    for each in told:
        plain = {"code": each.code, "place": each.place, "details": each.details, "sentence": each.sentence}
        plain |= {"severity": each.severity.value, "override": each.override}
        found.append({name: value for name, value in plain.items() if value})
    return found


def told_again(plain: Iterable[Mapping[str, Any]]) -> tuple[Violation, ...]:
    """The other way round."""
    return tuple(Violation(**{**each, "severity": Severity(each["severity"])}) for each in plain)


#: What is plain already, and most of what differs.
_PLAIN = frozenset({str, bool, int})


def plain_differences(before: Record | None, after: Record) -> list[dict[str, Any]]:
    """What stores keep of the differences of two versions: plain data, with the name of its type where it needs one."""
    found = []
    for each in differences(before, after):
        kind = type(each.after if each.before is None else each.before)
        if kind in _PLAIN:
            found.append({"path": each.path, "before": each.before, "after": each.after})
        else:
            values = {"before": to_plain(each.before), "after": to_plain(each.after)}
            found.append({"path": each.path, "type": kind.__name__, **values})
    return found


def differences_again(plain: Iterable[Mapping[str, Any]]) -> tuple[Difference, ...]:
    """
    The other way round.

    Raises:
        Corrupt: The data cannot have come from there.
    """
    return tuple(Difference(each["path"], _typed(each, "before"), _typed(each, "after")) for each in plain)


def _typed(plain: Mapping[str, Any], name: str) -> Any:
    value, kind = plain[name], plain.get("type")
    return value if value is None or kind is None else restore(value, value_types()[kind], f"{plain['path']} {name}")


@cache
def value_types() -> dict[str, Any]:
    """The types that fields of records have, and the parts in their tuples, by name."""
    found: dict[str, Any] = {}

    def note(hint: Any) -> None:
        inner = get_args(hint)
        if get_origin(hint) is Annotated:
            note(inner[0])
        elif inner:
            for each in inner:
                note(each)
        elif isinstance(hint, type) and hint.__name__ not in found:
            found[hint.__name__] = hint
            if attrs.has(hint):
                note_fields(hint)

    def note_fields(kind: type[Any]) -> None:
        for hint in get_type_hints(kind, include_extras=True).values():
            note(hint)

    for kind in KINDS.values():
        note_fields(kind)
    return found


def number_of(series: str, count: int) -> str:
    """The number of a document: `SO-2026-000042`."""
    return f"{series}-{count:06d}"


def numbered(record: Record, series: str, count: int) -> Record:
    """The record with its number."""
    return evolve(record, number=number_of(series, count))  # type: ignore[call-arg]  # only documents have a series


def committed(save: Save, count: int) -> Record:
    """The record as it stands once it is saved: its version, and the number if it gets one."""
    version = save.expected + 1
    if not save.series:
        return evolve(save.after, version=version)
    number = number_of(save.series, count)
    return evolve(save.after, version=version, number=number)  # type: ignore[call-arg]  # only documents have a series


def differences(before: Record | None, after: Record) -> tuple[Difference, ...]:
    """Where two versions of a record differ, field by field; parts are matched by their ids, values stay whole."""
    if before is None:
        return ()
    return tuple(_differ(before, after, ""))


def _differ(before: Any, after: Any, path: str) -> Iterable[Difference]:
    for field in attrs.fields(type(before)):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name == "version" or old is new or old == new:
            continue
        if isinstance(old, tuple) and isinstance(new, tuple):
            yield from _differ_in_parts(old, new, path + field.name)
        else:
            yield Difference(path + field.name, old, new)


def _differ_in_parts(before: tuple[Any, ...], after: tuple[Any, ...], path: str) -> Iterable[Difference]:
    olds, news = _by_id(before), _by_id(after)
    for name in olds | news:
        old, new, place = olds.get(name), news.get(name), f"{path}[{name}]"
        if old is not new and old != new:
            yield from [Difference(place, old, new)] if old is None or new is None else _differ(old, new, f"{place}.")


def _by_id(parts: tuple[Any, ...]) -> dict[str, Any]:
    return {str(getattr(part, "id", index)): part for index, part in enumerate(parts)}


@attrs.frozen
class Committed:
    """What a store wrote: the records as they are now stored, with their versions and numbers."""

    records: dict[Ref, Record]


@attrs.frozen
class Repeated:
    """What a key was used for before: the fingerprint of the input and the answer given then."""

    key: str
    fingerprint: str
    result: Record
