"""The tables beside those of records: registers, commands, history, outbox, counters, the version of the schema."""

from typing import Any

import sqlalchemy as sa

from tradecore.registers import REGISTERS, Register
from tradecore.storage.sql.columns import Exact, Moment, long_text, text
from tradecore.storage.sql.parts import OPTIONS, metadata
from tradecore.values.numbers import LIMIT, scaled
from tradecore.values.text import ID_LENGTH

#: Raised by every change of the tables; a store of another version is not ready.
SCHEMA_VERSION = 1

#: Dimensions that hold more than an id.
_WIDE = {"source": 2 * ID_LENGTH + 2}
_NAME, _KEY = 40, 100

#: What tables are made with whose rows are long or only added: in SQLite rows stand apart from their key.
_APART: dict[str, Any] = {}
_APART.update(OPTIONS, sqlite_with_rowid=True)

#: The order of entries and of events in time. SQLite, which has one writer, counts them itself.
sequence = sa.Sequence("trade_seq", metadata=metadata)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", text(ID_LENGTH), primary_key=True)


def _key(name: str, limit: int) -> sa.Column[str]:
    return sa.Column(name, text(limit), primary_key=True)


def _string(name: str, limit: int) -> sa.Column[str]:
    return sa.Column(name, text(limit), nullable=False)


def _whole(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=primary_key, autoincrement=False, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Moment, nullable=nullable)


def _amounts(register: Register) -> list[sa.Column[Any]]:
    return [sa.Column(name, Exact, nullable=False) for name in register.resources]


def _bounds(register: Register) -> list[Any]:
    """Balances stay within what numbers may be; SQLite would go on with floats beyond its integers."""
    bounds: list[Any] = []
    for name in register.resources:
        size = sa.func.abs(sa.column(name))
        for most, dialects in ((LIMIT, ("postgresql", "mysql", "mariadb")), (scaled(LIMIT), ("sqlite",))):
            bound = sa.CheckConstraint(
                size < sa.literal_column(str(int(most))), name=f"ck_{register.name}_total_{name}"
            )
            bounds.append(bound.ddl_if(dialect=dialects))  # type: ignore[arg-type]  # several are allowed
    return bounds


def _entries(register: Register) -> sa.Table:
    table = sa.Table(
        f"{register.name}_entry",
        metadata,
        _tenant(),
        *(_key(name, _WIDE.get(name, ID_LENGTH)) for name in register.dimensions),
        sa.Column("at", Moment, primary_key=True),
        _string("document_kind", _NAME),
        _string("document_id", 150),
        *_amounts(register),
        *(_string(name, ID_LENGTH) for name in register.attributes),
        _whole("seq", primary_key=True),
        **_APART,
    )
    sa.Index(f"ix_{table.name}_document", *(table.c[name] for name in ("tenant", "document_id", "seq")))
    return table


def _totals(register: Register) -> sa.Table:
    return sa.Table(
        f"{register.name}_total",
        metadata,
        _tenant(),
        *(_key(name, _WIDE.get(name, ID_LENGTH)) for name in register.dimensions),
        *_amounts(register),
        _moment("last_at", nullable=True),
        _whole("version"),
        *_bounds(register),
        **OPTIONS,
    )


#: Register -> the table of its entries, and of its balances if it keeps them.
ENTRIES = {name: _entries(register) for name, register in REGISTERS.items()}
TOTALS = {name: _totals(register) for name, register in REGISTERS.items() if register.totals}

commands = sa.Table(
    "trade_command",
    metadata,
    _tenant(),
    _key("key", 2 * _KEY),
    _string("id", ID_LENGTH),
    _string("command", _KEY),
    _string("actor", ID_LENGTH),
    _moment("at"),
    _string("fingerprint", ID_LENGTH),
    _string("result_kind", _NAME),
    sa.Column("result", long_text(), nullable=False),
    **_APART,
)

history = sa.Table(
    "trade_history",
    metadata,
    _tenant(),
    _key("document_kind", _NAME),
    _key("document_id", 150),
    _whole("version", primary_key=True),
    _string("command_id", ID_LENGTH),
    _string("command", _KEY),
    _string("actor", ID_LENGTH),
    _moment("at"),
    sa.Column("differences", long_text(), nullable=False),
    sa.Column("told", long_text(), nullable=True),
    **_APART,
)

events = sa.Table(
    "trade_event",
    metadata,
    _tenant(),
    _string("document_kind", _NAME),
    _string("document_id", 150),
    _whole("version"),
    _string("type", _KEY),
    _moment("at", nullable=True),
    _string("actor", ID_LENGTH),
    sa.Column("data", long_text(), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=True),
    _whole("seq", primary_key=True),
    **OPTIONS,
)
#: SQLite, which has one writer, gives positions with the commit, as `seq`.
sa.Index("uq_trade_event_position", events.c.tenant, events.c.position, unique=True).ddl_if(
    dialect=("postgresql", "mysql", "mariadb")  # type: ignore[arg-type]  # several are allowed
)

counters = sa.Table("trade_counter", metadata, _tenant(), _key("series", ID_LENGTH), _whole("count"), **OPTIONS)

#: One row for the whole database.
schema = sa.Table("trade_schema", metadata, _whole("version", primary_key=True), **OPTIONS)
