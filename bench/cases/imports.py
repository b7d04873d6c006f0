"""What `import tradecore` costs beside attrs and cattrs, which it stands on; and that it loads no driver."""

import subprocess
import sys
import time

from bench.measuring import Bench

_DRIVERS = ("sqlalchemy", "pymongo", "bson", "psycopg", "pymysql", "aiosqlite")


def measure(bench: Bench) -> None:
    """Measure the import, each time in a new interpreter, less what the bare interpreter takes."""
    loaded = run(f"import sys, tradecore; print(*[each for each in {_DRIVERS} if each in sys.modules])")
    if loaded.strip():
        bench.report.failed.append(f"import: `import tradecore` loads {loaded.strip()}")
    for warm in ("import attrs, cattrs", "pass"):  # the first run compiles what is not compiled yet
        run(warm)
    rounds = 15 if bench.full else 5
    bench.compare(
        ("import", "", "import tradecore"),
        "attrs and cattrs",
        "ms",
        lambda: added("import attrs, cattrs", rounds),
        lambda: added("import tradecore", rounds),
    )


def added(statement: str, rounds: int) -> float:
    """Milliseconds the statement adds to an interpreter that does nothing: the fastest of some rounds."""
    bare, with_it = float("inf"), float("inf")
    for _ in range(rounds):
        bare, with_it = min(bare, took("pass")), min(with_it, took(statement))
    return (with_it - bare) * 1e3


def took(statement: str) -> float:
    """Seconds a new interpreter takes."""
    started = time.perf_counter()
    run(statement)
    return time.perf_counter() - started


def run(statement: str) -> str:
    """What a new interpreter prints."""
    done = subprocess.run([sys.executable, "-c", statement], check=True, capture_output=True, text=True)
    return done.stdout
