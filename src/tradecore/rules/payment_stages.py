"""Payment stages: when money is due and how much of it has come. Knows nothing of storage."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import attrs

from tradecore.catalog import StageKind, StageTerms
from tradecore.documents import PaymentStage, SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.rules.owing import owed
from tradecore.values.currencies import DECIMALS
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO, split, total
from tradecore.values.sentences import Listed, Sentence
from tradecore.values.text import LineId

_RANK = {StageKind.ADVANCE: 0, StageKind.PREPAYMENT: 1, StageKind.CREDIT: 2}


@attrs.frozen
class StageCoverage:
    """
    How much of a stage has been paid.

    Attributes:
        paid: Of the stage's amount; `missing` is the rest.
    """

    stage: PaymentStage
    paid: Decimal

    @property
    def missing(self) -> Decimal:
        """What is still to come."""
        return self.stage.amount - self.paid


def plan_stages(terms: Sequence[StageTerms], amount: Decimal, currency: str) -> tuple[PaymentStage, ...]:
    """The stages of an order of this amount (D2-D6): amounts from shares, adding up to the total exactly."""
    parts = split(amount, [each.share.value for each in terms], DECIMALS[currency])
    return tuple(
        PaymentStage(
            id=str(n),
            kind=each.kind,
            share=each.share,
            amount=part,
            base=each.base,
            days=each.days,
            business_days=each.business_days,
            on=each.on,
        )
        for n, (each, part) in enumerate(zip(terms, parts, strict=True), start=1)
    )


def stage_terms(stages: Sequence[PaymentStage]) -> tuple[StageTerms, ...]:
    """The terms that stages were planned by."""
    return tuple(
        StageTerms(
            kind=each.kind,
            share=each.share,
            base=each.base,
            days=each.days,
            business_days=each.business_days,
            on=each.on,
        )
        for each in stages
    )


def keep_assigned(before: Sequence[PaymentStage], after: tuple[PaymentStage, ...]) -> tuple[PaymentStage, ...]:
    """Newly planned stages with the money that payments named the old ones for."""
    assigned = {stage.id: stage.assigned for stage in before if stage.assigned}
    if not assigned:
        return after
    return tuple(evolve(stage, assigned=assigned.get(stage.id, ZERO)) for stage in after)


def check_assigned(before: SalesOrder, after: SalesOrder) -> tuple[Violation, ...]:
    """Whether every stage that payments name is still there."""
    left = {stage.id for stage in after.stages}
    lost = [stage.id for stage in before.stages if stage.assigned and stage.id not in left]
    standing = Listed(Sentence("payments for stage {stage}", stage=each) for each in lost)
    return (violation(Code.LATER_DOCUMENTS, "stages", documents=standing),) if lost else ()


def cover_stages(order: SalesOrder) -> tuple[StageCoverage, ...]:
    """
    What the money received covers (decision 8): first the stages it was assigned to, then by due date, ADVANCE,
    PREPAYMENT, CREDIT. Stages are answered in the order of the document.
    """
    covered = _covered_by_name(order)
    rest = order.paid - total(covered.values())
    for stage in sorted(order.stages, key=_coverage_order):
        part = min(rest, stage.amount - covered[stage.id])
        covered[stage.id] += part
        rest -= part
    return tuple(StageCoverage(stage, covered[stage.id]) for stage in order.stages)


def _covered_by_name(order: SalesOrder) -> dict[LineId, Decimal]:
    """What money named for a stage covers of it. Money that went back without a name is missed by the last stages."""
    covered = {stage.id: min(stage.assigned, stage.amount) for stage in order.stages}
    missing = total(covered.values()) - order.paid
    if missing > 0:
        for stage in sorted(order.stages, key=_coverage_order, reverse=True):
            cut = min(missing, covered[stage.id])
            covered[stage.id] -= cut
            missing -= cut
    return covered


def _coverage_order(stage: PaymentStage) -> tuple[date, int]:
    return (stage.due or date.max, _RANK[stage.kind])


def replan_stages(order: SalesOrder, amount: Decimal) -> tuple[PaymentStage, ...]:
    """
    The stages after the total became `amount` (decision 9): paid stages stand, the rest is split anew by shares.

    Where even the paid stages exceed the new total, the latest of them shrink; the excess is the customer's balance.
    """
    standing = {each.stage.id: each.stage.amount for each in cover_stages(order) if each.paid and not each.missing}
    excess = total(standing.values()) - amount
    for stage in reversed(order.stages):
        if excess > 0 and stage.id in standing:
            cut = min(excess, standing[stage.id])
            standing[stage.id] -= cut
            excess -= cut
    unpaid = [stage for stage in order.stages if stage.id not in standing]
    rest = amount - total(standing.values())
    if not unpaid and rest and order.stages:
        last = order.stages[-1].id
        standing[last] += rest
    parts = split(rest, [stage.share.value for stage in unpaid], DECIMALS[order.pays_in])
    amounts = standing | {stage.id: part for stage, part in zip(unpaid, parts, strict=True)}
    return tuple(evolve(stage, amount=amounts[stage.id]) for stage in order.stages)


def first_due(order: SalesOrder) -> date | None:
    """The day the first stage that is not paid falls due; returned goods need not be paid."""
    if owed(order) <= 0:
        return None
    if not order.paid:
        return min((stage.due for stage in order.stages if stage.amount and stage.due), default=None)
    return min((each.stage.due for each in cover_stages(order) if each.missing and each.stage.due), default=None)


def paid_towards(order: SalesOrder, *kinds: StageKind) -> Decimal:
    """The money that counts for stages of these kinds: all but what covers others by name."""
    named = [stage for stage in order.stages if stage.assigned]
    if not named:
        return order.paid
    covered = _covered_by_name(order)
    return order.paid - total(covered[stage.id] for stage in order.stages if stage.kind not in kinds)


def due_for(order: SalesOrder, *kinds: StageKind) -> Decimal:
    """What the stages of these kinds ask for."""
    return total([stage.amount for stage in order.stages if stage.kind in kinds])


def overdue_stages(coverage: Sequence[StageCoverage], as_of: date) -> list[StageCoverage]:
    """The stages that were due before a day and are not paid (D11)."""
    return [each for each in coverage if each.missing > 0 and each.stage.due and each.stage.due < as_of]


def planned_debt(order: SalesOrder, as_of: date) -> Decimal:
    """What is due by a day and not paid, shipped or not; no more than is owed for the whole order (D14)."""
    due = [each.missing for each in cover_stages(order) if each.stage.due and each.stage.due <= as_of]
    return min(total(due), owed(order))
