"""What has happened, in the past tense: written with the commit, read by a relay."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import attrs

from tradecore.values.record import Ref


class EventType(StrEnum):
    """The names of events. They are stored and never change."""

    ORDER_DRAFTED = "OrderDrafted"
    ORDER_PLACED = "OrderPlaced"
    ORDER_EDITED = "OrderEdited"
    ORDER_APPROVED = "OrderApproved"
    ORDER_STATUS_CHANGED = "OrderStatusChanged"
    ORDER_EXECUTION_STARTED = "OrderExecutionStarted"
    ORDER_PROVISIONED = "OrderProvisioned"
    ORDER_RELEASED = "OrderReleased"
    ORDER_RESERVE_EXPIRED = "OrderReserveExpired"
    ORDER_SUPPLIED = "OrderSupplied"
    ORDER_STATE_CHANGED = "OrderStateChanged"
    ORDER_PAID = "OrderPaid"
    ORDER_LINES_CANCELLED = "OrderLinesCancelled"
    ORDER_CLOSED = "OrderClosed"
    ORDER_REOPENED = "OrderReopened"
    CONTROL_WARNED = "ControlWarned"
    CONTROL_LIFTED = "ControlLifted"
    PURCHASE_PAID = "PurchasePaid"
    DOCUMENT_DRAFTED = "DocumentDrafted"
    DOCUMENT_POSTED = "DocumentPosted"
    DOCUMENT_UNPOSTED = "DocumentUnposted"
    DOCUMENT_REDATED = "DocumentRedated"
    DOCUMENT_MARKED = "DocumentMarked"
    DOCUMENT_UNMARKED = "DocumentUnmarked"


@attrs.frozen
class Event:
    """
    Something that happened to a document.

    Attributes:
        type: What happened.

        document: What it happened to.

        data: Figures worth knowing without loading the document; strings, numbers as strings.

        at, actor: When and by whom; given by the commit.

        version: The version of the document this commit made.

        position: Place in the outbox, growing without gaps; given when the event becomes readable.
    """

    type: EventType
    document: Ref
    data: dict[str, Any] = attrs.field(factory=dict, hash=False)
    at: datetime | None = None
    actor: str = ""
    version: int = 0
    position: int = 0
