"""The floor on SQL, in the words all drivers share. A driver says how to connect, and what a placeholder looks like."""

import functools
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any, ClassVar, Protocol

from bench.floor.terms import APPROVED, BEFORE, CLOSED, PAID, PLACED, SHIPPED, Refused, moment, stages, worth
from bench.work import ITEMS, STOCK, Demand, price, require

TABLES = {
    "sale": """id bigint primary key, customer bigint not null, status varchar(10) not null, version int not null,
        total bigint not null, paid bigint not null, due bigint not null""",
    "sale_line": """sale bigint not null, no int not null, item bigint not null, quantity bigint not null,
        price bigint not null, shipped bigint not null, primary key (sale, no)""",
    "sale_stage": """sale bigint not null, no int not null, amount bigint not null, due bigint not null,
        paid bigint not null, primary key (sale, no)""",
    "stock": """item bigint primary key, on_hand bigint not null, reserved bigint not null,
        check (reserved >= 0 and reserved <= on_hand)""",
    "stock_move": """{serial}, sale bigint not null, kind varchar(10) not null, item bigint not null,
        quantity bigint not null, at bigint not null""",
    "settlement": """{serial}, sale bigint not null, account varchar(10) not null, amount bigint not null,
        at bigint not null""",
    "outbox": "{serial}, sale bigint not null, type varchar(10) not null, data text not null, at bigint not null",
}
NEW_STOCK = f"insert into stock values (?, {STOCK}, 0)"  # noqa: S608  # a number of ours
_NEW_SALE = "insert into sale values (?, ?, 'placed', 1, ?, 0, ?)"
_NEW_LINE = "insert into sale_line values (?, ?, ?, ?, ?, 0)"
_NEW_STAGE = "insert into sale_stage values (?, ?, ?, ?, 0)"
_NEW_MOVE = "insert into stock_move (sale, kind, item, quantity, at) values (?, ?, ?, ?, ?)"
_NEW_SETTLEMENT = "insert into settlement (sale, account, amount, at) values (?, ?, ?, ?)"
_NEW_EVENT = "insert into outbox (sale, type, data, at) values (?, ?, '{}', ?)"
_SALE = "select status, version, total, paid from sale where id = ?"
_LINES = "select item, quantity, shipped from sale_line where sale = ? order by item"
_STAGES = "select amount, paid from sale_stage where sale = ?"
_RESERVE = "update stock set reserved = reserved + ? where item = ? and on_hand - reserved >= ?"
_TAKE = (
    "update stock set on_hand = on_hand - ?, reserved = reserved - ? where item = ? and reserved >= ? and on_hand >= ?"
)
_STAGES_PAID = "update sale_stage set paid = amount where sale = ?"
_LINES_SHIPPED = "update sale_line set shipped = quantity where sale = ?"
_WRITE = "update sale set status = ?, paid = ?, version = version + 1 where id = ? and version = ?"
#: Fact -> two numbers that must be equal; `{lives}` and `{stock}` are filled in.
FACTS = {
    "closed orders": ("select count(*) from sale where status = 'closed'", "select {lives}"),
    "pieces on hand": (
        "select sum(on_hand) from stock",
        "select {stock} + (select coalesce(sum(quantity), 0) from stock_move where kind = 'ship')",
    ),
    "pieces reserved": (
        "select sum(reserved) from stock",
        "select coalesce(sum(quantity), 0) from stock_move",
    ),
    "sum of settlements": ("select coalesce(sum(amount), 0) from settlement", "select 0"),
    "outbox rows": ("select count(*) from outbox", "select coalesce(sum(version), 0) from sale"),
    "lines not shipped": (
        """select count(*) from sale_line l join sale s on s.id = l.sale
            where s.status = 'closed' and l.shipped <> l.quantity""",
        "select 0",
    ),
}


class Cursor(Protocol):
    """What is used of a driver's cursor."""

    @property
    def rowcount(self) -> int:
        """Rows touched by the last statement."""
        ...

    def execute(self, statement: str, values: Any = (), /) -> Any:
        """Run a statement."""
        ...

    def fetchone(self) -> Any:
        """The next row."""
        ...

    def fetchall(self) -> Any:
        """All rows left."""
        ...


class SqlClient:
    """One connection that trades by hand."""

    placeholder: ClassVar = "%s"
    lock: ClassVar = " for update"
    begin: ClassVar = "begin"

    def __init__(self, cursor: Cursor, close: Callable[[], object], number: int) -> None:
        self.cursor = cursor
        self._close_connection = close
        self._ids = count(number * 10**12 + 1)
        self._sale = _SALE + self.lock

    def finish(self) -> None:
        """Close the connection."""
        self._close_connection()

    def run(self, statement: str, values: Sequence[Any]) -> int:
        """Run one statement and tell how many rows it touched."""
        self.cursor.execute(written(statement, self.placeholder), values)
        return self.cursor.rowcount

    def insert(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows by one statement."""
        text = written(many(statement, len(rows)), self.placeholder)
        self.cursor.execute(text, [value for row in rows for value in row])

    def rows(self, statement: str, id: int) -> Any:
        """What a statement finds."""
        self.cursor.execute(written(statement, self.placeholder), (id,))
        return self.cursor.fetchall()

    def place(self, demand: Demand) -> int:
        """Write order, lines, stages."""
        id = next(self._ids)
        self._commit(self._place, id, demand)
        return id

    def approve(self, order: int) -> None:
        """Reserve all lines or none."""
        self._commit(self._approve, order)

    def pay(self, order: int) -> None:
        """Mark all stages paid."""
        self._commit(self._pay, order)

    def ship(self, order: int) -> None:
        """Take the goods out of stock and out of reserve."""
        self._commit(self._ship, order)

    def close(self, order: int) -> None:
        """Close what is paid and shipped."""
        self._commit(self._close, order)

    def _commit(self, work: Callable[..., None], *args: Any) -> None:
        self.cursor.execute(self.begin)
        try:
            work(*args)
        except BaseException:
            self.cursor.execute("rollback")
            raise
        self.cursor.execute("commit")

    def _place(self, id: int, demand: Demand) -> None:
        now, total = moment(), worth(demand.lines)
        planned = stages(total, now)
        self.run(_NEW_SALE, (id, demand.customer, total, planned[0][2]))
        lines = [(id, no, each.item, each.quantity, price(each.item)) for no, each in enumerate(demand.lines, 1)]
        self.insert(_NEW_LINE, lines)
        self.insert(_NEW_STAGE, [(id, *stage) for stage in planned])
        self.run(_NEW_EVENT, (id, PLACED, now))

    def _approve(self, id: int) -> None:
        now = moment()
        version, _, paid = self._found(id, APPROVED)
        lines = self.rows(_LINES, id)
        for item, quantity, _ in lines:
            if self.run(_RESERVE, (quantity, item, quantity)) != 1:
                raise Refused
        self.insert(_NEW_MOVE, [(id, "reserve", item, quantity, now) for item, quantity, _ in lines])
        self._write(id, APPROVED, version, paid, now)

    def _pay(self, id: int) -> None:
        now = moment()
        version, total, _ = self._found(id, PAID)
        self.run(_STAGES_PAID, (id,))
        self.insert(_NEW_SETTLEMENT, [(id, "cash", total, now), (id, "customer", -total, now)])
        self._write(id, PAID, version, total, now)

    def _ship(self, id: int) -> None:
        now = moment()
        version, total, paid = self._found(id, SHIPPED)
        lines = self.rows(_LINES, id)
        for item, quantity, _ in lines:
            if self.run(_TAKE, (quantity, quantity, item, quantity, quantity)) != 1:
                raise Refused
        self.run(_LINES_SHIPPED, (id,))
        self.insert(_NEW_MOVE, [(id, "ship", item, -quantity, now) for item, quantity, _ in lines])
        self.insert(_NEW_SETTLEMENT, [(id, "customer", total, now), (id, "sales", -total, now)])
        self._write(id, SHIPPED, version, paid, now)

    def _close(self, id: int) -> None:
        version, total, paid = self._found(id, CLOSED)
        if not total == paid == sum(each for _, each in self.rows(_STAGES, id)):
            raise Refused
        self._write(id, CLOSED, version, paid, moment())

    def _found(self, id: int, wanted: str) -> tuple[int, int, int]:
        self.cursor.execute(written(self._sale, self.placeholder), (id,))
        status, version, total, paid = self.cursor.fetchone()
        if status != BEFORE[wanted]:
            raise Refused
        return version, total, paid

    def _write(self, id: int, status: str, version: int, paid: int, now: int) -> None:
        if self.run(_WRITE, (status, paid, id, version)) != 1:
            raise Refused
        self.run(_NEW_EVENT, (id, status, now))


@functools.cache
def written(statement: str, placeholder: str) -> str:
    """The statement as the driver wants it."""
    return statement.replace("?", placeholder)


@functools.cache
def many(statement: str, rows: int) -> str:
    """An insert of one row as an insert of several."""
    head, values = statement.split(" values ")
    return f"{head} values {', '.join([values] * rows)}"


def tables(serial: str, ending: str = "") -> Iterable[str]:
    """The statements that create the tables."""
    return (f"create table {name} ({columns.format(serial=serial)}){ending}" for name, columns in TABLES.items())


def check_facts(ask: Callable[[str], Any], lives: int) -> None:
    """Raise `Unsound` unless all facts hold; `ask` gives the one number a query finds."""
    for fact, queries in FACTS.items():
        found, expected = (int(ask(each.format(lives=lives, stock=ITEMS * STOCK))) for each in queries)
        require(fact, expected=expected, found=found)
