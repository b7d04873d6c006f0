"""
One commit: what is written, in which order, and what was lost where something did not match.

The order inside the transaction: records, totals, numbers and journal. Totals are what many commits want at once, so
they come late; where no number must be drawn after them, they are the last. The journal never comes first: the server
gives its time when it is inserted, and that must lie behind the moment from which on the transaction sees nothing new.

Nothing waits for another transaction: MongoDB refuses the second write at once, and the whole is begun again. So no two
commits wait for each other; statements are sorted all the same, so that what is refused is refused early.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import NoneType
from typing import Any

from bson import ObjectId

from tradecore.changes import Changes, Committed, Guard, Repeated, Save, Version, committed, differences
from tradecore.convert import to_plain
from tradecore.errors import Conflict
from tradecore.registers import REGISTERS, Place
from tradecore.storage.mongo.codec import write_record
from tradecore.storage.mongo.faults import Missed
from tradecore.storage.mongo.layout import COLLECTIONS, JOURNAL, NOW, TOTALS, WAITING, Document, record_id
from tradecore.storage.mongo.ledger import Move, move_of, write_entry
from tradecore.storage.mongo.numbering import Numbers
from tradecore.storage.mongo.outbox import write_event
from tradecore.storage.mongo.port import Port
from tradecore.storage.mongo.reading import balances, documents, recall, records
from tradecore.storage.mongo.transactions import transact
from tradecore.values.numbers import scaled
from tradecore.values.record import Record, Ref

#: What is plain already, and most of what differs.
_PLAIN = frozenset({str, bool, int, NoneType})
_ORDER = {name: index for index, name in enumerate(REGISTERS)}


class Writing:
    """A `Changes` value on its way into the database; it may take several attempts."""

    def __init__(self, port: Port, tenant: str, numbers: Numbers, changes: Changes) -> None:
        self._port, self._tenant, self._numbers, self._changes = port, tenant, numbers, changes
        self._moves: dict[Place, Move] = {}
        self._entries: list[Document] = []
        self._drawn: dict[str, int] = {}
        self._possible = True
        for entry in changes.entries:
            amounts = [scaled(amount) for amount in entry.amounts]
            self._entries.append(write_entry(tenant, entry, amounts))
            if REGISTERS[entry.register].totals:
                move_of(self._moves, (entry.register, entry.key)).add(entry, amounts)
        for guard in changes.guards:
            self._keep(guard)

    def _keep(self, guard: Guard) -> None:
        """Note a guard where its balance is moved. One that cannot hold needs no attempt."""
        if isinstance(guard, Version):
            expected = {save.ref: save.expected for save in self._changes.saves}
            self._possible &= expected.get(guard.ref, guard.version) == guard.version
        elif REGISTERS[guard.register].totals:
            move_of(self._moves, (guard.register, guard.key)).guards.append(guard)
        else:
            self._possible &= Move((guard.register, guard.key), []).holds(guard, None)

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
            except Missed as missed:
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
        plain = [save for save in self._changes.saves if not save.series]
        late = [save for save in self._changes.saves if save.series]
        written = await self._save(session, [(save, committed(save, 0)) for save in plain], self._guarded_versions())
        early = bool(written) and not late
        if early:
            await self._append(session, written, [])
        moves = sorted(self._moves.values(), key=_in_order)
        await self._port.write(session, "update", TOTALS, [move.statement(self._tenant) for move in moves])
        if late:
            saves, numbers = await self._draw(session, late)
            written |= await self._save(session, saves)
            await self._append(session, written, numbers)
        elif not early:
            await self._append(session, written, [])
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

    async def _draw(self, session: Any, saves: Iterable[Save]) -> tuple[list[tuple[Save, Record]], list[Document]]:
        """Records with the next numbers of their series, and what makes the numbers theirs."""
        found: list[tuple[Save, Record]] = []
        numbers: list[Document] = []
        for save in saves:
            series, kind = save.series, save.after.KIND
            if series not in self._drawn:
                self._drawn[series] = await self._numbers.last(self._port, session, self._tenant, series)
            self._drawn[series] += 1
            count = self._drawn[series]
            found.append((save, committed(save, count)))
            id_ = {"tenant": self._tenant, "series": series, "count": count}
            numbers.append({"_id": id_, "document": {"kind": kind, "id": save.after.id}})
        return found, numbers

    async def _append(self, session: Any, written: Mapping[Ref, Record], numbers: list[Document]) -> None:
        """Write what nobody changes any more, in one command."""
        commit = await self._document(written)
        await self._port.write(session, "insert", JOURNAL, [*commit, *numbers, *self._entries])

    async def _document(self, written: Mapping[Ref, Record]) -> list[Document]:
        """The command, what it changed, and what it tells; none if there is nothing to remember."""
        record, events = self._changes.record, self._changes.events
        document: Document = {"seq": NOW}
        if record:
            document |= {"command": record.command, "actor": record.actor, "at": record.at}
        if record and written:
            document["saves"] = [_history(save, written[save.ref]) for save in self._changes.saves]
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
                move = self._moves.get(place) or Move(place, [])
                holds = move.holds(guard, before.get(place))
            if not holds:
                lost.append(guard)
        if lost:
            raise Conflict(tuple(lost))
        return None


def _history(save: Save, after: Record) -> Document:
    """What a commit did to one record."""
    changed = [
        {"path": each.path, "before": _plain(each.before), "after": _plain(each.after)}
        for each in differences(save.before, after)
    ]
    return {"document": {"kind": after.KIND, "id": after.id}, "version": after.version, "differences": changed}


def _plain(value: Any) -> Any:
    return value if value.__class__ in _PLAIN else to_plain(value)


def _in_order(move: Move) -> tuple[int, tuple[str, ...]]:
    return _ORDER[move.place[0]], move.place[1]
