"""Payment terms: which stages an order gets, and whether the company offers them (C7, D7-D10)."""

from collections.abc import Iterator, Mapping, Sequence

from tradecore.catalog import (
    Agreement,
    BusinessOperation,
    DueBase,
    PaymentSchedule,
    PaymentTermsMode,
    StageKind,
    StageTerms,
)
from tradecore.errors import Code, Violation, violation
from tradecore.values.numbers import total
from tradecore.values.percent import HUNDRED_PERCENT

Schedules = Mapping[str, PaymentSchedule]

#: Terms of an order whose agreement names no stages: everything before shipment, on the day of the order.
ALL_BEFORE_SHIPMENT = (StageTerms(kind=StageKind.PREPAYMENT, share=HUNDRED_PERCENT),)

#: Terms of a consignment whose agreement names no stages: everything once the consignee has sold.
ALL_AFTER_SALE = (StageTerms(kind=StageKind.CREDIT, share=HUNDRED_PERCENT, base=DueBase.OWNERSHIP),)


def check_terms(terms: Sequence[StageTerms]) -> tuple[Violation, ...]:
    """Whether the shares are positive and whole (decision 8)."""
    wrong = [
        violation(Code.NOT_POSITIVE, f"stages[{index}].share", value=each.share.value)
        for index, each in enumerate(terms)
        if not each.share
    ]
    wrong += [
        violation(Code.OUT_OF_RANGE, f"stages[{index}].days", value=each.days, low=-3650, high=3650)
        for index, each in enumerate(terms)
        if not -3650 <= each.days <= 3650
    ]
    for index, each in enumerate(terms):
        if (each.base is DueBase.FIXED_DAY) != (each.on is not None):
            wrong.append(violation(Code.MISSING if each.on is None else Code.DAY_NOT_MEANT, f"stages[{index}].on"))
    whole = total(each.share.value for each in terms)
    if terms and whole != 100:
        wrong.append(violation(Code.SHARES_NOT_WHOLE, "stages", total=whole))
    return tuple(wrong)


def check_mode(terms: Sequence[StageTerms], mode: PaymentTermsMode, *, scheduled: bool) -> tuple[Violation, ...]:
    """Whether stages given by hand, or those of a schedule, are offered in this mode (D7-D9)."""
    match mode:
        case PaymentTermsMode.ANY_STAGES:
            return ()
        case PaymentTermsMode.TEMPLATES:
            return (violation(Code.STAGES_BY_SCHEDULE, "stages"),) if terms and not scheduled else ()
        case PaymentTermsMode.PREPAY_AND_OR_CREDIT:
            return tuple(_check_simple(terms))


def _check_simple(terms: Sequence[StageTerms]) -> Iterator[Violation]:
    seen: set[StageKind] = set()
    for index, each in enumerate(terms):
        if each.kind is StageKind.ADVANCE or each.kind in seen:
            yield violation(Code.STAGE_NOT_OFFERED, f"stages[{index}].kind", kind=each.kind)
        seen.add(each.kind)


def agreed_stages(
    agreement: Agreement | None, schedules: Schedules, operation: BusinessOperation = BusinessOperation.SALE
) -> tuple[StageTerms, ...]:
    """What an agreement says about payment: its stages, or those of its schedule."""
    none = ALL_AFTER_SALE if operation is BusinessOperation.CONSIGNMENT else ALL_BEFORE_SHIPMENT
    if agreement is None:
        return none
    named = schedules.get(agreement.schedule) if agreement.schedule else None
    return agreement.stages or (named.stages if named else ()) or none


def chosen_stages(
    stages: Sequence[StageTerms] | None, schedule: str | None, schedules: Schedules
) -> Sequence[StageTerms] | None:
    """The stages a caller chose, by hand or by a schedule; None where the agreement decides."""
    return schedules[schedule].stages if schedule else stages


def check_payment_terms(
    stages: Sequence[StageTerms] | None,
    schedule: str | None,
    agreement: Agreement | None,
    schedules: Schedules,
    mode: PaymentTermsMode,
) -> list[Violation]:
    """Everything that is wrong with the stages of an order, wherever they come from."""
    if stages and schedule:
        return [violation(Code.STAGES_AND_SCHEDULE, "schedule")]
    if stages:
        return [*check_terms(stages), *check_mode(stages, mode, scheduled=False)]
    named, place = (schedule, "schedule") if schedule or agreement is None else (agreement.schedule, "agreement")
    if named:
        if named not in schedules:
            return [violation(Code.UNKNOWN_ID, place, kind="payment schedule", id=named)]
        return [each.at(place) for each in check_mode(schedules[named].stages, mode, scheduled=True)]
    agreed = agreement.stages if agreement else ()
    return [each.at("agreement") for each in check_mode(agreed, mode, scheduled=False)]
