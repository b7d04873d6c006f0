"""
A commit: everything that changes say, in one transaction.

Rows are locked in one order: the idempotency key, balances by register and key, records by kind and id, counters. All
of that is sent first, together with what it must find; once the answers are there and good, the rest is inserted, which
waits for nobody, and committed. On a server that is two round trips.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import sqlalchemy as sa

from tradecore.changes import Changes, Committed, Guard, Repeated, Save, Version, numbered
from tradecore.errors import Conflict
from tradecore.registers import REGISTERS, Entry
from tradecore.storage.sql import journal
from tradecore.storage.sql.bulk import Bulk, inserting
from tradecore.storage.sql.counters import PLACES, POSITIONS, count
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.failures import Failure, failure_of
from tradecore.storage.sql.links import Link, Reply, Row
from tradecore.storage.sql.outbox import event_rows
from tradecore.storage.sql.planning import Plan, make_plan
from tradecore.storage.sql.saving import (
    claim_records,
    insert_records,
    lock_versions,
    plan_updates,
    versions_of,
    write_below,
)
from tradecore.storage.sql.tables import ENTRIES, events, history
from tradecore.storage.sql.totals import lost, send_moves
from tradecore.storage.sql.transactions import undo
from tradecore.values.evolving import evolve
from tradecore.values.record import Record, Ref


class _TakenError(Exception):
    """The idempotency key is known."""


class _LostError(Exception):
    """Guards or versions did not hold; `kinds` are those of which it is not known which record it was."""

    def __init__(self, guards: tuple[Guard, ...], kinds: tuple[str, ...]) -> None:
        super().__init__(guards, kinds)
        self.guards = guards
        self.kinds = kinds


def commit(link: Link, tenant: str, changes: Changes) -> Committed | Repeated:
    """
    Write the changes completely or not at all.

    Raises:
        Conflict: A guard or a version did not hold.
    """
    plan = make_plan(changes, tenant, link.dialect)
    if plan.answer is None and changes.record and changes.record.key:
        # There is nothing to be answered again, so the key is not taken; but it may be known.
        known = journal.recall(link, tenant, changes.record.key)
        if known is not None:
            return known
    try:
        try:
            link.begin()
            written = _write(link, tenant, plan)
            link.commit()
        except BaseException:
            undo(link)
            raise
    except _LostError as error:
        raise Conflict((*error.guards, *_outdated(link, tenant, changes, error.kinds))) from None
    except Exception as error:
        taken = isinstance(error, _TakenError)
        failure = Failure.DUPLICATE if taken else failure_of(error)
        if failure not in (Failure.DUPLICATE, Failure.RACE) or link.broken:
            raise
        if failure is Failure.DUPLICATE and plan.answer is not None and changes.record:
            known = journal.recall(link, tenant, changes.record.key)
            if known is not None:
                return known
        raise Conflict(_outdated(link, tenant, changes)) from None if taken else error
    return Committed(written)


def _write(link: Link, tenant: str, plan: Plan) -> dict[Ref, Record]:
    dialect, changes = link.dialect, plan.changes
    key = _take_key(link, tenant, plan)
    moved = [send_moves(link, tenant, moves) for moves in plan.moves]
    locked, updated = {}, {}
    for kind in sorted({*plan.locks, *plan.updates, *plan.claims}):
        if kind in plan.locks:
            locked[kind] = lock_versions(link, tenant, plan.locks[kind])
        if kind in plan.updates:
            updated[kind] = link.send_many(plan.updates[kind].text, plan.updates[kind].rows)
        if kind in plan.claims:
            claim_records(link, tenant, kind, plan.claims[kind])
    amounts = {series: len(saves) for series, saves in plan.series.items()}
    if not dialect.locks:
        own = {PLACES: len(changes.entries), POSITIONS: len(changes.events)}
        amounts |= {name: amount for name, amount in own.items() if amount}
    counted = count(link, tenant, amounts) if amounts else Reply()
    link.settle()
    if key is not None and not key.count:
        raise _TakenError
    _look(plan, moved, locked, updated, dialect)
    firsts = {name: last - amounts[name] + 1 for name, last in counted.rows}
    saved = [*plan.known, *_numbered(plan, firsts)]
    _insert(link, tenant, plan, saved, firsts)
    return {record.ref: record for _, record in saved}


def _take_key(link: Link, tenant: str, plan: Plan) -> Reply | None:
    record = plan.changes.record
    if plan.answer is None or record is None:
        return None
    return link.send(journal.take_key(link.dialect), journal.command_row(record, plan.answer, tenant, link.dialect))


def _look(
    plan: Plan,
    moved: list[list[Reply]],
    locked: Mapping[str, Reply],
    updated: Mapping[str, Reply],
    dialect: Dialect,
) -> None:
    """See whether all that was sent found what it must find."""
    guards: list[Guard] = []
    for moves, replies in zip(plan.moves, moved, strict=True):
        guards += lost(moves, replies, dialect)
    for kind, reply in locked.items():
        versions: dict[str, int] = {row[0]: row[1] for row in reply.rows}
        guards += [each for each in plan.locks[kind].versions if versions.get(each.ref.id, 0) != each.version]
    kinds = tuple(kind for kind, reply in updated.items() if reply.count != len(plan.updates[kind].rows))
    if guards or kinds:
        raise _LostError(tuple(guards), kinds)


def _numbered(plan: Plan, firsts: Mapping[str, int]) -> Iterator[tuple[Save, Record]]:
    for series, saves in plan.series.items():
        for number, save in enumerate(saves, firsts[series]):
            yield save, evolve(numbered(save.after, series, number), version=save.expected + 1)


def _insert(link: Link, tenant: str, plan: Plan, saved: list[tuple[Save, Record]], firsts: Mapping[str, int]) -> None:
    """Write everything that waits for nobody. `firsts` are the first of what was counted."""
    dialect, changes, record = link.dialect, plan.changes, plan.changes.record
    new = (after for save, after in saved if not save.expected)
    insert_records(link, tenant, (each for each in new if each.id not in plan.claims.get(each.KIND, ())))
    for updates in plan_updates(
        [each for each in saved if each[0].series and each[0].expected], tenant, dialect
    ).values():
        link.send_many(updates.text, updates.rows)
    write_below(link, tenant, plan.below)
    for name, rows in _entry_rows(changes.entries, tenant, firsts.get(PLACES), dialect).items():
        link.write(_inserting(ENTRIES[name], dialect), rows)
    if record and saved:
        link.write(_inserting(history, dialect), journal.history_rows(saved, record, tenant, dialect))
    if changes.events:
        written = {after.ref: after for _, after in saved}
        rows = event_rows(changes.events, written, record, tenant, firsts.get(POSITIONS, 0), dialect)
        link.write(_inserting(events, dialect), rows)
    if plan.answer == "" and record:
        answer = next((after for _, after in saved if after.ref == record.result), None)
        if answer is not None:
            link.send(journal.complete_answer(dialect), (journal.answer_text(answer), tenant, record.key))


@lru_cache(maxsize=32)
def _inserting(table: sa.Table, dialect: Dialect) -> Bulk:
    """The INSERT of whole rows; what only SQLite is given comes last."""
    counted = [name for name in ("position", "seq") if name in table.c]
    names = [column.name for column in table.c if column.name not in counted]
    return inserting(table, tuple(names if dialect.locks else [*names, *counted]), dialect)


def _entry_rows(entries: Sequence[Entry], tenant: str, first: int | None, dialect: Dialect) -> dict[str, list[Row]]:
    number, moment, place = dialect.cell_number, dialect.cell_moment, first
    found: dict[str, list[Row]] = {}
    for entry in entries:
        document, amounts = entry.document, map(number, entry.amounts)
        row = (tenant, *entry.key, moment(entry.at), document.kind, document.id, *amounts, *entry.attributes)
        if place is not None:
            row = (*row, place)
            place += 1
        found.setdefault(entry.register, []).append(row)
    return {name: found[name] for name in REGISTERS if name in found}


def _outdated(link: Link, tenant: str, changes: Changes, kinds: Sequence[str] | None = None) -> tuple[Guard, ...]:
    """The records that have other versions by now; all that could be meant if that cannot be seen."""
    wanted = [Version(save.ref, save.expected) for save in changes.saves]
    if kinds is None:
        wanted += [guard for guard in changes.guards if isinstance(guard, Version)]
    else:
        wanted = [each for each in wanted if each.ref.kind in kinds]
    now = versions_of(link, tenant, [each.ref for each in wanted])
    outdated = tuple(each for each in wanted if now.get(each.ref, 0) != each.version)
    return outdated or (tuple(wanted) if kinds is not None else (*wanted, *changes.guards))
