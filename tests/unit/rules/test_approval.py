"""Approval: what departs from the agreement, who must say yes, and what the yes covers."""

from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.unit.builders import a_line, a_stage, an_order
from tradecore import OrderApproval, OrderStatus, OrderUsage, Percent, SalesOrder, Settings, StageKind
from tradecore.documents import Posting
from tradecore.rules.approval import (
    check_approving,
    check_editing,
    check_in_execution,
    deviations,
    keep_approval,
    needs_approval,
    terms_fingerprint,
)
from tradecore.rules.order_status import NO_FACTS, check_executing

ASKED = OrderStatus.ON_APPROVAL
ALWAYS = Settings(order_approval=OrderApproval.ALWAYS)


@pytest.mark.parametrize(
    ("price", "discount", "agreed", "deviates"),
    [("10", 0, 0, False), ("9.99", 0, 0, True), ("12", 10, 0, False), ("10", 5, 5, False), ("10", 6, 5, True)],
)
def test_selling_below_the_agreement_deviates(price: str, discount: int, agreed: int, deviates: bool) -> None:
    """The price less the discount is compared with what the agreement gives (M2, N3)."""
    line = a_line(price=price, discount=Percent(discount), list_price=Decimal(10))
    assert deviates is bool(deviations(an_order(lines=[line], agreed_discount=Percent(agreed))))


def test_own_stages_deviate_and_unknown_list_prices_do_not() -> None:
    """Without a list price there is nothing to depart from."""
    order = an_order(lines=[a_line(price=1, list_price=None)], own_terms=True)
    assert ["stages"] == [each.place for each in deviations(order)]


@pytest.mark.parametrize(
    ("approval", "usual", "deviating"),
    [
        (OrderApproval.NEVER, False, False),
        (OrderApproval.ON_DEVIATION, False, True),
        (OrderApproval.ALWAYS, True, True),
    ],
)
def test_setting_says_who_needs_approval(approval: OrderApproval, usual: bool, deviating: bool) -> None:
    """None, those that deviate, or every order (M1, M2)."""
    settings = Settings(order_approval=approval)
    assert usual is needs_approval(an_order(), settings)
    assert deviating is needs_approval(an_order(own_terms=True), settings)


def approved(**facts: Any) -> SalesOrder:
    """An order that the boss has approved."""
    order = an_order(status=ASKED, approved_by="boss", stages=(a_stage(StageKind.CREDIT, 10),), **facts)
    return attrs.evolve(order, approved_terms=terms_fingerprint(order))


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (a_line(quantity=2, price=10), True),
        (a_line(quantity=2, price=11), True),
        (a_line(quantity=2, price="9.99"), False),
        (a_line(quantity=2, price=10, discount=Percent(1)), False),
        (a_line(quantity=2, price=20, discount=Percent(50)), True),
        (a_line(quantity=3, price=10), False),
        (a_line(quantity=2, price=10, item="table"), False),
    ],
)
def test_worse_terms_revoke_an_approval(line: Any, kept: bool) -> None:
    """The same or better for us keeps it, anything else revokes it (decision 12, M9)."""
    before = approved(lines=[a_line(quantity=2, price=10)])
    after = keep_approval(before, attrs.evolve(before, lines=(line,)))
    assert kept is (after.approved_by == "boss")
    assert kept is (after.approved_terms == terms_fingerprint(after))


def test_other_stages_revoke_an_approval() -> None:
    """Later money is worse, and nobody judges how much."""
    before = approved()
    later = attrs.evolve(before, stages=(a_stage(StageKind.CREDIT, 10, days=90),))
    assert keep_approval(before, later).approved_by is None
    nobody = an_order(status=ASKED)
    assert keep_approval(nobody, later) is later


def test_an_order_in_execution_without_the_approval_it_needs_rests() -> None:
    """It may be approved again, and nothing else may be done before (M9)."""
    lost = an_order(own_terms=True)
    assert () == check_approving(lost, Settings())
    assert ["APPROVAL_REQUIRED"] == [each.code for each in check_in_execution(lost, Settings())]
    assert () == check_in_execution(attrs.evolve(lost, approved_by="boss"), Settings())


def test_an_order_with_shipments_is_not_edited() -> None:
    """A bill may have some, although it is on approval: its lines are not replaced under them."""
    line = a_line(quantity=2, shipped=Decimal(1))
    (wrong,) = check_editing(an_order(status=ASKED, usage=OrderUsage.AS_BILL, lines=[line]))
    assert "LATER_DOCUMENTS" == wrong.code


def test_statuses_open_their_commands() -> None:
    """Each check names the first thing that stands in the way."""
    draft, asked = an_order(posting=Posting.DRAFT), an_order(status=ASKED)
    closed, marked = an_order(status=OrderStatus.CLOSED), an_order(posting=Posting.MARKED)
    own = an_order(status=ASKED, own_terms=True)
    usual = Settings()
    found = [
        [each.code for each in wrong]
        for wrong in (
            check_editing(draft), check_editing(asked), check_editing(marked), check_editing(an_order()),
            check_approving(asked, usual), check_approving(draft, usual), check_approving(closed, usual),
            check_approving(approved(), usual), check_approving(an_order(), usual),
            *(check_executing(each, usual, NO_FACTS) for each in (asked, own, an_order())),
            *(check_in_execution(each, usual) for each in (an_order(), asked, closed)),
        )
    ]  # fmt: skip
    assert [
        [], [], ["MARKED"], ["NOT_ON_APPROVAL"],
        [], ["NOT_POSTED"], ["ORDER_CLOSED"], ["ALREADY_APPROVED"], ["NOT_ON_APPROVAL"],
        [], ["APPROVAL_REQUIRED"], ["NOT_ON_APPROVAL"],
        [], ["NOT_IN_EXECUTION"], ["ORDER_CLOSED"],
    ] == found  # fmt: skip


def test_approval_that_every_order_needs_says_so() -> None:
    """Without a deviation the reason is the setting."""
    (wrong,) = check_executing(an_order(status=ASKED), ALWAYS, NO_FACTS)
    assert "every order does" in str(wrong)
    assert () == check_executing(approved(), ALWAYS, NO_FACTS)
