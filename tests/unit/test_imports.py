"""What `import tradecore` costs: nothing that is not used."""

import subprocess
import sys
from pathlib import Path

import tradecore

HEAVY = ("sqlalchemy", "pymongo", "bson", "psycopg", "pymysql", "aiosqlite", "pytest", "hypothesis", "numpy")
ASK = f"import sys, tradecore; tradecore.Trade(); print(sorted(set({HEAVY!r}) & set(sys.modules)))"


def test_import_loads_no_driver_and_no_test_tool() -> None:
    """A program that keeps everything in memory loads neither drivers nor pytest nor Hypothesis."""
    source = str(Path(tradecore.__file__).parent.parent)
    told = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {source!r}); {ASK}"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert "[]" == told.stdout.strip()


def test_all_names_are_there() -> None:
    """Every public name can be imported, and names no one has heard of cannot."""
    assert all(getattr(tradecore, name) is not None for name in tradecore.__all__)
    assert sorted(set(tradecore.__all__)) == sorted(tradecore.__all__)
    assert not hasattr(tradecore, "Managers")
