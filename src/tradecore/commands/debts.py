"""What partners owe: for goods they have got, and for orders whose payment is due (D14, S13)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import attrs

from tradecore.commands.session import Session, of_register
from tradecore.documents import SalesOrder
from tradecore.query import PAGE_LIMIT, Eq, Query, Range
from tradecore.registers import SETTLEMENTS
from tradecore.rules.payment_stages import planned_debt
from tradecore.values.evolving import evolve
from tradecore.values.money import Money
from tradecore.values.numbers import ZERO, total
from tradecore.values.text import PartnerId


@attrs.frozen
class PartnerDebts:
    """
    The two debts of a partner in one currency.

    Attributes:
        shipped_debt: For what was shipped and is not paid, over all orders. Money that stands for no order, or was
            received for goods not shipped yet, does not lower it.

        planned_debt: For what is due by a day and is not paid, over all open orders, shipped or not.
    """

    partner: str
    currency: str
    shipped_debt: Money
    planned_debt: Money


async def partner_debts(session: Session, partner: PartnerId, *, as_of: date | None = None) -> tuple[PartnerDebts, ...]:
    """
    Debt for shipped goods and debt for payment of orders, for each currency there ever was one in (S13).

    Args:
        as_of: The day by which planned payments are due; today if left out.
    """
    day = as_of or session.settings.day(session.now())
    balances = of_register(SETTLEMENTS, await session.balances((SETTLEMENTS, [(partner,)])))
    shipped: dict[str, Decimal] = {}
    for key, balance in balances.items():
        shipped[key[1]] = shipped.get(key[1], ZERO) + max(balance.amounts[0] - balance.amounts[1], ZERO)
    planned = await _planned(session, partner, day)
    return tuple(
        PartnerDebts(
            partner,
            currency,
            Money(shipped.get(currency, ZERO), currency),
            Money(planned.get(currency, ZERO), currency),
        )
        for currency in sorted({*shipped, *planned})
    )


async def _planned(session: Session, partner: str, day: date) -> Mapping[str, Decimal]:
    """What is due by a day, by currency: orders whose first unpaid stage is, a page at a time."""
    found: dict[str, list[Decimal]] = {}
    query = Query(SalesOrder, (Eq("customer", partner), Range("due_on", None, day)), "due_on", limit=PAGE_LIMIT)
    while page := await session.find(query):
        for order in page:
            found.setdefault(order.pays_in, []).append(planned_debt(order, day))
        if len(page) < query.limit:
            break
        query = evolve(query, after=(page[-1].due_on, page[-1].id))
    return {currency: total(debts) for currency, debts in found.items()}
