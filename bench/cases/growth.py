"""Whether a life takes longer in a store that holds many orders: few of them against many of them, tradecore alone."""

from bench.library import Library
from bench.measuring import Bench
from bench.seeding import seed
from bench.work import Client, demands, live, live_for

FEW, MANY, VERY_MANY = 1_000, 10_000, 100_000


def measure(bench: Bench, store: str) -> None:
    """Measure a store."""
    bench.must_be_wanted("growth", store)
    few, client = _filled(bench, store, FEW)
    for size in (MANY, VERY_MANY) if bench.full else (MANY,):
        many, other = _filled(bench, store, size)
        row = ("growth", store, f"one life at {size:,} orders")
        bench.compare(
            row,
            f"at {FEW:,}",
            "us",
            lambda: _each(client, bench),
            lambda other=other: _each(other, bench),  # type: ignore[misc]
        )
        other.finish()
        many.finish()
    few.prove()
    client.finish()
    few.finish()


def _filled(bench: Bench, store: str, orders: int) -> tuple[Library, Client]:
    bench.say(f"growth: {orders:,} orders for {store} ...")
    library = Library(bench.places.fresh(store))
    library.prepare()
    seed(library.trade.store, orders)
    client = library.client(0)
    live(client, next(demands(2)))
    return library, client


def _each(client: Client, bench: Bench) -> float:
    return 1e6 / live_for(client, demands(1), bench.seconds).rate
