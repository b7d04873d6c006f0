"""The cases by name. A case of one store is called for each store, the others once."""

from collections.abc import Callable, Mapping

from bench.cases import allocation, commands, convert, counting, find, growth, imports, life
from bench.measuring import Bench

PLAIN: Mapping[str, Callable[[Bench], None]] = {
    "import": imports.measure,
    "convert": convert.measure,
    "allocation": allocation.measure,
}
OF_STORE: Mapping[str, Callable[[Bench, str], None]] = {
    "life": life.measure,
    "commands": commands.measure,
    "statements": counting.measure,
    "growth": growth.measure,
    "find": find.measure,
}
NAMES = (*PLAIN, *OF_STORE)
