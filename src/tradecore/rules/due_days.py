"""
When payment stages fall due: the day of their event, and so many days or business days from it.

The day of an event moves when the event happens, and moves back when it is undone. Until it happens, the desired day of
shipment stands in for it, because goods should be ready by then and leave on that day. Where even that is not known,
the stage has no due day yet.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tradecore.catalog import DueBase
from tradecore.documents import PaymentStage, SalesOrder
from tradecore.settings import Settings
from tradecore.values.business_days import business_days_after
from tradecore.values.evolving import evolve


def date_stages(order: SalesOrder, stages: Sequence[PaymentStage], settings: Settings) -> tuple[PaymentStage, ...]:
    """The stages with their due days, as the events of the order stand now."""
    return tuple([_dated(stage, base_day(order, stage, settings), settings) for stage in stages])


def base_day(order: SalesOrder, stage: PaymentStage, settings: Settings) -> date | None:
    """The day a stage counts from: that of its event, or the one that stands in for it; None while it is not known."""
    match stage.base:
        case DueBase.ORDER:
            return settings.day(order.at)
        case DueBase.FIXED_DAY:
            return stage.on
        case DueBase.PROVISIONING:
            return _happened(order, order.provisioned_at, settings)
        case DueBase.SHIPMENT:
            return _happened(order, order.first_shipped_at, settings)
        case DueBase.OWNERSHIP:
            return _happened(
                order, order.owned_at or (None if order.passes_later else order.first_shipped_at), settings
            )


def _happened(order: SalesOrder, at: datetime | None, settings: Settings) -> date | None:
    return settings.day(at) if at else order.ship_on


def _dated(stage: PaymentStage, base: date | None, settings: Settings) -> PaymentStage:
    if base is None:
        due, counted_from = None, None
    elif stage.business_days:
        if base == stage.counted_from:
            return stage
        due, counted_from = business_days_after(base, stage.days, settings.business_days), base
    else:
        due, counted_from = base + timedelta(days=stage.days) if stage.days else base, None
    if (due, counted_from) == (stage.due, stage.counted_from):
        return stage
    return evolve(stage, due=due, counted_from=counted_from)
