"""The examples as modules, and every store they run on, each test under a tenant of its own."""

import sys
import uuid
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
sys.path.insert(0, str(EXAMPLES))


@pytest.fixture
def tenant() -> str:
    """A tenant nobody else uses: the servers of a run are shared."""
    return f"examples-{uuid.uuid4().hex[:12]}"


@pytest.fixture(params=["memory", "sqlite", "postgres", "mariadb", "mongo"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of each store in turn."""
    name: str = request.param
    if name == "memory":
        return "memory://"
    if name == "sqlite":
        return f"sqlite:///{tmp_path / 'shop.db'}"
    url: str = request.getfixturevalue(f"{name}_url")
    return url
