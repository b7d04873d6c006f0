"""Payment terms: shares are whole, days are named where they are meant, and the company offers the stages."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.builders import DAY, ON_CREDIT, PREPAID, WITH_ADVANCE
from tradecore import Agreement, DueBase, PaymentSchedule, PaymentTermsMode, Percent, StageKind, StageTerms, Violation
from tradecore.rules.payment_terms import (
    ALL_BEFORE_SHIPMENT,
    agreed_stages,
    check_mode,
    check_payment_terms,
    check_terms,
)

ADVANCE, PREPAYMENT, CREDIT = StageKind.ADVANCE, StageKind.PREPAYMENT, StageKind.CREDIT
SIMPLE, ANY, TEMPLATES = PaymentTermsMode
HALVES = {"halves": PaymentSchedule(id="halves", name="Halves", stages=(*PREPAID, *ON_CREDIT))}


def codes(found: Iterable[Violation]) -> list[str]:
    """What is wrong, by name."""
    return [each.code for each in found]


def of_kinds(*kinds: StageKind) -> list[StageTerms]:
    """Stages of these kinds, in equal shares."""
    return [StageTerms(kind=kind, share=Percent(Decimal(100) / len(kinds))) for kind in kinds]


def an_agreement(**facts: object) -> Agreement:
    """An agreement with these payment terms."""
    return Agreement(id="std", name="Standard", price_kind="wholesale", **facts)  # type: ignore[arg-type]  # few facts


@pytest.mark.parametrize(
    ("shares", "codes"),
    [
        (["100"], []),
        (["33.33", "33.33", "33.34"], []),
        ([], []),
        (["50", "49.99"], ["SHARES_NOT_WHOLE"]),
        (["100", "0"], ["NOT_POSITIVE"]),
        (["60", "60"], ["SHARES_NOT_WHOLE"]),
    ],
)
def test_shares_add_up_to_a_hundred(shares: list[str], codes: list[str]) -> None:
    """Exactly 100 %, and every share above zero (decision 8)."""
    terms = [StageTerms(kind=PREPAYMENT, share=Percent(share)) for share in shares]
    assert codes == [each.code for each in check_terms(terms)]


def test_days_of_a_stage_have_bounds() -> None:
    """Ten years before or after are enough."""
    terms = [StageTerms(kind=CREDIT, share=Percent(100), days=4000)]
    assert ["stages[0].days"] == [each.place for each in check_terms(terms)]


@pytest.mark.parametrize(
    ("base", "on", "wrong"),
    [
        (DueBase.FIXED_DAY, DAY, []),
        (DueBase.FIXED_DAY, None, ["MISSING"]),
        (DueBase.ORDER, None, []),
        (DueBase.SHIPMENT, DAY, ["DAY_NOT_MEANT"]),
    ],
)
def test_a_day_is_named_where_it_is_meant(base: DueBase, on: date | None, wrong: list[str]) -> None:
    """The base FIXED_DAY names its day; no other base does."""
    terms = [StageTerms(kind=CREDIT, share=Percent(100), base=base, on=on)]
    found = check_terms(terms)
    assert (wrong, ["stages[0].on"] * len(wrong)) == (codes(found), [each.place for each in found])


@pytest.mark.parametrize(
    ("kinds", "places"),
    [
        ([PREPAYMENT], []),
        ([CREDIT], []),
        ([CREDIT, PREPAYMENT], []),
        ([ADVANCE], ["stages[0].kind"]),
        ([PREPAYMENT, PREPAYMENT], ["stages[1].kind"]),
        ([CREDIT, CREDIT, ADVANCE, CREDIT], ["stages[1].kind", "stages[2].kind", "stages[3].kind"]),
    ],
)
def test_prepayment_and_or_credit(kinds: list[StageKind], places: list[str]) -> None:
    """The simple mode knows one prepayment and one credit at most, and no advance; every excess is named (D7)."""
    found = check_mode(of_kinds(*kinds), SIMPLE, scheduled=False)
    assert places == [each.place for each in found]
    assert {"STAGE_NOT_OFFERED"} >= set(codes(found))
    assert () == check_mode(of_kinds(*kinds), ANY, scheduled=False), "any stages, in any number (D8)"


def test_templates_know_no_stages_by_hand() -> None:
    """Stages come from a schedule, or there are none of one's own (D9)."""
    assert ["STAGES_BY_SCHEDULE"] == codes(check_mode(PREPAID, TEMPLATES, scheduled=False))
    assert () == check_mode(WITH_ADVANCE, TEMPLATES, scheduled=True)
    assert () == check_mode((), TEMPLATES, scheduled=False)


def test_an_agreement_says_how_it_is_paid() -> None:
    """By its stages, by its schedule, or not at all: then everything is due before shipment."""
    assert WITH_ADVANCE == agreed_stages(an_agreement(stages=WITH_ADVANCE), {})
    assert HALVES["halves"].stages == agreed_stages(an_agreement(schedule="halves"), HALVES)
    assert ALL_BEFORE_SHIPMENT == agreed_stages(an_agreement(), {}) == agreed_stages(None, {})


def test_what_a_caller_chooses_is_checked() -> None:
    """Stages or a schedule, not both; one that is known; and of a kind that is offered."""
    both = check_payment_terms(PREPAID, "halves", None, HALVES, ANY)
    assert [("STAGES_AND_SCHEDULE", "schedule")] == [(each.code, each.place) for each in both]
    unknown = check_payment_terms(None, "thirds", None, HALVES, ANY)
    assert [("UNKNOWN_ID", "schedule")] == [(each.code, each.place) for each in unknown]
    assert ["STAGES_BY_SCHEDULE"] == codes(check_payment_terms(PREPAID, None, None, {}, TEMPLATES))
    assert [] == check_payment_terms(None, "halves", an_agreement(stages=WITH_ADVANCE), HALVES, TEMPLATES)
    advance = {"a": PaymentSchedule(id="a", name="A", stages=WITH_ADVANCE)}
    (refused,) = check_payment_terms(None, "a", None, advance, SIMPLE)
    assert ("STAGE_NOT_OFFERED", "schedule.stages[0].kind") == (refused.code, refused.place)


def test_an_agreement_of_another_mode_is_not_used() -> None:
    """What was agreed before the mode was chosen must be revised, or overruled by a choice."""
    agreed = an_agreement(stages=WITH_ADVANCE)
    (refused,) = check_payment_terms(None, None, agreed, {}, TEMPLATES)
    assert ("STAGES_BY_SCHEDULE", "agreement.stages") == (refused.code, refused.place)
    (refused,) = check_payment_terms(None, None, agreed, {}, SIMPLE)
    assert "agreement.stages[0].kind" == refused.place
    assert [] == check_payment_terms(PREPAID, None, agreed, {}, SIMPLE)
    (refused,) = check_payment_terms(None, None, an_agreement(schedule="gone"), {}, ANY)
    assert ("UNKNOWN_ID", "agreement") == (refused.code, refused.place)
