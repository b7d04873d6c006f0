"""How far a reader of the outbox has come."""

from typing import ClassVar

import attrs

from tradecore.values.record import Record


@attrs.frozen(kw_only=True)
class RelayCursor(Record):
    """The position of the last event a named reader has handled; its id is the reader's name."""

    KIND: ClassVar[str] = "relay_cursor"

    position: int = 0
