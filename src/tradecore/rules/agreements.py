"""Which agreement an order is made under: the fill rules C6-C12."""

from collections.abc import Sequence
from datetime import date

from tradecore.catalog import Agreement, AgreementKind, BusinessOperation, Partner, StageKind
from tradecore.errors import Code, Violation, violation
from tradecore.settings import AgreementUsage, Settings
from tradecore.values.period import Period

_KINDS = {
    AgreementUsage.NONE: frozenset[AgreementKind](),
    AgreementUsage.STANDARD: frozenset({AgreementKind.STANDARD}),
    AgreementUsage.INDIVIDUAL: frozenset({AgreementKind.INDIVIDUAL}),
    AgreementUsage.BOTH: frozenset(AgreementKind),
}


def applicable(
    agreements: Sequence[Agreement], partner: Partner, on: date, settings: Settings
) -> tuple[Agreement, ...]:
    """The agreements that may be used for this partner on this day, of the kinds in use (C8, C9, C13)."""
    return tuple(
        each
        for each in agreements
        if each.kind in _KINDS[settings.agreement_usage]
        and (each.partner == partner.id or (each.kind is AgreementKind.STANDARD and _meant_for(each, partner)))
        and on in Period(each.valid_from, each.valid_to)
    )


def _meant_for(agreement: Agreement, partner: Partner) -> bool:
    return agreement.segment is None or partner.belongs_to(agreement.segment)


def choose_agreement(
    wanted: str | None, agreements: Sequence[Agreement], partner: Partner, on: date, settings: Settings
) -> Agreement | Violation | None:
    """
    The agreement of a new order: the one named, else the only one there is; None where agreements are not used.

    Several without a choice, none at all, or one that does not apply: a violation (C10, C11, C12).
    """
    if settings.agreement_usage is AgreementUsage.NONE:
        return violation(Code.AGREEMENTS_OFF, "agreement") if wanted else None
    possible = applicable(agreements, partner, on, settings)
    if wanted:
        chosen = next((each for each in possible if each.id == wanted), None)
        return chosen or violation(Code.AGREEMENT_NOT_APPLICABLE, "agreement", id=wanted, partner=partner.id, on=on)
    if not possible:
        return violation(Code.NO_APPLICABLE_AGREEMENT, "agreement", partner=partner.id, on=on)
    first, *others = possible
    if others:
        choices = ", ".join(each.id for each in possible)
        return violation(Code.AGREEMENT_NOT_CHOSEN, "agreement", partner=partner.id, choices=choices)
    return first


def check_agreement(agreement: Agreement) -> tuple[Violation, ...]:
    """Whether an agreement is sound in itself: kind and partner fit together (C13), the discount, the days."""
    wrong = []
    if (agreement.kind is AgreementKind.INDIVIDUAL) != (agreement.partner is not None):
        wrong.append(violation(Code.STANDARD_HAS_PARTNER, "partner"))
    if agreement.segment and agreement.kind is AgreementKind.INDIVIDUAL:
        wrong.append(violation(Code.INDIVIDUAL_HAS_SEGMENT, "segment"))
    if agreement.operation is BusinessOperation.SALE_IN_TRANSIT and not agreement.deferred_ownership_allowed:
        wrong.append(violation(Code.TRANSIT_NOT_ALLOWED, "operation"))
    if agreement.operation is BusinessOperation.CONSIGNMENT:
        early = dict.fromkeys(stage.kind for stage in agreement.stages if stage.kind is not StageKind.CREDIT)
        wrong += [violation(Code.STAGE_BEFORE_SALE, "stages", kind=kind) for kind in early]
    if agreement.discount.value > 100:
        wrong.append(violation(Code.OUT_OF_RANGE, "discount", value=agreement.discount.value, low=0, high=100))
    if agreement.stages and agreement.schedule:
        wrong.append(violation(Code.STAGES_AND_SCHEDULE, "schedule"))
    if agreement.valid_from and agreement.valid_to and agreement.valid_to < agreement.valid_from:
        wrong.append(violation(Code.BAD_PERIOD, "valid_to", start=agreement.valid_from, end=agreement.valid_to))
    return tuple(wrong)
