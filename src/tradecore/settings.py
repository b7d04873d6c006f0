"""Settings: how the company works, as one validated value (section W of the catalogue)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from typing import Generic, TypeVar

import attrs

from tradecore.catalog import PaymentTermsMode, StageGating
from tradecore.documents.sales_order import STATUSES, OrderStatus, OrderUsage, ProvisioningAction
from tradecore.errors import Code, Invalid, Violation, violation
from tradecore.values.business_days import WEEKDAYS, BusinessCalendar
from tradecore.values.countries import country_calendar
from tradecore.values.sentences import Sentence
from tradecore.values.text import Id, check_distinct

T = TypeVar("T")


class AgreementUsage(StrEnum):
    """Which agreements orders are made under (C8)."""

    NONE = "none"  #: None; terms come with the order and the settings.
    STANDARD = "standard"  #: Only STANDARD ones.
    INDIVIDUAL = "individual"  #: Only INDIVIDUAL ones.
    BOTH = "both"  #: Both kinds.


class ContractUsage(StrEnum):
    """Whether orders are made under contracts (C14)."""

    NONE = "none"  #: No.
    OPTIONAL = "optional"  #: Under the customer's, where he has one.
    REQUIRED = "required"  #: Always.


class OrderApproval(StrEnum):
    """Which orders somebody must approve (M1, M2)."""

    NEVER = "never"  #: None.
    ON_DEVIATION = "on_deviation"  #: Those whose prices, discounts or payment stages deviate from the agreement.
    ALWAYS = "always"  #: Every one.


_RESTS = (ProvisioningAction.TO_PROVISION, ProvisioningAction.PROVISION_SEPARATELY, ProvisioningAction.NONE)


@attrs.frozen(kw_only=True)
class FillStrategy:
    """
    How open quantities are covered when provisioning is filled (E9, E10): stock, expected supply, the rest.

    Attributes:
        from_stock: Reserve what is free in the warehouse.

        from_supply: Reserve from purchase orders expected by the line's shipment date.

        rest: What happens to the quantity neither covers: TO_PROVISION, PROVISION_SEPARATELY or NONE.
    """

    from_stock: bool = True
    from_supply: bool = True
    rest: ProvisioningAction = ProvisioningAction.TO_PROVISION

    def __attrs_post_init__(self) -> None:
        if self.rest not in _RESTS:
            why = Sentence("the rest waits in the queue, is bought for the order, or is left alone")
            raise Invalid((violation(Code.ACTION_NOT_OFFERED, "rest", action=self.rest, why=why),))


@attrs.frozen
class Contradiction(Generic[T]):
    """
    Two settings that cannot both be meant: a row of a table.

    Attributes:
        setting, other: The two.

        why: Why they cannot.

        holds: Whether they are set so.
    """

    setting: str
    other: str
    why: Sentence
    holds: Callable[[T], bool]

    def violation(self, place: str = "", says: str = "") -> Violation:
        """What is told of it; `place` and `says` name the setting where it is one of several alike."""
        details = {"setting": says or self.setting, "other": self.other, "why": self.why}
        return violation(Code.SETTING_CONTRADICTS, place or self.setting, **details)


def found(table: Iterable[Contradiction[T]], value: T) -> Iterator[Violation]:
    """The contradictions of a table that a value holds."""
    return (row.violation() for row in table if row.holds(value))


class ReserveEnd(StrEnum):
    """What becomes of a reserve whose money does not come in time (002, 7.1)."""

    BY_HAND = "by_hand"  #: Nothing by itself: people decide.
    RELEASE = "release"  #: The goods are let go, the order stays open (H11).
    CLOSE = "close"  #: What is open is cancelled, the order is closed (H10).


@attrs.frozen(kw_only=True)
class ReservePolicy:
    """
    What happens to reserves whose advance or prepayment does not come, and when customers are reminded (I6).

    Attributes:
        end: What becomes of the reserve.

        after_days: Days after the stage fell due; None where `end` is BY_HAND.

        reason: For CLOSE: the id of the reason the cancelled quantities get.

        remind_days_before: Days before the end a reminder is due; before the due day where people decide.

        template: Name of the host's text, handed on with each reminder.
    """

    end: ReserveEnd = ReserveEnd.BY_HAND
    after_days: int | None = None
    reason: str | None = None
    remind_days_before: tuple[int, ...] = (1,)
    template: str = "reserve_ends"

    def __attrs_post_init__(self) -> None:
        wrong = tuple(self._wrong())
        if wrong:
            raise Invalid(wrong)

    def _wrong(self) -> Iterator[Violation]:
        yield from found(RESERVE_CONTRADICTIONS, self)
        if self.after_days is not None and not 1 <= self.after_days <= 3650:
            yield violation(Code.OUT_OF_RANGE, "reserves.after_days", value=self.after_days, low=1, high=3650)
        for index, days in enumerate(self.remind_days_before):
            if not 1 <= days <= 3650:
                place = f"reserves.remind_days_before[{index}]"
                yield violation(Code.OUT_OF_RANGE, place, value=days, low=1, high=3650)


RESERVE_CONTRADICTIONS: tuple[Contradiction[ReservePolicy], ...] = (
    Contradiction(
        "reserves.after_days",
        "reserves.end",
        Sentence("where people decide, no day ends a reserve."),
        lambda p: p.end is ReserveEnd.BY_HAND and p.after_days is not None,
    ),
    Contradiction(
        "reserves.end",
        "reserves.after_days",
        Sentence("nothing says when the reserve ends."),
        lambda p: p.end is not ReserveEnd.BY_HAND and p.after_days is None,
    ),
    Contradiction(
        "reserves.end",
        "reserves.reason",
        Sentence("a cancellation needs a reason."),
        lambda p: p.end is ReserveEnd.CLOSE and not p.reason,
    ),
    Contradiction(
        "reserves.reason",
        "reserves.end",
        Sentence("a reserve that is let go cancels nothing."),
        lambda p: p.end is not ReserveEnd.CLOSE and bool(p.reason),
    ),
)


@attrs.frozen(kw_only=True)
class ChannelStatus:
    """The status in which orders of one channel start (A14)."""

    channel: Id
    status: OrderStatus


@attrs.frozen(kw_only=True)
class Settings:
    """
    How the company works. Settings that contradict each other are refused together, when the value is built.

    Attributes:
        order_usage: What orders are used for; an order keeps the usage it was made under.

        default_status: The status a new order starts in; one above ON_APPROVAL runs its controls at once.

        channel_status: The same for orders of some channels, such as a portal.

        agreement_usage: Which agreements are in use.

        contract_usage: Whether orders are made under contracts.

        order_approval: Which orders need approval.

        execute_on_approval: Whether approving an order also starts its execution (M5).

        forbid_close_partly_shipped: Refuse to close an order with quantities neither shipped nor cancelled (H7).

        forbid_close_partly_paid: Refuse to close an order that is not fully paid (H8).

        close_with_cancellation_needs_controls: Whether closing with cancellation is offered only while both controls of
            closing are on: the strict reading of H9.

        allocate_on_receipt: Whether every goods receipt runs the queue of waiting order lines (decision 4).

        separate_provisioning: Whether goods and work may be bought for one order alone (F1).

        allow_excess_separate: Whether more may be bought for an order than it needs, to other warehouses too, and the
            order may shrink after its goods were bought (F4).

        fill: How provisioning is filled where a command does not say.

        reserves: What happens to reserves whose money does not come, and when customers are reminded.

        price_kind: Prices of orders made without an agreement.

        payment_terms_mode: Which payment stages are offered; an order keeps the mode it was made under.

        stage_gating: What stages let through while they are not fully paid; an order keeps it.

        calendar: Which days are business days: those of a country such as "UA" or "DE-BY" (the extra `calendar`), or
            a calendar of your own; None means Monday to Friday.

        timezone: Where days begin: due dates and numbers follow it.

        attempts: How often a command that lost a race is decided again before `Conflict` is raised.

    Raises:
        Invalid: `SETTING_CONTRADICTS` and others, once for each.

        MissingDriver: A country's calendar is asked for, and the extra `calendar` is not installed.
    """

    order_usage: OrderUsage = OrderUsage.STOCK_AND_TO_ORDER
    default_status: OrderStatus = OrderStatus.ON_APPROVAL
    channel_status: tuple[ChannelStatus, ...] = ()
    agreement_usage: AgreementUsage = AgreementUsage.BOTH
    contract_usage: ContractUsage = ContractUsage.NONE
    order_approval: OrderApproval = OrderApproval.ON_DEVIATION
    execute_on_approval: bool = False
    forbid_close_partly_shipped: bool = True
    forbid_close_partly_paid: bool = True
    close_with_cancellation_needs_controls: bool = False
    allocate_on_receipt: bool = False
    separate_provisioning: bool = False
    allow_excess_separate: bool = False
    fill: FillStrategy = FillStrategy()
    reserves: ReservePolicy = ReservePolicy()
    price_kind: str | None = None
    payment_terms_mode: PaymentTermsMode = PaymentTermsMode.ANY_STAGES
    stage_gating: StageGating = StageGating.WHOLE_ORDER
    calendar: BusinessCalendar | str | None = None
    timezone: str = "UTC"
    attempts: int = 10
    _zone: tzinfo = attrs.field(init=False, repr=False, eq=False, default=UTC)
    _calendar: BusinessCalendar = attrs.field(init=False, repr=False, eq=False, default=WEEKDAYS)

    def __attrs_post_init__(self) -> None:
        wrong = list(self._mistyped()) or list(self._wrong())
        if wrong:
            raise Invalid(tuple(wrong))
        if self.timezone != "UTC":
            from zoneinfo import ZoneInfo

            object.__setattr__(self, "_zone", ZoneInfo(self.timezone))
        if self.calendar is not None:
            calendar = country_calendar(self.calendar) if isinstance(self.calendar, str) else self.calendar
            object.__setattr__(self, "_calendar", calendar)

    def _mistyped(self) -> Iterator[Violation]:
        fields = [field for field in attrs.fields(Settings) if field.init and field.default is not None]
        given = [(field.name, getattr(self, field.name), type(field.default)) for field in fields]
        if isinstance(self.channel_status, tuple):
            given += [(f"channel_status[{n}]", each, ChannelStatus) for n, each in enumerate(self.channel_status)]
        for name, value, kind in given:
            if not isinstance(value, kind):
                yield violation(Code.WRONG_TYPE, name, expected=kind.__name__, got=type(value).__name__)
        if not isinstance(self.calendar, (str, BusinessCalendar, type(None))):
            expected = "a country or a calendar"
            yield violation(Code.WRONG_TYPE, "calendar", expected=expected, got=type(self.calendar).__name__)

    def _wrong(self) -> Iterator[Violation]:
        yield from self._wrong_statuses()
        yield from found(CONTRADICTIONS, self)
        if not 1 <= self.attempts <= 100:
            yield violation(Code.OUT_OF_RANGE, "attempts", value=self.attempts, low=1, high=100)
        if not _is_zone(self.timezone):
            known = "names such as UTC or Europe/Kyiv"
            yield violation(Code.UNKNOWN_VALUE, "timezone", value=self.timezone, known=known)
        if isinstance(self.calendar, str) and isinstance(wrong := country_calendar(self.calendar), Violation):
            yield wrong.at("calendar")

    def _wrong_statuses(self) -> Iterator[Violation]:
        channels = [each.channel for each in self.channel_status]
        yield from check_distinct(channels, "channel_status[{}].channel")
        given = {f"channel_status[{index}]": each.status for index, each in enumerate(self.channel_status)}
        for place, status in {"default_status": self.default_status, **given}.items():
            for row in START_CONTRADICTIONS:
                if row.holds((self, status)):
                    yield row.violation(place, f"{place} = {status}")

    def starts_in(self, channel: str | None) -> OrderStatus:
        """The status of a new order that came by a channel (A14)."""
        if channel is not None:
            for each in self.channel_status:
                if each.channel == channel:
                    return each.status
        return self.default_status

    @property
    def business_days(self) -> BusinessCalendar:
        """The calendar in which business days are counted."""
        return self._calendar

    def day(self, at: datetime) -> date:
        """The day a moment belongs to."""
        return at.astimezone(self._zone).date()


CONTRADICTIONS: tuple[Contradiction[Settings], ...] = (
    Contradiction(
        "execute_on_approval",
        "order_approval",
        Sentence("orders that are never approved cannot start their execution by approval."),
        lambda s: s.execute_on_approval and s.order_approval is OrderApproval.NEVER,
    ),
    Contradiction(
        "execute_on_approval",
        "order_usage",
        Sentence("nothing is executed under orders that are only bills."),
        lambda s: s.execute_on_approval and s.order_usage is OrderUsage.AS_BILL,
    ),
    Contradiction(
        "stage_gating",
        "order_usage",
        Sentence("only orders that are provided line by line can be provided and shipped by the amount paid."),
        lambda s: s.stage_gating is not StageGating.WHOLE_ORDER and s.order_usage is not OrderUsage.STOCK_AND_TO_ORDER,
    ),
    Contradiction(
        "reserves",
        "order_usage",
        Sentence("orders that are only bills hold nothing that could end."),
        lambda s: s.reserves.end is not ReserveEnd.BY_HAND and s.order_usage is OrderUsage.AS_BILL,
    ),
    Contradiction(
        "allow_excess_separate",
        "separate_provisioning",
        Sentence("where nothing is bought for one order alone, no more than needed is bought for it."),
        lambda s: s.allow_excess_separate and not s.separate_provisioning,
    ),
    Contradiction(
        "fill",
        "separate_provisioning",
        Sentence("where nothing is bought for one order alone, the rest is not bought so."),
        lambda s: s.fill.rest is ProvisioningAction.PROVISION_SEPARATELY and not s.separate_provisioning,
    ),
    Contradiction(
        "reserves",
        "close_with_cancellation_needs_controls",
        Sentence("without both controls of closing no order is closed with cancellation."),
        lambda s: (
            s.reserves.end is ReserveEnd.CLOSE
            and s.close_with_cancellation_needs_controls
            and not (s.forbid_close_partly_shipped and s.forbid_close_partly_paid)
        ),
    ),
)

#: For `default_status`, and for the status of every channel.
START_CONTRADICTIONS: tuple[Contradiction[tuple[Settings, OrderStatus]], ...] = (
    Contradiction(
        "default_status",
        "order_usage",
        Sentence("a new order starts in a status that orders of this usage have, and it is not closed."),
        lambda s: s[1] not in STATUSES[s[0].order_usage] or s[1] is OrderStatus.CLOSED,
    ),
    Contradiction(
        "default_status",
        "order_approval",
        Sentence("an order that somebody must approve first cannot start above on_approval."),
        lambda s: (
            s[0].order_approval is OrderApproval.ALWAYS
            and s[1] is not OrderStatus.ON_APPROVAL
            and s[1] in STATUSES[s[0].order_usage]
        ),
    ),
)


def _is_zone(name: str) -> bool:
    if name == "UTC":
        return True
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
