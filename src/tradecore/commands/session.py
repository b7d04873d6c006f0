"""
What a command sees of the world: one store, one catalogue, the settings, who acts and when.

Reads are remembered for the length of one attempt, so that a command and its rules see one picture.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import attrs

from tradecore.catalog import Catalog
from tradecore.changes import NO_CHANGES, Changes
from tradecore.commands.damage import Report, find_past_damage, load_past_damage
from tradecore.errors import Code, NotFound, Refused, Violation, violation
from tradecore.query import Query
from tradecore.registers import STOCK, Balance, Entry, Key, Place, Register
from tradecore.rules.availability import StockFacts, guard_stock, taken_keys
from tradecore.rules.checks import Check, judged
from tradecore.settings import Settings
from tradecore.storage.protocol import Store
from tradecore.values.record import Record, Ref
from tradecore.values.text import new_id

R = TypeVar("R", bound=Record)
T = TypeVar("T")


def _rights(given: Iterable[str]) -> frozenset[str]:
    return frozenset((given,)) if isinstance(given, str) else frozenset(given)


@attrs.frozen
class Actor:
    """
    Who gives a command; stands in the history.

    Attributes:
        id: The host's name for the user or the process.

        rights: What it may do beyond the rules: each lifts the violations that name it, see `Violation.override`.
    """

    id: str = "system"
    name: str = ""
    rights: frozenset[str] = attrs.field(default=frozenset(), converter=_rights)


SYSTEM = Actor()


def utc_now() -> datetime:
    """The time of the machine, to the millisecond."""
    now = datetime.now(UTC)
    return now - timedelta(microseconds=now.microsecond % 1000)


@attrs.frozen
class Outcome(Generic[R]):
    """What a command decided: the record it answers with, and the changes that make it so."""

    result: R
    changes: Changes = NO_CHANGES


@attrs.define
class Session:
    """
    The facts a command may load, and nothing else to wait for.

    Attributes:
        cautious: Whether stock is read before it is taken. At first the commit's guards are trusted to notice a
            shortage; once one did, or for a dry run, the figures are read so that the refusal can name them.

        checks: What the company checks beside the rules of each command; none costs nothing.

        damaged: Is told of records that cannot be read, where a query is to go past them.

        told: Warnings, and violations that a right of the actor lifted: they go into event and history.
    """

    store: Store
    catalog: Catalog
    settings: Settings
    actor: Actor = SYSTEM
    clock: Callable[[], datetime] = utc_now
    cautious: bool = False
    checks: tuple[Check, ...] = ()
    damaged: Report | None = None
    told: list[Violation] = attrs.field(factory=list, init=False)
    _seen: dict[Ref, Record] = attrs.field(factory=dict, init=False)
    _now: datetime | None = attrs.field(default=None, init=False)

    def now(self) -> datetime:
        """The moment of this command: taken when it is first asked for, after the facts were read."""
        if self._now is None:
            self._now = self.clock()
        return self._now

    def refuse(self, violations: Iterable[Violation], subject: object = "") -> None:
        """
        Raise what refuses this actor; remember what is only told or lifted by a right.

        Raises:
            Refused: With every violation that refuses.
        """
        if found := tuple(violations):
            refused, told = judged(found, self.actor.rights)
            self.told += told
            if refused:
                raise Refused(refused, str(subject))

    async def get(self, kind: type[R], id: str) -> R:
        """
        The record of this id.

        Raises:
            NotFound: There is none of this kind.
        """
        ref = Ref(kind.KIND, id)
        if ref not in self._seen:
            self._seen |= await self.store.get_many([ref])  # what is meant by itself is not gone past
        found: Any = self._seen.get(ref)
        if found is None:
            raise NotFound(kind.KIND, id)
        return found  # type: ignore[no-any-return]  # a record of this kind

    async def get_all(self, kind: type[R], ids: Iterable[str]) -> dict[str, R]:
        """The records of these ids, of one kind; unknown ids are left out."""
        wanted = [Ref(kind.KIND, id) for id in dict.fromkeys(ids)]
        await self.load(wanted)
        known: dict[str, Any] = {ref.id: self._seen.get(ref) for ref in wanted}
        return {id: each for id, each in known.items() if each is not None}

    async def load(self, refs: Iterable[Ref]) -> None:
        """Read what is not known yet, of whichever kinds, in one round trip."""
        missing = [ref for ref in dict.fromkeys(refs) if ref not in self._seen]
        if missing and self.damaged is None:
            self._seen |= await self.store.get_many(missing)
        elif missing and self.damaged is not None:
            self._seen |= await load_past_damage(self.store, missing, self.damaged)

    async def records(self, refs: Sequence[Ref]) -> dict[Ref, Record]:
        """The records that are meant, of whichever kinds, in one round trip; what is not known is left out."""
        await self.load(refs)
        return {ref: self._seen[ref] for ref in refs if ref in self._seen}

    async def name(self, kind: type[Record], id: str | None) -> str:
        """
        The id of a new record: the caller's, or one that is made.

        Raises:
            Refused: `DUPLICATE`. At first the commit is trusted to notice it.
        """
        if id is not None and self.cautious and await self.get_all(kind, (id,)):
            raise Refused((violation(Code.DUPLICATE, "id", value=id),))
        return id or new_id()

    async def find(self, query: Query[R]) -> list[R]:
        """The page of records the query means; past those that cannot be read, where somebody is told of them."""
        if self.damaged is None:
            return await self.store.find(query)
        return await find_past_damage(self.store, query, self.damaged)

    async def balances(self, *wanted: tuple[Register, Iterable[Key]]) -> dict[Place, Balance]:
        """The balances under these keys or prefixes of registers, in one round trip."""
        places = list(dict.fromkeys((register.name, key) for register, keys in wanted for key in keys))
        return await self.store.balances(places) if places else {}

    async def stock(self, keys: Sequence[Key], since: datetime, *, always: bool = False) -> StockFacts | None:
        """What is known of this stock, with what moved it from `since` on; None while the guards are trusted."""
        if not (self.cautious or always):
            return None
        balances = of_register(STOCK, await self.balances((STOCK, keys)))
        moved = [key for key, each in balances.items() if each.last_at and each.last_at >= since]
        later: dict[Key, list[Entry]] = {}
        if moved:
            for entry in await self.store.entries(STOCK, moved, since=since):
                later.setdefault(entry.key, []).append(entry)
        return StockFacts(balances, later)


async def in_time(session: Session, changes: Changes, subject: object, *, undoing: bool = False) -> Changes:
    """
    The changes with the guards their stock entries need (K6, K9).

    Raises:
        Refused: `SHORT_STOCK`, `NEGATIVE_IN_TIME`, or `LATER_DOCUMENTS` where a document is undone.
    """
    keys, since = taken_keys(changes.entries)
    facts = await session.stock(keys, since, always=undoing) if since else None
    guards, wrong = guard_stock(changes.entries, facts, undoing=undoing)
    session.refuse(wrong, subject)
    return changes + Changes(guards=guards)


def of_register(register: Register, balances: Mapping[Place, Balance]) -> dict[Key, Balance]:
    """Those of the balances that belong to one register, by key."""
    return {key: balance for (name, key), balance in balances.items() if name == register.name}


def unknown(kind: str, wanted: Mapping[str, str], known: Mapping[str, object]) -> list[Violation]:
    """A violation for each id, given as place -> id, that is not known."""
    return [violation(Code.UNKNOWN_ID, place, kind=kind, id=id) for place, id in wanted.items() if id not in known]
