"""Going past records that cannot be read: each is told, the others are found."""

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

from tradecore.errors import Corrupt
from tradecore.query import Not, Query
from tradecore.storage.protocol import Store
from tradecore.values.evolving import evolve
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)

Report: TypeAlias = Callable[[Corrupt], object]
"""Is told of every record that cannot be read."""


async def load_past_damage(store: Store, refs: Sequence[Ref], report: Report) -> dict[Ref, Record]:
    """
    Those of the records that can be read.

    Raises:
        Corrupt: The fault does not say which record it is.
    """
    wanted = dict.fromkeys(refs)
    while wanted:
        try:
            return await store.get_many(list(wanted))
        except Corrupt as fault:
            if Ref(fault.kind, fault.id) not in wanted:
                raise
            del wanted[Ref(fault.kind, fault.id)]
            report(fault)
    return {}


async def find_past_damage(store: Store, query: Query[R], report: Report) -> list[R]:
    """
    The page of records that can be read.

    Raises:
        Corrupt: The fault does not say which record it is, so that it cannot be left out.
    """
    left_out: tuple[str, ...] = ()
    while True:
        try:
            return await store.find(evolve(query, where=(*query.where, Not("id", left_out))) if left_out else query)
        except Corrupt as fault:
            if fault.kind != query.kind.KIND or not fault.id or fault.id in left_out:
                raise
            left_out += (fault.id,)
            report(fault)
