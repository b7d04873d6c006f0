"""
The store as one delivery of a command sees it: every call waits for the simulation to let it through.

A commit waits twice, before it is written and before its answer comes back, so that a client can vanish in between.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime
from types import coroutine
from typing import Literal, TypeVar

import attrs

from tradecore.changes import Changes, Committed, HistoryRecord, Repeated
from tradecore.errors import Conflict
from tradecore.events import Event
from tradecore.query import Query
from tradecore.registers import Balance, Entry, Key, Place, Register, Turnover
from tradecore.storage.protocol import BlockingStore
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)


@attrs.frozen
class Call:
    """What a delivery waits for: a call of the store, and what it is about. A commit that is done waits as `answer`."""

    name: str
    about: object = ""

    def told(self) -> str:
        """The call, for people."""
        about = self.about
        if isinstance(about, Changes):
            command = about.record.command if about.record else "records"
            saved = ", ".join(str(save.ref) for save in about.saves)
            about = f"{command}: {saved}" if saved else command
        elif isinstance(about, Sequence) and not isinstance(about, str):
            about = ", ".join(f"{each[0]} {_key(each[1])}" for each in about)
        return f"{self.name} {about}".rstrip()


def _key(key: object) -> str:
    return "/".join(key) if isinstance(key, tuple) else str(key)


class Vanished(BaseException):
    """The process is no more. Nothing it would still do happens."""


@coroutine
def stop(call: Call) -> Generator[Call, None, None]:
    """Wait until the simulation goes on with this delivery."""
    yield call


#: Told of what a commit wrote, or of the answer of a key that was known.
Witness = Callable[[Changes, Committed | Repeated], None]


class Port:
    """
    A store between a delivery and the real one.

    Attributes:
        gone: Whether the delivery has vanished: what its `finally` blocks still ask for is not done.

        conflicts: How often the store itself said that a race was lost.
    """

    def __init__(self, store: BlockingStore, witness: Witness) -> None:
        self._store = store
        self._witness = witness
        self.gone = False
        self.conflicts = 0

    @property
    def waits(self) -> Literal[True]:
        """For the simulation."""
        return True

    async def sleep(self, _: float) -> None:
        """Let the others go on; no time passes."""
        await self._reach("sleep")

    async def _reach(self, name: str, about: object = "") -> BlockingStore:
        if not self.gone:
            await stop(Call(name, about))
        if self.gone:
            raise Vanished
        return self._store

    async def init(self) -> None:
        """Create what is missing."""
        await (await self._reach("init")).init()

    async def close(self) -> None:
        """The store belongs to the simulation, and stays open."""

    async def get_many(self, refs: Sequence[Ref]) -> dict[Ref, Record]:
        """The records that are meant."""
        return await (await self._reach("get_many", refs)).get_many(refs)

    async def find(self, query: Query[R]) -> list[R]:
        """The page of records the query means."""
        return await (await self._reach("find", query.kind.KIND)).find(query)

    async def balances(self, prefixes: Sequence[Place]) -> dict[Place, Balance]:
        """The balances under these prefixes."""
        return await (await self._reach("balances", prefixes)).balances(prefixes)

    async def turnovers(
        self,
        register: Register,
        by: Sequence[str],
        *,
        where: Mapping[str, Sequence[str]] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Turnover]:
        """Sums of entries."""
        store = await self._reach("turnovers", register.name)
        return await store.turnovers(register, by, where=where, since=since, until=until)

    async def entries(
        self,
        register: Register,
        prefixes: Sequence[Key] = (),
        *,
        document: Ref | None = None,
        since: datetime | None = None,
    ) -> list[Entry]:
        """The entries under these prefixes."""
        store = await self._reach("entries", register.name)
        return await store.entries(register, prefixes, document=document, since=since)

    async def history(self, document: Ref) -> list[HistoryRecord]:
        """What commands did to a record."""
        return await (await self._reach("history", document)).history(document)

    async def recall(self, key: str) -> Repeated | None:
        """What an idempotency key was used for."""
        return await (await self._reach("recall", key)).recall(key)

    async def commit(self, changes: Changes) -> Committed | Repeated:
        """Write the changes completely or not at all."""
        store = await self._reach("commit", changes)
        try:
            done = await store.commit(changes)
        except Conflict:
            self.conflicts += 1
            raise
        self._witness(changes, done)
        await self._reach("answer", changes)
        return done

    async def events_after(self, position: int, limit: int) -> list[Event]:
        """The next events of the outbox."""
        return await (await self._reach("events_after", position)).events_after(position, limit)
