"""The code on the pages of the documentation runs, and answers what the pages say it does."""

from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, check_shown, run

DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)


def _name(page: Path) -> str:
    return str(page.relative_to(DOCS))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page is a program: its blocks run in their order, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    run(page)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_shown_code_is_python(page: Path) -> None:
    """Code that is only shown, because it needs a server or a framework, is at least Python."""
    check_shown(page)
