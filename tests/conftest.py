"""A clean database on each real server, started once for a whole run, and lines that name the servers."""

import contextlib
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import servers
from tests.processes import Server, ServerUnavailableError, home
from tools import catalogues

REQUIRED = "TRADECORE_REQUIRE_SERVERS"
STARTERS: Mapping[str, Callable[..., Server]] = {
    "PostgreSQL": servers.postgres_server,
    "MariaDB": servers.mariadb_server,
    "MongoDB": servers.mongo_server,
}
catalogues.compile_all()  # a source tree has none; processes that tests start read them too
started: list[Server] = []  # kept alive: the run's directory ends them, not the garbage collector


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A clean PostgreSQL database of this test process, as a SQLAlchemy URL."""
    yield from _own_database("PostgreSQL", request.config)


@pytest.fixture(scope="session")
def mariadb_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A clean MariaDB database of this test process, as a SQLAlchemy URL."""
    yield from _own_database("MariaDB", request.config)


@pytest.fixture(scope="session")
def mongo_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A clean database of this test process on a MongoDB replica set of one node."""
    yield from _own_database("MongoDB", request.config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a pytest-xdist worker where the servers of the run are kept."""
    node.workerinput["servers_home"] = str(home())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the servers that the tests talked to."""
    terminalreporter.section("servers")
    terminalreporter.write_line(f"SQLite: {sqlite3.sqlite_version}, built into this Python")
    for name in STARTERS:
        note = _note(name, terminalreporter.config)
        told = json.loads(note.read_text(encoding="utf-8"))["told"] if note.exists() else "not used"
        terminalreporter.write_line(f"{name}: {told}")


def _own_database(name: str, config: pytest.Config) -> Iterator[str]:
    url = _running_server(name, config)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = f"{servers.DATABASE}_{worker}_{secrets.token_hex(4)}"
    servers.create_database(url, database)
    yield servers.beside(url, database)
    servers.drop_database(url, database)


def _running_server(name: str, config: pytest.Config) -> str:
    note = _note(name, config)
    with _alone(note.with_suffix(".lock")):
        if not note.exists():
            note.write_text(json.dumps(_start(name, note.parent)), encoding="utf-8")
    answer: dict[str, str] = json.loads(note.read_text(encoding="utf-8"))
    if "url" in answer:
        return answer["url"]
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{REQUIRED} is set, but there is no {name}. {answer['told']}", pytrace=False)
    pytest.skip(f"No {name}. {answer['told']}")


def _start(name: str, directory: Path) -> dict[str, str]:
    variable = servers.VARIABLES[name]
    if url := os.environ.get(variable):
        return {"url": url, "told": f"{servers.version(url)}, given by {variable}"}
    try:
        server = STARTERS[name](under=directory)
        server.start()
    except ServerUnavailableError as error:
        return {"told": f"{error}; or set {variable} to the URL of a server."}
    started.append(server)
    return {"url": server.url, "told": f"{server.version}, started for this run"}


def _note(name: str, config: pytest.Config) -> Path:
    """Return the file in which the first test process that needs a server tells the others about it."""
    directory = getattr(config, "workerinput", {}).get("servers_home") or home()
    return Path(directory) / f"{name}.json"


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    import fcntl

    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
