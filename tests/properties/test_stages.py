"""Payment stages under any shares, dates and money: what covers what, what stands when an order shrinks, what passes."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.properties.test_sums import shares
from tests.unit.builders import DAY, a_line, an_order, released, reserved
from tradecore import PaymentStage, SalesOrder, Settings, StageGating, StageKind, StageTerms
from tradecore.rules import closing
from tradecore.rules.explaining import explain
from tradecore.rules.order_state import kept
from tradecore.rules.payment_stages import cover_stages, paid_towards, plan_stages, replan_stages
from tradecore.rules.stage_gating import PROVISIONING, RELEASE, SHIPMENT, Gate, let_through, passage, passed_value
from tradecore.values.numbers import ZERO, total

CENT = Decimal("0.01")
RANK = list(StageKind)
cents = st.integers(0, 10**7).map(lambda count: Decimal(count).scaleb(-2))
due_days = st.sampled_from([None, 0, 0, 1, 5]).map(lambda n: None if n is None else DAY + timedelta(days=n))


@st.composite
def orders(draw: st.DrawFn, *, named: bool = True) -> SalesOrder:
    """An order of some lines, with stages of any kinds and dates, some of its money named for stages."""
    lines = []
    for number, quantity in enumerate(draw(st.lists(st.integers(1, 9), min_size=1, max_size=3)), start=1):
        lines.append(a_line(str(number), quantity=quantity, amount=draw(st.integers(0, 9999)) * CENT))
    amount = total(line.amount for line in lines)
    terms = [StageTerms(kind=draw(st.sampled_from(StageKind)), share=share) for share in draw(shares())]
    stages = []
    for stage in plan_stages(terms, amount, "EUR"):
        assigned = draw(st.sampled_from([ZERO, ZERO, stage.amount, CENT])) if named else ZERO
        stages.append(attrs.evolve(stage, due=draw(due_days), assigned=assigned))
    paid = (draw(st.integers(0, 12)) * amount / 10).quantize(CENT)
    gating = draw(st.sampled_from(StageGating))
    return an_order(lines=lines, stages=tuple(stages), paid=paid, total=amount, stage_gating=gating)


def in_turn(stages: Iterable[PaymentStage]) -> list[PaymentStage]:
    """Stages in the order of decision 8: due day, then advance, prepayment, credit."""
    return sorted(stages, key=lambda each: (each.due is None, each.due or DAY, RANK.index(each.kind)))


@given(order=orders(named=False))
def test_money_fills_stages_one_after_another(order: SalesOrder) -> None:
    """By due day, then by kind: a stage gets nothing while one before it misses anything (decision 8)."""
    covered = {each.stage.id: each for each in cover_stages(order)}
    turn = [covered[stage.id] for stage in in_turn(order.stages)]
    for earlier, later in pairwise(turn):
        assert not earlier.missing or not later.paid


@given(order=orders())
def test_what_is_named_for_a_stage_stays_with_it(order: SalesOrder) -> None:
    """As far as there is that much money, and the stage asks for it (decision 8)."""
    assume(total(stage.assigned for stage in order.stages) <= order.paid)
    assert all(each.paid >= min(each.stage.assigned, each.stage.amount) for each in cover_stages(order))


@given(order=orders(), amount=cents)
def test_paid_stages_stand_as_far_as_they_can(order: SalesOrder, amount: Decimal) -> None:
    """Fully paid stages keep their amounts unless they alone exceed the new total (decision 9)."""
    paid = {each.stage.id: each.stage.amount for each in cover_stages(order) if each.paid and not each.missing}
    after = {stage.id: stage.amount for stage in replan_stages(order, amount)}
    assert amount == total(after.values())
    if total(paid.values()) <= amount and len(paid) < len(order.stages):
        assert paid == {id: after[id] for id in paid}
    elif total(paid.values()) > amount:
        assert all(after[id] <= before for id, before in paid.items())
        assert all(not each for id, each in after.items() if id not in paid), "nothing more is asked for"


@given(order=orders(), amount=cents)
def test_unpaid_stages_share_the_rest_fairly(order: SalesOrder, amount: Decimal) -> None:
    """By their shares, each within a cent of its exact part: largest remainders (decisions 8 and 9)."""
    paid = {each.stage.id for each in cover_stages(order) if each.paid and not each.missing}
    after = replan_stages(order, amount)
    unpaid = [stage for stage in after if stage.id not in paid]
    rest, whole = total(stage.amount for stage in unpaid), total(stage.share.value for stage in unpaid)
    for stage in unpaid:
        assert abs(stage.amount - rest * stage.share.value / whole) < CENT


@given(order=orders(), data=st.data())
def test_what_is_cancelled_after_payment_is_the_customers(order: SalesOrder, data: st.DataObject) -> None:
    """Cancelling any quantities: stages are the new total, and what was paid beyond it is due back (decision 9)."""
    quantities = {line.id: Decimal(data.draw(st.integers(0, int(line.quantity)))) for line in order.lines}
    after = kept(closing.cancel(order, quantities, {}, "refused"), Settings())
    assert after.total == total(stage.amount for stage in after.stages) <= order.total
    assert after.paid == order.paid, "cancelling moves no money"
    found = explain(after, Settings(), DAY)
    assert found.refund_due.amount == max(order.paid - after.total, ZERO)
    assert found.planned_debt.amount <= max(after.total - after.paid, ZERO)
    assert min(after.paid, after.total) == total(each.paid for each in found.stages)


@given(order=orders(), gate=st.sampled_from([PROVISIONING, RELEASE, SHIPMENT]), more=cents)
def test_more_money_covers_more(order: SalesOrder, gate: Gate, more: Decimal) -> None:
    """Never less, never more than the order; all of it exactly when the stages are paid."""
    before, after = passage(order, gate), passage(attrs.evolve(order, paid=order.paid + more), gate)
    assert 0 <= before.covers <= after.covers <= order.total
    if paid_towards(order, *gate.stages) >= before.due:
        assert before.open
        assert order.total == before.covers
    if order.stage_gating is StageGating.WHOLE_ORDER:
        assert before.covers in (ZERO, order.total)


@given(order=orders(), gate=st.sampled_from([PROVISIONING, RELEASE, SHIPMENT]), data=st.data())
def test_no_more_passes_than_is_covered(order: SalesOrder, gate: Gate, data: st.DataObject) -> None:
    """What has passed and what is let through are covered together, and nothing worth a unit is left over."""
    held = {line.id: data.draw(st.integers(0, int(line.quantity))) for line in order.lines}
    lines = tuple(
        attrs.evolve(line, provisions=(released(held[line.id]),) if held[line.id] else ()) for line in order.lines
    )
    order = attrs.evolve(order, lines=lines)
    wanted = {line.id: line.quantity - gate.passed(line) for line in lines}
    found = let_through(order, gate, wanted)
    how_far = passage(order, gate)
    assert all(0 < quantity <= wanted[id] for id, quantity in found.items())
    if how_far.open:
        assert {id: each for id, each in wanted.items() if each} == found
        return
    given = attrs.evolve(order, lines=tuple(_passed(line.id, order, gate, found) for line in lines))
    assert passed_value(given, gate) <= max(how_far.covers, passed_value(order, gate))
    if not how_far.shut:
        assert {} == {id: each for id, each in let_through(given, gate, _left(wanted, found)).items() if each > 1}


def _passed(id: str, order: SalesOrder, gate: Gate, found: dict[str, Decimal]) -> object:
    line = order.line(id)
    assert line is not None
    more = found.get(id, ZERO)
    if not more:
        return line
    if gate is SHIPMENT:
        return attrs.evolve(line, shipped=line.shipped + more)
    return attrs.evolve(line, provisions=(*line.provisions, reserved(more) if gate is PROVISIONING else released(more)))


def _left(wanted: dict[str, Decimal], found: dict[str, Decimal]) -> dict[str, Decimal]:
    return {id: each - found.get(id, ZERO) for id, each in wanted.items()}
