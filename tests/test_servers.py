"""The test servers themselves: they answer, they are real, they go away."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pymongo
import pytest
from pymongo.errors import OperationFailure

from tests import conftest, servers
from tests.processes import Server, ServerUnavailableError

pytest_plugins = ["pytester"]
REPOSITORY = Path(__file__).parents[1]
TEST_THAT_NEEDS_MARIADB = "def test_needs_mariadb(mariadb_url): pass"
CONFTEST_WITHOUT_MARIADB = """
import os
from tests.conftest import *
from tests import servers

os.environ["PATH"] = ""
servers.SERVER_PLACES = ()
"""


@pytest.fixture
def newcomer(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A test run of its own on a machine where no MariaDB can be found."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.delenv(conftest.REQUIRED, raising=False)
    monkeypatch.delenv(servers.VARIABLES["MariaDB"], raising=False)
    pytester.makeconftest(CONFTEST_WITHOUT_MARIADB)
    pytester.makepyfile(TEST_THAT_NEEDS_MARIADB)
    return pytester


def test_postgres_answers_with_an_empty_utf8_database(postgres_url: str) -> None:
    """PostgreSQL is there, in UTF-8, and this test process has a database of its own."""
    assert "UTF8" == servers.sql(postgres_url, "show server_encoding")
    assert urlsplit(postgres_url).path == "/" + servers.sql(postgres_url, "select current_database()")


def test_mariadb_answers_with_an_empty_utf8_database(mariadb_url: str) -> None:
    """MariaDB is there, stores any Unicode text, and this test process has a database of its own."""
    assert "utf8mb4" == servers.sql(mariadb_url, "select @@character_set_database")
    assert urlsplit(mariadb_url).path == "/" + servers.sql(mariadb_url, "select database()")


def test_mongo_answers_and_knows_transactions(mongo_url: str) -> None:
    """MongoDB is a replica set, so that two collections can change in one transaction."""
    with pymongo.MongoClient[dict[str, Any]](mongo_url) as client:
        database = client.get_default_database()
        with client.start_session() as session, session.start_transaction():
            database["orders"].insert_one({}, session=session)
            database["entries"].insert_one({}, session=session)
        assert {"orders", "entries"} <= set(database.list_collection_names())


def test_standalone_mongo_knows_no_transactions() -> None:
    """A stand-alone MongoDB refuses transactions: a store must be able to notice it."""
    with (
        servers.standalone_mongo() as url,
        pymongo.MongoClient[dict[str, Any]](url) as client,
        pytest.raises(OperationFailure, match="Transaction numbers"),
        client.start_session() as session,
        session.start_transaction(),
    ):
        client["any"]["thing"].insert_one({}, session=session)


def test_replica_set_elects_another_primary() -> None:
    """A set of three members takes writes again after its primary is killed."""
    with servers.mongo_set() as mongo_set, pymongo.MongoClient[dict[str, Any]](mongo_set.url) as client:
        first = mongo_set.primary()
        first.kill()
        second = mongo_set.primary()
        client["any"]["thing"].insert_one({})
        assert first is not second


@pytest.mark.parametrize("prepare", [servers.postgres_server, servers.mariadb_server, servers.mongo_server])
def test_killed_server_keeps_what_it_acknowledged(prepare: Callable[..., Server]) -> None:
    """A durable server that was killed and started again still has what it confirmed."""
    with prepare(durable=True) as server:
        _write_mark(server.url)
        server.kill()
        server.start()
        assert 1 == _count_marks(server.url)


def test_missing_server_is_skipped_with_advice(newcomer: pytest.Pytester) -> None:
    """Where a server is missing, its tests are skipped and the reader learns what to install."""
    result = newcomer.runpytest_subprocess("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["MariaDB: *install*", "*No MariaDB*install*TRADECORE_TEST_MARIADB_URL*"])


def test_required_server_that_is_missing_fails(newcomer: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where servers are required, a missing one is a failure and not a skip."""
    monkeypatch.setenv(conftest.REQUIRED, "1")
    result = newcomer.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*TRADECORE_REQUIRE_SERVERS is set, but there is no MariaDB*"])


def test_url_from_the_environment_is_used(
    newcomer: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, mariadb_url: str
) -> None:
    """A URL in the environment takes the place of a server of ours."""
    monkeypatch.setenv(servers.VARIABLES["MariaDB"], mariadb_url)
    result = newcomer.runpytest_subprocess()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["MariaDB: *given by TRADECORE_TEST_MARIADB_URL"])


def test_server_that_cannot_start_says_why() -> None:
    """The end of the server's log is in the error, for a program that is there but does not work."""
    server = servers.mongo_server()
    server.command = [*server.command, "--no-such-option"]
    with pytest.raises(ServerUnavailableError, match="no-such-option"), server:
        pass


def test_nothing_is_left_when_the_run_is_killed() -> None:
    """Servers and their data go away even when the process that started them had no time to clean up."""
    program = "from tests.servers import standalone_mongo as s; c = s(); print(c.__enter__(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        url = run.stdout.readline().strip()
        assert servers.version(url)
        run.send_signal(signal.SIGKILL)
    time.sleep(2)
    with pytest.raises(pymongo.errors.ServerSelectionTimeoutError):
        servers.version(url + "?serverSelectionTimeoutMS=500")


def _write_mark(url: str) -> None:
    if url.startswith("mongodb"):
        with pymongo.MongoClient[dict[str, Any]](url, w="majority", journal=True) as client:
            client.get_default_database()["marks"].insert_one({})
    else:
        servers.sql(url, "create table marks (id int primary key)")
        servers.sql(url, "insert into marks values (1)")


def _count_marks(url: str) -> int:
    if url.startswith("mongodb"):
        with pymongo.MongoClient[dict[str, Any]](url) as client:
            return client.get_default_database()["marks"].count_documents({})
    return int(servers.sql(url, "select count(*) from marks"))
