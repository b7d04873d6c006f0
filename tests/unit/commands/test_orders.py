"""Commands of orders beside the great stories: drafts, edits, the queue's small change."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.builders import DAY, NOON, ON_CREDIT, PREPAID, WITH_ADVANCE, a_shop, euro, executed, placed
from tradecore import (
    UNSET,
    Agreement,
    AgreementKind,
    AgreementUsage,
    ContactPerson,
    Due,
    FillStrategy,
    KeyReused,
    LegalEntity,
    LineCancellation,
    NewLine,
    OrderApproval,
    OrderState,
    OrderStatus,
    Partner,
    Percent,
    Period,
    PriceKind,
    Refused,
    SalesOrder,
    Settings,
    StageKind,
    Trade,
)
from tradecore.documents import Posting

CHAIR = [NewLine(item="chair", quantity=2)]


def a_draft(trade: Trade, **facts: Any) -> SalesOrder:
    """An order that was only written down."""
    usual: dict[str, Any] = {"customer": "acme", "warehouse": "main", "lines": CHAIR, "draft": True}
    return trade.orders.place(**usual | facts)


def with_own_agreement(**facts: Any) -> Trade:
    """A shop where acme has an agreement of its own beside the one for everybody."""
    trade = a_shop(stages=PREPAID, settings=Settings(price_kind="wholesale"))
    own: dict[str, Any] = {
        "id": "own",
        "name": "Own",
        "price_kind": "wholesale",
        "kind": AgreementKind.INDIVIDUAL,
        "partner": "acme",
        "discount": Percent(10),
        "stages": ON_CREDIT,
    }
    trade.catalog.save([Agreement(**own | facts)])
    return trade


def refusal(call: Any) -> tuple[str, ...]:
    """The codes a call is refused with."""
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.codes


def test_a_draft_is_placed_later() -> None:
    """It has a number, no state, and moves nothing before."""
    trade = a_shop(stages=PREPAID)
    draft = a_draft(trade)
    assert (Posting.DRAFT, None, "SO-2026-000001") == (draft.posting, draft.state, draft.number)
    posted = trade.orders.post(draft.id)
    assert (OrderState.AWAITING_APPROVAL, draft.number) == (posted.state, posted.number)
    assert ("ALREADY_POSTED",) == refusal(lambda: trade.orders.post(draft.id))


def test_an_agreement_may_be_chosen_when_a_draft_is_placed() -> None:
    """Several apply: the draft waits for the choice and takes the terms then (C10, C11)."""
    trade = with_own_agreement()
    draft = a_draft(trade)
    assert draft.agreement is None
    assert ("AGREEMENT_NOT_CHOSEN",) == refusal(lambda: trade.orders.post(draft.id))
    posted = trade.orders.post(draft.id, agreement="own")
    assert ("own", Percent(10)) == (posted.agreement, posted.agreed_discount)
    assert [StageKind.CREDIT] == [each.kind for each in posted.stages]


def test_own_stages_of_a_draft_stay_its_own() -> None:
    """The agreement does not take back what was agreed by hand."""
    trade = with_own_agreement()
    draft = a_draft(trade, stages=WITH_ADVANCE)
    posted = trade.orders.post(draft.id, agreement="own")
    assert [StageKind.ADVANCE, StageKind.PREPAYMENT, StageKind.CREDIT] == [each.kind for each in posted.stages]
    assert posted.own_terms


def test_a_draft_keeps_the_agreement_it_was_written_under() -> None:
    """Another one at placing is refused, and one in another currency."""
    trade = with_own_agreement()
    draft = a_draft(trade, agreement="own")
    assert ("UNKNOWN_VALUE",) == refusal(lambda: trade.orders.post(draft.id, agreement="std"))
    assert "own" == trade.orders.post(draft.id, agreement="own").agreement
    trade.catalog.save([PriceKind(id="u", name="U", currency="UAH"), Agreement(id="uah", name="U", price_kind="u")])
    other = a_draft(trade)
    assert ("CURRENCY_MISMATCH",) == refusal(lambda: trade.orders.post(other.id, agreement="uah"))


def test_without_agreements_the_order_says_its_terms() -> None:
    """Prices of the settings or by hand, stages by hand or all before shipment (C12)."""
    trade = a_shop(settings=Settings(agreement_usage=AgreementUsage.NONE))
    lines = [NewLine(item="chair", quantity=1, price=8)]
    order = trade.orders.place(customer="acme", warehouse="main", lines=lines, currency="UAH", stages=ON_CREDIT)
    assert ("UAH", None, StageKind.CREDIT) == (order.currency, order.agreement, order.stages[0].kind)
    draft = a_draft(trade, lines=lines, currency="UAH")
    assert OrderState.AWAITING_APPROVAL is trade.orders.post(draft.id).state
    assert ("AGREEMENTS_OFF",) == refusal(lambda: trade.orders.place(
        customer="acme", warehouse="main", lines=lines, currency="UAH", agreement="std"
    ))  # fmt: skip
    assert ("UNKNOWN_CURRENCY",) == refusal(lambda: a_draft(trade, lines=lines, currency="ZZZ"))


def test_an_order_on_approval_may_be_edited() -> None:
    """Lines are priced anew, the rest stays unless said (A5, M7)."""
    trade = a_shop(stages=WITH_ADVANCE)
    order = placed(trade, chair=2)
    after = trade.orders.edit(order.id, lines=[NewLine(item="table", quantity=1)], ship_on=DAY, deliver_to="gate 3")
    assert ("33.33", DAY, "gate 3", order.number) == (str(after.total), after.ship_on, after.deliver_to, after.number)
    assert ["10.00", "10.00", "13.33"] == [str(stage.amount) for stage in after.stages]
    assert not after.own_terms
    other = trade.orders.edit(order.id, stages=PREPAID, comment="soon")
    assert (True, "soon", 1, DAY) == (other.own_terms, other.comment, len(other.stages), other.ship_on)


def test_what_an_order_may_be_without_is_emptied_by_none() -> None:
    """None says nothing is wanted any more; leaving out says nothing at all (A5)."""
    trade = a_shop()
    two = tuple(LegalEntity(id=id, name=id) for id in ("office", "works"))
    trade.catalog.save(
        [Partner(id="acme", name="A", legal_entities=two, contacts=(ContactPerson(id="eva", name="E"),))]
    )
    given: dict[str, Any] = {"contact": "eva", "recipient": "bolt", "ship_on": DAY, "legal_entity": "office"}
    order = trade.orders.place(customer="acme", warehouse="main", lines=CHAIR, external_ref="web-1", **given)
    moved = trade.orders.edit(order.id, legal_entity="works", contact=None)
    assert ("works", None, "bolt", DAY) == (moved.legal_entity, moved.contact, moved.recipient, moved.ship_on)
    empty = trade.orders.edit(order.id, **json.loads('{"ship_on": null, "legal_entity": null, "recipient": null}'))
    assert (None, None, None, "web-1") == (empty.ship_on, empty.legal_entity, empty.recipient, empty.external_ref)
    assert "web-2" == trade.orders.edit(order.id, external_ref="web-2", contact=UNSET).external_ref
    assert ("UNKNOWN_ID", "UNKNOWN_ID") == refusal(lambda: trade.orders.edit(order.id, legal_entity="x", contact="y"))


def test_what_an_order_must_have_cannot_be_emptied() -> None:
    """Lines, warehouse, stages and words are replaced, or left out."""
    trade = a_shop()
    order = placed(trade, chair=2)
    nothing: Any = {"lines": None, "warehouse": None, "stages": None, "comment": None, "deliver_to": None}
    assert ("WRONG_TYPE",) * 5 == refusal(lambda: trade.orders.edit(order.id, **nothing))
    assert ("EMPTY",) == refusal(lambda: trade.orders.edit(order.id, stages=[]))


def test_a_key_tells_emptying_from_leaving_out() -> None:
    """Leaving a field and emptying it are different intentions, so they need different keys."""
    trade = a_shop()
    order = trade.orders.place(customer="acme", warehouse="main", lines=CHAIR, ship_on=DAY)
    assert DAY == trade.once("k").orders.edit(order.id).ship_on
    with pytest.raises(KeyReused):
        trade.once("k").orders.edit(order.id, ship_on=None)


def test_lines_follow_their_order_to_another_warehouse() -> None:
    """Those that were to be shipped from the order's warehouse; others stay where they are."""
    trade = a_shop()
    lines = [*CHAIR, NewLine(item="chair", quantity=1, warehouse="spare")]
    order = trade.orders.place(customer="acme", warehouse="main", lines=lines)
    after = trade.orders.edit(order.id, warehouse="spare")
    assert ("spare", ["spare", "spare"]) == (after.warehouse, [line.warehouse for line in after.lines])


def test_edits_are_checked_like_orders() -> None:
    """Everything wrong at once; an order in execution is not edited."""
    trade = a_shop()
    order = placed(trade, chair=2)
    assert ("UNKNOWN_ID", "UNKNOWN_ID", "EMPTY") == refusal(
        lambda: trade.orders.edit(order.id, lines=[], warehouse="moon", recipient="nobody")
    )
    trade.orders.execute(order.id)
    assert ("NOT_ON_APPROVAL",) == refusal(lambda: trade.orders.edit(order.id, comment="x"))


def test_a_stage_that_is_paid_by_name_stays_when_others_go() -> None:
    """Money named for a stage follows it through edits, and keeps it from going."""
    trade = a_shop(stages=WITH_ADVANCE)
    order = placed(trade, chair=10)
    payment = trade.payments.receive(order=order.id, amount=euro(5), stage="3")
    assert ("LATER_DOCUMENTS",) == refusal(lambda: trade.orders.edit(order.id, stages=PREPAID))
    after = trade.orders.edit(order.id, lines=[NewLine(item="chair", quantity=5)])
    assert [0, 0, 5] == [stage.assigned for stage in after.stages]
    trade.payments.unpost(payment.id)
    assert [0, 0, 0] == [stage.assigned for stage in trade.orders.get(order.id).stages]
    assert 1 == len(trade.orders.edit(order.id, stages=PREPAID).stages)


def test_an_edit_of_words_leaves_paid_stages_alone() -> None:
    """Decision 9 holds after a cancellation, whatever is edited besides."""
    trade = a_shop(stages=WITH_ADVANCE)
    order = placed(trade, chair=10)
    trade.payments.receive(order=order.id, amount=euro(30))
    cancelled = trade.orders.cancel(order.id, lines=[LineCancellation(line="1", quantity=5)], reason="refused")
    assert 30 == cancelled.stages[0].amount
    assert cancelled.stages == trade.orders.edit(order.id, comment="x").stages


def test_approval_may_start_execution() -> None:
    """By argument, by filling, or by the setting (M5)."""
    for setting, execute, fill in ((False, True, False), (False, False, True), (True, False, False)):
        trade = a_shop(settings=Settings(execute_on_approval=setting), chair=5)
        order = trade.orders.approve(placed(trade, chair=1).id, execute=execute or None, fill=fill)
        assert OrderStatus.TO_EXECUTE is order.status
    trade = a_shop(chair=5)
    assert OrderStatus.ON_APPROVAL is trade.orders.approve(placed(trade, chair=1).id, comment="fine").status


def test_filling_waits_for_the_advance_without_refusing() -> None:
    """Execution starts; the goods are covered later (D4)."""
    trade = a_shop(stages=WITH_ADVANCE, chair=5)
    order = executed(trade, chair=5)
    assert (OrderState.AWAITING_ADVANCE, ()) == (order.state, order.lines[0].provisions)


def test_filling_names_lines_and_a_strategy() -> None:
    """Only these lines, and not otherwise than said (E9)."""
    trade = a_shop(stages=ON_CREDIT, chair=5)
    order = executed(trade, fill=False, chair=2, table=1)
    after = trade.orders.fill(order.id, lines=["2"], strategy=FillStrategy(from_stock=False))
    assert [0, 1] == [len(line.provisions) for line in after.lines]
    for command in (trade.orders.fill, trade.orders.release, trade.orders.release_to_ship):
        assert "UNKNOWN_LINE" in [each.code for each in command.plan(order.id, lines=["9"]).violations]
        assert "EMPTY" in [each.code for each in command.plan(order.id, lines=[]).violations]


def test_a_waiting_line_gets_what_is_free() -> None:
    """A part if there is no more; nothing is refused with its figures."""
    trade = a_shop(stages=ON_CREDIT)
    order = executed(trade, chair=5)
    assert ("SHORT_STOCK",) == refusal(lambda: trade.stock.supply(order.id, "1"))
    trade.stock_receipts.receive(warehouse="main", lines=[{"item": "chair", "quantity": 3}])
    after = trade.stock.supply(order.id, "1")
    assert [2, 3] == [each.quantity for each in after.lines[0].provisions]
    assert ("UNKNOWN_LINE", "NOTHING_TO_PROVISION") == refusal(lambda: trade.stock.supply(order.id, "9")) + refusal(
        lambda: trade.stock.supply(executed(trade, delivery=1).id, "1")
    )


def test_cancelling_names_lines_once_and_reasons_of_the_directory() -> None:
    """Each fault with its place (H3, H12)."""
    trade = a_shop(stages=ON_CREDIT, chair=5)
    order = executed(trade, chair=3, table=1)
    cancel = trade.orders.cancel
    twice = [{"line": "1", "quantity": 1}] * 2
    assert ("DUPLICATE", "REASON_REQUIRED") == refusal(lambda: cancel(order.id, lines=twice))
    assert ("UNKNOWN_ID", "UNKNOWN_ID") == refusal(
        lambda: cancel(order.id, lines=[{"line": "1", "reason": "weather"}], reason="whim")
    )
    assert ("EMPTY",) == refusal(lambda: cancel(order.id, lines=[], reason="refused"))
    after = cancel(order.id, lines=[{"line": "1", "quantity": 1, "reason": "unpaid"}, {"line": "2"}], reason="refused")
    assert [("unpaid", 1), ("refused", 1)] == [
        (each.reason, each.quantity) for line in after.lines for each in line.cancellations
    ]
    assert 2 == trade.stock.balance("chair", "main").reserved.value


def test_orders_are_found_by_what_is_known_of_them() -> None:
    """State, status, customer, number, dates and due terms together (I1-I3)."""
    trade = a_shop(stages=PREPAID, settings=Settings(order_approval=OrderApproval.NEVER), chair=9)
    first, second = executed(trade, chair=1), placed(trade, customer="bolt", chair=1)

    def ids(**given: Any) -> list[str]:
        return [each.id for each in trade.orders.find(**given)]

    assert [first.id] == ids(state=[OrderState.AWAITING_PREPAYMENT, OrderState.SHIPPING], customer="acme")
    assert [second.id] == ids(status=OrderStatus.ON_APPROVAL) == ids(number=second.number)
    assert {first.id, second.id} == set(ids(since=NOON, until=NOON, due=Due.TODAY, as_of=DAY))
    assert [] == ids(until=NOON - timedelta(days=1)) == ids(due=Period(DAY + timedelta(days=1)))
    assert [] == ids(due=Due.OVERDUE, as_of=DAY) == ids(due=Due.TOMORROW, as_of=DAY) == ids(ship_on=Period.day(DAY))
    assert 2 == len(ids(due=Due.OVERDUE, as_of=DAY + timedelta(days=1))) == len(ids(due=Due.THIS_WEEK, as_of=DAY))
    assert [second.id] == [each.id for each in trade.orders.find(customer="bolt", sort="number", descending=True)]


def test_orders_of_one_moment_are_listed_as_they_were_written() -> None:
    """Their ids sort by the time they were made, whatever the clock of the shop says."""
    trade = a_shop()
    numbers = [placed(trade, chair=1).number for _ in range(20)]
    assert numbers == [each.number for each in trade.orders.find()]
