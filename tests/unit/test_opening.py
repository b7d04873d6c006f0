"""Stores by their URLs: what is known, what is missing, and what other packages bring."""

import builtins
from importlib import metadata
from typing import Any

import pytest

from tradecore import Invalid, Trade
from tradecore.errors import MissingDriver
from tradecore.opening import open_async_store, open_store
from tradecore.storage.memory import MemoryStore


@pytest.mark.parametrize("url", [None, 5, b"memory://", ["memory://"]])
def test_a_url_is_a_text(url: Any) -> None:
    """Anything else is refused before anything is looked up."""
    with pytest.raises(Invalid) as refused:
        Trade.open(url)
    assert [("WRONG_TYPE", "url")] == [(each.code, each.place) for each in refused.value.violations]


@pytest.mark.parametrize("url", ["", "shop.db", "oracle://x", "://"])
def test_schemes_that_nobody_knows_are_refused(url: str) -> None:
    """The sentence names those that are known."""
    with pytest.raises(Invalid, match="memory, sqlite, postgresql"):
        open_store(url)


@pytest.mark.parametrize(
    ("url", "package", "extra"),
    [
        ("sqlite:///shop.db", "sqlalchemy", "sql"),
        ("postgresql+psycopg://x/shop", "psycopg", "postgres"),
        ("mysql+pymysql://x/shop", "pymysql", "mysql"),
        ("mongodb://x/shop", "pymongo", "mongo"),
    ],
)
def test_a_missing_driver_is_named_with_its_extra(
    url: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads the sentence knows what to install."""
    monkeypatch.setattr("tradecore.opening.import_module", _missing(package))
    with pytest.raises(MissingDriver) as missing:
        open_store(url)
    assert f"needs the package {package}: pip install 'tradecore[{extra}]'" in str(missing.value)


def test_a_module_of_ours_that_is_missing_is_not_blamed_on_a_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation says so itself."""
    monkeypatch.setattr("tradecore.opening.import_module", _missing("tradecore"))
    with pytest.raises(ModuleNotFoundError):
        open_async_store("sqlite:///shop.db")


def _missing(package: str) -> Any:
    def import_module(_: str) -> Any:
        raise ModuleNotFoundError(f"No module named {package!r}", name=f"{package}.inner")

    return import_module


def test_a_package_may_bring_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its entry point is called with the URL, the tenant and whether the store is to wait."""
    asked: list[Any] = []

    def factory(url: str, *, tenant: str, waits: bool) -> MemoryStore:
        asked.append((url, tenant, waits))
        return MemoryStore()

    monkeypatch.setattr(builtins, "_a_factory_of_stores", factory, raising=False)
    point = metadata.EntryPoint("mydb", "builtins:_a_factory_of_stores", "tradecore.stores")
    known = metadata.EntryPoints([point])
    monkeypatch.setattr(metadata, "entry_points", known.select)
    assert isinstance(open_store("mydb://host/shop", tenant="north"), MemoryStore)
    open_async_store("mydb://host/shop")
    assert [("mydb://host/shop", "north", False), ("mydb://host/shop", "main", True)] == asked
