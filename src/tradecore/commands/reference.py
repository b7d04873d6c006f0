"""Keeping reference data in the store."""

from collections.abc import Sequence

from tradecore.catalog import CATALOG_KINDS, CatalogRevision
from tradecore.changes import Changes, Save, Version
from tradecore.commands.session import Outcome, Session
from tradecore.commands.store_catalog import REVISION, REVISION_ID
from tradecore.errors import Code, Conflict, violation
from tradecore.rules.reference import check_records, references
from tradecore.values.evolving import evolve
from tradecore.values.record import Record


async def save_records(session: Session, records: Sequence[Record]) -> Outcome[CatalogRevision]:
    """
    Keep reference data: items, partners, warehouses, price kinds, prices, agreements, contracts, payment schedules, order
    templates, cancellation reasons.

    Records of ids that are known are replaced. A record that was read before (its version is not 0) is refused with
    `Conflict` if it was changed meanwhile. All or none are kept; give many at once.

    Raises:
        Refused: `UNKNOWN_ID` for what they name, `SHARES_NOT_WHOLE`, `STAGES_BY_SCHEDULE`, `STAGE_NOT_OFFERED`,
            `DUPLICATE` and others, all at once.
    """
    session.refuse([violation(Code.EMPTY, "records")] if not records else [], "Reference data")
    wrong = [
        violation(Code.UNKNOWN_VALUE, f"records[{index}]", value=type(record).__name__, known=", ".join(CATALOG_KINDS))
        for index, record in enumerate(records)
        if type(record) is not CATALOG_KINDS.get(record.KIND) or isinstance(record, CatalogRevision)
    ]
    session.refuse(wrong, "Reference data")
    named = [ref for record in records for ref in references(record).values()]
    known = await session.store.get_many(list(dict.fromkeys([REVISION, *named, *(each.ref for each in records)])))
    session.refuse(check_records(records, known, session.settings.payment_terms_mode), "Reference data")
    stale = [
        Version(each.ref, each.version)
        for each in records
        if each.version and (each.ref not in known or known[each.ref].version != each.version)
    ]
    if stale:
        raise Conflict(tuple(stale))
    revision = known.get(REVISION)
    raised = CatalogRevision(id=REVISION_ID)
    saves = [Save(evolve(each, version=0), known.get(each.ref)) for each in records]
    return Outcome(raised, Changes((*saves, Save(raised, revision))))
