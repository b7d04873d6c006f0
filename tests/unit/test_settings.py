"""Settings: what contradicts is refused when they are built, all at once."""

from datetime import UTC, date, datetime

import pytest

from tradecore import (
    AgreementUsage,
    FillStrategy,
    Invalid,
    OrderApproval,
    OrderUsage,
    ProvisioningAction,
    Settings,
)


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
    assert ("SETTING_NOT_OFFERED", "SETTING_CONTRADICTS", "OUT_OF_RANGE", "UNKNOWN_VALUE") == refused.value.codes
    assert "execute_on_approval contradicts order_approval" in str(refused.value)


@pytest.mark.parametrize("usage", [OrderUsage.AS_BILL, OrderUsage.STOCK_ONLY])
def test_what_is_not_offered_yet_says_so(usage: OrderUsage) -> None:
    """The other uses of orders are named, and refused."""
    with pytest.raises(Invalid) as refused:
        Settings(order_usage=usage)
    assert ("SETTING_NOT_OFFERED",) == refused.value.codes


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
