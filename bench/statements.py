"""Counting what a command sends to a SQL database, by listening to the debug log of the store."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from typing_extensions import override

import tradecore as tc
from bench.library import LibraryClient, warmed
from bench.work import COMMANDS, demands, live

LOGGER = "tradecore.storage.sql"
READS, TRANSACTIONS = 2, 1
"""What a command may need at most."""

_BEGIN = re.compile(r"\s*(BEGIN|START TRANSACTION|SAVEPOINT)\b", re.IGNORECASE)
_END = re.compile(r"\s*(COMMIT|RELEASE|ROLLBACK)\b", re.IGNORECASE)
_SETTING = re.compile(r"\s*(SET TRANSACTION|SET SESSION|PRAGMA)\b", re.IGNORECASE)


@dataclass
class Counts:
    """
    What was sent.

    Attributes:
        reads: Statements outside any transaction; each is a round trip.

        transactions: Transactions that were begun.

        statements: Statements inside them, without those that begin and end them.

        round_trips: How often one of them waited for the database; statements sent together wait once.

        texts: Everything, in order.
    """

    reads: int = 0
    transactions: int = 0
    statements: int = 0
    round_trips: int = 0
    texts: list[str] = field(default_factory=list)

    @property
    def within_limits(self) -> bool:
        """Whether a command may need as much."""
        return self.reads <= READS and self.transactions <= TRANSACTIONS

    @override
    def __str__(self) -> str:
        return (
            f"{self.reads} reads, {self.transactions} write transactions"
            f" ({self.statements} statements in {self.round_trips} round trips)"
        )


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.counts = Counts()
        self._inside = False

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Take down one message: statements that were sent together, with semicolons between them."""
        counts, met = self.counts, self._inside
        for text in record.getMessage().split("; "):
            counts.texts.append(text)
            if _BEGIN.match(text):
                self._inside = met = True
                counts.transactions += 1
            elif _END.match(text):
                self._inside = False
            elif self._inside:
                counts.statements += 1
            elif not _SETTING.match(text):
                counts.reads += 1
        counts.round_trips += met


@contextmanager
def counted() -> Iterator[Counts]:
    """Count what the SQL store sends meanwhile."""
    logger, listener = logging.getLogger(LOGGER), _Listener()
    level = logger.level
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    try:
        yield listener.counts
    finally:
        logger.setLevel(level)
        logger.removeHandler(listener)


def count_life(trade: tc.Trade) -> dict[str, Counts]:
    """Command -> what it sends, on a store that `fill` has filled, once the catalogue has been read."""
    client, wanted = LibraryClient(warmed(trade), own=False), demands(7)
    live(client, next(wanted))
    found: dict[str, Counts] = {}
    subject: object = next(wanted)
    for name in COMMANDS:
        with counted() as counts:
            answer = getattr(client, name)(subject)
        found[name] = counts
        subject = answer if name == "place" else subject
    return found
