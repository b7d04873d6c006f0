"""Commands of payments that are for no order: what intermediaries hand over, and everything else that comes or goes."""

from datetime import datetime
from typing import Any, TypeVar

from tradecore.commands.session import Outcome, Session, unknown
from tradecore.documents import IncomingPayment, OutgoingPayment, PaymentMethod, PaymentPurpose
from tradecore.errors import Violation
from tradecore.rules.paying import check_amount
from tradecore.rules.posting import post, posted_event, save, series_of
from tradecore.values.money import Money
from tradecore.values.text import DocumentId, PartnerId, Text

P = TypeVar("P", IncomingPayment, OutgoingPayment)


async def receive_payout(
    session: Session,
    *,
    partner: PartnerId,
    amount: Money,
    method: PaymentMethod = PaymentMethod.BANK,
    at: datetime | None = None,
    comment: Text = "",
    id: DocumentId | None = None,
) -> Outcome[IncomingPayment]:
    """
    Receive what an intermediary has collected for us, less its fees: what it owes us falls (D19).

    Args:
        partner: The intermediary.

    Raises:
        Refused: `UNKNOWN_ID`, `NOT_POSITIVE`.
    """
    session.refuse(await _check(session, partner, amount), "The payout cannot be received")
    told = _told(session, amount, PaymentPurpose.PAYOUT, partner, method, at, comment)
    return _posted(session, IncomingPayment(id=await session.name(IncomingPayment, id), **told))


async def receive_other(
    session: Session,
    *,
    amount: Money,
    partner: PartnerId | None = None,
    method: PaymentMethod = PaymentMethod.BANK,
    at: datetime | None = None,
    comment: Text = "",
    id: DocumentId | None = None,
) -> Outcome[IncomingPayment]:
    """
    Receive money that no order is paid with: a loan, a grant, a deposit that comes back (D16). No debt changes.

    Args:
        partner: Who paid, if that is worth knowing.
        comment: What it was for.

    Raises:
        Refused: `UNKNOWN_ID`, `NOT_POSITIVE`.
    """
    session.refuse(await _check(session, partner, amount), "The payment cannot be received")
    told = _told(session, amount, PaymentPurpose.OTHER, partner, method, at, comment)
    return _posted(session, IncomingPayment(id=await session.name(IncomingPayment, id), **told))


async def pay_other(
    session: Session,
    *,
    amount: Money,
    partner: PartnerId | None = None,
    method: PaymentMethod = PaymentMethod.BANK,
    at: datetime | None = None,
    comment: Text = "",
    id: DocumentId | None = None,
) -> Outcome[OutgoingPayment]:
    """
    Pay what is for no order: rent, wages, taxes, bank fees (D16). No debt changes.

    Args:
        partner: Who is paid, if that is worth knowing.
        comment: What it was for.

    Raises:
        Refused: `UNKNOWN_ID`, `NOT_POSITIVE`.
    """
    session.refuse(await _check(session, partner, amount), "The payment cannot be made")
    told = _told(session, amount, PaymentPurpose.OTHER, partner, method, at, comment)
    return _posted(session, OutgoingPayment(id=await session.name(OutgoingPayment, id), **told))


async def _check(session: Session, partner: PartnerId | None, amount: Money) -> list[Violation]:
    known = await session.catalog.partners([partner]) if partner else {}
    return [*check_amount(amount), *unknown("partner", {"partner": partner} if partner else {}, known)]


def _told(
    session: Session,
    amount: Money,
    purpose: PaymentPurpose,
    partner: PartnerId | None,
    method: PaymentMethod,
    at: datetime | None,
    comment: Text,
) -> dict[str, Any]:
    return {
        "at": at or session.now(),
        "author": session.actor.id,
        "comment": comment,
        "partner": partner,
        "amount": amount.amount,
        "currency": amount.currency,
        "method": method,
        "purpose": purpose,
    }


def _posted(session: Session, payment: P) -> Outcome[P]:
    after = post(payment)
    series = series_of(after, session.settings)
    return Outcome(after, save(None, after, at=after.at, events=(posted_event(after),), series=series))
