"""From a URL to a store. A driver is imported only when its URL is used; a missing one names the extra to install."""

from importlib import import_module
from typing import Any

from tradecore.errors import Code, Invalid, MissingDriver, violation
from tradecore.storage.memory import MemoryStore
from tradecore.storage.protocol import BlockingStore, Store

#: Group of entry points by which other packages offer stores: URL scheme -> callable(url, tenant=..., waits=...).
ENTRY_POINTS = "tradecore.stores"

_SQL = "tradecore.storage.sql"
_MONGO = "tradecore.storage.mongo"
_SCHEMES = {
    "sqlite": _SQL,
    "postgresql": _SQL,
    "mysql": _SQL,
    "mariadb": _SQL,
    "mongodb": _MONGO,
    "mongodb+srv": _MONGO,
}
_CLASSES = {_SQL: ("SqlStore", "AsyncSqlStore"), _MONGO: ("MongoStore", "AsyncMongoStore")}
#: What is installed for which missing module.
_EXTRAS = {"sqlalchemy": "sql", "psycopg": "postgres", "pymysql": "mysql", "pymongo": "mongo", "bson": "mongo",
           "aiosqlite": "async", "greenlet": "async"}  # fmt: skip


def open_store(url: str, *, tenant: str = "main") -> BlockingStore:
    """
    The blocking store of a URL: `memory://`, `sqlite:///shop.db`, `postgresql+psycopg://…`, `mysql+pymysql://…`, `mongodb://…`.

    Raises:
        MissingDriver: A package is not installed; the sentence names the extra.

        Invalid: No store is known for the URL.
    """
    store: BlockingStore = _open(url, tenant, waits=False)
    return store


def open_async_store(url: str, *, tenant: str = "main") -> Store:
    """
    The store of a URL for `AsyncTrade`: one that waits where there is one.

    Raises:
        MissingDriver, Invalid: As `open_store`.
    """
    store: Store = _open(url, tenant, waits=True)
    return store


def _open(url: str, tenant: str, *, waits: bool) -> Any:
    if not isinstance(url, str):
        raise Invalid((violation(Code.WRONG_TYPE, "url", expected="a URL", got=type(url).__name__),))
    scheme = url.partition("://")[0]
    if scheme == "memory":
        return MemoryStore()
    name = _SCHEMES.get(scheme.partition("+")[0]) or _SCHEMES.get(scheme)
    if name is None:
        from importlib.metadata import entry_points

        for point in entry_points(group=ENTRY_POINTS, name=scheme):
            return point.load()(url, tenant=tenant, waits=waits)
        known = ", ".join(["memory", *_SCHEMES])
        raise Invalid((violation(Code.UNKNOWN_VALUE, "url", value=scheme[:40], known=known),))
    try:
        kind = getattr(import_module(name), _CLASSES[name][waits])
        return kind.open(url, tenant=tenant)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRAS:
            raise
        raise MissingDriver(
            f"{scheme}:// needs the package {missing}: pip install 'tradecore[{_EXTRAS[missing]}]'."
        ) from error
