"""Which agreement an order is made under (C6-C13)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.builders import DAY
from tradecore import (
    Agreement,
    AgreementKind,
    AgreementUsage,
    BusinessOperation,
    Partner,
    Percent,
    Segment,
    Settings,
    StageKind,
    StageTerms,
)
from tradecore.errors import Violation
from tradecore.rules.agreements import applicable, check_agreement, choose_agreement

ACME = Partner(id="acme", name="Acme", segments=(Segment(id="horeca"),))
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


def an_agreement(id: str = "std", **facts: Any) -> Agreement:
    """An agreement for everybody, unless a partner is named."""
    kind = AgreementKind.INDIVIDUAL if "partner" in facts else AgreementKind.STANDARD
    return Agreement(**{"id": id, "name": id, "price_kind": "w", "kind": kind} | facts)


def choose(*agreements: Agreement, wanted: str | None = None, usage: AgreementUsage = AgreementUsage.BOTH) -> Any:
    """What is chosen for acme on the day: an id, nothing, or the code of the refusal."""
    found = choose_agreement(wanted, agreements, ACME, DAY, Settings(agreement_usage=usage))
    return found.code if isinstance(found, Violation) else found and found.id


def test_terms_that_contradict_each_other_are_told_together() -> None:
    """Goods in transit that are not allowed, stages of its own beside a schedule."""
    stages = (StageTerms(kind=StageKind.CREDIT, share=Percent(100)),)
    wrong = check_agreement(an_agreement(operation=BusinessOperation.SALE_IN_TRANSIT, stages=stages, schedule="s"))
    assert ["TRANSIT_NOT_ALLOWED", "STAGES_AND_SCHEDULE"] == [each.code for each in wrong]


def test_the_only_one_is_taken() -> None:
    """Where one agreement applies nobody needs to choose (C9)."""
    assert "std" == choose(an_agreement(), an_agreement("theirs", partner="bolt"))


def test_several_must_be_chosen_from() -> None:
    """There is no default; the refusal names them (C10)."""
    both = an_agreement(), an_agreement("own", partner="acme")
    assert "AGREEMENT_NOT_CHOSEN" == choose(*both)
    assert "own" == choose(*both, wanted="own")
    found = choose_agreement(None, both, ACME, DAY, Settings())
    assert "std, own" in str(found)


def test_none_is_refused() -> None:
    """Agreements are in use and none applies (C11)."""
    assert "NO_APPLICABLE_AGREEMENT" == choose()
    assert "NO_APPLICABLE_AGREEMENT" == choose(
        an_agreement(valid_to=YESTERDAY), an_agreement("next", valid_from=TOMORROW)
    )


def test_switched_off_the_field_stays_empty() -> None:
    """Then naming one is refused (C12)."""
    assert choose(an_agreement(), usage=AgreementUsage.NONE) is None
    assert "AGREEMENTS_OFF" == choose(an_agreement(), wanted="std", usage=AgreementUsage.NONE)


@pytest.mark.parametrize(
    ("usage", "ids"),
    [(AgreementUsage.STANDARD, ["std"]), (AgreementUsage.INDIVIDUAL, ["own"]), (AgreementUsage.BOTH, ["std", "own"])],
)
def test_kinds_in_use_apply(usage: AgreementUsage, ids: list[str]) -> None:
    """The setting says which kinds count (C8, C13)."""
    every = [an_agreement(), an_agreement("own", partner="acme"), an_agreement("theirs", partner="bolt")]
    assert ids == [each.id for each in applicable(every, ACME, DAY, Settings(agreement_usage=usage))]


@pytest.mark.parametrize("wanted", ["theirs", "old", "unknown"])
def test_one_that_does_not_apply_is_refused(wanted: str) -> None:
    """Somebody else's, expired, or unknown."""
    every = [an_agreement(), an_agreement("theirs", partner="bolt"), an_agreement("old", valid_to=YESTERDAY)]
    assert "AGREEMENT_NOT_APPLICABLE" == choose(*every, wanted=wanted)


def test_validity_includes_both_days() -> None:
    """An agreement for one day applies on it."""
    assert "day" == choose(an_agreement("day", valid_from=DAY, valid_to=DAY))


def test_agreements_are_sound_in_themselves() -> None:
    """Kind and partner fit, the discount is at most everything, the days follow each other (C13)."""
    wrong = Agreement(
        id="x", name="x", price_kind="w", partner="acme", discount=Percent(101), valid_from=DAY, valid_to=YESTERDAY
    )
    assert ["STANDARD_HAS_PARTNER", "OUT_OF_RANGE", "BAD_PERIOD"] == [each.code for each in check_agreement(wrong)]
    assert () == check_agreement(an_agreement("own", partner="acme"))


def test_a_segment_has_agreements_of_its_own() -> None:
    """A STANDARD agreement for a segment applies to its members alone; an INDIVIDUAL one names no segment (C13)."""
    theirs, others = an_agreement("theirs", segment="horeca"), an_agreement("others", segment="retail")
    assert "theirs" == choose(theirs, others)
    assert "AGREEMENT_NOT_APPLICABLE" == choose(theirs, others, wanted="others")
    assert "AGREEMENT_NOT_CHOSEN" == choose(theirs, an_agreement())
    assert ["INDIVIDUAL_HAS_SEGMENT"] == [
        each.code for each in check_agreement(an_agreement(partner="acme", segment="horeca"))
    ]
