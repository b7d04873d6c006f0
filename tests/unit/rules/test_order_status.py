"""Statuses: the table of moves, its controls, and what follows for the goods."""

from decimal import Decimal
from itertools import permutations
from typing import Any

import attrs
import pytest

from tests.unit.builders import NOON, USUAL, a_line, a_service, a_stage, an_order, promised, released, reserved
from tradecore import OrderApproval, OrderStatus, OrderUsage, SalesOrder, Settings, StageKind
from tradecore.documents import STATUSES, Cancellation, Posting
from tradecore.registers import Balance
from tradecore.rules.availability import StockFacts
from tradecore.rules.closing import close_with_cancellation
from tradecore.rules.order_status import (
    MOVES,
    WORKING,
    Control,
    Effect,
    Move,
    StatusFacts,
    check_beginning,
    check_reopening,
    check_status,
    find_move,
    find_reopening,
    make_move,
)

BILL, STOCK, ORDER = OrderUsage.AS_BILL, OrderUsage.STOCK_ONLY, OrderUsage.STOCK_AND_TO_ORDER
ASKED, IN_RESERVE, TO_SHIP, CLOSED = (
    OrderStatus.ON_APPROVAL,
    OrderStatus.IN_RESERVE,
    OrderStatus.TO_SHIP,
    OrderStatus.CLOSED,
)
EXECUTED = OrderStatus.TO_EXECUTE


def from_stock(status: OrderStatus = ASKED, **facts: Any) -> SalesOrder:
    """An order of five chairs, three chairs and a delivery, from stock only."""
    lines = [a_line("1", quantity=5), a_line("2", quantity=3), a_service("3")]
    return an_order(usage=STOCK, status=status, **{"lines": lines, **facts})


def on_hand(quantity: int) -> StatusFacts:
    """So many chairs in the warehouse, none reserved."""
    key = ("chair", "main")
    return StatusFacts(StockFacts({key: Balance(key, (Decimal(quantity), Decimal(0)))}))


def codes(order: SalesOrder, status: OrderStatus, facts: StatusFacts, settings: Settings = USUAL) -> list[str]:
    """Why a status cannot be set."""
    return [each.code for each in check_status(order, status, settings, facts)]


def the_move(order: SalesOrder, status: OrderStatus) -> Move:
    """The row by which an order comes to a status."""
    move = find_move(order, status)
    assert isinstance(move, Move)
    return move


def covered(order: SalesOrder) -> list[list[tuple[str, int]]]:
    """How each line is covered."""
    return [[(p.action.value, int(p.quantity)) for p in line.provisions] for line in order.lines]


def test_table_has_a_row_for_every_pair_once() -> None:
    """Whatever an order's status is, every other status of its usage has its row."""
    pairs = [(usage, *pair) for usage in OrderUsage for pair in permutations(STATUSES[usage], 2)]
    assert sorted(pairs) == sorted((each.usage, each.before, each.after) for each in MOVES)


def test_goods_are_held_as_the_status_says() -> None:
    """Whoever comes to a status by whichever row, the order holds what that status holds."""
    effects = {IN_RESERVE: Effect.RESERVE, TO_SHIP: Effect.RELEASE, ASKED: Effect.LET_GO, CLOSED: Effect.CLOSE}
    assert {(each.after, each.effect) for each in MOVES} == {*effects.items(), (EXECUTED, Effect.NOTHING)}


def test_work_begins_with_a_status_of_the_usage() -> None:
    """Every usage but the bill has a first status above approval."""
    assert {STOCK: IN_RESERVE, ORDER: EXECUTED} == WORKING
    assert all(status in STATUSES[usage] for usage, status in WORKING.items())


def test_a_whole_reserve_names_every_short_line() -> None:
    """Eight chairs are wanted by two lines, seven are there: both lines are named, the service is not (A8)."""
    wrong = check_status(from_stock(), IN_RESERVE, USUAL, on_hand(7))
    assert [("SHORT_STOCK", "lines[0]", 8, 7), ("SHORT_STOCK", "lines[1]", 8, 7)] == [
        (each.code, each.place, each.details["wanted"], each.details["free"]) for each in wrong
    ]
    assert [] == codes(from_stock(), IN_RESERVE, on_hand(8))


def test_in_reserve_reserves_everything_whatever_is_unpaid() -> None:
    """All open goods are reserved; money is not asked for yet (A6)."""
    order = attrs.evolve(from_stock(), stages=(a_stage(StageKind.ADVANCE, 90),))
    assert [] == codes(order, IN_RESERVE, on_hand(8))
    after = make_move(order, the_move(order, IN_RESERVE))
    assert (IN_RESERVE, [[("reserve", 5)], [("reserve", 3)], []]) == (after.status, covered(after))


def test_to_ship_needs_goods_and_money_at_once() -> None:
    """Both controls speak in one answer (A9)."""
    unpaid = attrs.evolve(from_stock(), stages=(a_stage(StageKind.PREPAYMENT, 90),))
    assert ["SHORT_STOCK", "SHORT_STOCK", "PREPAYMENT_UNPAID"] == codes(unpaid, TO_SHIP, on_hand(7))
    advance = attrs.evolve(from_stock(), stages=(a_stage(StageKind.ADVANCE, 90),))
    assert ["ADVANCE_UNPAID"] == codes(advance, TO_SHIP, on_hand(8))
    credit = attrs.evolve(from_stock(), stages=(a_stage(StageKind.CREDIT, 90),))
    assert [] == codes(credit, TO_SHIP, on_hand(8))
    after = make_move(credit, the_move(credit, TO_SHIP))
    assert (TO_SHIP, [[("ship", 5)], [("ship", 3)], []]) == (after.status, covered(after))


def test_what_is_reserved_already_is_not_asked_for_again() -> None:
    """An order in reserve comes to be shipped from an empty shelf."""
    order = from_stock(IN_RESERVE, lines=[a_line(quantity=5, provisions=(reserved(5),))])
    assert [] == codes(order, TO_SHIP, on_hand(0))
    assert [[("ship", 5)]] == covered(make_move(order, the_move(order, TO_SHIP)))


def test_back_to_reserve_takes_the_release_back() -> None:
    """What was shipped stays shipped, the rest is reserved only."""
    line = a_line(quantity=5, shipped=Decimal(2), provisions=(released(3),))
    order = from_stock(TO_SHIP, lines=[line])
    assert [[("reserve", 3)]] == covered(make_move(order, the_move(order, IN_RESERVE)))
    assert [] == codes(order, IN_RESERVE, on_hand(0))


@pytest.mark.parametrize("usage", [STOCK, ORDER])
def test_back_to_approval_lets_everything_go(usage: OrderUsage) -> None:
    """Reserves and promises are released, unless a shipment stands on the order; it is named."""
    status = WORKING[usage]
    held = an_order(usage=usage, status=status, lines=[a_line(quantity=5, provisions=(reserved(2), promised(3)))])
    assert [] == codes(held, ASKED, StatusFacts())
    assert (ASKED, [[]]) == ((after := make_move(held, the_move(held, ASKED))).status, covered(after))
    shipped = an_order(usage=usage, status=status, lines=[a_line(quantity=5, shipped=Decimal(1))])
    (wrong,) = check_status(shipped, ASKED, USUAL, StatusFacts(shipments=("shipment SH-1",)))
    assert ("LATER_DOCUMENTS", "shipment SH-1") == (wrong.code, wrong.details["documents"])


def test_execution_needs_the_approval_and_holds_nothing() -> None:
    """Each line is provided on its own afterwards (A11)."""
    asked = an_order(status=ASKED)
    always = Settings(order_approval=OrderApproval.ALWAYS)
    assert ["APPROVAL_REQUIRED"] == codes(asked, EXECUTED, StatusFacts(), always)
    assert [] == codes(attrs.evolve(asked, approved_by="boss", approved_at=NOON), EXECUTED, StatusFacts(), always)
    assert [[]] == covered(make_move(asked, the_move(asked, EXECUTED)))


def test_statuses_of_another_usage_are_refused_by_name() -> None:
    """An order is judged by the usage it was made under, and says which statuses that has."""
    for order, status in (
        (an_order(), IN_RESERVE),
        (from_stock(), EXECUTED),
        (an_order(usage=BILL, status=ASKED), TO_SHIP),
    ):
        (wrong,) = check_status(order, status, USUAL, StatusFacts())
        assert ("NOT_IN_USAGE", "status") == (wrong.code, wrong.place)
        assert order.usage.value in wrong.message
        assert status.value in wrong.message


def test_what_cannot_move_says_why() -> None:
    """A draft, a closed order, and an order that has the status already."""
    draft = from_stock(posting=Posting.DRAFT)
    assert [["NOT_POSTED"], ["ORDER_CLOSED"], ["STATUS_HELD_ALREADY"]] == [
        codes(draft, IN_RESERVE, on_hand(8)),
        codes(from_stock(CLOSED), IN_RESERVE, on_hand(8)),
        codes(from_stock(IN_RESERVE), IN_RESERVE, on_hand(8)),
    ]
    assert ["NOT_IN_USAGE"] == [each.code for each in check_beginning(an_order(usage=BILL, status=ASKED))]
    assert ["NOT_ON_APPROVAL"] == [each.code for each in check_beginning(from_stock(TO_SHIP))]


def test_closing_is_a_row_with_the_controls_of_closing() -> None:
    """What `close` refuses, setting CLOSED refuses; a bill closes as it is, and nothing of it is cancelled."""
    assert ["NOT_FULLY_SHIPPED"] * 3 == codes(
        from_stock(IN_RESERVE, lines=from_stock().lines, paid=Decimal(90)), CLOSED, on_hand(0)
    )
    bill = an_order(usage=BILL, status=ASKED)
    assert [] == codes(bill, CLOSED, StatusFacts())
    closed = make_move(bill, the_move(bill, CLOSED))
    assert (CLOSED, ()) == (closed.status, closed.lines[0].cancellations)


def test_whoever_reopens_needs_the_right_and_nothing_less_than_before() -> None:
    """A row that leads from CLOSED asks for the right, and for all that the same status asks for from approval."""
    asked = {(each.usage, each.after): set(each.controls) for each in MOVES if each.before is ASKED}
    reopening = [each for each in MOVES if each.before is CLOSED]
    assert all(each.controls[0] is Control.RIGHT for each in reopening)
    assert all(asked.get((each.usage, each.after), set()) <= set(each.controls) for each in reopening)
    assert all(Control.RIGHT not in each.controls for each in MOVES if each.before is not CLOSED)


def test_reopening_leads_back_and_undoes_what_closing_cancelled() -> None:
    """What was cancelled before closing stays cancelled (decision 11)."""
    line = a_line(quantity=5, cancellations=(Cancellation(quantity=Decimal(1), reason="refused"),))
    closed = close_with_cancellation(from_stock(IN_RESERVE, lines=[line]), {}, "refused")
    assert ([4, 1], IN_RESERVE) == (
        sorted((int(each.quantity) for each in closed.lines[0].cancellations), reverse=True),
        closed.closed_from,
    )
    move = find_reopening(closed, None)
    assert isinstance(move, Move)
    back = make_move(closed, move)
    assert (IN_RESERVE, None, line.cancellations) == (back.status, back.closed_from, back.lines[0].cancellations)
    assert [[("reserve", 4)]] == covered(back)
    assert ["RIGHT_NEEDED", "SHORT_STOCK"] == [each.code for each in check_reopening(closed, USUAL, on_hand(3))]
    (right,) = check_reopening(closed, USUAL, on_hand(4))
    assert not right.refuses({"reopen"})


def test_only_what_is_closed_is_reopened() -> None:
    """An open order and a draft say what they are; a status of another usage is refused by its name."""
    assert ["NOT_CLOSED"] == [each.code for each in check_reopening(an_order(), USUAL, StatusFacts())]
    draft = an_order(posting=Posting.DRAFT)
    assert ["NOT_POSTED"] == [each.code for each in check_reopening(draft, USUAL, StatusFacts())]
    closed = an_order(status=CLOSED, closed_from=EXECUTED)
    wrong = find_reopening(closed, TO_SHIP)
    assert ["NOT_IN_USAGE"] == [each.code for each in wrong] if isinstance(wrong, tuple) else False


def test_every_control_stands_in_some_row() -> None:
    """None is left over that nobody runs."""
    assert set(Control) == {control for each in MOVES for control in each.controls}
