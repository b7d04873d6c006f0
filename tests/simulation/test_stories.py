"""The shop stays right in every order of steps, whatever goes wrong: a few seeds here, many by `nox -s simulate`."""

import pytest

from tests.simulation.stories import STORIES
from tradecore.testing import NO_FAULTS, simulate
from tradecore.testing.simulation.running import Story

SEEDS = range(40)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_shop_stays_right(story: Story) -> None:
    """With crashes, cuts, repeats, lost races and a clock that jumps."""
    figures = simulate(story, SEEDS)
    assert len(SEEDS) == figures.schedules
    for happened in (figures.commits, figures.crashes, figures.cuts, figures.conflicts, figures.repeats, figures.jumps):
        assert happened > len(SEEDS) / 4, figures


def test_clients_alone_come_into_each_others_way() -> None:
    """Races are lost without any help."""
    figures = simulate(STORIES["money"], SEEDS, faults=NO_FAULTS)
    assert 0 == figures.crashes + figures.cuts + figures.repeats + figures.jumps
    assert figures.conflicts > 0
