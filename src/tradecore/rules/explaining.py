"""Why an order is in its state, and what may be done with it now (G11, E8)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import attrs

from tradecore.documents import STATUSES, OrderState, OrderStatus, SalesOrder
from tradecore.errors import Violation
from tradecore.rules.approval import Deviation, deviations
from tradecore.rules.checks import Checkpoint, judged
from tradecore.rules.controls import STEPS, passed_by_status
from tradecore.rules.order_state import OrderFacts, derive_order_state, order_facts
from tradecore.rules.order_status import NO_FACTS, StatusFacts, check_status
from tradecore.rules.owing import owed
from tradecore.rules.payment_stages import StageCoverage, cover_stages, overdue_stages, planned_debt
from tradecore.rules.stage_gating import PROVISIONING, SHIPMENT, passage
from tradecore.settings import Settings
from tradecore.values.money import Money
from tradecore.values.numbers import ZERO, total
from tradecore.values.percent import Percent


@attrs.frozen
class Explanation:
    """
    An order's state with everything it follows from, as of a day (G11, D11-D14).

    Attributes:
        because: The test of the derivation that chose the state.

        facts: Quantities by line and action, and the money that was compared.

        stages: Every stage with what of it is paid.

        overdue: What was due before `as_of` and is not paid. `overdue_since` is the day the oldest part fell due.

        paid, shipped: Amounts, and as percents of what is owed for the order. Net of refunds and returns. What was shipped
            is in the currency of the prices; what is paid and owed, in the currency the order is paid in.

        shipped_debt: Shipped and not paid, also as a percent; where goods become the customer's later, become his and not
            paid. `planned_debt`: due by `as_of` and not paid, shipped or not.

        refund_due: Received beyond what is owed.

        provisioning_covered, shipment_covered: The value of goods that the money received opens provisioning and
            shipment for: all of the order once the stages are paid, nothing or a part of it before (D4, D5).

        entrusted: Whether goods were shipped that are still ours.

    Where a contract is settled as a whole, what an order has paid and owes is not known: those figures are None (C14).

        deviations: How the order departs from its agreement.
    """

    order: SalesOrder
    as_of: date
    state: OrderState | None
    because: str
    facts: OrderFacts
    stages: tuple[StageCoverage, ...]
    total: Money
    paid: Money | None
    paid_percent: Percent | None
    shipped: Money
    shipped_percent: Percent
    shipped_debt: Money | None
    debt_percent: Percent | None
    planned_debt: Money | None
    overdue: Money | None
    overdue_since: date | None
    refund_due: Money | None
    provisioning_covered: Money | None
    shipment_covered: Money | None
    entrusted: bool
    deviations: tuple[Deviation, ...]

    @property
    def is_overdue(self) -> bool:
        """Whether a stage was due before `as_of` and is not paid."""
        return bool(self.overdue)


def explain(order: SalesOrder, settings: Settings, as_of: date) -> Explanation:
    """The state of an order, why, and its figures as of a day."""
    facts = order_facts(order, settings)
    test = derive_order_state(facts) if order.posted else None
    coverage = cover_stages(order)
    money, due = order.to_pay, order.amount_due
    shipped = order.shipped_amount - order.returned_amount
    debt = max(order.charged - order.credited - order.paid, ZERO)
    late = overdue_stages(coverage, as_of)
    overdue = min(total(each.missing for each in late), owed(order))
    by_order = not order.by_contract
    return Explanation(
        order=order,
        as_of=as_of,
        state=test.state if test else None,
        because=test.because if test else "it is not posted",
        facts=facts,
        stages=coverage,
        total=order.money(order.total),
        paid=money(order.paid) if by_order else None,
        paid_percent=Percent.ratio(order.paid, due) if by_order else None,
        shipped=order.money(shipped),
        shipped_percent=Percent.ratio(shipped, order.total - order.returned_amount),
        shipped_debt=money(debt) if by_order else None,
        debt_percent=(Percent.ratio(debt, due) if due else Percent(0)) if by_order else None,
        planned_debt=money(planned_debt(order, as_of)) if by_order else None,
        overdue=money(overdue) if by_order else None,
        overdue_since=min((each.stage.due for each in late if each.stage.due), default=None) if overdue else None,
        refund_due=money(max(order.paid - due, ZERO)) if by_order else None,
        provisioning_covered=order.money(passage(order, PROVISIONING).covers) if by_order else None,
        shipment_covered=order.money(passage(order, SHIPMENT).covers) if by_order else None,
        entrusted=any(line.entrusted for line in order.lines),
        deviations=deviations(order),
    )


@attrs.frozen
class Option:
    """
    A command of an order: allowed now, or refused with its reasons.

    Attributes:
        told: Warnings, and what a right of the actor would lift.
        status: What `set_status` would set; None for other commands.
    """

    command: str
    refused: tuple[Violation, ...] = ()
    told: tuple[Violation, ...] = ()
    status: OrderStatus | None = None

    @property
    def allowed(self) -> bool:
        """Whether the command may be called now."""
        return not self.refused


def allowed(
    order: SalesOrder,
    settings: Settings,
    rights: frozenset[str] = frozenset(),
    found: Mapping[Checkpoint, Sequence[Violation]] = {},  # read only
    facts: StatusFacts = NO_FACTS,
) -> tuple[Option, ...]:
    """
    Every command of the order, and every status it may have: allowed, or refused with its reasons.

    `found` are those of checks (see there), `facts` what the controls of statuses look at beside the order.
    """
    commands = [
        Option(
            command,
            *judged((*step.own(order, settings, facts), *(found.get(step.passes, ()) if step.passes else ())), rights),
        )
        for command, step in STEPS.items()
    ]
    return (*commands, *_statuses(order, settings, rights, found, facts))


def _statuses(
    order: SalesOrder,
    settings: Settings,
    rights: frozenset[str],
    found: Mapping[Checkpoint, Sequence[Violation]],
    facts: StatusFacts,
) -> Iterator[Option]:
    for status in STATUSES[order.usage]:
        if status is not order.status:
            wrong = list(check_status(order, status, settings, facts))
            for checkpoint in passed_by_status(order, status):
                wrong += found.get(checkpoint, ())
            yield Option("set_status", *judged(wrong, rights), status)
