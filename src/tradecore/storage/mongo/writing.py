"""
One commit: what is written, in which order, and what was lost where something did not match.

A transaction sees what was committed when it began, and MongoDB refuses at once to write what another one has written
since, committed or not. So it does not matter for how long something is held, but how much is in vain when it is refused:
what many commits want comes first, the totals. Numbers come last, for they are no matter of the snapshot: the last one is
read when it is needed. The journal follows them. It is never the first that is written, since the server gives its time
when it is inserted, and that must lie behind the moment from which on the transaction sees nothing new.

Nobody waits for another's transaction, so no two commits wait for each other; statements are sorted all the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from tradecore.changes import (
    Changes,
    Committed,
    Guard,
    Repeated,
    Save,
    Version,
    committed,
    plain_differences,
    plain_told,
)
from tradecore.errors import Conflict
from tradecore.registers import REGISTERS, Place
from tradecore.storage.mongo.codec import write_record
from tradecore.storage.mongo.faults import Missed, Taken
from tradecore.storage.mongo.layout import COLLECTIONS, JOURNAL, NOW, TOTALS, WAITING, Document, record_id
from tradecore.storage.mongo.ledger import Move
from tradecore.storage.mongo.numbering import Numbers
from tradecore.storage.mongo.outbox import write_event
from tradecore.storage.mongo.port import Port
from tradecore.storage.mongo.reading import balances, documents, recall, records
from tradecore.storage.mongo.transactions import transact
from tradecore.values.record import Record, Ref

_ORDER = {name: index for index, name in enumerate(REGISTERS)}


class Writing:
    """A `Changes` value on its way into the database; it may take several attempts."""

    def __init__(self, port: Port, tenant: str, numbers: Numbers, changes: Changes) -> None:
        self._port, self._tenant, self._numbers, self._changes = port, tenant, numbers, changes
        self._moves: dict[Place, Move] = {}
        self._drawn: dict[str, int] = {}
        self._possible = True
        self._entries = [self._move((entry.register, entry.key)).add(entry) for entry in changes.entries]
        for guard in changes.guards:
            self._keep(guard)

    def _move(self, place: Place) -> Move:
        """What happens to this balance; nothing yet if it is new."""
        known = self._moves.get(place)
        if known is None:
            known = self._moves[place] = Move(self._tenant, place)
        return known

    def _keep(self, guard: Guard) -> None:
        """Note a guard where its balance is moved. One that cannot hold needs no attempt."""
        if isinstance(guard, Version):
            expected = {save.ref: save.expected for save in self._changes.saves}
            self._possible &= expected.get(guard.ref, guard.version) == guard.version
            return
        move = self._move((guard.register, guard.key))
        if move.totals:
            move.guards.append(guard)
        else:
            self._possible &= move.holds(guard, None)

    @property
    def _key(self) -> str:
        return self._changes.record.key if self._changes.record else ""

    async def commit(self) -> Committed | Repeated:
        """
        Write it, in a transaction of its own or in the host's.

        Raises:
            Conflict: A guard or a version did not hold.
        """
        if not (self._changes or self._changes.guards or self._key):
            return Committed({})
        if self._port.joined is not None:
            return await self._commit_joined()
        done = await transact(self._port, self._attempt, self._settle)
        if isinstance(done, Committed):
            for series, count in self._drawn.items():
                self._numbers.drawn(series, count)
        return done

    async def _commit_joined(self) -> Committed | Repeated:
        """Look first: a statement that fails would abort the host's transaction, with what the host has written."""
        settled = await self._settle()
        if settled is not None:
            return settled
        async with self._port.session() as session:
            try:
                return await self._attempt(session)
            except (Missed, Taken) as missed:
                await self._port.abort(session)  # or the host could commit the half that was written
                raise Conflict from missed
            except BaseException:
                await self._port.abort(session)
                raise

    async def _attempt(self, session: Any) -> Committed | Repeated:
        if not self._possible:
            raise Missed
        for series in self._drawn:  # by the attempt before, in vain
            self._numbers.missed(series)
        self._drawn = {}
        moves = sorted((move for move in self._moves.values() if move.totals), key=_in_order)
        await self._port.write(session, "update", TOTALS, [move.statement() for move in moves])
        plain = [(save, committed(save, 0)) for save in self._changes.saves if not save.series]
        written = await self._save(session, plain, self._guarded_versions())
        numbered, numbers = await self._draw()
        written |= await self._save(session, numbered)
        await self._port.write(session, "insert", JOURNAL, [*await self._document(written), *numbers, *self._entries])
        return Committed(written)

    async def _save(
        self, session: Any, saves: Sequence[tuple[Save, Record]], touched: Mapping[Ref, int] | None = None
    ) -> dict[Ref, Record]:
        """Write records over the versions they were made of, and touch others that must not change meanwhile."""
        made: dict[str, list[Document]] = {}
        changed: dict[str, list[Document]] = {}
        passing: dict[str, list[Document]] = {}
        for save, after in saves:
            id_, document = record_id(self._tenant, save.ref), write_record(after)
            if save.expected:
                changed.setdefault(after.KIND, []).append({"q": {"_id": id_, "version": save.expected}, "u": document})
            else:
                made.setdefault(after.KIND, []).append({"_id": id_, **document})
        for ref, version in (touched or {}).items():
            id_ = record_id(self._tenant, ref)
            if version:
                touch = {"q": {"_id": id_, "version": version}, "u": {"$inc": {"touched": 1}}}
                changed.setdefault(ref.kind, []).append(touch)
            else:  # what must not be there is made and removed: only so it is in the way of who makes it
                made.setdefault(ref.kind, []).append({"_id": id_, "version": 0})
                passing.setdefault(ref.kind, []).append({"q": {"_id": id_}, "limit": 1})
        for verb, what in (("update", changed), ("insert", made), ("delete", passing)):
            for kind, each in what.items():
                await self._port.write(session, verb, COLLECTIONS[kind], each)
        return {save.ref: after for save, after in saves}

    def _guarded_versions(self) -> dict[Ref, int]:
        """The records that must not change although this commit does not write them."""
        saved = {save.ref for save in self._changes.saves}
        versions = {guard.ref: guard.version for guard in self._changes.guards if isinstance(guard, Version)}
        return {ref: version for ref, version in versions.items() if ref not in saved}

    async def _draw(self) -> tuple[list[tuple[Save, Record]], list[Document]]:
        """Records with the next numbers of their series, and what makes the numbers theirs."""
        found: list[tuple[Save, Record]] = []
        numbers: list[Document] = []
        for save in self._changes.saves:
            if series := save.series:
                if series not in self._drawn:
                    self._drawn[series] = await self._numbers.last(self._port, self._tenant, series)
                self._drawn[series] += 1
                count = self._drawn[series]
                found.append((save, committed(save, count)))
                id_ = {"tenant": self._tenant, "series": series, "count": count}
                numbers.append({"_id": id_, "document": {"kind": save.ref.kind, "id": save.ref.id}})
        return found, numbers

    async def _document(self, written: Mapping[Ref, Record]) -> list[Document]:
        """The command, what it changed, and what it tells; none if there is nothing to remember."""
        record, events = self._changes.record, self._changes.events
        document: Document = {"seq": NOW}
        if record:
            document |= {"command": record.command, "actor": record.actor, "at": record.at}
        if record and written:
            document["saves"] = [_history(save, written[save.ref]) for save in self._changes.saves]
            if record.told:
                document["told"] = plain_told(record.told)
        if record and record.key and record.result:
            result = (
                written.get(record.result) or (await records(self._port, self._tenant, [record.result]))[record.result]
            )
            whole = {"_id": record_id(self._tenant, result.ref), **write_record(result)}
            document |= {
                "key": record.key,
                "fingerprint": record.fingerprint,
                "result": {"kind": result.KIND, "record": whole},
            }
        if events:
            document["events"] = [
                write_event(event, written[event.document].version if event.document in written else 0)
                for event in events
            ]
            document["position"] = WAITING
        if not document.keys() & {"saves", "key", "events"}:
            return []
        return [{"_id": {"tenant": self._tenant, "id": record.id if record else str(ObjectId())}, **document}]

    async def _settle(self) -> Repeated | None:
        """
        What to do about something that did not match: the answer given before, if the key was used; None: try again.

        Raises:
            Conflict: With everything that was lost.
        """
        if self._key and (known := await recall(self._port, self._tenant, self._key)):
            return known
        saves, guards = self._changes.saves, self._changes.guards
        refs = [save.ref for save in saves] + [guard.ref for guard in guards if isinstance(guard, Version)]
        # What others have committed and not yet copied to other servers was in the way as well: hence `local`.
        found = await documents(self._port, self._tenant, refs, fields=["version"], level="local")
        versions = {ref: each.get("version") for ref, each in found.items()}
        places = [(guard.register, guard.key) for guard in guards if not isinstance(guard, Version)]
        before = await balances(self._port, self._tenant, places, level="local")
        lost: list[Guard] = [
            Version(save.ref, save.expected) for save in saves if versions.get(save.ref, 0) != save.expected
        ]
        for guard in guards:
            if isinstance(guard, Version):
                holds = versions.get(guard.ref, 0) == guard.version
            else:
                place = (guard.register, guard.key)
                holds = self._moves[place].holds(guard, before.get(place))
            if not holds:
                lost.append(guard)
        if lost:
            raise Conflict(tuple(lost))
        return None


def _history(save: Save, after: Record) -> Document:
    """What a commit did to one record."""
    changed = plain_differences(save.before, after)
    return {"document": {"kind": after.KIND, "id": after.id}, "version": after.version, "differences": changed}


def _in_order(move: Move) -> tuple[int, tuple[str, ...]]:
    return _ORDER[move.place[0]], move.place[1]
