"""
The protocol of a store: eleven coroutines and two facts. A store knows no rules; it keeps what it is told to keep.

A store keeps **records** (documents and reference data) by kind and id, **entries** of registers, a **history** and an
**outbox**. Everything is written by `commit`, which writes a `Changes` value completely or not at all:

1. the idempotency key: if it is known, nothing is written and what was answered then is returned (`Repeated`);
2. guards and versions: if one does not hold, nothing is written and `Conflict` names at least one that was lost;
3. numbers: a record saved with a `series` gets the next number of that series, without gaps, atomically;
4. records: each is stored with its version, which is one more than the version it replaces (first: 1);
5. entries, in the given order, and the balances they change, for registers that keep totals;
6. one history record for each saved record, and the events.

A balance is smaller than 10^12, as every number is; a commit that would make it larger is refused as `Unsupported`.

Guards are checked against the balances as they are after the entries of the same commit, except `Newest` and
`Unchanged`, which speak of the entries that were there before it. Two commits that touch the same record or balance
must behave as if one came after the other; a store locks in one fixed order, so that no two commits wait for each
other.

Reads see whole commits only. A value that was stored comes back equal. Rows that no command can have written are
`Corrupt`, which names the record, and do not keep others from being read: a page from which `Not("id", ...)` leaves them
out is read. Drivers' errors never leave the adapter: they become `StoreError`s.

Events get their positions when they become readable: growing, without gaps, and never behind one that was read before;
events of one document in the order of its versions.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from typing_extensions import override

from tradecore.changes import Changes, Committed, HistoryRecord, Repeated
from tradecore.events import Event
from tradecore.query import Query
from tradecore.registers import Balance, Entry, Key, Place, Register, Turnover
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)


class Store(Protocol):
    """What commands need of a place to keep things. See the module for what each call promises."""

    @property
    def waits(self) -> bool:
        """Whether the coroutines really wait on an event loop. A store that blocks instead never suspends."""
        ...

    async def init(self) -> None:
        """Create what is missing: tables, collections, indexes. Does nothing the second time."""
        ...

    async def close(self) -> None:
        """Give back connections the store opened itself; those handed in stay open."""
        ...

    async def get_many(self, refs: Sequence[Ref]) -> dict[Ref, Record]:
        """The records that are meant, of whichever kinds, in one round trip; what is not known is left out."""
        ...

    async def find(self, query: Query[R]) -> list[R]:
        """The page of records the query means: `tradecore.query.run` is the definition."""
        ...

    async def balances(self, prefixes: Sequence[Place]) -> dict[Place, Balance]:
        """
        The balances of registers whose keys start with one of the prefixes, in one round trip.

        Keys without entries are left out. Registers without totals are not asked for.
        """
        ...

    async def turnovers(
        self,
        register: Register,
        by: Sequence[str],
        *,
        where: Mapping[str, Sequence[str]] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[Turnover]:
        """
        Sums of entries grouped by dimensions or attributes, ordered by the group.

        `where` keeps entries whose dimension or attribute is one of the values; `since` is included, `until` is not.
        """
        ...

    async def entries(
        self,
        register: Register,
        prefixes: Sequence[Key] = (),
        *,
        document: Ref | None = None,
        since: datetime | None = None,
    ) -> list[Entry]:
        """The entries under these prefixes (of any key if there are none), in order of moment and commit."""
        ...

    async def history(self, document: Ref) -> list[HistoryRecord]:
        """
        What commands did to a record, the oldest first. Values of differences are what they were, not texts.

        `tradecore.changes.plain_differences` makes plain data of them, and `differences_again` the other way round.
        """
        ...

    async def recall(self, key: str) -> Repeated | None:
        """What an idempotency key was used for."""
        ...

    async def commit(self, changes: Changes) -> Committed | Repeated:
        """
        Write the changes completely or not at all.

        Raises:
            Conflict: A guard or a version did not hold.

            Unsupported: A balance would become too large, or the store cannot hold a value.

            Unavailable: The database does not answer; nothing is half written.
        """
        ...

    async def events_after(self, position: int, limit: int) -> list[Event]:
        """The next events of the outbox after a position, in order."""
        ...


class BlockingStore(Store, Protocol):
    """A store whose coroutines never suspend: fit for `Trade`."""

    @property
    @override
    def waits(self) -> Literal[False]:
        """Always False."""
        ...
