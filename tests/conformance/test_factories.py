"""The values and the catalogue that tests are made of are sound themselves."""

import asyncio
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from tradecore import AsyncTrade, NewLine, OrderState, Percent, Trade
from tradecore.convert import check
from tradecore.documents import KINDS
from tradecore.registers import STOCK
from tradecore.rules.order_state import kept
from tradecore.settings import Settings
from tradecore.testing import factories as make
from tradecore.testing import strategies
from tradecore.values.record import Record

ALL = [
    make.an_item(),
    make.a_warehouse(),
    make.a_partner(),
    make.a_price_kind(),
    make.a_price(),
    make.an_agreement(),
    make.a_reason(),
    make.a_contract(),
    make.a_template(),
    make.a_schedule(),
    make.an_order(),
    make.a_purchase_order(),
    make.a_goods_receipt(),
    make.a_stock_receipt(),
    make.a_stock_allocation(),
    make.a_reassignment(),
    make.a_shipment(),
    make.a_sales_return(),
    make.a_transfer(),
    make.a_consignment_report(),
    make.a_payment(),
    make.a_refund(),
]


@pytest.mark.parametrize("record", ALL, ids=lambda record: record.KIND)
def test_factories_make_what_the_gate_lets_through(record: Record) -> None:
    """Every record a factory makes is one a caller could have handed in."""
    assert record == check(record, type(record))


def test_there_is_a_factory_for_every_kind() -> None:
    """Only what the library keeps for itself has none."""
    assert {"catalog_revision", "relay_cursor"} == KINDS.keys() - {record.KIND for record in ALL}


def test_an_order_keeps_what_follows_from_its_lines() -> None:
    """Total, stages and state are those a command would have kept."""
    order = make.an_order(lines=[make.a_line(quantity=3), make.a_line(price="0.333", discount=Percent(10))])
    assert Decimal("300.30") == order.total == sum(stage.amount for stage in order.stages)
    assert OrderState.AWAITING_APPROVAL is order.state
    assert ["1", "2"] == [line.id for line in order.lines]
    assert order == kept(order, Settings())


def test_a_shipment_of_an_order_has_its_lines() -> None:
    """What is shipped and what comes back agree with what was ordered."""
    order = make.an_order(lines=[make.a_line(quantity=2, price=5), make.a_line(item="table")])
    shipment = make.a_shipment(order=order)
    returned = make.a_sales_return(shipment=shipment)
    assert order.total == shipment.amount == returned.amount
    assert (order.id, order.customer) == (returned.order, returned.customer)


def test_payments_are_of_what_they_allocate() -> None:
    """The amount of a payment is that of its parts, unless it is said."""
    parts = [make.an_allocation("a", 20), make.an_allocation("b", "0.5")]
    assert Decimal("20.5") == make.a_payment(allocations=parts).amount
    assert Decimal(30) == make.a_refund(30, allocations=parts).amount


def test_entries_name_their_resources() -> None:
    """An entry says by name what it adds; a name that is none is a mistake of the test."""
    assert (Decimal(3), Decimal("-0.5")) == make.an_entry(on_hand=3, reserved="-0.5").amounts
    assert len(STOCK.attributes) == len(make.an_entry().attributes)
    with pytest.raises(TypeError, match="stock has no resource 'sold'"):
        make.an_entry(sold=1)


def test_a_seeded_trade_is_ready_for_orders() -> None:
    """Customers, prices, an agreement and stock are there; nothing disagrees."""
    trade = make.seed(Trade())
    order = trade.orders.place(customer="acme", warehouse="main", lines=[NewLine(item="lamp", quantity=2)])
    assert (Decimal("39.80"), "standard") == (order.total, order.agreement)
    assert "100 pcs" == str(trade.stock.balance("chair", "main").free)
    assert trade.check().sound
    assert 0 == make.seed(Trade(), stock=0).stock.balance("chair", "main").on_hand.value


def test_a_trade_for_an_event_loop_is_seeded_alike() -> None:
    """The same catalogue and the same stock, awaited."""

    async def seeded() -> str:
        trade = await make.seed(AsyncTrade())
        return str((await trade.stock.balance("table", "main")).free)

    async def empty() -> object:
        trade = await make.seed(AsyncTrade(), stock=0)
        return (await trade.stock_receipts.find()).items

    assert "100 pcs" == asyncio.run(seeded())
    assert () == asyncio.run(empty())


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_strategies_make_what_the_gate_lets_through(kind: type[Record]) -> None:
    """Every record of a strategy is one a caller could have handed in, to the last field."""

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(record=strategies.records(kind))
    def trial(record: Record) -> None:
        assert record == check(record, kind)

    trial()


@given(order=strategies.records(KINDS["sales_order"], customer="acme", lines=(), id=strategies.ids()))
@settings(max_examples=5, deadline=None)
def test_fields_of_a_strategy_can_be_given(order: Record) -> None:
    """A field is the value it is given, or comes from the strategy it is given."""
    assert ("acme", ()) == (getattr(order, "customer", ""), getattr(order, "lines", None))


@given(money=strategies.moneys(), quantity=strategies.quantities(), record=strategies.any_record())
@settings(max_examples=15, deadline=None)
def test_values_of_strategies_are_values(money: object, quantity: object, record: Record) -> None:
    """Money, quantities and records of any kind come from strategies of their own."""
    assert money == check(money, type(money))
    assert quantity == check(quantity, type(quantity))
    assert record.KIND in KINDS


@given(entry=strategies.entries(STOCK))
@settings(max_examples=15, deadline=None)
def test_entries_of_strategies_fit_their_register(entry: object) -> None:
    """As many dimensions, resources and attributes as the register has."""
    sizes = [len(getattr(entry, name)) for name in ("key", "amounts", "attributes")]
    assert [2, 2, 2] == sizes
