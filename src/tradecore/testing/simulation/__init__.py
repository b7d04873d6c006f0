"""
Simulation: clients whose commands are interleaved step by step, with everything going wrong that can, from a seed.

    def story(shop: Simulation) -> None:
        seed(shop.trade, stock=1)
        for name in ("anna", "boris"):
            shop.client(buys_a_chair, name)

    def test_nobody_is_sold_what_is_not_there() -> None:
        simulate(story, seeds=range(500))

After every commit the invariants are proved: totals equal their entries, documents stand for their entries, what orders
keep follows from them, nothing is below zero at any moment, every key was carried out once, events are in order without
a gap, and all that was ever committed is there exactly once. A failure shows a seed and the shortest moves found.
"""

from tradecore.testing.simulation.choosing import NO_FAULTS, Faults
from tradecore.testing.simulation.figures import Figures
from tradecore.testing.simulation.running import Simulation
from tradecore.testing.simulation.simulating import SimulationFailed, replay, simulate

__all__ = ["NO_FAULTS", "Faults", "Figures", "Simulation", "SimulationFailed", "replay", "simulate"]
