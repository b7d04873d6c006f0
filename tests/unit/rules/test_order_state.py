"""The state of an order: one test for each row of the table, and for each border between two rows."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import a_line, a_service, a_stage, an_order, promised, released, reserved, waiting
from tradecore import OrderApproval, OrderState, OrderStatus, OrderUsage, SalesOrder, Settings, StageKind
from tradecore.documents import Cancellation
from tradecore.rules.order_state import DERIVATION, derive_order_state, kept, order_facts

ALWAYS = Settings(order_approval=OrderApproval.ALWAYS)
NEVER = Settings(order_approval=OrderApproval.NEVER)
STAGES = (
    a_stage(StageKind.ADVANCE, 30, "1", share=30),
    a_stage(StageKind.PREPAYMENT, 30, "2", share=30),
    a_stage(StageKind.CREDIT, 40, "3", share=40),
)


def state(order: SalesOrder, settings: Settings = NEVER) -> OrderState:
    """The state that follows from an order."""
    return derive_order_state(order_facts(order, settings)).state


def ten(**facts: Any) -> SalesOrder:
    """An order of ten chairs for 100: advance 30, prepayment 30, credit 40."""
    line = {
        name: facts.pop(name) for name in ("provisions", "cancellations", "shipped", "shipped_amount") if name in facts
    }
    returned = {name: facts.pop(name) for name in ("returned", "returned_amount") if name in facts}
    paid = Decimal(facts.pop("paid", 0))
    return an_order(lines=[a_line(quantity=10, **line, **returned)], stages=STAGES, paid=paid, **facts)


def shipped(quantity: int, **facts: Any) -> SalesOrder:
    """The same with a quantity shipped."""
    return ten(shipped=Decimal(quantity), shipped_amount=Decimal(quantity) * 10, **facts)


def cancelled(quantity: int) -> tuple[Cancellation, ...]:
    """A cancelled quantity."""
    return (Cancellation(quantity=Decimal(quantity), reason="refused"),)


def test_row_1_not_controlled() -> None:
    """Nothing is derived for a bill, whatever happened to it (A2)."""
    bill = OrderUsage.AS_BILL
    assert OrderState.NOT_CONTROLLED is state(ten(usage=bill, status=OrderStatus.CLOSED))
    assert OrderState.NOT_CONTROLLED is state(shipped(10, usage=bill, status=OrderStatus.ON_APPROVAL), ALWAYS)


def test_row_2_closed() -> None:
    """The status CLOSED wins over everything (G10)."""
    assert OrderState.CLOSED is state(ten(status=OrderStatus.CLOSED), ALWAYS)


def test_row_3_awaiting_approval() -> None:
    """On approval, or without an approval it needs (G1)."""
    assert OrderState.AWAITING_APPROVAL is state(shipped(10, status=OrderStatus.ON_APPROVAL))
    assert OrderState.AWAITING_APPROVAL is state(shipped(10), ALWAYS)
    assert OrderState.AWAITING_APPROVAL is not state(shipped(10, approved_by="boss"), ALWAYS)


def test_row_4_awaiting_payment() -> None:
    """Nothing is open and money is owed, whichever stage it belongs to (G8, note f)."""
    assert OrderState.AWAITING_PAYMENT is state(shipped(10, paid="99.99"))
    assert OrderState.AWAITING_PAYMENT is state(shipped(10))


def test_border_of_rows_4_and_5_is_what_is_owed() -> None:
    """The last cent, a return or a cancellation makes it ready to close (G9)."""
    assert OrderState.READY_TO_CLOSE is state(shipped(10, paid=100))
    assert OrderState.READY_TO_CLOSE is state(shipped(10, paid=80, returned=Decimal(2), returned_amount=Decimal(20)))
    assert OrderState.AWAITING_PAYMENT is state(shipped(8, paid=79, cancellations=cancelled(2)))
    assert OrderState.READY_TO_CLOSE is state(shipped(8, paid=80, cancellations=cancelled(2)))


def test_row_5_ready_to_close_when_all_is_cancelled() -> None:
    """An order of nothing owes nothing; money received is to be refunded (note b)."""
    assert OrderState.READY_TO_CLOSE is state(ten(cancellations=cancelled(10), paid=30))


def test_border_of_rows_5_and_6_is_open_quantity() -> None:
    """As long as something is open, the money before it counts."""
    assert OrderState.AWAITING_ADVANCE is state(shipped(9, paid=29))


def test_border_of_rows_6_and_7_is_the_advance() -> None:
    """One cent of the advance missing keeps everything waiting; then somebody must provide (G2, G3)."""
    assert OrderState.AWAITING_ADVANCE is state(ten(paid="29.99"))
    assert OrderState.AWAITING_ADVANCE is state(ten(paid="29.99", provisions=(released(10),)))
    assert OrderState.READY_TO_PROVISION is state(ten(paid=30))


def test_border_of_rows_7_and_8_is_quantity_without_action() -> None:
    """One chair that nobody decided about, or all decided and not here (G3, G5)."""
    assert OrderState.READY_TO_PROVISION is state(ten(paid=30, provisions=(waiting(5), reserved(4))))
    assert OrderState.AWAITING_PROVISIONING is state(ten(paid=30, provisions=(waiting(5), reserved(5))))
    assert OrderState.AWAITING_PROVISIONING is state(ten(paid=30, provisions=(promised(1), reserved(9))))


def test_border_of_rows_8_and_9_is_what_has_not_arrived() -> None:
    """Provisioning is tested before the prepayment (decision 2, G4)."""
    assert OrderState.AWAITING_PROVISIONING is state(ten(paid=30, provisions=(waiting(1), released(9))))
    assert OrderState.AWAITING_PREPAYMENT is state(ten(paid="59.99", provisions=(reserved(10),)))
    assert OrderState.AWAITING_PREPAYMENT is state(ten(paid="59.99", provisions=(released(10),)))


def test_border_of_rows_9_and_10_is_the_prepayment() -> None:
    """The credit need not be paid (G6, A9)."""
    assert OrderState.READY_TO_SHIP is state(ten(paid=60, provisions=(reserved(10),)))


def test_border_of_rows_10_and_11_is_the_last_reserve() -> None:
    """Being shipped means that everything open is released (G7)."""
    assert OrderState.READY_TO_SHIP is state(ten(paid=60, provisions=(released(9), reserved(1))))
    assert OrderState.SHIPPING is state(ten(paid=60, provisions=(released(10),)))
    assert OrderState.SHIPPING is state(shipped(9, paid=60, provisions=(released(1),)))


def test_services_need_no_goods() -> None:
    """An open service is being shipped; it never waits for provisioning, but it does for money."""
    assert OrderState.SHIPPING is state(an_order(lines=[a_service()]))
    assert OrderState.AWAITING_PREPAYMENT is state(
        an_order(lines=[a_service(quantity=10)], stages=(a_stage(StageKind.PREPAYMENT, 100),))
    )
    assert OrderState.READY_TO_SHIP is state(an_order(lines=[a_line(provisions=(reserved(1),)), a_service()]))


def test_money_named_for_the_credit_is_no_prepayment() -> None:
    """The state and the controls count the same money."""
    stages = (
        a_stage(StageKind.PREPAYMENT, 50, "1", share=50),
        a_stage(StageKind.CREDIT, 50, "2", share=50, assigned=Decimal(50)),
    )
    order = an_order(lines=[a_line(quantity=10, provisions=(reserved(10),))], stages=stages, paid=Decimal(50))
    assert OrderState.AWAITING_PREPAYMENT is state(order)


@pytest.mark.parametrize("test", DERIVATION, ids=lambda test: test.state.value)
def test_every_row_says_why(test: Any) -> None:
    """A state comes with the sentence that chose it; states are not repeated."""
    assert test.because
    assert 1 == [each.state for each in DERIVATION].count(test.state)
    assert set(OrderState) == {each.state for each in DERIVATION}


def test_drafts_have_no_state() -> None:
    """What was only written down is nowhere yet, and nothing of it is due."""
    draft = kept(an_order(posting="draft"), NEVER)
    assert (None, None) == (draft.state, draft.due_on)


def test_kept_figures_are_made_true() -> None:
    """Total, shipped, returned, state and due date follow from lines and stages."""
    line = a_line(
        quantity=10, shipped=Decimal(4), shipped_amount=Decimal(40), returned=Decimal(1), returned_amount=Decimal(10)
    )
    order = kept(an_order(lines=[line], total=Decimal(7), stages=STAGES), NEVER)
    assert (100, 40, 10) == (order.total, order.shipped_amount, order.returned_amount)
    assert OrderState.AWAITING_ADVANCE is order.state
    assert order is kept(order, NEVER), "what is true already is left alone"
