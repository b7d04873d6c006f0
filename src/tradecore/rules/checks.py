"""
Checks: what must hold where an order passes a checkpoint, in one vocabulary.

A step of an order is refused for two kinds of reasons. Its own conditions say whether it is possible at all: the order
is executed, something is reserved. They stand beside the rule of the step, see `STEPS` in `tradecore.rules.controls`.
Checks say whether the company permits it: credit, discounts, whatever a host adds. A check is a value; commands do not
know of it. It is asked when a command has decided and before anything is written, so it sees what would become of the
order. Which checkpoints a command passes follows from what it changes, so no command can pass one unnoticed.

A violation refuses, unless it is a WARNING, or the actor has the right that lifts it. What was told or lifted stands in
the event and in the history, with the name of whoever acted.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

import attrs

from tradecore.changes import Guard
from tradecore.documents import Document, SalesOrder
from tradecore.errors import Violation
from tradecore.registers import Balance, Place
from tradecore.settings import Settings
from tradecore.values.record import Record, Ref


class Checkpoint(StrEnum):
    """Where checks are asked. Each follows from what a command changes."""

    PLACE = "place"  #: The order counts from now on.
    EDIT = "edit"  #: What is sold, for how much, or when it is paid has changed.
    APPROVE = "approve"  #: Somebody approves it.
    EXECUTE = "execute"  #: Its execution starts.
    PROVISION = "provision"  #: Goods are held, ordered or waited for.
    RELEASE = "release"  #: Goods are let go again.
    TO_SHIP = "to_ship"  #: Goods are released to the warehouse.
    SHIP = "ship"  #: Goods or services leave.
    RETURN = "return"  #: Goods come back.
    PAY = "pay"  #: Money comes in.
    REFUND = "refund"  #: Money goes back.
    CANCEL = "cancel"  #: Quantities will not be delivered.
    CLOSE = "close"  #: Nothing more will happen under the order.
    REOPEN = "reopen"  #: A closed order is worked on again.
    MARK = "mark"  #: An order that counted is marked for deletion.


class Right(StrEnum):
    """Rights of actors that lift violations of ours. Hosts have rights of their own beside them."""

    SHIP_UNPAID = "ship_unpaid"  #: Ship before advance and prepayment have come (A9).
    REOPEN = "reopen"  #: Work on a closed order again (decision 11).


@attrs.frozen(kw_only=True)
class Case:
    """
    What a check is asked about.

    Attributes:
        after: The document as it would be: the order, or the shipment, return or payment that is made for it.

        before: The same as it is; None where it is new.

        order: The order it is about, as it would be; None for a document without one.

        at: The moment of the command.

        rights: Those of the actor, for checks that depend on them.

        balances, records: What `Check.reads` asked for and was found.
    """

    checkpoint: Checkpoint
    after: Document
    before: Document | None = None
    order: SalesOrder | None = None
    at: datetime
    settings: Settings
    rights: frozenset[str] = frozenset()
    balances: Mapping[Place, Balance] = attrs.field(factory=dict, hash=False)
    records: Mapping[Ref, Record] = attrs.field(factory=dict, hash=False)


def _always(_: Settings) -> bool:
    return True


def _nothing(_: Case) -> tuple[()]:
    return ()


@attrs.frozen(kw_only=True)
class Check:
    """
    Something the company permits or not, asked at checkpoints.

    Attributes:
        name: For people who look for it.

        at: The checkpoints it is asked at.

        find: The violations of a case; none permits it.

        applies: Whether it is needed under these settings. Asked once, so that a check switched off costs nothing.

        reads: Balances (register and prefix of a key) and records it must see, read for all checks at once.

        guards: What must still hold when the command is written, so that a race cannot pass it by.
    """

    name: str
    at: frozenset[Checkpoint] = attrs.field(converter=frozenset)
    find: Callable[[Case], Iterable[Violation]]
    applies: Callable[[Settings], bool] = _always
    reads: Callable[[Case], Iterable[Place | Ref]] = _nothing
    guards: Callable[[Case], Iterable[Guard]] = _nothing


def judged(
    violations: Iterable[Violation], rights: frozenset[str]
) -> tuple[tuple[Violation, ...], tuple[Violation, ...]]:
    """Those that refuse an actor with these rights, and those that are only told: warnings and what a right lifts."""
    found = tuple(violations)
    refused = tuple(each for each in found if each.refuses(rights))
    return refused, tuple(each for each in found if not each.refuses(rights))
