"""In which fields two values of a class differ: the comparison of all fields, written out once for each class."""

from collections.abc import Callable, Container, Sequence
from typing import Any

Compare = Callable[[Any, Any], list[Any]]


def comparison(names: Sequence[str], told: Sequence[Any], parts: Container[str] = ()) -> Compare:
    """
    A function that gives what is told of each field in which two values differ, in the order of the fields.

    Fields named in `parts` hold tuples of parts; they differ as soon as they are not the same tuple.
    """
    lines = ["def differing(old, new):", "    found = []"]
    space: dict[str, Any] = {}
    for index, name in enumerate(names):
        space[f"told{index}"] = told[index]
        unequal = "" if name in parts else f" and old.{name} != new.{name}"
        lines.append(f"    if old.{name} is not new.{name}{unequal}:")
        lines.append(f"        found.append(told{index})")
    lines.append("    return found")
    exec("\n".join(lines), space)  # noqa: S102  # names of our own classes
    compare: Compare = space["differing"]
    return compare
