"""
What tests of trade logic need: values with only the facts that matter, strategies, and the suite every store passes.

- `factories`: `an_order(lines=[a_line(quantity=3)])`, and `seed(trade)`, a small catalogue with stock.
- `strategies`: Hypothesis strategies for values and for every kind of record.
- `StoreConformance`, `TradeConformance`: classes to subclass; a store that passes them behaves like all others.
- `plugin`: the pytest fixtures `trade`, `async_trade` and `factories`, there as soon as tradecore is installed.

pytest and Hypothesis are imported only where they are used.
"""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tradecore.testing.conformance import Host, StoreConformance, TradeConformance

__all__ = ["Host", "StoreConformance", "TradeConformance"]

_SUITE = "tradecore.testing.conformance"


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if _SUITE not in sys.modules:
        import pytest

        pytest.register_assert_rewrite(_SUITE)  # a failed check shows both sides
    from tradecore.testing import conformance

    return getattr(conformance, name)
