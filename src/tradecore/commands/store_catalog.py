"""
The default catalogue: reference data kept in the store itself.

It is read far more often than it changes, so what was read is remembered. Every change of reference data raises the
revision record; one small read per command compares it, and nothing stale is ever used.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from tradecore.catalog import (
    Agreement,
    AgreementKind,
    CancellationReason,
    CatalogRevision,
    Contract,
    Item,
    OrderTemplate,
    Partner,
    PaymentSchedule,
    Price,
    PriceKind,
    Warehouse,
)
from tradecore.query import PAGE_LIMIT, Eq, In, Query
from tradecore.storage.protocol import Store
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)

#: The id of the one revision record.
REVISION_ID = "catalog"
REVISION = Ref(CatalogRevision.KIND, REVISION_ID)
#: Records remembered; when there are more, all are forgotten and read again.
REMEMBERED = 50_000


class Known:
    """What was read of the reference data at one revision."""

    def __init__(self, revision: int) -> None:
        self.revision = revision
        self.records: dict[str, dict[str, Any]] = {}
        self.agreements: dict[str, tuple[Agreement, ...]] = {}
        self.contracts: dict[str, tuple[Contract, ...]] = {}
        self.prices: dict[tuple[str, str], tuple[Price, ...]] = {}

    @property
    def full(self) -> bool:
        """Whether it has grown too large."""
        return sum(map(len, self.records.values())) + len(self.prices) + len(self.agreements) > REMEMBERED


class Memory:
    """The newest revision that was seen, and what is known of it. Shared by the sessions of one trade value."""

    def __init__(self) -> None:
        self._newest = Known(-1)

    def at(self, revision: int) -> Known:
        """What is known of a revision; an older one, seen by a slower reader, is read for that reader alone."""
        known = self._newest
        if revision == known.revision and not known.full:
            return known
        new = Known(revision)
        if revision >= known.revision:
            self._newest = new
        return new


class StoreCatalog:
    """The catalogue kept in `store`. One per attempt of a command; what it has read it shares through `memory`."""

    def __init__(self, store: Store, memory: Memory) -> None:
        self._store = store
        self._shared = memory
        self._memory: Known | None = None

    async def _known(self) -> Known:
        if self._memory is None:
            found = await self._store.get_many([REVISION])
            revision = found[REVISION].version if found else 0
            self._memory = self._shared.at(revision)
        return self._memory

    async def _many(self, kind: type[R], ids: Sequence[str]) -> dict[str, R]:
        records = (await self._known()).records.setdefault(kind.KIND, {})
        missing = [Ref(kind.KIND, id) for id in dict.fromkeys(ids) if id not in records]
        if missing:
            records |= {ref.id: record for ref, record in (await self._store.get_many(missing)).items()}
        return {id: records[id] for id in ids if id in records}

    async def partners(self, ids: Sequence[str]) -> Mapping[str, Partner]:
        """The partners of these ids."""
        return await self._many(Partner, ids)

    async def items(self, ids: Sequence[str]) -> Mapping[str, Item]:
        """The items of these ids."""
        return await self._many(Item, ids)

    async def warehouses(self, ids: Sequence[str]) -> Mapping[str, Warehouse]:
        """The warehouses of these ids."""
        return await self._many(Warehouse, ids)

    async def reasons(self, ids: Sequence[str]) -> Mapping[str, CancellationReason]:
        """The cancellation reasons of these ids."""
        return await self._many(CancellationReason, ids)

    async def price_kinds(self, ids: Sequence[str]) -> Mapping[str, PriceKind]:
        """The price kinds of these ids."""
        return await self._many(PriceKind, ids)

    async def schedules(self, ids: Sequence[str]) -> Mapping[str, PaymentSchedule]:
        """The payment schedules of these ids."""
        return await self._many(PaymentSchedule, ids)

    async def agreements(self, partner: str) -> Sequence[Agreement]:
        """The STANDARD agreements and the INDIVIDUAL ones of `partner`."""
        known = (await self._known()).agreements
        if partner not in known:
            standard = await self._all(Query(Agreement, (Eq("kind", AgreementKind.STANDARD),), limit=PAGE_LIMIT))
            own = await self._all(Query(Agreement, (Eq("partner", partner),), limit=PAGE_LIMIT))
            known[partner] = tuple(sorted({each.id: each for each in (*standard, *own)}.values(), key=lambda a: a.id))
        return known[partner]

    async def order_templates(self, ids: Sequence[str]) -> Mapping[str, OrderTemplate]:
        """The order templates of these ids."""
        return await self._many(OrderTemplate, ids)

    async def contracts(self, partner: str) -> Sequence[Contract]:
        """The contracts of `partner`."""
        known = (await self._known()).contracts
        if partner not in known:
            known[partner] = tuple(await self._all(Query(Contract, (Eq("partner", partner),), limit=PAGE_LIMIT)))
        return known[partner]

    async def prices(self, price_kind: str, items: Sequence[str], on: date) -> Mapping[str, Decimal]:
        """The price of one unit of each item on the day `on`."""
        known = (await self._known()).prices
        missing = [item for item in dict.fromkeys(items) if (price_kind, item) not in known]
        if missing:
            where = (Eq("price_kind", price_kind), In("item", missing))
            found = await self._all(Query(Price, where, sort="starts_on", limit=PAGE_LIMIT))
            for item in missing:
                known[price_kind, item] = tuple(each for each in found if each.item == item)
        return {
            item: started[-1].amount
            for item in items
            if (started := [each for each in known[price_kind, item] if each.starts_on <= on])
        }

    async def _all(self, query: Query[R]) -> list[R]:
        found: list[R] = []
        while page := await self._store.find(query):
            found += page
            if len(page) < query.limit:
                break
            last = page[-1]
            query = Query(
                query.kind, query.where, query.sort, limit=query.limit, after=(getattr(last, query.sort), last.id)
            )
        return found
