"""Payment stages: shares are whole, money covers them in their order, cancelling plans anew what is not paid."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.builders import DAY, a_line, a_stage, an_order
from tradecore import DueBase, Percent, SalesOrder, StageKind, StageTerms
from tradecore.rules.payment_stages import (
    check_assigned,
    cover_stages,
    first_due,
    paid_towards,
    plan_stages,
    replan_stages,
    stage_terms,
)
from tradecore.rules.stage_gating import check_advance, check_prepayment

ADVANCE, PREPAYMENT, CREDIT = StageKind.ADVANCE, StageKind.PREPAYMENT, StageKind.CREDIT


def three_stages(*, paid: int = 0, assigned: dict[str, int] | None = None, total: int = 100) -> SalesOrder:
    """An order of 100 with an advance of 30, a prepayment of 30 and a credit of 40."""
    named = assigned or {}
    stages = [(ADVANCE, 30, "1", 2), (PREPAYMENT, 30, "2", 1), (CREDIT, 40, "3", None)]
    made = tuple(
        a_stage(
            kind, amount, id, share=amount, assigned=Decimal(named.get(id, 0)),
            due=None if days is None else DAY + timedelta(days=days),
        )
        for kind, amount, id, days in stages
    )  # fmt: skip
    return an_order(lines=[a_line(quantity=10)], stages=made, paid=Decimal(paid), total=Decimal(total))


def covered(order: SalesOrder) -> list[int]:
    """What of each stage is covered, in the order of the document."""
    return [int(each.paid) for each in cover_stages(order)]


def test_amounts_of_stages_add_up_to_the_total() -> None:
    """What rounding leaves goes to one of them (D3, beyond 4.10)."""
    thirds = [StageTerms(kind=CREDIT, share=Percent(share)) for share in ("33.33", "33.33", "33.34")]
    stages = plan_stages(thirds, Decimal("0.05"), "EUR")
    assert ["0.01", "0.02", "0.02"] == [str(each.amount) for each in stages]
    assert tuple(thirds) == stage_terms(stages)
    assert ["1", "2", "3"] == [each.id for each in stages]


@pytest.mark.parametrize(
    ("paid", "parts"),
    [(0, [0, 0, 0]), (20, [0, 20, 0]), (30, [0, 30, 0]), (45, [15, 30, 0]), (60, [30, 30, 0]), (120, [30, 30, 40])],
)
def test_money_covers_stages_by_due_date(paid: int, parts: list[int]) -> None:
    """The prepayment is due a day before the advance here, so it is covered first (decision 8)."""
    assert parts == covered(three_stages(paid=paid))


def test_among_equal_dates_the_kind_decides() -> None:
    """Advance, then prepayment, then credit; a stage without a date comes last."""
    stages = tuple(
        a_stage(kind, 10, id, share=share, due=DAY)
        for kind, id, share in ((CREDIT, "1", 33), (PREPAYMENT, "2", 33), (ADVANCE, "3", 34))
    )
    order = an_order(lines=[a_line(quantity=3)], stages=stages, paid=Decimal(15), total=Decimal(30))
    assert [0, 5, 10] == covered(order)


def test_money_named_for_a_stage_covers_it_first() -> None:
    """An explicit allocation wins; what exceeds the stage covers the others in their order (decision 8)."""
    assert [0, 0, 40] == covered(three_stages(paid=40, assigned={"3": 40}))
    assert [0, 10, 40] == covered(three_stages(paid=50, assigned={"3": 50}))
    assert [20, 30, 10] == covered(three_stages(paid=60, assigned={"3": 10}))


def test_money_that_went_back_is_missed_by_the_last_stage() -> None:
    """More may be named for stages than the order still has: nothing is covered twice."""
    assert [10, 30, 0] == covered(three_stages(paid=40, assigned={"1": 10, "2": 30, "3": 40}))
    assert [0, 0, 0] == covered(three_stages(paid=0, assigned={"3": 40}))


def test_money_named_for_another_stage_opens_no_door() -> None:
    """An advance is not paid by money that was meant for the credit."""
    order = three_stages(paid=40, assigned={"3": 40})
    assert (0, 40) == (paid_towards(order, ADVANCE), paid_towards(order, CREDIT))
    assert ["ADVANCE_UNPAID"] == [each.code for each in check_advance(order)]
    assert 10 == paid_towards(three_stages(paid=50, assigned={"3": 50}), ADVANCE), "above the stage it is free"
    assert 30 == paid_towards(three_stages(paid=30), ADVANCE, PREPAYMENT)


def test_doors_open_at_the_exact_amount() -> None:
    """The advance opens provisioning, advance and prepayment together open shipment (D4, D5, A9)."""
    assert ["ADVANCE_UNPAID"] == [each.code for each in check_advance(three_stages(paid=29))]
    assert () == check_advance(three_stages(paid=30))
    (short,) = check_prepayment(three_stages(paid=59))
    assert ("PREPAYMENT_UNPAID", "1.00 EUR", "60.00 EUR") == (
        short.code, str(short.details["missing"]), str(short.details["due"]),
    )  # fmt: skip
    assert () == check_prepayment(three_stages(paid=60))
    assert () == check_prepayment(an_order())


def test_paid_stages_stand_when_the_total_shrinks() -> None:
    """Half of it cancelled after the prepayment was paid: the rest is split over what is not paid (decision 9)."""
    order = three_stages(paid=30)
    assert [30, 30, 40] == [int(each.amount) for each in order.stages]
    assert ["8.57", "30", "11.43"] == [str(each.amount) for each in replan_stages(order, Decimal(50))]


def test_excess_becomes_the_customers_balance() -> None:
    """Where even paid stages exceed the total, the last of them shrink and nothing more is due (decision 9)."""
    order = three_stages(paid=60)
    assert [20, 0, 0] == [int(each.amount) for each in replan_stages(order, Decimal(20))]
    assert [30, 30, 45] == [int(each.amount) for each in replan_stages(three_stages(paid=60), Decimal(105))]
    assert [30, 30, 45] == [int(each.amount) for each in replan_stages(three_stages(paid=100), Decimal(105))]


def test_first_due_is_the_first_stage_with_something_missing() -> None:
    """A fully paid order is due no more, and returned goods need not be paid."""
    assert DAY + timedelta(days=1) == first_due(three_stages())
    assert DAY + timedelta(days=2) == first_due(three_stages(paid=30))
    assert first_due(three_stages(paid=60)) is None, "the credit has no date yet"
    assert first_due(three_stages(paid=100)) is None


def test_a_stage_with_money_named_for_it_stays() -> None:
    """Stages cannot be planned anew under the feet of payments."""
    before = three_stages(paid=10, assigned={"3": 10})
    fewer = an_order(stages=before.stages[:2])
    assert ["payments for stage 3"] == [each.details["documents"] for each in check_assigned(before, fewer)]
    assert () == check_assigned(three_stages(), fewer)
    assert DueBase.ORDER is before.stages[0].base
