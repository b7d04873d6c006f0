"""How customers pay is agreed: two stages, any stages, or schedules written down beforehand (D7-D10)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.scenarios.conftest import Shop
from tests.unit.builders import DAY, ON_CREDIT, PREPAID, WITH_ADVANCE, Clock, agreements, placed
from tradecore import (
    Agreement,
    DueBase,
    NewLine,
    OrderApproval,
    PaymentSchedule,
    PaymentTermsMode,
    Percent,
    Refused,
    SalesOrder,
    Settings,
    StageKind,
    StageTerms,
    Trade,
)

SIMPLE = Settings(payment_terms_mode=PaymentTermsMode.PREPAY_AND_OR_CREDIT)
TEMPLATES = Settings(payment_terms_mode=PaymentTermsMode.TEMPLATES)
HALF = Percent(50)
PREPAY_AND_CREDIT = (
    StageTerms(kind=StageKind.PREPAYMENT, share=HALF),
    StageTerms(kind=StageKind.CREDIT, share=HALF, base=DueBase.SHIPMENT, days=10),
)
BEFORE = PaymentSchedule(id="before", name="All before shipment", stages=PREPAID)
PARTS = PaymentSchedule(id="parts", name="In parts", stages=WITH_ADVANCE)


def order_of_chairs(trade: Trade, **facts: Any) -> SalesOrder:
    """Ten chairs for 100 euro."""
    line = NewLine(item="chair", quantity=10)
    return trade.orders.place(customer="acme", warehouse="main", lines=[line], **facts)


def kinds(order: SalesOrder) -> list[str]:
    """What an order's stages unlock."""
    return [each.kind.name for each in order.stages]


def refused_codes(call: Any, *args: Any, **kwargs: Any) -> tuple[str, ...]:
    """Why a call is refused."""
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.codes


def test_prepayment_and_credit_are_all_there_is(shop: Shop) -> None:
    """In the simple mode nobody agrees on an advance, not in an agreement and not in an order (D7)."""
    trade = shop(settings=SIMPLE, stages=PREPAY_AND_CREDIT)
    order = order_of_chairs(trade)
    assert ["PREPAYMENT", "CREDIT"] == kinds(order)
    assert ["CREDIT"] == kinds(order_of_chairs(trade, stages=ON_CREDIT))
    assert ("STAGE_NOT_OFFERED",) == refused_codes(order_of_chairs, trade, stages=WITH_ADVANCE)
    assert ("STAGE_NOT_OFFERED",) == refused_codes(trade.catalog.save, agreements(*WITH_ADVANCE))
    assert ("STAGE_NOT_OFFERED",) == refused_codes(trade.orders.edit, order.id, stages=WITH_ADVANCE)


def test_any_stages_come_with_the_order(shop: Shop) -> None:
    """In the free mode stages are written as they were agreed, an advance among them (D8)."""
    order = order_of_chairs(shop(), stages=WITH_ADVANCE)
    assert ["ADVANCE", "PREPAYMENT", "CREDIT"] == kinds(order)


def test_stages_come_from_a_schedule(shop: Shop) -> None:
    """With templates a clerk chooses a schedule, for the agreement or for one order, and writes no stages (D9)."""
    trade = shop(settings=TEMPLATES)
    trade.catalog.save([BEFORE, PARTS])
    agreed = Agreement(id="std", name="Standard", price_kind="wholesale", schedule="parts")
    trade.catalog.save([agreed])
    assert PARTS.stages == trade.catalog.schedule("parts").stages
    assert ["before", "parts"] == [each.id for each in trade.catalog.schedules()]

    order = order_of_chairs(trade)
    assert (["ADVANCE", "PREPAYMENT", "CREDIT"], "parts") == (kinds(order), order.schedule)
    own = order_of_chairs(trade, schedule="before")
    assert (["PREPAYMENT"], "before", True) == (kinds(own), own.schedule, own.own_terms)
    assert ("STAGES_BY_SCHEDULE",) == refused_codes(order_of_chairs, trade, stages=PREPAID)
    assert ("UNKNOWN_ID",) == refused_codes(order_of_chairs, trade, schedule="thirds")
    assert ("STAGES_AND_SCHEDULE",) == refused_codes(order_of_chairs, trade, stages=PREPAID, schedule="before")
    assert ("STAGES_BY_SCHEDULE",) == refused_codes(trade.catalog.save, agreements(*PREPAID))
    assert ("UNKNOWN_ID",) == refused_codes(trade.catalog.save, agreements(schedule="thirds"))


def test_a_schedule_is_changed_for_another(shop: Shop) -> None:
    """Stages of an order are not edited under templates; another template may be chosen (D9)."""
    trade = shop(settings=TEMPLATES)
    trade.catalog.save([BEFORE, PARTS])
    order = order_of_chairs(trade, schedule="parts")
    assert ("STAGES_BY_SCHEDULE",) == refused_codes(trade.orders.edit, order.id, stages=PREPAID)
    order = trade.orders.edit(order.id, schedule="before")
    assert (["PREPAYMENT"], "before") == (kinds(order), order.schedule)


def test_an_order_keeps_the_mode_it_was_made_under(shop: Shop) -> None:
    """When the company turns to templates, an older order is still edited as it was written (decision 16)."""
    order = order_of_chairs(shop(), stages=WITH_ADVANCE)
    stricter = shop(settings=TEMPLATES)
    assert ["CREDIT"] == kinds(stricter.orders.edit(order.id, stages=ON_CREDIT))
    assert ("STAGES_BY_SCHEDULE",) == refused_codes(order_of_chairs, stricter, stages=PREPAID)


def test_a_draft_finds_its_schedule_with_its_agreement(shop: Shop) -> None:
    """A draft written before there was a choice gets the stages of the agreement it is posted under."""
    trade = shop()
    trade.catalog.save([PARTS, *agreements(id="parts", schedule="parts")])
    line = NewLine(item="chair", quantity=10, price="10")
    draft = trade.orders.place(customer="acme", warehouse="main", lines=[line], currency="EUR", draft=True)
    order = trade.orders.post(draft.id, agreement="parts")
    assert (["ADVANCE", "PREPAYMENT", "CREDIT"], "parts") == (kinds(order), order.schedule)


def test_a_stage_is_due_when_the_goods_are_ready(shop: Shop, clock: Clock) -> None:
    """Due three business days after everything is held; what is let go makes the day uncertain again (C7)."""
    ready = StageTerms(
        kind=StageKind.PREPAYMENT, share=Percent(100), base=DueBase.PROVISIONING, days=3, business_days=True
    )
    trade = shop(stages=[ready], settings=Settings(order_approval=OrderApproval.NEVER), chair=10)
    order = order_of_chairs(trade, ship_on=DAY + timedelta(days=10))
    assert date(2026, 3, 17) == order.due_on, "three business days after the desired day, a Thursday"
    trade.orders.execute(order.id)
    clock.pass_(days=3)
    order = trade.orders.fill(order.id)
    assert (date(2026, 3, 10), clock.now) == (order.due_on, order.provisioned_at)
    clock.pass_(days=1)
    order = trade.orders.release(order.id)
    assert (date(2026, 3, 17), None) == (order.due_on, order.provisioned_at)


def test_a_stage_is_due_on_a_named_day(shop: Shop) -> None:
    """The end of a season, whatever happens to the order."""
    harvest = date(2026, 9, 30)
    terms = StageTerms(kind=StageKind.CREDIT, share=Percent(100), base=DueBase.FIXED_DAY, on=harvest)
    trade = shop(stages=[terms], chair=1)
    order = trade.orders.execute(placed(trade, chair=1).id, fill=True)
    trade.orders.ship(order.id)
    assert harvest == trade.orders.get(order.id).due_on


def test_holidays_put_a_payment_off(shop: Shop, clock: Clock) -> None:
    """Two business days after Maundy Thursday: in Poland Easter Monday does not count, so it is the Wednesday."""
    clock.pass_(days=31)
    terms = StageTerms(kind=StageKind.PREPAYMENT, share=Percent(100), days=2, business_days=True)
    trade = shop(stages=[terms], settings=Settings(calendar="PL"))
    assert date(2026, 4, 7) == placed(trade, chair=1).due_on
    clock.pass_(days=27)
    assert date(2026, 5, 4) == placed(trade, table=1).due_on, "the first and the third of May are free"
