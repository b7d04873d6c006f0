"""Payment terms: which part of an order is due, when, and what it unlocks; and schedules that say so beforehand."""

from datetime import date
from enum import StrEnum
from typing import ClassVar

import attrs

from tradecore.values.percent import Percent
from tradecore.values.record import Record
from tradecore.values.text import Name


class PaymentTermsMode(StrEnum):
    """Which payment stages are offered (D7-D10). An order keeps the mode it was made under."""

    PREPAY_AND_OR_CREDIT = "prepay_and_or_credit"  #: One prepayment at most, and one credit.
    ANY_STAGES = "any_stages"  #: Any number of stages of any kind.
    TEMPLATES = "templates"  #: The stages of a payment schedule, and no others.


class StageGating(StrEnum):
    """What a stage that is not fully paid lets through. An order keeps the gating it was made under."""

    WHOLE_ORDER = "whole_order"  #: Nothing, until it is paid.
    COVERED_AMOUNT = "covered_amount"  #: Goods up to the value that the money received covers.


class StageKind(StrEnum):
    """What the money of a payment stage unlocks (D4-D6)."""

    ADVANCE = "advance"  #: Due before provisioning.
    PREPAYMENT = "prepayment"  #: Due before shipment.
    CREDIT = "credit"  #: Due after shipment.


class DueBase(StrEnum):
    """The event a stage's due date is counted from."""

    ORDER = "order"  #: The date of the order.
    PROVISIONING = "provisioning"  #: All open goods are held; until they are, the desired shipment date.
    SHIPMENT = "shipment"  #: The first shipment; until it happens, the desired shipment date.
    OWNERSHIP = "ownership"  #: The goods become the customer's; in an ordinary sale with the first shipment.
    FIXED_DAY = "fixed_day"  #: A day that is named.


@attrs.frozen(kw_only=True)
class StageTerms:
    """
    A part of an order's total that falls due on one condition (D2).

    Attributes:
        share: Part of the total with tax; the shares of an agreement add up to 100 %.

        base: The event the due date is counted from.

        days: Days after that event; before it if below zero.

        business_days: Whether only business days are counted, by the calendar of the settings.

        on: The day meant by FIXED_DAY.
    """

    kind: StageKind
    share: Percent
    base: DueBase = DueBase.ORDER
    days: int = 0
    business_days: bool = False
    on: date | None = None


@attrs.frozen(kw_only=True)
class PaymentSchedule(Record):
    """
    Payment stages under a name, chosen by agreements and orders (график оплаты; D9).

    Attributes:
        stages: When which share of an order is due.
    """

    KIND: ClassVar[str] = "payment_schedule"
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "name")

    name: Name
    stages: tuple[StageTerms, ...]
