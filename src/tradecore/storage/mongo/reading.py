"""What is asked of a store, as commands and aggregations, and what they answer, as values."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from tradecore.changes import HistoryRecord, Repeated, differences_again, told_again
from tradecore.documents import KINDS
from tradecore.errors import Corrupt
from tradecore.query import Query
from tradecore.registers import Balance, Entry, Key, Place, Register, Turnover
from tradecore.storage.mongo import finding
from tradecore.storage.mongo.codec import moment, read_record
from tradecore.storage.mongo.layout import (
    COLLECTIONS,
    JOURNAL,
    TENANT,
    TOTALS,
    Document,
    places,
    record_id,
)
from tradecore.storage.mongo.ledger import read_balance, read_entry
from tradecore.storage.mongo.port import ALL_AT_ONCE, Port
from tradecore.values.numbers import unscaled
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)


async def documents(
    port: Port, tenant: str, refs: Sequence[Ref], *, fields: Sequence[str] = (), level: str = "snapshot"
) -> dict[Ref, Document]:
    """The documents of records of whichever kinds, whole or some fields, as of one moment and in one round trip."""
    wanted: dict[str, list[Document]] = {}
    for ref in dict.fromkeys(refs):
        if ref.kind in COLLECTIONS:
            wanted.setdefault(ref.kind, []).append(record_id(tenant, ref))
    parts = [(kind, {"_id": {"$in": ids} if len(ids) > 1 else ids[0]}) for kind, ids in wanted.items()]
    if not parts:
        return {}
    shown = dict.fromkeys(fields, 1)
    first, filter_ = parts[0]
    if len(parts) == 1:
        body = {"find": COLLECTIONS[first], "filter": filter_, "projection": shown, "batchSize": ALL_AT_ONCE}
        return {Ref(first, each["_id"]["id"]): each for each in await port.read(body, level=level)}
    pipeline = _marked(first, filter_, shown)
    for kind, filter_ in parts[1:]:
        pipeline.append({"$unionWith": {"coll": COLLECTIONS[kind], "pipeline": _marked(kind, filter_, shown)}})
    body = {"aggregate": COLLECTIONS[first], "pipeline": pipeline, "cursor": {"batchSize": ALL_AT_ONCE}}
    return {Ref(each.pop("_kind"), each["_id"]["id"]): each for each in await port.read(body, level=level)}


def _marked(kind: str, filter_: Document, shown: Document) -> list[Document]:
    """Stages that find documents of a kind and mark them with it."""
    stages: list[Document] = [{"$match": filter_}, {"$set": {"_kind": {"$literal": kind}}}]
    return [*stages, {"$project": {**shown, "_kind": 1}}] if shown else stages


async def records(port: Port, tenant: str, refs: Sequence[Ref]) -> dict[Ref, Record]:
    """The records that are meant."""
    try:
        found = await documents(port, tenant, refs)
    except Corrupt as fault:
        raise await _named(port, tenant, refs, fault) from fault
    return {ref: read_record(KINDS[ref.kind], found[ref]) for ref in refs if ref in found}


async def page(port: Port, tenant: str, query: Query[R]) -> list[R]:
    """The page of records the query means."""
    body = {"find": COLLECTIONS[query.kind.KIND], **finding.page(tenant, query)}
    try:
        found = await port.read({**body})
    except Corrupt as fault:
        ids = await port.read({**body, "projection": {"_id": 1}})
        refs = [Ref(query.kind.KIND, each["_id"]["id"]) for each in ids]
        raise await _named(port, tenant, refs, fault) from fault
    return [read_record(query.kind, each) for each in found]


async def _named(port: Port, tenant: str, refs: Sequence[Ref], fault: Corrupt) -> Corrupt:
    """The same fault with the name of the record: the driver cannot say which of many it could not read."""
    for ref in refs:
        try:
            await documents(port, tenant, [ref])
        except Corrupt as alone:
            return Corrupt(str(ref), alone.why, ref.kind, ref.id)
    return fault


async def balances(
    port: Port, tenant: str, prefixes: Sequence[Place], *, level: str = "snapshot"
) -> dict[Place, Balance]:
    """The balances under these prefixes."""
    wanted: dict[str, list[Key]] = {}
    for register, prefix in dict.fromkeys(prefixes):
        wanted.setdefault(register, []).append(prefix)
    if not wanted:
        return {}
    parts = [places(tenant, register, keys, "_id") for register, keys in wanted.items()]
    filter_ = parts[0] if len(parts) == 1 else {"$or": parts}
    body = {"find": TOTALS, "filter": filter_, "batchSize": ALL_AT_ONCE}
    found = [read_balance(each) for each in await port.read(body, level=level)]
    return dict(each for each in found if each)


async def turnovers(
    port: Port,
    tenant: str,
    register: Register,
    by: Sequence[str],
    *,
    where: Mapping[str, Sequence[str]],
    since: datetime | None,
    until: datetime | None,
) -> list[Turnover]:
    """Sums of entries grouped by dimensions or attributes."""
    paths = {name: f"place.{name}" for name in register.dimensions} | {
        name: f"attributes.{name}" for name in register.attributes
    }
    conditions: Document = {paths[name]: {"$in": list(values)} for name, values in where.items()}
    moment = {operator: at for operator, at in (("$gte", since), ("$lt", until)) if at}
    match = {**places(tenant, register.name, [()], "place"), **conditions, **({"at": moment} if moment else {})}
    group: Document = {"_id": [f"${paths[name]}" for name in by]}

    async def summed(wrap: str) -> list[Document]:
        sums = {
            name: {"$sum": {wrap: f"$amounts.{name}"} if wrap else f"$amounts.{name}"} for name in register.resources
        }
        pipeline = [{"$match": match}, {"$group": {**group, **sums}}]
        return await port.read({"aggregate": JOURNAL, "pipeline": pipeline, "cursor": {"batchSize": ALL_AT_ONCE}})

    found = await summed("")
    if any(isinstance(each[name], float) for each in found for name in register.resources):
        found = await summed("$toDecimal")  # a sum has left the 64 bits, where it is not exact any more
    amounts = [tuple([_exact(each[name]) for name in register.resources]) for each in found]
    return sorted((Turnover(tuple(each["_id"]), sums) for each, sums in zip(found, amounts, strict=True)), key=_group)


def _exact(sum_: Any) -> Any:
    return unscaled(int(sum_ if isinstance(sum_, int) else sum_.to_decimal()))


def _group(turnover: Turnover) -> tuple[str, ...]:
    return turnover.group


async def entries(
    port: Port,
    tenant: str,
    register: Register,
    prefixes: Sequence[Key],
    *,
    document: Ref | None,
    since: datetime | None,
) -> list[Entry]:
    """The entries under these prefixes, in order of moment and commit."""
    filter_ = places(tenant, register.name, list(dict.fromkeys(prefixes)) or [()], "place")
    if document is not None:
        filter_ |= {"place.tenant": tenant, "document": {"kind": document.kind, "id": document.id}}
    if since is not None:
        filter_["at"] = {"$gte": since}
    found = [read_entry(register, each) for each in await port.find(JOURNAL, filter_)]
    return sorted(found, key=lambda entry: (entry.at, entry.seq))


async def history(port: Port, tenant: str, document: Ref) -> list[HistoryRecord]:
    """What commands did to a record."""
    filter_ = {TENANT: tenant, "saves.document": {"kind": document.kind, "id": document.id}}
    shown = {"command": 1, "actor": 1, "at": 1, "told": 1, "saves.$": 1}
    found = [_history_record(document, each) for each in await port.find(JOURNAL, filter_, projection=shown)]
    return sorted(found, key=lambda record: record.version)


def _history_record(document: Ref, row: Document) -> HistoryRecord:
    try:
        (save,) = row["saves"]
        changed = differences_again(save["differences"])
        told = told_again(row["told"]) if "told" in row else ()
        return HistoryRecord(document, save["version"], row["command"], row["actor"], moment(row["at"]), changed, told)
    except (Corrupt, KeyError, TypeError, ValueError) as error:
        raise Corrupt(
            f"history of {document}, command {row['_id']['id']}", f"{type(error).__name__}: {error}"
        ) from error


async def recall(port: Port, tenant: str, key: str) -> Repeated | None:
    """What an idempotency key was used for."""
    shown = {"fingerprint": 1, "result": 1}
    found = await port.find(JOURNAL, {TENANT: tenant, "key": key}, projection=shown, limit=1)
    if not found:
        return None
    try:
        fingerprint, result = found[0]["fingerprint"], found[0]["result"]
        kind = KINDS[result["kind"]]
    except (KeyError, TypeError) as error:
        raise Corrupt(f"key {key}", f"{type(error).__name__}: {error}") from error
    return Repeated(key, fingerprint, read_record(kind, result["record"]))
