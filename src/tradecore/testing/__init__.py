"""
What tests of trade logic need: values with only the facts that matter, strategies, and the suite every store passes.

- `factories`: `an_order(lines=[a_line(quantity=3)])`, and `seed(trade)`, a small catalogue with stock.
- `strategies`: Hypothesis strategies for values and for every kind of record.
- `StoreConformance`, `TradeConformance`: classes to subclass; a store that passes them behaves like all others.
- `simulate`: clients whose commands are interleaved step by step, with everything going wrong that can, from a seed.
- `plugin`: the pytest fixtures `trade`, `async_trade` and `factories`, there as soon as tradecore is installed.

pytest and Hypothesis are imported only where they are used.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradecore.testing.conformance import Host, StoreConformance, TradeConformance
    from tradecore.testing.simulation import (
        NO_FAULTS,
        Faults,
        Figures,
        Simulation,
        SimulationFailed,
        replay,
        simulate,
    )

__all__ = [
    "NO_FAULTS",
    "Faults",
    "Figures",
    "Host",
    "Simulation",
    "SimulationFailed",
    "StoreConformance",
    "TradeConformance",
    "replay",
    "simulate",
]

_SUITE = "tradecore.testing.conformance"
_OF_SUITE = ("Host", "StoreConformance", "TradeConformance")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name not in _OF_SUITE:
        return getattr(import_module("tradecore.testing.simulation"), name)
    if _SUITE not in sys.modules:
        import pytest

        pytest.register_assert_rewrite(_SUITE)  # a failed check shows both sides
    return getattr(import_module(_SUITE), name)
