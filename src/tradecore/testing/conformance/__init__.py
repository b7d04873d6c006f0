"""
The suite that every store passes.

Subclass it, give it a store, and pytest collects it:

    class TestMyStore(StoreConformance):
        @pytest.fixture
        def make_store(self) -> Callable[[], MyStore]:
            return MyStore
"""

from tradecore.testing.conformance.commits import CommitsConformance
from tradecore.testing.conformance.driving import Driven, Host, driven
from tradecore.testing.conformance.finding import FindingConformance
from tradecore.testing.conformance.guards import GuardsConformance
from tradecore.testing.conformance.histories import HistoriesConformance
from tradecore.testing.conformance.isolation import IsolationConformance
from tradecore.testing.conformance.ledgers import LedgersConformance
from tradecore.testing.conformance.outbox import OutboxConformance
from tradecore.testing.conformance.races import RacesConformance
from tradecore.testing.conformance.records import RecordsConformance
from tradecore.testing.conformance.rivalry import RivalryConformance


class StoreConformance(
    RecordsConformance,
    CommitsConformance,
    GuardsConformance,
    RacesConformance,
    IsolationConformance,
    FindingConformance,
    LedgersConformance,
    HistoriesConformance,
    OutboxConformance,
):
    """What must be alike in every store, blocking or waiting: `tradecore.storage.protocol`, sentence by sentence."""


class TradeConformance(RivalryConformance):
    """What must be alike through the façades: `Trade` over a blocking store, `AsyncTrade` over every store."""


__all__ = ["Driven", "Host", "StoreConformance", "TradeConformance", "driven"]
