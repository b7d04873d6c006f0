"""Shipping in parts and taking back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.unit.builders import NOON, USUAL, a_line, a_service, a_stage, an_order, released, reserved, waiting
from tradecore import OrderStatus, SalesOrder, Shipment, StageKind
from tradecore.documents import Posting
from tradecore.rules import shipping

ONE, TWO, THREE = Decimal(1), Decimal(2), Decimal(3)


def ten(**facts: Any) -> SalesOrder:
    """An order of three chairs for 10, of which two are held."""
    held: dict[str, Any] = {
        "provisions": (reserved(1), released(1), waiting(1)),
        "amount": Decimal(10),
        "tax": Decimal("1.67"),
    }
    return an_order(lines=[a_line(quantity=3, **held | facts)])


def a_shipment(order: SalesOrder, **quantities: Decimal) -> Shipment:
    """A posted shipment of these quantities, lines given as l1, l2."""
    wanted = {name[1:]: quantity for name, quantity in quantities.items()}
    made = shipping.make_shipment(order, wanted, id="sh", at=NOON, author="ann")
    return attrs.evolve(made, posting=Posting.POSTED)


def codes(violations: Any) -> list[str]:
    """The codes of violations."""
    return [each.code for each in violations]


def test_shipping_needs_execution_money_and_goods() -> None:
    """The first obstacle is named, and missing goods beside missing money (A9, E6)."""
    unpaid = attrs.evolve(ten(), stages=(a_stage(StageKind.PREPAYMENT, 10),))
    advance = attrs.evolve(ten(), stages=(a_stage(StageKind.ADVANCE, 10),))
    empty = an_order(stages=(a_stage(StageKind.PREPAYMENT, 10),))
    assert [] == codes(shipping.check_shipping(ten(), USUAL))
    assert ["PREPAYMENT_UNPAID"] == codes(shipping.check_shipping(unpaid, USUAL))
    assert ["ADVANCE_UNPAID"] == codes(shipping.check_shipping(advance, USUAL))
    assert ["PREPAYMENT_UNPAID", "NOTHING_TO_SHIP"] == codes(shipping.check_shipping(empty, USUAL))
    assert ["NOT_IN_EXECUTION"] == codes(shipping.check_shipping(an_order(status=OrderStatus.ON_APPROVAL), USUAL))
    assert [] == codes(shipping.check_shipping(an_order(lines=[a_service()]), USUAL))


def test_release_needs_a_reserve() -> None:
    """What is released already, or a service, cannot be released (E6)."""
    assert [] == codes(shipping.check_release_to_ship(ten(), USUAL))
    assert ["NOTHING_TO_SHIP"] == codes(shipping.check_release_to_ship(an_order(lines=[a_service()]), USUAL))
    assert ["NOT_IN_EXECUTION"] == codes(
        shipping.check_release_to_ship(an_order(status=OrderStatus.ON_APPROVAL), USUAL)
    )
    after = shipping.release_to_ship(ten())
    assert [("ship", 2), ("to_provision", 1)] == [(p.action.value, int(p.quantity)) for p in after.lines[0].provisions]
    assert ten() == shipping.release_to_ship(ten(), lines=["2"])


def test_setting_ship_by_hand_needs_the_money_too() -> None:
    """Action SHIP is refused while the prepayment is unpaid, unless it takes nothing new (G2, A9)."""
    before = attrs.evolve(ten(), stages=(a_stage(StageKind.PREPAYMENT, 10),))
    assert ["PREPAYMENT_UNPAID"] == codes(shipping.check_more_to_ship(before, shipping.release_to_ship(before)))
    assert [] == codes(shipping.check_more_to_ship(before, before))


@pytest.mark.parametrize(
    ("quantities", "expected"),
    [
        ({"1": TWO}, []),
        ({"9": ONE}, ["UNKNOWN_LINE"]),
        ({"1": Decimal(0)}, ["NOT_POSITIVE"]),
        ({"1": Decimal(4)}, ["EXCEEDS_OPEN"]),
        ({"1": THREE}, ["NOT_RELEASED_TO_SHIP"]),
    ],
)
def test_only_what_is_held_can_be_shipped(quantities: dict[str, Decimal], expected: list[str]) -> None:
    """Each wrong quantity has its reason and its place."""
    found = shipping.check_quantities(ten(), quantities)
    assert expected == codes(found)
    assert all(each.place.startswith("lines[0].") for each in found)


def test_a_draft_is_checked_less() -> None:
    """It names lines of the order and quantities above zero; nothing is held yet."""
    assert ["UNKNOWN_LINE"] == codes(shipping.check_lines(ten(), {"9": ONE}))
    assert ["NOT_POSITIVE"] == codes(shipping.check_lines(ten(), {"1": Decimal(0)}))
    assert ["NOTHING_TO_SHIP"] == codes(shipping.check_lines(ten(), {}))
    assert [] == codes(shipping.check_lines(ten(), {"1": Decimal(99)}))


def test_everything_ready_is_what_is_held_and_open_services() -> None:
    """The usual shipment takes all of it."""
    order = an_order(lines=[*ten().lines, a_service(quantity=2), a_line("3")])
    assert {"1": 2, "2": 2} == shipping.everything_ready(order)


def test_parts_cost_what_the_line_costs() -> None:
    """Three chairs for 10.00 and 1.67 tax: no cent is lost or won (beyond 4.10)."""
    order, amounts, taxes = ten(provisions=(released(3),)), [], []
    for _ in range(3):
        shipment = a_shipment(order, l1=ONE)
        amounts.append(str(shipment.lines[0].amount))
        taxes.append(str(shipment.lines[0].tax))
        order = shipping.shipped(order, shipment)
    assert (["3.33", "3.34", "3.33"], ["0.56", "0.55", "0.56"]) == (amounts, taxes)
    assert (3, 10, ()) == (order.lines[0].shipped, order.lines[0].shipped_amount, order.lines[0].provisions)


def test_a_shipment_uses_released_goods_first() -> None:
    """Then reserves; what waits goes on waiting."""
    after = shipping.shipped(ten(), a_shipment(ten(), l1=ONE))
    assert (reserved(1), waiting(1)) == after.lines[0].provisions
    assert NOON == after.first_shipped_at
    earlier = attrs.evolve(a_shipment(after, l1=ONE), at=NOON - timedelta(days=1))
    assert earlier.at == shipping.shipped(after, earlier).first_shipped_at


def test_taking_a_shipment_back_holds_the_goods_again() -> None:
    """They are released to ship, as they were; a service is just open again."""
    order = an_order(lines=[*ten().lines, a_service()])
    shipment = a_shipment(order, l1=TWO, l2=ONE)
    after = shipping.unshipped(shipping.shipped(order, shipment), shipment, None)
    assert (waiting(1), released(2)) == after.lines[0].provisions
    assert [(0, 0), (0, 0)] == [(line.shipped, line.shipped_amount) for line in after.lines]
    assert after.first_shipped_at is None


def test_a_draft_is_priced_when_it_is_posted() -> None:
    """Other parts may have been shipped since it was written."""
    order = ten(provisions=(released(3),))
    draft = a_shipment(order, l1=ONE)
    order = shipping.shipped(order, a_shipment(order, l1=ONE))
    assert ("3.33", "3.34") == (str(draft.amount), str(shipping.repriced(draft, order).amount))


def test_no_more_comes_back_than_went() -> None:
    """Quantities not yet returned, of a posted shipment, not before it (K11)."""
    shipment = a_shipment(ten(), l1=TWO)
    assert [] == codes(shipping.check_returning(shipment, {"1": TWO}, NOON))
    assert ["EXCEEDS_SHIPPED"] == codes(shipping.check_returning(shipment, {"1": THREE}, NOON))
    assert ["UNKNOWN_LINE"] == codes(shipping.check_returning(shipment, {"9": ONE}, NOON))
    assert ["NOT_POSITIVE"] == codes(shipping.check_returning(shipment, {"1": -ONE}, NOON))
    assert ["EMPTY"] == codes(shipping.check_returning(shipment, {}, NOON))
    assert ["OUT_OF_RANGE"] == codes(shipping.check_returning(shipment, {"1": ONE}, NOON - timedelta(minutes=1)))
    draft = attrs.evolve(shipment, posting=Posting.DRAFT)
    assert ["NOT_POSTED"] == codes(shipping.check_returning(draft, {"1": ONE}, NOON))


def test_returned_parts_are_worth_what_was_shipped() -> None:
    """Parts of a return add up to the shipment, and can be undone (K12)."""
    order = ten(provisions=(released(3),))
    shipment = a_shipment(order, l1=THREE)
    order, amounts = shipping.shipped(order, shipment), []
    before = order, shipment
    for number in range(3):
        back = shipping.make_return(shipment, {"1": ONE}, id=f"rt{number}", at=NOON, author="ann")
        amounts.append(back.amount)
        order, shipment = shipping.returned(order, shipment, back)
    assert Decimal(10) == sum(amounts) == order.lines[0].returned_amount == shipment.lines[0].returned_amount
    assert {} == shipping.everything_returnable(shipment)
    assert 0 == order.lines[0].open, "what came back is not open again (K12)"
    for number, amount in enumerate(amounts):
        back = shipping.make_return(before[1], {"1": ONE}, id=f"rt{number}", at=NOON, author="ann")
        back = attrs.evolve(back, lines=(attrs.evolve(back.lines[0], amount=amount),))
        order, shipment = shipping.returned(order, shipment, back, -1)
    assert before == (order, shipment)


def test_a_draft_return_is_valued_when_it_is_posted() -> None:
    """Another part may have come back since."""
    order = ten(provisions=(released(3),))
    shipment = a_shipment(order, l1=THREE)
    draft = shipping.make_return(shipment, {"1": ONE}, id="rt", at=NOON, author="ann")
    _, shipment = shipping.returned(order, shipment, draft)
    assert ("3.33", "3.34") == (str(draft.amount), str(shipping.revalued(draft, shipment).amount))
