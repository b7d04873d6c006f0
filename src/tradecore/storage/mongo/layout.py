"""
Where everything lies: collections, ids of documents and scaled numbers. Written down here and nowhere else.

    sales_orders, …   a collection for each kind: the record as it is, nested
                      _id {tenant, id}
    totals            the balances of registers: sums of resources, measures made ready for guards, version, last moment
                      _id {tenant, register, a field for each dimension}
    journal           whatever commits append and nobody changes, in one collection so that it is one round trip:
      commands        _id {tenant, id}: the command, the differences it made, its events, its idempotency key
      numbers         _id {tenant, series, count}: a number that was drawn; being unique, it is nobody else's
      entries         _id by the server; `place` is the _id of the total they change
    meta              the version of this layout; the last position of the outbox

Ids are documents rather than joined strings: no text can be mistaken for a separator, they read well, and BSON compares
them field by field, so that a prefix of a key is a range of the index. The tenant comes first: the data of one tenant
lie together in every index, and it can begin a shard key.

What the server computes with (sums, measures, amounts) are whole millionths of 64 bits: exact, and several times
cheaper than Decimal128. Every other exact number is a string.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import MaxKey, Timestamp

from tradecore.documents import KINDS
from tradecore.registers import REGISTERS, Key
from tradecore.values.record import Ref

Document = dict[str, Any]

#: Raised whenever documents of an earlier release would be misunderstood.
SCHEMA_VERSION = 1

TOTALS, JOURNAL, META = "totals", "journal", "meta"
#: Kind -> its collection.
COLLECTIONS: Mapping[str, str] = {kind: f"{kind}s" for kind in KINDS}

ID, TENANT = "_id.id", "_id.tenant"
#: The document of META that holds the version of the schema.
SCHEMA_ID = "schema"
#: The position of events that have none yet.
WAITING = 0
#: In place of this the server writes its own time, growing and never given twice, when the document is inserted.
NOW = Timestamp(0, 0)


def stored(field: str) -> str:
    """The name a field of a record is stored under."""
    return ID if field == "id" else field


def record_id(tenant: str, ref: Ref) -> Document:
    """The _id of a record."""
    return {"tenant": tenant, "id": ref.id}


def all_records(tenant: str) -> Document:
    """A condition on _id: the records of the tenant."""
    return {"$gte": {"tenant": tenant}, "$lt": {"tenant": tenant, "id": MaxKey()}}


def place_id(tenant: str, register: str, key: Key) -> Document:
    """The _id of a total, and the place of an entry."""
    return {"tenant": tenant, "register": register, **dict(zip(REGISTERS[register].dimensions, key, strict=False))}


def places(tenant: str, register: str, prefixes: Sequence[Key], field: str) -> Document:
    """A filter: `field` is a place under one of the prefixes."""
    dimensions = REGISTERS[register].dimensions
    whole = [place_id(tenant, register, prefix) for prefix in prefixes if len(prefix) == len(dimensions)]
    ranges: list[Document] = [{field: {"$in": whole}}] if whole else []
    for prefix in prefixes:
        if len(prefix) < len(dimensions):
            low = place_id(tenant, register, prefix)
            ranges.append({field: {"$gte": low, "$lt": {**low, dimensions[len(prefix)]: MaxKey()}}})
    return ranges[0] if len(ranges) == 1 else {"$or": ranges}


def numbers(tenant: str, series: str) -> Document:
    """A condition on _id: the numbers drawn from a series."""
    return {
        "$gte": {"tenant": tenant, "series": series},
        "$lt": {"tenant": tenant, "series": series, "count": MaxKey()},
    }


def outbox_id(tenant: str) -> Document:
    """The _id of the document of META that holds the last position."""
    return {"tenant": tenant, "outbox": "position"}
