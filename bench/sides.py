"""The two sides of every comparison, made from plain words so that another process can make the same ones."""

from typing import NamedTuple

from bench.floor import floor
from bench.library import Library
from bench.work import Side

FLOOR, TRADECORE = "floor", "tradecore"


class Shop(NamedTuple):
    """A side over a database."""

    side: str
    store: str
    url: str

    def open(self) -> Side:
        """Make it."""
        return floor(self.store, self.url) if self.side == FLOOR else Library(self.url)
