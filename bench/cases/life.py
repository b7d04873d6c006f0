"""Whole lives a second: one client, then eight at once, spread over the catalogue and on one hot item."""

import itertools

from bench.library import Library
from bench.measuring import Bench
from bench.sides import FLOOR, TRADECORE, Shop
from bench.targets import HOT_ITEM, ONE, SPREAD
from bench.work import Side, demands, live, live_for


class Counted:
    """A shop with the number of lives it has seen, so that what it stored can be checked."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.side: Side = shop.open()
        self.side.prepare()
        self.lives = 0
        self._seeds = itertools.count(1)
        self.client = self.side.client(0)

    def alone(self, seconds: float) -> float:
        """Lives a second of one client."""
        wanted = demands(next(self._seeds))
        if not self.lives:
            live(self.client, next(wanted))
            self.lives += 1
        done = live_for(self.client, wanted, seconds)
        self.lives += done.lives
        return done.rate

    def together(self, bench: Bench, *, hot: bool) -> float:
        """Lives a second of all clients of the crowd."""
        done = bench.crowd.live(self.shop, hot=hot, seconds=bench.seconds)
        self.lives += done.lives
        return done.rate

    def check(self) -> None:
        """Raise `Unsound` unless everything stored is right."""
        self.side.check(self.lives)

    def finish(self) -> None:
        """Prove the whole store once, then leave it."""
        if isinstance(self.side, Library):
            self.side.prove()
        self.client.finish()
        self.side.finish()


def measure(bench: Bench, store: str) -> None:
    """Measure a store."""
    base, ours = (Counted(Shop(side, store, bench.places.fresh(store))) for side in (FLOOR, TRADECORE))

    def alone() -> None:
        def one(side: Counted) -> float:
            rate = side.alone(bench.seconds)
            side.check()
            return rate

        bench.compare(("life", store, ONE), FLOOR, "lives/s", lambda: one(base), lambda: one(ours))

    alone()
    if store != "memory" and bench.crowd.clients:
        _together(bench, store, base, ours)
    base.finish()
    ours.finish()


def _together(bench: Bench, store: str, base: Counted, ours: Counted) -> None:
    for each in (base, ours):
        each.lives += bench.crowd.meet(each.shop)

    for hot in (False, True):

        def all_of(side: Counted, *, hot: bool = hot) -> float:
            rate = side.together(bench, hot=hot)
            side.check()
            return rate

        what = (HOT_ITEM if hot else SPREAD).format(clients=bench.crowd.clients)
        bench.compare(("life", store, what), FLOOR, "lives/s", lambda: all_of(base), lambda: all_of(ours))
    for each in (base, ours):
        bench.crowd.leave(each.shop)
