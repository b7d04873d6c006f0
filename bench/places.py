"""Where the databases are: files, private durable servers, or servers of yours. What is made here is removed again."""

import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import Self

STORES = ("memory", "sqlite", "postgres", "mariadb", "mongo")
SERVERS = STORES[2:]


class NotAvailable(Exception):
    """The store cannot be measured here; the text says why."""


class Places:
    """Gives the URL of a fresh, empty database as often as it is asked; starts each server at most once."""

    def __init__(self, directory: str | None = None) -> None:
        self._directory = directory
        self._stack = ExitStack()
        self._urls: dict[str, str] = {}
        self._missing: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Make the directory for files."""
        files = tempfile.TemporaryDirectory(prefix="bench-", dir=self._directory, ignore_cleanup_errors=True)
        self.files = Path(self._stack.enter_context(files))
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the servers; remove the files."""
        self._stack.close()

    def fresh(self, store: str) -> str:
        """
        The URL of an empty database.

        Raises:
            NotAvailable: There is no such server, or no driver for it.
        """
        name = f"bench_{secrets.token_hex(4)}"
        if store == "memory":
            return "memory://"
        if store == "sqlite":
            return f"sqlite:///{self.files / name}.db"
        base = self._server(store)
        from tests import servers

        servers.create_database(base, name)
        url = servers.beside(base, name)
        self._stack.callback(_drop, servers.drop_database, base, name)
        return url

    def _server(self, store: str) -> str:
        if store in self._missing:
            raise NotAvailable(self._missing[store])
        if store not in self._urls:
            try:
                self._urls[store] = self._stack.enter_context(_starters()[store](durable=True))
            except (ImportError, _unavailable()) as error:
                self._missing[store] = f"{type(error).__name__}: {error}"
                raise NotAvailable(self._missing[store]) from error
        return self._urls[store]

    def versions(self) -> dict[str, str]:
        """What the servers in use say they are."""
        if not self._urls:
            return {}
        from tests import servers

        return {store: servers.version(url) for store, url in self._urls.items()}


def _starters() -> Mapping[str, Callable[..., AbstractContextManager[str]]]:
    from tests import servers

    return {"postgres": servers.postgres, "mariadb": servers.mariadb, "mongo": servers.mongo}


def _unavailable() -> type[Exception]:
    try:
        from tests.processes import ServerUnavailableError
    except ImportError:
        return NotAvailable
    return ServerUnavailableError


def _drop(drop: Callable[[str, str], None], base: str, name: str) -> None:
    # A server of ours is removed as a whole; what cannot be dropped any more does no harm.
    with suppress(Exception):
        drop(base, name)
