"""Goods that were shipped and are still ours: what may pass to the customer, and under which terms of sale."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from tests.unit.builders import DAY, NOON, a_line, an_order, euro, reserved
from tradecore import Agreement, Allocation, BusinessOperation, Contract, Shipment
from tradecore.catalog import SettlementDetail
from tradecore.rules import shipping
from tradecore.rules.contracts import check_contract, check_operation
from tradecore.rules.ownership import Wanted, check_passing
from tradecore.rules.paying import check_contracts
from tradecore.rules.posting import post
from tradecore.rules.purse import with_purse

TRANSIT, CONSIGNMENT, SALE = (
    BusinessOperation.SALE_IN_TRANSIT,
    BusinessOperation.CONSIGNMENT,
    BusinessOperation.SALE,
)


def in_transit(**facts: Any) -> Shipment:
    """Two chairs on their way, still ours."""
    order = an_order(lines=[a_line(quantity=2, provisions=(reserved(2),))], operation=TRANSIT)
    made = post(shipping.make_shipment(order, {"1": Decimal(2)}, id="sh", at=NOON, author="a"))
    return attrs.evolve(made, **facts)


def told(shipment: Shipment, line: str = "1", quantity: int = 1, *, hours: int = 0) -> list[tuple[str, str]]:
    """What keeps a quantity of a shipment from passing."""
    wanted = Wanted(shipment, line, Decimal(quantity))
    wrong = check_passing([wanted], TRANSIT, NOON + timedelta(hours=hours))
    return [(each.code, each.place) for each in wrong]


def test_what_is_still_ours_may_pass() -> None:
    """All of it, and no more."""
    assert [] == told(in_transit(), quantity=2)
    assert [("EXCEEDS_ENTRUSTED", "lines[0].quantity")] == told(in_transit(), quantity=3)
    assert ["NOTHING_ENTRUSTED"] == [each.code for each in check_passing([], TRANSIT, NOON)]


def test_all_that_is_wrong_with_passing_is_told_at_once() -> None:
    """An unknown line, a quantity that is none, a sale of another kind, a moment before the shipment."""
    assert [("UNKNOWN_LINE", "lines[0].line")] == told(in_transit(), "9")
    assert [("NOT_POSITIVE", "lines[0].quantity")] == told(in_transit(), quantity=0)
    assert [("NOT_POSTED", "")] == told(attrs.evolve(in_transit(), posting=an_order().posting.DRAFT))
    assert [("OTHER_OPERATION", ""), ("OUT_OF_RANGE", "at"), ("NOT_POSITIVE", "lines[0].quantity")] == told(
        in_transit(operation=SALE), quantity=-1, hours=-1
    )


@pytest.mark.parametrize(
    ("operation", "agreed", "expected"),
    [
        (None, None, []),
        (TRANSIT, None, ["TRANSIT_NOT_ALLOWED"]),
        (TRANSIT, {}, ["TRANSIT_NOT_ALLOWED"]),
        (TRANSIT, {"deferred_ownership_allowed": True}, []),
        (CONSIGNMENT, {}, ["OPERATION_NOT_AGREED"]),
        (SALE, {"operation": CONSIGNMENT}, ["OPERATION_NOT_AGREED"]),
        (None, {"operation": CONSIGNMENT}, []),
        (CONSIGNMENT, None, []),
    ],
)
def test_the_agreement_says_which_sales_there_are(
    operation: BusinessOperation | None, agreed: dict[str, Any] | None, expected: list[str]
) -> None:
    """Goods in transit where it allows them; consignment where it is one (C3, C5)."""
    agreement = None if agreed is None else Agreement(id="a", name="A", price_kind="w", **agreed)
    assert expected == [each.code for each in check_operation(operation, agreement)]


def a_contract(**facts: Any) -> Contract:
    """A contract that is settled as a whole."""
    usual: dict[str, Any] = {"partner": "acme", "currency": "EUR", "settlements": SettlementDetail.BY_CONTRACT}
    return Contract(**{"id": "c", "name": "C", **usual, **facts})


def test_a_contract_ends_after_it_begins() -> None:
    """And in a currency there is."""
    assert () == check_contract(a_contract(valid_from=DAY, valid_to=DAY))
    wrong = check_contract(a_contract(currency="ZZZ", valid_from=DAY, valid_to=DAY - timedelta(days=1)))
    assert [("UNKNOWN_CURRENCY", "currency"), ("BAD_PERIOD", "valid_to")] == [(each.code, each.place) for each in wrong]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([a_contract()], []),
        ([], ["UNKNOWN_ID"]),
        ([a_contract(settlements=SettlementDetail.BY_ORDERS)], ["SETTLED_BY_ORDERS"]),
        ([a_contract(currency="UAH")], ["CURRENCY_MISMATCH"]),
    ],
)
def test_money_for_a_contract_fits_the_contract(known: list[Contract], expected: list[str]) -> None:
    """One that is known, settled as a whole, in the currency of the payment (C14)."""
    parts = [Allocation(order="", amount=Decimal(1), contract="c"), Allocation(order="o", amount=Decimal(1))]
    wrong = check_contracts(euro(5), parts, known)
    assert [(code, "allocations[0].contract") for code in expected] == [(each.code, each.place) for each in wrong]


def test_an_order_settled_by_itself_has_money_of_its_own() -> None:
    """No purse changes it (C14)."""
    order = an_order(paid=Decimal(7))
    assert order is with_purse(order, None)
