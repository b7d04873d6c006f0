"""Contracts: which one an order is made under, and what it means to settle one as a whole (C14, C21, I4)."""

import pytest

from tests.scenarios.conftest import Shop
from tests.scenarios.looking import owes
from tests.unit.builders import ON_CREDIT, PREPAID, Clock, euro, executed, placed
from tradecore import (
    Contract,
    ContractUsage,
    Due,
    NewLine,
    OrderState,
    PaymentFor,
    Refused,
    SalesOrder,
    Settings,
    SettlementDetail,
    Trade,
)

USED = Settings(contract_usage=ContractUsage.OPTIONAL)


def a_contract(id: str = "whole", **facts: object) -> Contract:
    """A contract with acme in euros, settled as a whole."""
    usual = {"name": id, "partner": "acme", "currency": "EUR", "settlements": SettlementDetail.BY_CONTRACT}
    return Contract(id=id, **{**usual, **facts})  # type: ignore[arg-type]  # facts of a test


def refused_codes(trade: Trade, **facts: object) -> tuple[str, ...]:
    """Why an order of one chair is refused."""
    lines = [NewLine(item="chair", quantity=1)]
    with pytest.raises(Refused) as refused:
        trade.orders.place(customer="acme", warehouse="main", lines=lines, **facts)  # type: ignore[arg-type]
    return refused.value.codes


def test_a_contract_is_found_like_an_agreement(shop: Shop) -> None:
    """None, one, several, none where one is needed, and where contracts are not used at all."""
    trade = shop(settings=USED, chair=9)
    assert placed(trade, chair=1).contract is None
    trade.catalog.save([a_contract()])
    order = placed(trade, chair=1)
    assert ("whole", SettlementDetail.BY_CONTRACT) == (order.contract, order.settlements)
    trade.catalog.save([a_contract("other", settlements=SettlementDetail.BY_ORDERS)])
    assert ("CONTRACT_NOT_CHOSEN",) == refused_codes(trade)
    assert ("CONTRACT_NOT_APPLICABLE",) == refused_codes(trade, contract="none")
    assert SettlementDetail.BY_ORDERS == _placed_under(trade, "other").settlements
    required = shop(settings=Settings(contract_usage=ContractUsage.REQUIRED))
    assert ("NO_APPLICABLE_CONTRACT",) == _refused_for_bolt(required)
    assert ("CONTRACTS_OFF",) == refused_codes(shop(), contract="whole")


def _placed_under(trade: Trade, contract: str) -> SalesOrder:
    lines = [NewLine(item="chair", quantity=1)]
    return trade.orders.place(customer="acme", warehouse="main", contract=contract, lines=lines)


def _refused_for_bolt(trade: Trade) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused:
        trade.orders.place(customer="bolt", warehouse="main", lines=[NewLine(item="chair", quantity=1)])
    return refused.value.codes


def test_one_purse_for_all_orders_of_a_contract(shop: Shop) -> None:
    """100 euros lie on the contract. Two orders of 60 are prepared; only one can be shipped until more money comes."""
    trade = shop(stages=PREPAID, settings=USED, chair=12)
    trade.catalog.save([a_contract()])
    first, second = executed(trade, chair=6), executed(trade, chair=6)
    assert OrderState.READY_TO_SHIP == first.state, "money never decides the state of such an order"
    with pytest.raises(Refused) as refused:
        trade.orders.ship(first.id)
    assert ("PREPAYMENT_UNPAID",) == refused.value.codes
    trade.payments.receive(partner="acme", contract="whole", amount=euro(40))
    payment = trade.payments.receive(order=first.id, amount=euro(60))
    assert ("whole", True) == (payment.allocations[0].contract, payment.allocations[0].to_contract)
    assert 0 == trade.orders.get(first.id).paid
    trade.orders.ship(second.id)
    assert "-40.00 EUR" == owes(trade)
    with pytest.raises(Refused) as refused:
        trade.orders.ship(first.id)
    assert ("PREPAYMENT_UNPAID",) == refused.value.codes
    assert "20.00 EUR of 60.00 EUR" in str(refused.value)
    assert not next(each for each in trade.orders.allowed(first.id) if each.command == "ship").allowed
    trade.payments.receive(partner="acme", contract="whole", amount=euro(20))
    trade.orders.ship(first.id)
    (balance,) = trade.partners.balance("acme")
    assert (euro(0), {"whole": euro(0)}) == (balance.debt, dict(balance.by_contract))


def test_orders_of_such_a_contract_have_no_figures_of_money(shop: Shop, clock: Clock) -> None:
    """What an order has paid and owes is empty, it never falls due, and closing asks for no money (C14, I4)."""
    trade = shop(stages=ON_CREDIT, settings=USED, chair=5)
    trade.catalog.save([a_contract(credit_terms=True)])
    order = executed(trade, chair=5)
    trade.orders.ship(order.id)
    clock.pass_(days=90)
    why = trade.orders.explain(order.id)
    assert (None, None, None, None) == (why.paid, why.paid_percent, why.shipped_debt, why.overdue)
    assert (euro(50), OrderState.READY_TO_CLOSE) == (why.shipped, why.state)
    assert [] == list(trade.orders.find(due=Due.OVERDUE))
    assert OrderState.CLOSED == trade.orders.close(order.id).state
    assert "50.00 EUR" == owes(trade)


def test_money_goes_to_the_contract_and_back(shop: Shop) -> None:
    """A contract settled by orders takes no money of its own; one settled as a whole gives back what it has."""
    trade = shop(stages=PREPAID, settings=USED, chair=5)
    trade.catalog.save([a_contract(), a_contract("by-orders", settlements=SettlementDetail.BY_ORDERS)])
    with pytest.raises(Refused) as refused:
        trade.payments.receive(partner="acme", contract="by-orders", amount=euro(5))
    assert ("SETTLED_BY_ORDERS",) == refused.value.codes
    payment = trade.payments.receive(partner="acme", amount=euro(50))
    trade.payments.allocate(payment.id, [PaymentFor(contract="whole", amount=30)])
    (balance,) = trade.partners.balance("acme")
    assert {"": euro(-20), "whole": euro(-30)} == dict(balance.by_contract)
    with pytest.raises(Refused) as refused:
        trade.outgoing.refund(partner="acme", contract="whole", amount=euro(31))
    assert ("EXCEEDS_BALANCE",) == refused.value.codes
    trade.outgoing.refund(partner="acme", contract="whole", amount=euro(30))
    assert "-20.00 EUR" == owes(trade)


def test_credit_needs_a_contract_with_credit_terms(shop: Shop) -> None:
    """An order on credit is not even placed under a contract that grants none (C21)."""
    trade = shop(stages=ON_CREDIT, settings=USED, chair=5)
    trade.catalog.save([a_contract()])
    assert ("CREDIT_NOT_GRANTED",) == refused_codes(trade)
    assert () != refused_codes(trade)
