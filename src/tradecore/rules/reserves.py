"""
Reserves whose money does not come: when they end, and whom to remind before (H5, H10, H11, I6, T4).

A reserve waits for the first advance or prepayment that is not paid. By `ReservePolicy` it ends some days after that
stage fell due: goods are let go, or the order is closed with cancellation. Days before that the customer is reminded.
Without an end by policy people decide (002, 7.1), and the reminder speaks of the day the money is due.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import attrs

from tradecore.catalog import ContactPerson, Partner, StageKind
from tradecore.documents import HELD, OrderState, ProvisioningAction, SalesOrder
from tradecore.errors import Code, Violation, violation
from tradecore.rules.approval import check_open
from tradecore.rules.payment_stages import StageCoverage, cover_stages
from tradecore.settings import ReserveEnd, ReservePolicy
from tradecore.values.money import Money

#: States of orders that may hold goods while an advance or a prepayment is missing.
UNPAID_STATES = (
    OrderState.AWAITING_ADVANCE,
    OrderState.READY_TO_PROVISION,
    OrderState.AWAITING_PROVISIONING,
    OrderState.AWAITING_PREPAYMENT,
)
_RESERVES = HELD | {ProvisioningAction.RESERVE_BY_DATE}  # what was bought for the order alone is not let go by a day
_BEFORE_SHIPMENT = (StageKind.ADVANCE, StageKind.PREPAYMENT)


@attrs.frozen
class AwaitedMoney:
    """
    The stage a reserve waits for.

    Attributes:
        missing: What of the stage is not paid.

        due: The day it falls due.

        ends_on: The day the reserve ends; None where people decide.
    """

    stage: str
    kind: StageKind
    missing: Money
    due: date
    ends_on: date | None


@attrs.frozen(kw_only=True)
class Reminder:
    """
    What a host should tell a customer; nothing is sent from here.

    Attributes:
        key: Names this message: order, stage and the day it is meant for. Send one message a key.

        contact: Whom to write to: the order's own contact, else the customer's first; None if there is none.

        missing: What of the stage is not paid, and `due` the day it falls due.

        what: What will happen to the reserve if the money does not come, and `when`.

        template: Name of the host's text.
    """

    key: str
    order: str
    number: str
    partner: str
    contact: ContactPerson | None
    stage: str
    kind: StageKind
    missing: Money
    due: date
    what: ReserveEnd
    when: date
    template: str


def awaited(order: SalesOrder, policy: ReservePolicy) -> AwaitedMoney | None:
    """The money the reserve of an order waits for; None if it holds nothing, or waits for nothing that has a day."""
    if not order.open or not any(line.held(*_RESERVES) for line in order.lines):
        return None
    unpaid = [each for each in cover_stages(order) if each.stage.kind in _BEFORE_SHIPMENT and each.missing > 0]
    first = min((each for each in unpaid if each.stage.due), key=_due, default=None)
    if first is None or order.paid >= order.amount_due:
        return None
    due = _due(first)
    ends_on = None if policy.after_days is None else due + timedelta(days=policy.after_days)
    return AwaitedMoney(first.stage.id, first.stage.kind, order.money(first.missing), due, ends_on)


def _due(coverage: StageCoverage) -> date:
    return coverage.stage.due or date.max


def latest_due(policy: ReservePolicy, as_of: date) -> date:
    """The last due day of which a customer may have to be reminded on a day."""
    return as_of + timedelta(days=max(policy.remind_days_before, default=0) - (policy.after_days or 0))


def remind(order: SalesOrder, customer: Partner | None, policy: ReservePolicy, as_of: date) -> Reminder | None:
    """
    The reminder that is due on a day; None if none is.

    It stays the same one until the next is due or the day itself has come, so that a day without a scan loses nothing.
    """
    money = awaited(order, policy)
    if money is None:
        return None
    when = money.ends_on or money.due
    days = [when - timedelta(days=before) for before in policy.remind_days_before]
    meant_for = max((day for day in days if day <= as_of < when), default=None)
    if meant_for is None:
        return None
    return Reminder(
        key=f"{order.id}/{money.stage}/{meant_for.isoformat()}",
        order=order.id,
        number=order.number,
        partner=order.customer,
        contact=_contact(order, customer),
        stage=money.stage,
        kind=money.kind,
        missing=money.missing,
        due=money.due,
        what=policy.end,
        when=when,
        template=policy.template,
    )


def _contact(order: SalesOrder, customer: Partner | None) -> ContactPerson | None:
    contacts: Iterable[ContactPerson] = customer.contacts if customer else ()
    own = [each for each in contacts if each.id == order.contact]
    return next(iter(own or contacts), None)


def expired(order: SalesOrder, policy: ReservePolicy, as_of: date) -> bool:
    """Whether the reserve of an order has come to its end by a day."""
    money = awaited(order, policy)
    return money is not None and money.ends_on is not None and money.ends_on <= as_of


def check_expiring(order: SalesOrder, policy: ReservePolicy, as_of: date) -> tuple[Violation, ...]:
    """Whether the reserve has come to its end."""
    if wrong := check_open(order):
        return wrong
    if policy.after_days is None:
        return (violation(Code.RESERVES_DO_NOT_EXPIRE),)
    if not expired(order, policy, as_of):
        money = awaited(order, policy)
        on = money.ends_on if money else None
        return (violation(Code.RESERVE_STANDS, order=order.number or order.id, on=on, as_of=as_of),)
    return ()


def why_expired(money: AwaitedMoney) -> dict[str, str]:
    """What the event says: which stage was not paid, how much of it, and since when."""
    return {"stage": money.stage, "missing": str(money.missing), "due": money.due.isoformat()}
