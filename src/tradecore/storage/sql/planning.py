"""What a commit will lock and write, made before its transaction begins, so that locks are held for a short time."""

import attrs

from tradecore.changes import Changes, Save, Version
from tradecore.storage.sql import journal
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.rows import Below
from tradecore.storage.sql.saving import Locks, Updates, below_records, plan_updates
from tradecore.storage.sql.totals import Moves, plan_moves
from tradecore.values.evolving import evolve
from tradecore.values.record import Record


@attrs.frozen(eq=False)
class Plan:
    """
    What a commit will lock and write, made before its transaction begins.

    Attributes:
        known: Saves with the records they make, for those that need no number.

        series: Series -> saves of the records that get its next numbers.

        updates: Kind -> its known records that were there before.

        locks: Kind -> records whose versions must be looked at.

        claims: Kind -> ids of records that must not be there, and of those inserted in one order with them.

        below: What is to be written below all records.

        answer: What is answered under the idempotency key; empty if it needs a number first, None if there is no key.
    """

    changes: Changes
    known: list[tuple[Save, Record]]
    series: dict[str, list[Save]]
    moves: list[Moves]
    updates: dict[str, Updates]
    locks: dict[str, Locks]
    claims: dict[str, dict[str, Record | None]]
    below: Below
    answer: str | None


def make_plan(changes: Changes, tenant: str, dialect: Dialect) -> Plan:
    """What the changes mean for the tables."""
    known: list[tuple[Save, Record]] = []
    series: dict[str, list[Save]] = {}
    for save in changes.saves:
        if save.series:
            series.setdefault(save.series, []).append(save)
        else:
            known.append((save, evolve(save.after, version=save.expected + 1)))
    record, answer = changes.record, None
    if record and record.key and record.result:
        answer = next((journal.answer_text(each) for _, each in known if each.ref == record.result), "")
    return Plan(
        changes,
        known,
        series,
        plan_moves(changes.entries, changes.guards, tenant, dialect),
        plan_updates([each for each in known if each[0].expected], tenant, dialect),
        _locks(changes),
        _claims(changes, known) if dialect.locks else {},
        below_records(changes.saves, dialect),
        answer,
    )


def _locks(changes: Changes) -> dict[str, Locks]:
    """Versions that are guarded without being written, and those of records that are written once they have a number."""
    versions = [guard for guard in changes.guards if isinstance(guard, Version)]
    versions += [Version(save.ref, save.expected) for save in changes.saves if save.series and save.expected]
    found = {}
    for kind in {each.ref.kind for each in versions}:
        mine = tuple(each for each in versions if each.ref.kind == kind)
        ids = {each.ref.id for each in mine} | {save.after.id for save in changes.saves if kind == save.after.KIND}
        found[kind] = Locks(kind, sorted(ids), mine)
    return found


def _claims(changes: Changes, known: list[tuple[Save, Record]]) -> dict[str, dict[str, Record | None]]:
    """Records whose absence is guarded, and new records: what is not there cannot be locked, but must keep the order."""
    absent = [guard.ref for guard in changes.guards if isinstance(guard, Version) and not guard.version]
    found: dict[str, dict[str, Record | None]] = {}
    for ref in absent:
        found.setdefault(ref.kind, {})[ref.id] = None
    for save, record in known if absent else ():
        if not save.expected:
            found.setdefault(record.KIND, {})[record.id] = record
    return found
