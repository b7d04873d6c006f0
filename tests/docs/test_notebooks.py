"""Notebooks are kept clean: the build of the documentation runs them, and nothing of a run is stored."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import ROOT

NOTEBOOKS = sorted(
    page for page in (ROOT / "docs").rglob("*.ipynb") if not {"_build", "jupyter_execute"}.intersection(page.parts)
)


@pytest.fixture(params=NOTEBOOKS, ids=lambda page: page.name)
def notebook(request: pytest.FixtureRequest) -> Any:
    """A notebook as JSON."""
    page: Path = request.param
    return json.loads(page.read_text(encoding="utf-8"))


def test_there_is_one() -> None:
    """The tutorial is a notebook."""
    assert "an-order-from-cart-to-close.ipynb" in [page.name for page in NOTEBOOKS]


def test_nothing_of_a_run_is_stored(notebook: Any) -> None:
    """No outputs, no counts of executions."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [] == [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"] is not None]


def test_cells_have_names_of_their_own(notebook: Any) -> None:
    """Format 4.5 wants an id for each cell, once."""
    ids = [cell["id"] for cell in notebook["cells"]]
    assert (4, 5, len(ids)) == (notebook["nbformat"], notebook["nbformat_minor"], len(set(ids)))


def test_code_is_python(notebook: Any) -> None:
    """Every cell of code can be compiled, before a build takes the time to run it."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            ast.parse("".join(cell["source"]))


def test_notebook_runs_up_to_its_plot(notebook: Any) -> None:
    """What needs no plotting package runs here too, so that a change of the library is noticed before the build."""
    names: dict[str, Any] = {"print": lambda *_: None}
    for cell in notebook["cells"]:
        code = "".join(cell["source"])
        if cell["cell_type"] == "code" and "matplotlib" not in code:
            exec(compile(code, cell["id"], "exec"), names)  # noqa: S102  # our own notebook
