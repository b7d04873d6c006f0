"""Pages of orders by hand: rows of what a list shows, an index made for the question, keys instead of offsets."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from bench.floor.mariadb import MariadbFloor
from bench.floor.mongo import MongoFloor
from bench.floor.postgres import PostgresFloor
from bench.floor.sql import Cursor, many, written
from bench.floor.sqlite import SqliteFloor

PAGE = 50
Mark: TypeAlias = tuple[str, str]
"""Day and id of the last order of the page before."""


class Listed(NamedTuple):
    """An order as a list shows it, and the rows of its lines and stages."""

    id: str
    state: str
    due: str
    number: str
    customer: str
    at: str
    total: int
    lines: Sequence[tuple[str, str, int, int]]
    stages: Sequence[tuple[str, int, str]]


class Pages(Protocol):
    """One way to ask for pages; `whole` asks for lines and stages too."""

    def load(self, orders: Iterable[Listed]) -> None:
        """Create the tables and fill them."""
        ...

    def due(self, state: str, day: str, *, whole: bool) -> Any:
        """The first page of the orders in a state that fall due on a day."""
        ...

    def after(self, state: str, mark: Mark, *, whole: bool) -> Any:
        """The page of the orders in a state that follows a mark."""
        ...

    def close(self) -> None:
        """Give back the connection."""
        ...


class MemoryPages:
    """A sorted list."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, Listed]] = []

    def load(self, orders: Iterable[Listed]) -> None:
        """Sort them."""
        self.rows = sorted((each.state, each.due, each.id, each) for each in orders)

    def due(self, state: str, day: str, *, whole: bool) -> Any:  # noqa: ARG002  # rows hold everything
        """Bisect."""
        start = bisect_left(self.rows, (state, day), key=lambda row: row[:2])
        return [each for each in self.rows[start : start + PAGE] if each[:2] == (state, day)]

    def after(self, state: str, mark: Mark, *, whole: bool) -> Any:  # noqa: ARG002  # rows hold everything
        """Bisect."""
        start = bisect_right(self.rows, (state, *mark), key=lambda row: row[:3])
        return [each for each in self.rows[start : start + PAGE] if each[0] == state]

    def close(self) -> None:
        """Nothing is open."""


_TABLES = {
    "listed": """id varchar(40) not null primary key, state varchar(30) not null, due varchar(10) not null,
        number varchar(40) not null, customer varchar(40) not null, at varchar(40) not null, total bigint not null""",
    "listed_line": """sale varchar(40) not null, id varchar(40) not null, item varchar(40) not null,
        quantity bigint not null, amount bigint not null, primary key (sale, id)""",
    "listed_stage": """sale varchar(40) not null, id varchar(40) not null, amount bigint not null,
        due varchar(10) not null, primary key (sale, id)""",
}
_INDEX = "create index listed_by_due on listed (state, due, id)"
_FIELDS = "select id, number, customer, due, at, total from listed where state = ?"
_DUE = f"{_FIELDS} and due = ? order by id limit {PAGE}"
_AFTER = f"{_FIELDS} and (due, id) > (?, ?) order by due, id limit {PAGE}"
_AFTER_SPELT_OUT = f"{_FIELDS} and due >= ? and (due > ? or id > ?) order by due, id limit {PAGE}"
_PARTS = "select * from {table} where sale in ({wanted}) order by sale, id"
_AT_ONCE = 500


class SqlPages:
    """Three tables and an index."""

    def __init__(self, connection: Any, *, placeholder: str = "%s", rows_compare: bool = True) -> None:
        self.connection = connection
        self.cursor: Cursor = connection.cursor()
        self._placeholder = placeholder
        self._rows_compare = rows_compare

    def load(self, orders: Iterable[Listed]) -> None:
        """Create tables, insert, then index."""
        for name, columns in _TABLES.items():
            self.cursor.execute(f"create table {name} ({columns})")
        known = list(orders)
        self.cursor.execute("begin")
        self._insert("insert into listed values (?, ?, ?, ?, ?, ?, ?)", [each[:7] for each in known])
        lines = [(each.id, *line) for each in known for line in each.lines]
        self._insert("insert into listed_line values (?, ?, ?, ?, ?)", lines)
        stages = [(each.id, *stage) for each in known for stage in each.stages]
        self._insert("insert into listed_stage values (?, ?, ?, ?)", stages)
        self.cursor.execute("commit")
        self.cursor.execute(_INDEX)
        self.cursor.execute("analyze table listed" if not self._rows_compare else "analyze")

    def _insert(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        for start in range(0, len(rows), _AT_ONCE):
            part = rows[start : start + _AT_ONCE]
            text = written(many(statement, len(part)), self._placeholder)
            self.cursor.execute(text, [value for row in part for value in row])

    def due(self, state: str, day: str, *, whole: bool) -> Any:
        """One indexed query."""
        return self._page(_DUE, (state, day), whole=whole)

    def after(self, state: str, mark: Mark, *, whole: bool) -> Any:
        """One indexed query."""
        if self._rows_compare:
            return self._page(_AFTER, (state, *mark), whole=whole)
        return self._page(_AFTER_SPELT_OUT, (state, mark[0], *mark), whole=whole)

    def _page(self, statement: str, values: Sequence[str], *, whole: bool) -> Any:
        found = self._ask(statement, values)
        if not whole:
            return found
        ids = [row[0] for row in found]
        wanted = ", ".join("?" * len(ids))
        lines = self._ask(_PARTS.format(table="listed_line", wanted=wanted), ids)
        stages = self._ask(_PARTS.format(table="listed_stage", wanted=wanted), ids)
        parts: dict[str, tuple[list[Any], list[Any]]] = {id: ([], []) for id in ids}
        for line in lines:
            parts[line[0]][0].append(line)
        for stage in stages:
            parts[stage[0]][1].append(stage)
        return [(*row, *parts[row[0]]) for row in found]

    def _ask(self, statement: str, values: Sequence[str]) -> Any:
        self.cursor.execute(written(statement, self._placeholder), values)
        return self.cursor.fetchall()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class MongoPages:
    """One collection; a document holds its lines and stages, which a projection leaves out."""

    def __init__(self, url: str) -> None:
        self.connection = MongoFloor(url).connect()
        self.listed = self.connection.get_default_database().listed

    def load(self, orders: Iterable[Listed]) -> None:
        """Insert, then index."""
        documents = [{"_id": each.id, **each._asdict()} for each in orders]
        for start in range(0, len(documents), _AT_ONCE):
            self.listed.insert_many(documents[start : start + _AT_ONCE])
        self.listed.create_index([("state", 1), ("due", 1), ("_id", 1)])

    def due(self, state: str, day: str, *, whole: bool) -> Any:
        """One indexed query."""
        return self._page({"state": state, "due": day}, whole=whole)

    def after(self, state: str, mark: Mark, *, whole: bool) -> Any:
        """One indexed query."""
        day, id = mark
        later = [{"due": {"$gt": day}}, {"due": day, "_id": {"$gt": id}}]
        return self._page({"state": state, "due": {"$gte": day}, "$or": later}, whole=whole)

    def _page(self, where: dict[str, Any], *, whole: bool) -> Any:
        fields = None if whole else {"lines": 0, "stages": 0}
        return list(self.listed.find(where, fields).sort([("due", 1), ("_id", 1)]).limit(PAGE))

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def pages(store: str, url: str) -> Pages:
    """The pages of a store."""
    match store:
        case "memory":
            return MemoryPages()
        case "sqlite":
            return SqlPages(SqliteFloor(url).connect(), placeholder="?")
        case "postgres":
            return SqlPages(PostgresFloor(url).connect())
        case "mariadb":
            return SqlPages(MariadbFloor(url).connect(), rows_compare=False)
        case "mongo":
            return MongoPages(url)
        case _:
            raise ValueError(f"No pages are written for {store}.")
