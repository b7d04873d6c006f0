"""Settings: what contradicts is refused when they are built, all at once."""

from datetime import UTC, date, datetime

import attrs
import pytest

from tradecore import (
    AgreementUsage,
    ChannelStatus,
    FillStrategy,
    Invalid,
    OrderApproval,
    OrderStatus,
    OrderUsage,
    ProvisioningAction,
    ReserveEnd,
    ReservePolicy,
    Settings,
    StageGating,
)
from tradecore.settings import CONTRADICTIONS, Contradiction


def test_every_contradiction_is_listed() -> None:
    """Nobody mends one setting to learn of the next (decision 15)."""
    with pytest.raises(Invalid) as refused:
        Settings(
            order_usage=OrderUsage.AS_BILL,
            order_approval=OrderApproval.NEVER,
            execute_on_approval=True,
            timezone="Mars/Olympus",
            attempts=0,
        )
    contradictions = ["SETTING_CONTRADICTS", "SETTING_CONTRADICTS"]
    assert (*contradictions, "OUT_OF_RANGE", "UNKNOWN_VALUE") == refused.value.codes
    assert "execute_on_approval contradicts order_approval" in str(refused.value)
    assert "execute_on_approval contradicts order_usage" in str(refused.value)


def test_a_new_order_starts_in_the_status_of_its_channel() -> None:
    """The channel's, or that of all others (A14)."""
    portal = ChannelStatus(channel="portal", status=OrderStatus.ON_APPROVAL)
    settings = Settings(
        order_usage=OrderUsage.STOCK_ONLY, default_status=OrderStatus.IN_RESERVE, channel_status=(portal,)
    )
    assert OrderStatus.ON_APPROVAL is settings.starts_in("portal")
    assert OrderStatus.IN_RESERVE is settings.starts_in("phone")
    assert OrderStatus.IN_RESERVE is settings.starts_in(None)


def test_a_status_to_start_in_must_be_one_of_the_usage() -> None:
    """Neither one of another usage, nor CLOSED, nor one above an approval that every order needs; each channel once."""
    portal = ChannelStatus(channel="portal", status=OrderStatus.TO_SHIP)
    with pytest.raises(Invalid) as refused:
        Settings(
            order_approval=OrderApproval.ALWAYS, default_status=OrderStatus.TO_EXECUTE, channel_status=(portal, portal)
        )
    assert [
        ("DUPLICATE", "channel_status[1].channel"),
        ("SETTING_CONTRADICTS", "default_status"),
        ("SETTING_CONTRADICTS", "channel_status[0]"),
        ("SETTING_CONTRADICTS", "channel_status[1]"),
    ] == [(each.code, each.place) for each in refused.value.violations]
    assert "channel_status[0] = to_ship contradicts order_usage" in str(refused.value)
    assert "default_status = to_execute contradicts order_approval" in str(refused.value)
    with pytest.raises(Invalid):
        Settings(default_status=OrderStatus.CLOSED)
    with pytest.raises(Invalid) as refused:
        Settings(channel_status=("portal",))  # type: ignore[arg-type]  # on purpose
    assert ("WRONG_TYPE",) == refused.value.codes
    with pytest.raises(Invalid) as refused:
        Settings(channel_status="portal")  # type: ignore[arg-type]  # on purpose
    assert ("WRONG_TYPE",) == refused.value.codes


@pytest.mark.parametrize("row", CONTRADICTIONS, ids=lambda row: f"{row.setting}-{row.other}")
def test_contradictions_name_settings(row: Contradiction[Settings]) -> None:
    """Both sides are settings, and the usual ones hold none of them."""
    assert {row.setting, row.other} <= {field.name for field in attrs.fields(Settings)}
    assert not row.holds(Settings())


def test_bills_hold_no_reserves_that_could_end() -> None:
    """Nor does anything else end under them."""
    ends = ReservePolicy(end=ReserveEnd.RELEASE, after_days=3)
    with pytest.raises(Invalid) as refused:
        Settings(order_usage=OrderUsage.AS_BILL, reserves=ends)
    assert ["reserves"] == [each.place for each in refused.value.violations]


def test_reserves_do_not_end_by_what_is_not_offered() -> None:
    """By the strict reading an order without controls is not closed with cancellation, so no reserve can end so (H9)."""
    ends = ReservePolicy(after_days=3, end=ReserveEnd.CLOSE, reason="unpaid")
    Settings(reserves=ends, close_with_cancellation_needs_controls=True)
    with pytest.raises(Invalid, match="reserves contradicts close_with_cancellation_needs_controls"):
        Settings(reserves=ends, close_with_cancellation_needs_controls=True, forbid_close_partly_paid=False)


def test_settings_of_other_types_are_refused() -> None:
    """A text in the place of a choice is not silently taken for none of them."""
    with pytest.raises(Invalid) as refused:
        Settings(order_approval="always", agreement_usage=AgreementUsage.BOTH, timezone=5)  # type: ignore[arg-type]  # on purpose
    assert ("WRONG_TYPE", "WRONG_TYPE") == refused.value.codes
    assert ["order_approval", "timezone"] == [each.place for each in refused.value.violations]


def test_the_rest_of_a_filling_waits_or_is_left() -> None:
    """Nothing else can be done with what is neither in stock nor expected."""
    for rest in (ProvisioningAction.TO_PROVISION, ProvisioningAction.NONE):
        assert rest is FillStrategy(rest=rest).rest
    with pytest.raises(Invalid) as refused:
        FillStrategy(rest=ProvisioningAction.SHIP)
    assert ("ACTION_NOT_OFFERED",) == refused.value.codes


def test_days_begin_where_the_company_is() -> None:
    """The day of a moment depends on the time zone."""
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert date(2026, 3, 2) == Settings().day(late)
    assert date(2026, 3, 3) == Settings(timezone="Europe/Kyiv").day(late)


@pytest.mark.parametrize("usage", [OrderUsage.AS_BILL, OrderUsage.STOCK_ONLY])
def test_only_lines_of_their_own_go_by_the_amount_paid(usage: OrderUsage) -> None:
    """Bills are not controlled, and orders from stock only are released as a whole."""
    with pytest.raises(Invalid) as refused:
        Settings(order_usage=usage, stage_gating=StageGating.COVERED_AMOUNT)
    assert ["stage_gating"] == [each.place for each in refused.value.violations]
