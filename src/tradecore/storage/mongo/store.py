"""The two stores on MongoDB: one source, two colours."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

from pymongo import AsyncMongoClient, MongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import PyMongoError

from tradecore.changes import Changes, Committed, HistoryRecord, Repeated
from tradecore.errors import Unsupported
from tradecore.events import Event
from tradecore.query import Query
from tradecore.registers import Balance, Entry, Key, Place, Register, Turnover
from tradecore.storage.mongo import outbox, reading, schema
from tradecore.storage.mongo.faults import translated
from tradecore.storage.mongo.numbering import Numbers
from tradecore.storage.mongo.port import Port
from tradecore.storage.mongo.writing import Writing
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound="_Store")
Session = TypeVar("Session", ClientSession, AsyncClientSession)

#: The database where the URL or the caller names none.
DATABASE = "tradecore"


class _Store:
    """Everything both colours share."""

    _client: Callable[[str], Any]
    _database_kind: type[Any]
    _waits: ClassVar[bool]

    def __init__(self, client_or_database: Any, *, database: str = DATABASE, tenant: str = "main") -> None:
        self.tenant = tenant
        kind = self._database_kind
        try:
            found = client_or_database if isinstance(client_or_database, kind) else client_or_database[database]
        except PyMongoError as error:
            raise translated(error) from error
        if not isinstance(found, kind):
            raise Unsupported(
                f"{type(self).__name__} needs a {kind.__name__} or its client; see the other store of this module."
            )
        self._port = Port(found, self._waits)
        self._numbers = Numbers()
        self._owned = self._ready = False

    @property
    def joined(self) -> bool:
        """Whether everything happens inside a transaction of the host."""
        return self._port.joined is not None

    @classmethod
    def open(cls, url: str, *, tenant: str = "main") -> Self:
        """
        The store of a URL, with a client of its own, which `close` closes.

        Args:
            url: `mongodb://host/database?replicaSet=name`; without a database it is `tradecore`.
            tenant: Whose data.

        Raises:
            Unsupported: The URL cannot be understood.
        """
        try:
            store = cls(cls._client(url).get_default_database(DATABASE), tenant=tenant)
        except (PyMongoError, ValueError, TypeError) as error:
            raise Unsupported(f"MongoDB cannot be reached by this URL: {error}") from error
        store._owned = True
        return store

    async def init(self) -> None:
        """
        Create the collections, validators and indexes that are missing.

        Raises:
            Unsupported: The server stands alone; a replica set is needed.

            NotReady: What is there was made by another release.
        """
        await schema.create(self._apart)
        self._ready = True

    async def close(self) -> None:
        """Close the client, if the store opened it."""
        if self._owned:
            await self._port.close()

    async def get_many(self, refs: Sequence[Ref]) -> dict[Ref, Record]:
        """The records that are meant, as of one moment."""
        return await reading.records(await self._checked(), self.tenant, refs)

    async def find(self, query: Query[R]) -> list[R]:
        """The page of records the query means."""
        query.check()
        return await reading.page(await self._checked(), self.tenant, query)

    async def balances(self, prefixes: Sequence[Place]) -> dict[Place, Balance]:
        """The balances under these prefixes."""
        return await reading.balances(await self._checked(), self.tenant, prefixes)

    async def turnovers(
        self,
        register: Register,
        by: Sequence[str],
        *,
        where: Mapping[str, Sequence[str]] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Turnover]:
        """Sums of entries grouped by dimensions or attributes, computed by the server."""
        return await reading.turnovers(
            await self._checked(), self.tenant, register, by, where=where or {}, since=since, until=until
        )

    async def entries(
        self,
        register: Register,
        prefixes: Sequence[Key] = (),
        *,
        document: Ref | None = None,
        since: datetime | None = None,
    ) -> list[Entry]:
        """The entries under these prefixes, in order of moment and commit."""
        return await reading.entries(
            await self._checked(), self.tenant, register, prefixes, document=document, since=since
        )

    async def history(self, document: Ref) -> list[HistoryRecord]:
        """What commands did to a record."""
        return await reading.history(await self._checked(), self.tenant, document)

    async def recall(self, key: str) -> Repeated | None:
        """What an idempotency key was used for."""
        return await reading.recall(await self._checked(), self.tenant, key)

    async def commit(self, changes: Changes) -> Committed | Repeated:
        """Write the changes completely or not at all, in one transaction."""
        return await Writing(await self._checked(), self.tenant, self._numbers, changes).commit()

    async def events_after(self, position: int, limit: int) -> list[Event]:
        """The next events of the outbox. Those that were committed since the last time get their positions now."""
        await self._checked()
        # Positions are given in a transaction of their own: they must not wait for the host, nor go with it.
        return await outbox.events_after(self._apart, self.tenant, position, limit)

    @property
    def _apart(self) -> Port:
        """The same database outside the host's transaction."""
        return Port(self._port.database, self._waits)

    async def _checked(self) -> Port:
        if not self._ready:
            await schema.check(self._port)
            self._ready = True
        return self._port


class _Joining(Generic[S, Session]):
    """A method of the class and of a store: a store gives its database and its tenant on."""

    def __get__(self, store: S | None, owner: type[S]) -> "_Join[S, Session]":
        return _Join(owner, store)


class _Join(Generic[S, Session]):
    def __init__(self, kind: type[S], store: S | None) -> None:
        self._kind, self._store = kind, store

    def __call__(self, session: Session, *, database: str | None = None, tenant: str | None = None) -> S:
        """
        The store inside the host's open transaction, which the host alone commits or aborts.

        Guards and versions are looked at before anything is written, so that a race already lost is a `Conflict` that
        leaves the transaction as it was. Whatever else fails aborts the host's transaction, with all the host has
        written: above all a write to what another transaction wrote after this one began, which MongoDB refuses. That
        is a `Conflict` as well, and the host begins again.

        Args:
            session: A session of the client, in a transaction that was started with read concern `snapshot`.
            database: Where the data are; by default where those of the store are that this is called on.
            tenant: Whose data.
        """
        client = getattr(session, "client", None)
        if client is None or not hasattr(session, "in_transaction"):
            raise Unsupported(f"{type(session).__name__} is no session of pymongo.")
        known = self._store
        name = database or (known._port.database.name if known else DATABASE)  # noqa: SLF001  # of this module
        store = self._kind(client, database=name, tenant=tenant or (known.tenant if known else "main"))
        store._port = Port(store._port.database, store._waits, session)  # noqa: SLF001
        store._ready = bool(known and known._ready and name == known._port.database.name)  # noqa: SLF001
        return store


class MongoStore(_Store):
    """
    A store on MongoDB whose calls block.

    Args:
        client_or_database: A client, which is never closed, or one of its databases.
        database: The name of the database in a client.
        tenant: Whose data; tenants share collections and see nothing of each other.
    """

    _client = MongoClient
    _database_kind = Database
    _waits = False
    joining: _Joining["MongoStore", ClientSession] = _Joining()

    @property
    def waits(self) -> Literal[False]:
        """Never."""
        return False


class AsyncMongoStore(_Store):
    """
    A store on MongoDB that waits on an event loop.

    Args:
        client_or_database: An asynchronous client, which is never closed, or one of its databases.
        database: The name of the database in a client.
        tenant: Whose data; tenants share collections and see nothing of each other.
    """

    _client = AsyncMongoClient
    _database_kind = AsyncDatabase
    _waits = True
    joining: _Joining["AsyncMongoStore", AsyncClientSession] = _Joining()

    @property
    def waits(self) -> Literal[True]:
        """Always."""
        return True
