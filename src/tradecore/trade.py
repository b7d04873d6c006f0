"""Trade and AsyncTrade: one store, one catalogue, the settings, an actor; and desks to call commands at."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any, Generic, Self

from tradecore.calling import Context, in_colour, run
from tradecore.catalog import Catalog
from tradecore.colours import Async, C, Sync
from tradecore.commands.checking import CheckReport, check_store
from tradecore.commands.relaying import mark_handled, next_events
from tradecore.commands.session import Actor, utc_now
from tradecore.commands.store_catalog import Memory
from tradecore.convert import check
from tradecore.desks import (
    Consignments,
    Orders,
    Outgoing,
    Ownership,
    Partners,
    Payments,
    Purchases,
    Receipts,
    Reference,
    Returns,
    Separate,
    Shipments,
    Stock,
    StockReceipts,
)
from tradecore.errors import Corrupt, Unsupported
from tradecore.events import Event
from tradecore.opening import open_async_store, open_store
from tradecore.query import check_limit
from tradecore.rules.checks import Check
from tradecore.rules.controls import active
from tradecore.settings import Settings
from tradecore.storage.memory import MemoryStore
from tradecore.storage.protocol import BlockingStore, Store
from tradecore.values.evolving import evolve
from tradecore.values.text import Id

_DEFAULT = Settings()


class _Facade(Generic[C]):
    """What both colours share: the desks, and trade values made from others."""

    orders: Orders[C]
    shipments: Shipments[C]
    ownership: Ownership[C]
    consignments: Consignments[C]
    returns: Returns[C]
    purchases: Purchases[C]
    receipts: Receipts[C]
    stock_receipts: StockReceipts[C]
    stock: Stock[C]
    separate: Separate[C]
    payments: Payments[C]
    outgoing: Outgoing[C]
    catalog: Reference[C]
    partners: Partners[C]

    def __init__(self, context: Context) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        # A desk is made when it is first used: most trade values live for one call.
        try:
            desk = _DESKS[name](self._context)
        except KeyError:
            raise AttributeError(name) from None
        setattr(self, name, desk)
        return desk

    def _with(self, **changes: Any) -> Self:
        new = object.__new__(type(self))
        new._context = evolve(self._context, **changes)  # of the same class
        return new

    @property
    def settings(self) -> Settings:
        """The settings commands follow."""
        return self._context.settings

    @property
    def store(self) -> Store:
        """The store everything is kept in."""
        return self._context.store

    def acting_as(self, actor: Actor | Id) -> Self:
        """The same trade, with another actor in the history."""
        if not isinstance(actor, Actor):
            actor = Actor(check(actor, Id))
        return self._with(actor=actor)

    def once(self, key: Id) -> Self:
        """
        The same trade, whose next command is carried out once however often it is repeated with this key.

        The first answer is given again. Use a new key for every intention.

        Raises:
            KeyReused: By the command, if the key was used with other input.
        """
        return self._with(key=check(key, Id))

    def past_damage(self, report: Callable[[Corrupt], object]) -> Self:
        """
        The same trade, whose queries go past records that cannot be read.

        Without it a list that would show such a record raises `Corrupt`, which names it. With it the record is left
        out and `report` is told of it, once for every page it would stand on. Commands never go past damage.

        Args:
            report: Takes the `Corrupt`: a logger's method, the `append` of a list.
        """
        return self._with(damaged=report)

    def within(self, connection: Any) -> Self:
        """
        The same trade inside the host's own transaction: an open SQLAlchemy connection, a pymongo session.

        What commands write is committed or rolled back by the host, together with its own rows.

        Raises:
            Unsupported: The store has no such transactions.
        """
        joining = getattr(self._context.store, "joining", None)
        if joining is None:
            raise Unsupported(f"{type(self._context.store).__name__} cannot join a transaction.")
        # Reference data read in there may be rolled back, so what is remembered of it must not be shared.
        store = joining(connection, tenant=getattr(self._context.store, "tenant", "main"))
        return self._with(store=store, memory=Memory())


class Trade(_Facade[Sync]):
    """
    Trade logic over a blocking store: calls return their results.

    Args:
        store: In memory if left out.
        settings: How the company works.
        catalog: Where reference data comes from; kept in the store if left out.
        clock: Gives the current moment, aware.
        checks: What the company checks beside the rules; see `tradecore.Check`.

    Raises:
        Unsupported: The store waits on an event loop; use `AsyncTrade`.
    """

    def __init__(
        self,
        store: BlockingStore | None = None,
        *,
        settings: Settings = _DEFAULT,
        catalog: Catalog | None = None,
        clock: Callable[[], datetime] = utc_now,
        checks: Iterable[Check] = (),
    ) -> None:
        store = store if store is not None else MemoryStore()
        if store.waits:
            raise Unsupported(f"{type(store).__name__} waits on an event loop; use AsyncTrade.")
        asked = active(checks, settings)
        super().__init__(Context(store=store, settings=settings, catalog=catalog, sync=True, clock=clock, checks=asked))

    @classmethod
    def open(
        cls,
        url: str = "memory://",
        *,
        settings: Settings = _DEFAULT,
        catalog: Catalog | None = None,
        clock: Callable[[], datetime] = utc_now,
        checks: Iterable[Check] = (),
        tenant: str = "main",
    ) -> Self:
        """
        Trade over the store of a URL: `memory://`, `sqlite:///shop.db`, `postgresql+psycopg://…`, `mysql+pymysql://…`,
        `mongodb://…`. Call `init` once for a new database.

        Raises:
            MissingDriver: A package is not installed; the sentence names the extra.
        """
        return cls(
            open_store(url, tenant=check(tenant, Id)), settings=settings, catalog=catalog, clock=clock, checks=checks
        )

    def init(self) -> Self:
        """Create the tables or collections that are missing."""
        run(self._context.store.init())
        return self

    def close(self) -> None:
        """Give back the connections the store opened itself."""
        run(self._context.store.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def relay(self, handler: Callable[[Event], object], *, reader: Id = "default", batch: int = 100) -> int:
        """
        Hand all waiting events of the outbox to `handler`, in order, at least once; how many were handed over.

        A handler that raises stops the relay; its event comes again with the next call.

        Args:
            reader: Each reader gets every event.
            batch: How many events are read at a time.

        Raises:
            Invalid: The reader is no id, or the batch not between 1 and 1000.
        """
        handled, session = 0, self._context.session(cautious=True)
        reader, batch = check(reader, Id), check_limit(batch)
        while True:
            before, events = run(next_events(session, reader, batch))
            position = before.position if before else 0
            try:
                for event in events:
                    handler(event)
                    position = event.position
                    handled += 1
            finally:
                told = position > (before.position if before else 0)
                kept = run(mark_handled(session, reader, before, position)) if told else False
            if not events or not kept:
                return handled
            session = self._context.session(cautious=True)

    def check(self) -> CheckReport:
        """Prove that totals, entries, documents and states agree."""
        return run(check_store(self._context.session(cautious=True)))


class AsyncTrade(_Facade[Async]):
    """
    Trade logic for an event loop: calls are awaited. A blocking store is moved to worker threads.

    Args:
        store, settings, catalog, clock, checks: As in `Trade`; every store is accepted.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        settings: Settings = _DEFAULT,
        catalog: Catalog | None = None,
        clock: Callable[[], datetime] = utc_now,
        checks: Iterable[Check] = (),
    ) -> None:
        store = store if store is not None else MemoryStore()
        asked = active(checks, settings)
        super().__init__(
            Context(store=store, settings=settings, catalog=catalog, sync=False, clock=clock, checks=asked)
        )

    @classmethod
    def open(
        cls,
        url: str = "memory://",
        *,
        settings: Settings = _DEFAULT,
        catalog: Catalog | None = None,
        clock: Callable[[], datetime] = utc_now,
        checks: Iterable[Check] = (),
        tenant: str = "main",
    ) -> Self:
        """The same as `Trade.open`, over the store of the URL that waits, where there is one."""
        return cls(
            open_async_store(url, tenant=check(tenant, Id)),
            settings=settings,
            catalog=catalog,
            clock=clock,
            checks=checks,
        )

    async def init(self) -> Self:
        """Create the tables or collections that are missing."""
        await in_colour(self._context, self._context.store.init())
        return self

    async def close(self) -> None:
        """Give back the connections the store opened itself."""
        await in_colour(self._context, self._context.store.close())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def relay(
        self, handler: Callable[[Event], Awaitable[object]], *, reader: Id = "default", batch: int = 100
    ) -> int:
        """The same as `Trade.relay`, with a handler that is awaited."""
        handled, session = 0, self._context.session(cautious=True)
        reader, batch = check(reader, Id), check_limit(batch)
        while True:
            before, events = await in_colour(self._context, next_events(session, reader, batch))
            position = before.position if before else 0
            try:
                for event in events:
                    await handler(event)
                    position = event.position
                    handled += 1
            finally:
                told = position > (before.position if before else 0)
                kept = told and await in_colour(self._context, mark_handled(session, reader, before, position))
            if not events or not kept:
                return handled
            session = self._context.session(cautious=True)

    async def check(self) -> CheckReport:
        """Prove that totals, entries, documents and states agree."""
        return await in_colour(self._context, check_store(self._context.session(cautious=True)))


_DESKS: dict[str, Callable[[Context], Any]] = {
    "orders": Orders,
    "shipments": Shipments,
    "ownership": Ownership,
    "consignments": Consignments,
    "returns": Returns,
    "purchases": Purchases,
    "receipts": Receipts,
    "stock_receipts": StockReceipts,
    "stock": Stock,
    "separate": Separate,
    "payments": Payments,
    "outgoing": Outgoing,
    "catalog": Reference,
    "partners": Partners,
}
