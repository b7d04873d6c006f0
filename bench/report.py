"""What was measured: rows of a table, and the same as JSON."""

import json
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.targets import target

_PACKAGES = ("tradecore", "attrs", "cattrs", "sqlalchemy", "psycopg", "pymysql", "pymongo")
_WIDTHS = (9, 9, 34, 22, 22, 7, 15, 8)
_HEADS = ("case", "store", "what", "base", "tradecore", "ratio", "spread", "target")


@dataclass(frozen=True)
class Row:
    """
    One comparison, measured in pairs.

    Attributes:
        base: What tradecore is compared with.

        unit: Of both figures. Ratios are tradecore / base, so more is better where the unit is a rate.

        pairs: Figures of base and of tradecore, in the order they were measured.
    """

    case: str
    store: str
    what: str
    base: str
    unit: str
    pairs: Sequence[tuple[float, float]]

    @property
    def ratios(self) -> list[float]:
        """Tradecore / base, pair by pair."""
        return [ours / base for base, ours in self.pairs]

    @property
    def ratio(self) -> float:
        """The median ratio."""
        return statistics.median(self.ratios)

    @property
    def verdict(self) -> str:
        """Whether the target is reached: "goal", "met", "missed"; empty if there is none."""
        known = target(self.case, self.store, self.what)
        return known.verdict(self.ratio) if known else ""

    def plain(self) -> dict[str, Any]:
        """The row as JSON holds it."""
        known = target(self.case, self.store, self.what)
        return {
            "case": self.case,
            "store": self.store,
            "what": self.what,
            "base": self.base,
            "unit": self.unit,
            "base_median": statistics.median(base for base, _ in self.pairs),
            "tradecore_median": statistics.median(ours for _, ours in self.pairs),
            "ratio": self.ratio,
            "ratio_low": min(self.ratios),
            "ratio_high": max(self.ratios),
            "pairs": [list(pair) for pair in self.pairs],
            "target": asdict(known) if known else None,
            "verdict": self.verdict,
        }

    def cells(self) -> tuple[str, ...]:
        """The row as the table shows it."""
        base = statistics.median(base for base, _ in self.pairs)
        ours = statistics.median(ours for _, ours in self.pairs)
        spread = f"{min(self.ratios):.3g} .. {max(self.ratios):.3g}"
        told = (f"{self.base} {_short(base)} {self.unit}", f"{_short(ours)} {self.unit}")
        return (self.case, self.store, self.what, *told, f"{self.ratio:.3g}", spread, self.verdict)


@dataclass
class Report:
    """Everything a run found out."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    servers: dict[str, str] = field(default_factory=dict)
    statements: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        return {
            "versions": {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, **_versions()},
            "servers": self.servers,
            "statements": self.statements,
            "rows": [row.plain() for row in self.rows],
            "notes": self.notes,
            "skipped": self.skipped,
            "failed": self.failed,
        }

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(self.plain(), indent=2) + "\n", encoding="utf-8")

    def table(self) -> str:
        """The report as people read it."""
        lines = [_line(_HEADS), _line(["-" * width for width in _WIDTHS])]
        lines += [_line(row.cells()) for row in self.rows]
        for title, texts in (("note", self.notes), ("skipped", self.skipped), ("FAILED", self.failed)):
            lines += [f"{title}: {text}" for text in texts]
        return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
