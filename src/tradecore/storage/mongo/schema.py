"""Collections, validators and indexes, and the version that says which. No transaction could create them quickly."""

from typing import Any

from pymongo.errors import OperationFailure

from tradecore.documents import KINDS
from tradecore.documents import Document as Paper
from tradecore.errors import NotReady, Unsupported
from tradecore.registers import REGISTERS
from tradecore.storage.mongo.faults import STANDALONE
from tradecore.storage.mongo.layout import (
    COLLECTIONS,
    ID,
    JOURNAL,
    META,
    SCHEMA_ID,
    SCHEMA_VERSION,
    TENANT,
    TOTALS,
    Document,
    stored,
)
from tradecore.storage.mongo.port import Port
from tradecore.values.numbers import LIMIT, scaled
from tradecore.values.record import Record

_EXISTS = 48
#: The wire version of MongoDB 5.0.
_OLDEST = 13
_DURABLE = {"w": "majority", "j": True}
_ID, _TEXT, _WHOLE, _PARTS = (
    {"bsonType": "object"},
    {"bsonType": "string"},
    {"bsonType": ["int", "long"]},
    {"bsonType": "object"},
)


def _envelope(id_fields: list[str], **properties: Any) -> Document:
    """What a document must have around what it says."""
    id_ = {"bsonType": "object", "required": ["tenant", *id_fields], "properties": {"tenant": _TEXT}}
    return {"bsonType": "object", "required": ["_id", *properties], "properties": {"_id": id_, **properties}}


_RECORD = _envelope(["id"], version={**_WHOLE, "minimum": 0})
_MOST = scaled(LIMIT) - 1
#: Of what is counted; measures beside it are sums of that.
_BOUNDS = {name: {"minimum": -_MOST, "maximum": _MOST} for each in REGISTERS.values() for name in each.resources}
_AMOUNTS = {"bsonType": "object", "properties": _BOUNDS}
_TOTAL = _envelope(["register"], version=_WHOLE, sums=_AMOUNTS)
_MOMENT = {"bsonType": "date"}
_ENTRY = {
    "required": ["place", "amounts", "at", "seq", "document"],
    "properties": {"place": _envelope(["register"])["properties"]["_id"], "amounts": _PARTS, "at": _MOMENT},
}
_JOURNAL = {"anyOf": [_ENTRY, _envelope(["id"]), _envelope(["series", "count"])]}

_VALIDATORS: dict[str, Document] = {
    **dict.fromkeys(COLLECTIONS.values(), _RECORD),
    TOTALS: _TOTAL,
    JOURNAL: _JOURNAL,
    META: {},
}


def _index(name: str, *fields: str, unique: bool = False, having: str = "") -> Document:
    index: Document = {"name": name, "key": dict.fromkeys(fields, 1)}
    if unique:
        index["unique"] = True
    if having:
        index["partialFilterExpression"] = {having: {"$exists": True}}
    return index


def record_indexes(kind: type[Record]) -> list[Document]:
    """The indexes of a kind: tenant first, id last."""
    indexes = [
        _index("_".join(fields), TENANT, *(stored(field) for field in fields if field != "id"), ID)
        for fields in kind.INDEXES
    ]
    if issubclass(kind, Paper):
        number = _index("number", TENANT, "number", unique=True)
        indexes.append({**number, "partialFilterExpression": {"number": {"$gt": ""}}})
    return indexes


_INDEXES: dict[str, list[Document]] = {
    **{COLLECTIONS[name]: record_indexes(kind) for name, kind in KINDS.items()},
    JOURNAL: [
        _index("entries", "place", "at", "seq", having="place"),
        _index("entries_of_document", "place.tenant", "document", "seq", having="document"),
        _index("history", TENANT, "saves.document", having="saves.document"),
        _index("keys", TENANT, "key", unique=True, having="key"),
        _index("outbox", TENANT, "position", "seq", having="position"),
    ],
}


async def create(port: Port) -> None:
    """
    Create what is missing.

    Raises:
        Unsupported: The server stands alone.

        NotReady: What is there was made by another release.
    """
    async with port.session() as session:
        await _refuse_unfit(port, session)
        found = await port.rows(session, {"listCollections": 1, "nameOnly": True}, level="")
        names = {each["name"] for each in found}
        if META in names:
            await _compare(port, missing_is_wrong=False)
        for name, validator in _VALIDATORS.items():
            if name not in names:
                await _create_collection(port, session, name, validator)
        for name, indexes in _INDEXES.items():
            if indexes:
                await port.command(session, {"createIndexes": name, "indexes": indexes, "writeConcern": _DURABLE})
        version = {"q": {"_id": SCHEMA_ID}, "u": {"$setOnInsert": {"version": SCHEMA_VERSION}}, "upsert": True}
        await port.command(session, {"update": META, "updates": [version], "writeConcern": _DURABLE})


async def check(port: Port) -> None:
    """
    Make sure that the store can be used.

    Raises:
        NotReady: It was never initialised, or by another release.

        Unsupported: The server stands alone.
    """
    if port.joined is None:
        async with port.session() as session:
            await _refuse_unfit(port, session)
    await _compare(port, missing_is_wrong=True)


async def _compare(port: Port, *, missing_is_wrong: bool) -> None:
    found = await port.find(META, {"_id": SCHEMA_ID})
    if not found and missing_is_wrong:
        raise NotReady("The database was never initialised; call init() once.")
    if found and found[0].get("version") != SCHEMA_VERSION:
        raise NotReady(
            f"The database has schema {found[0].get('version')}; this release of tradecore needs {SCHEMA_VERSION}."
        )


async def _refuse_unfit(port: Port, session: Any) -> None:
    hello = await port.command(session, {"hello": 1})
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise Unsupported(STANDALONE)
    if hello["maxWireVersion"] < _OLDEST:
        raise Unsupported("MongoDB 5.0 or newer is needed: older servers do not read from snapshots.")


async def _create_collection(port: Port, session: Any, name: str, validator: Document) -> None:
    body: Document = {"create": name, "writeConcern": _DURABLE}
    if validator:
        body["validator"] = {"$jsonSchema": validator}
    try:
        await port.command(session, body)
    except OperationFailure as error:
        if error.code != _EXISTS:  # another process was faster
            raise
