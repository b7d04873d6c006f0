"""How many statements each command of a life sends to a SQL database: not a time, but what times follow from."""

from bench.library import Library
from bench.measuring import Bench
from bench.statements import READS, TRANSACTIONS, count_life


def measure(bench: Bench, store: str) -> None:
    """Count on a store; the others keep no such log."""
    if store not in ("sqlite", "postgres", "mariadb"):
        return
    library = Library(bench.places.fresh(store))
    library.prepare()
    found = count_life(library.trade)
    bench.report.statements[store] = {
        name: {
            "reads": counts.reads,
            "transactions": counts.transactions,
            "statements": counts.statements,
            "round_trips": counts.round_trips,
        }
        for name, counts in found.items()
    }
    for name, counts in found.items():
        bench.report.notes.append(f"statements on {store}: {name} sends {counts}")
        if not counts.within_limits:
            limits = f"{READS} reads and {TRANSACTIONS} write transaction"
            bench.report.failed.append(f"statements on {store}: {name} sends {counts}, more than {limits}")
    library.finish()
