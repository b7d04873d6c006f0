"""What we measure ourselves by: ratios that the first release must reach, and the goals behind them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """
    Attributes:
        first: The ratio the first release must reach; `goal` is what we work for.

        more: Whether more is better.
    """

    first: float
    goal: float
    more: bool

    def verdict(self, ratio: float) -> str:
        """How a ratio stands: "goal", "met" (the first release's) or "missed"."""
        for wanted, word in ((self.goal, "goal"), (self.first, "met")):
            if ratio >= wanted if self.more else ratio <= wanted:
                return word
        return "missed"


ONE, SPREAD, HOT_ITEM = "1 client", "{clients} clients, spread", "{clients} clients, one hot item"

_LIFE = {
    "memory": Target(0.03, 0.08, more=True),
    "sqlite": Target(0.10, 0.25, more=True),
    "postgres": Target(0.45, 0.80, more=True),
    "mariadb": Target(0.45, 0.75, more=True),
    "mongo": Target(0.60, 0.90, more=True),
}
_CROWD = Target(0.4, 0.7, more=True)
_GROWTH = Target(1.3, 1.1, more=False)
_FIND = Target(2.0, 1.3, more=False)
_IMPORT = Target(2.0, 1.3, more=False)
_ALLOCATION = Target(3.0, 1.5, more=False)


def target(case: str, store: str, what: str) -> Target | None:
    """The target of a row, if it has one."""
    match case:
        case "life" if what == ONE:
            return _LIFE.get(store)
        case "life" if store in ("postgres", "mariadb", "mongo"):
            return _CROWD
        case "growth":
            return _GROWTH
        case "find" if store != "memory" and "whole orders" in what:
            return _FIND
        case "allocation":
            return _GROWTH if what.startswith("growth") else _ALLOCATION
        case "import":
            return _IMPORT
        case _:
            return None
