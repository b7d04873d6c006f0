"""The two stores: one adapter, which blocks, and the same adapter inside SQLAlchemy's greenlet, which waits."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Concatenate, Literal, ParamSpec, Self, TypeVar

import sqlalchemy as sa
from typing_extensions import override

from tradecore.changes import Changes, Committed, HistoryRecord, Repeated
from tradecore.events import Event
from tradecore.query import Query
from tradecore.registers import Balance, Entry, Key, Place, Register, Turnover
from tradecore.storage.sql import committing, journal, ledger, outbox, reading, schema
from tradecore.storage.sql.engines import make_async_engine, make_engine
from tradecore.storage.sql.links import Link
from tradecore.storage.sql.pools import OwnPool
from tradecore.storage.sql.sources import AsyncSource, HostConnection, HostEngine, Source
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)
T = TypeVar("T")
P = ParamSpec("P")


class _Verbs:
    """The verbs of the protocol, for both colours: each is a function over a link."""

    def __init__(self, tenant: str, *, joined: bool) -> None:
        self.tenant = tenant
        self.joined = joined
        self._ready = False

    async def _use(self, work: Callable[[Link], T]) -> T:
        raise NotImplementedError

    async def _run(self, function: Callable[Concatenate[Link, str, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def work(link: Link) -> T:
            if not self._ready:
                schema.check(link)
                self._ready = True
            return function(link, self.tenant, *args, **kwargs)

        return await self._use(work)

    async def get_many(self, refs: Sequence[Ref]) -> dict[Ref, Record]:
        """The records that are meant, of whichever kinds, in one statement."""
        return await self._run(reading.get_many, refs)

    async def find(self, query: Query[R]) -> list[R]:
        """The page of records the query means, in one statement."""
        return await self._run(reading.find, query)

    async def balances(self, prefixes: Sequence[Place]) -> dict[Place, Balance]:
        """The balances under these prefixes, in one statement."""
        return await self._run(ledger.balances, prefixes)

    async def turnovers(
        self,
        register: Register,
        by: Sequence[str],
        *,
        where: Mapping[str, Sequence[str]] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Turnover]:
        """Sums of entries, grouped by the database."""
        return await self._run(ledger.turnovers, register, by, where or {}, since, until)

    async def entries(
        self,
        register: Register,
        prefixes: Sequence[Key] = (),
        *,
        document: Ref | None = None,
        since: datetime | None = None,
    ) -> list[Entry]:
        """The entries under these prefixes, in order of moment and commit."""
        return await self._run(ledger.entries, register, prefixes, document, since)

    async def history(self, document: Ref) -> list[HistoryRecord]:
        """What commands did to a record, the oldest first."""
        return await self._run(journal.history, document)

    async def recall(self, key: str) -> Repeated | None:
        """What an idempotency key was used for."""
        return await self._run(journal.recall, key)

    async def commit(self, changes: Changes) -> Committed | Repeated:
        """Write the changes completely or not at all."""
        return await self._run(committing.commit, changes)

    async def events_after(self, position: int, limit: int) -> list[Event]:
        """The next events of the outbox after a position, in order."""
        return await self._run(outbox.events_after, position, limit)


class SqlStore(_Verbs):
    """
    The store in SQLite, PostgreSQL or MariaDB, over a blocking driver. Safe to share between threads.

    Args:
        bind: The host's engine; or one connection of it, which then has no transaction but those of the store.
        tenant: Whose records these are. Tenants of one database see nothing of each other.

    Attributes:
        joined: Whether the store works inside a transaction of the host.
    """

    def __init__(self, bind: sa.Engine | sa.Connection, *, tenant: str = "main") -> None:
        source: Source = HostEngine(bind) if isinstance(bind, sa.Engine) else HostConnection(bind, joined=False)
        super().__init__(tenant, joined=False)
        self._source = source

    @classmethod
    def _over(cls, source: Source, tenant: str, *, joined: bool = False) -> Self:
        store = cls.__new__(cls)
        _Verbs.__init__(store, tenant, joined=joined)
        store._source = source  # noqa: SLF001  # it is one of us
        return store

    @classmethod
    def open(cls, url: str | sa.URL, *, tenant: str = "main", synchronous: str = "") -> Self:
        """
        A store with connections of its own.

        Args:
            synchronous: For SQLite: "NORMAL" (a commit survives the end of the process, not always a power cut) or "FULL".
                May also stand in the query of the URL.
        """
        engine, size = make_engine(url, synchronous)
        return cls._over(OwnPool(engine, size), tenant)

    @classmethod
    def joining(cls, connection: sa.Connection, *, tenant: str = "main") -> Self:
        """A store inside the transaction of the host: it sees what the host wrote, and the host commits or not."""
        return cls._over(HostConnection(connection, joined=True), tenant, joined=True)

    @property
    def waits(self) -> Literal[False]:
        """Never."""
        return False

    @override
    async def _use(self, work: Callable[[Link], T]) -> T:
        return self._source.use(work)

    async def init(self) -> None:
        """Create the tables that are missing."""
        if self.joined:
            self._source.use(schema.check)
        else:
            self._source.create()

    async def close(self) -> None:
        """Close the connections the store opened itself."""
        self._source.close()


class AsyncSqlStore(_Verbs):
    """
    The store in SQLite or PostgreSQL, over a driver that waits on an event loop.

    Args:
        bind: The host's engine; or one connection of it, which then has no transaction but those of the store.
        tenant: Whose records these are.

    Attributes:
        joined: Whether the store works inside a transaction of the host.
    """

    def __init__(self, bind: Any, *, tenant: str = "main") -> None:
        super().__init__(tenant, joined=False)
        self._source = AsyncSource(bind)

    @classmethod
    def open(cls, url: str | sa.URL, *, tenant: str = "main", synchronous: str = "") -> Self:
        """A store with connections of its own; see `SqlStore.open`."""
        store = cls(make_async_engine(url, synchronous), tenant=tenant)
        store._source.own = True
        return store

    @classmethod
    def joining(cls, connection: Any, *, tenant: str = "main") -> Self:
        """A store inside the transaction of the host."""
        store = cls(connection, tenant=tenant)
        store.joined = store._source.joined = True
        return store

    @property
    def waits(self) -> Literal[True]:
        """Always."""
        return True

    @override
    async def _use(self, work: Callable[[Link], T]) -> T:
        return await self._source.use(work)

    async def init(self) -> None:
        """Create the tables that are missing."""
        await (self._source.use(schema.check) if self.joined else self._source.create())

    async def close(self) -> None:
        """Close the connections the store opened itself."""
        await self._source.close()
