"""Which checkpoints a change passes, and which violations refuse whom."""

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import NOON, a_line, a_stage, an_order, reserved
from tradecore import Checkpoint, OrderStatus, ProvisioningAction, SalesOrder, Settings, Severity, StageKind
from tradecore.changes import Changes, Save
from tradecore.documents import Cancellation, Posting, Provision
from tradecore.errors import Code, violation
from tradecore.rules.checks import Check, judged
from tradecore.rules.controls import STEPS, active, cases, passed
from tradecore.testing.factories import a_purchase_order, a_shipment

ANY_RIGHTS: frozenset[str] = frozenset()
OPEN = OrderStatus.TO_EXECUTE


def three(**facts: Any) -> SalesOrder:
    """An executed order of three chairs."""
    line = {each: facts.pop(each) for each in ("provisions", "cancellations", "shipped", "price") if each in facts}
    return an_order(lines=[a_line(quantity=3, **line)], **facts)


def to_ship(quantity: int) -> Provision:
    """Goods released to the warehouse."""
    return Provision(action=ProvisioningAction.SHIP, quantity=Decimal(quantity))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, three(status=OrderStatus.ON_APPROVAL), ["place"]),
        (None, three(posting=Posting.DRAFT), []),
        (three(posting=Posting.DRAFT), three(), ["place"]),
        (three(), three(posting=Posting.DRAFT), []),
        (three(), three(), []),
        (three(), three(comment="mind the step"), []),
        (three(), three(price=Decimal(9)), ["edit"]),
        (three(), three(stages=(a_stage(StageKind.CREDIT, 30),)), ["edit"]),
        (three(status=OrderStatus.ON_APPROVAL), three(status=OrderStatus.ON_APPROVAL, approved_by="x"), ["approve"]),
        (three(status=OrderStatus.ON_APPROVAL), three(approved_by="x"), ["approve", "execute"]),
        (three(status=OrderStatus.ON_APPROVAL), three(status=OrderStatus.IN_RESERVE), ["execute"]),
        (three(status=OrderStatus.ON_APPROVAL), three(status=OrderStatus.CLOSED), ["close"]),
        (three(), three(provisions=(reserved(2),)), ["provision"]),
        (three(provisions=(reserved(2),)), three(provisions=(reserved(1),)), ["release"]),
        (three(provisions=(reserved(2),)), three(provisions=(to_ship(2),)), ["to_ship"]),
        (three(provisions=(reserved(3),)), three(shipped=Decimal(3)), []),
        (
            three(provisions=(reserved(3),)),
            three(provisions=(reserved(2),), cancellations=(Cancellation(quantity=Decimal(1), reason="r"),)),
            ["cancel"],
        ),
        (three(), three(status=OrderStatus.CLOSED), ["close"]),
        (three(status=OrderStatus.CLOSED), three(), ["reopen"]),
    ],
)
def test_checkpoints_follow_from_what_changes(
    before: SalesOrder | None, after: SalesOrder, expected: list[str]
) -> None:
    """No command has to name them."""
    assert expected == [str(each) for each in passed(before, after)]


def test_documents_pass_when_they_are_posted() -> None:
    """A shipment passes once; what happens to it later, and documents nothing is checked of, pass nothing."""
    shipment = a_shipment(posting=Posting.POSTED)
    assert (Checkpoint.SHIP,) == passed(None, shipment)
    assert () == passed(shipment, shipment)
    assert () == passed(None, a_purchase_order(posting=Posting.POSTED))


def test_every_checkpoint_is_passed_by_something() -> None:
    """Those of the commands of an order, and those that follow from other documents."""
    by_commands = {step.passes for step in STEPS.values()}
    assert {Checkpoint.RETURN} == set(Checkpoint) - by_commands


def test_a_case_knows_the_order_of_its_document() -> None:
    """Documents of one commit are seen together."""
    order = three()
    (case,) = cases(Changes((Save(order),)), Settings(), NOON, frozenset({"x"}))
    assert (Checkpoint.PLACE, order, order, None) == (case.checkpoint, case.order, case.after, case.before)
    assert frozenset({"x"}) == case.rights


def test_checks_that_do_not_apply_are_never_asked() -> None:
    """A check switched off by the settings is left out when the trade value is made."""
    always = Check(name="a", at={Checkpoint.PLACE}, find=lambda _: ())
    never = Check(name="n", at={Checkpoint.PLACE}, find=lambda _: (), applies=lambda _: False)
    assert always in active([always, never], Settings())
    assert never not in active([always, never], Settings())


def test_a_right_lifts_what_names_it() -> None:
    """Warnings refuse nobody, and a violation without an override everybody."""
    hard = violation(Code.ORDER_CLOSED, order="1")
    liftable = violation(Code.PREPAYMENT_UNPAID, missing=1, due=2).unless("ship_unpaid")
    warning = violation(Code.NOT_FULLY_PAID, missing=1, due=2).as_warning()
    every = (hard, liftable, warning)
    assert ((hard, liftable), (warning,)) == judged(every, ANY_RIGHTS)
    assert ((hard,), (liftable, warning)) == judged(every, frozenset({"ship_unpaid", ""}))
    assert Severity.WARNING is warning.at("lines[0]").severity
