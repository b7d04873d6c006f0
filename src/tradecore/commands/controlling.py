"""Asking the checks of the company: before a command is written, and where somebody asks what is allowed."""

from collections.abc import Sequence
from typing import TypeVar

from tradecore.changes import NO_CHANGES, Changes
from tradecore.commands.session import Outcome, Session
from tradecore.documents import SalesOrder
from tradecore.errors import Severity, Violation
from tradecore.events import Event, EventType
from tradecore.rules.checks import Case, Check, Checkpoint
from tradecore.rules.controls import cases, imagined
from tradecore.values.evolving import evolve
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)


async def controlled(session: Session, outcome: Outcome[R]) -> Changes:
    """
    The changes of a command with the guards of all checks they must pass, and the events of what was told or lifted.

    Raises:
        Refused: What the checks find, all at once.
    """
    changes = outcome.changes
    if session.checks:
        about = cases(changes, session.settings, session.now(), session.actor.rights)
        asked = await _asked(session, about)
        session.refuse((found for check, case in asked for found in check.find(case)), outcome.result)
        guards = tuple(guard for check, case in asked for guard in check.guards(case))
        changes += Changes(guards=guards) if guards else NO_CHANGES
    return changes + Changes(events=tuple(_events(session, outcome.result.ref))) if session.told else changes


async def would_find(session: Session, order: SalesOrder) -> dict[Checkpoint, list[Violation]]:
    """What the checks have against each step of an order as it stands."""
    found: dict[Checkpoint, list[Violation]] = {}
    if session.checks:
        about = imagined(order, session.settings, session.now(), session.actor.rights)
        for check, case in await _asked(session, about):
            found.setdefault(case.checkpoint, []).extend(check.find(case))
    return found


async def _asked(session: Session, about: Sequence[Case]) -> list[tuple[Check, Case]]:
    """Which checks are asked about which cases, with all that they must see: at most two round trips, mostly none."""
    asked = [(check, case) for check in session.checks for case in about if case.checkpoint in check.at]
    reads = dict.fromkeys(read for check, case in asked for read in check.reads(case))
    if not reads:
        return asked
    records = await session.records([read for read in reads if isinstance(read, Ref)])
    places = [read for read in reads if not isinstance(read, Ref)]
    balances = await session.store.balances(places) if places else {}
    return [(check, evolve(case, records=records, balances=balances)) for check, case in asked]


def _events(session: Session, subject: Ref) -> list[Event]:
    """That somebody was warned, and that somebody went past a control: each names what it was."""
    warned = [each for each in session.told if each.severity is Severity.WARNING]
    lifted = [each for each in session.told if each.severity is Severity.ERROR]
    found = ((EventType.CONTROL_WARNED, warned), (EventType.CONTROL_LIFTED, lifted))
    return [Event(type_, subject, {"violations": [_plain(each) for each in every]}) for type_, every in found if every]


def _plain(told: Violation) -> dict[str, str]:
    named = {"code": str(told.code), "place": told.place, "message": told.message, "right": str(told.override)}
    return {name: text for name, text in named.items() if text}
