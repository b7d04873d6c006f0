"""
Balances, moved and guarded in one statement for each register.

Every key that entries move or guards speak of is written: deltas are added to its row, which is made on first use, and
what the row has become comes back. So the rows are locked, in the order of registers and keys, and the guards are
checked in Python against figures nobody else can change before this commit ends. If one is lost, all is undone.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from operator import mul
from typing import Any

import attrs
import sqlalchemy as sa

from tradecore.changes import Ceiling, Floor, Guard, Newest, Unchanged
from tradecore.errors import Corrupt
from tradecore.registers import REGISTERS, Entry, Key, Register
from tradecore.storage.sql.bulk import Bulk, bound
from tradecore.storage.sql.columns import Exact, Moment
from tradecore.storage.sql.dialects import Dialect, Statement
from tradecore.storage.sql.keys import key_names, under
from tradecore.storage.sql.links import Link, Reply, Row
from tradecore.storage.sql.tables import TOTALS
from tradecore.values.numbers import ZERO

_EXACT, _MOMENT = Exact(), Moment()
#: More keys than this are written in more than one statement.
_MOST = 500

Bound = Floor | Ceiling | Newest | Unchanged


@attrs.define(eq=False)
class Movement:
    """What a commit does to one balance."""

    amounts: tuple[Decimal, ...]
    last_at: datetime | None = None
    entries: int = 0


@attrs.frozen(eq=False)
class Moves:
    """
    The keys of one register that a commit touches, in order.

    Attributes:
        ambiguous: Whether the moment before the commit must be read first: what comes back cannot tell it.
    """

    register: Register
    keys: list[Key]
    movements: dict[Key, Movement]
    guards: list[Bound]
    rows: list[Row]
    ambiguous: bool


def plan_moves(entries: Iterable[Entry], guards: Iterable[Guard], tenant: str, dialect: Dialect) -> list[Moves]:
    """What must be done to the balances, in the order of registers and keys."""
    touched: dict[str, dict[Key, Movement]] = {}
    for entry in entries:
        register = REGISTERS[entry.register]
        if register.totals:
            _add(touched.setdefault(register.name, {}), register, entry)
    bounds: dict[str, list[Bound]] = {}
    for guard in guards:
        if isinstance(guard, (Floor, Ceiling, Newest, Unchanged)):
            register = REGISTERS[guard.register]
            bounds.setdefault(register.name, []).append(guard)
            if register.totals and guard.key not in touched.setdefault(register.name, {}):
                touched[register.name][guard.key] = Movement((ZERO,) * len(register.resources))
    return [
        _moves(register, touched.get(name, {}), bounds.get(name, []), tenant, dialect)
        for name, register in REGISTERS.items()
        if name in touched or name in bounds
    ]


def _add(movements: dict[Key, Movement], register: Register, entry: Entry) -> None:
    known = movements.get(entry.key)
    if known is None:
        known = movements[entry.key] = Movement(entry.amounts)
    else:
        known.amounts = tuple(map(Decimal.__add__, known.amounts, entry.amounts))
    known.entries += 1
    if register.timeline and entry.amounts[register.resources.index(register.timeline)]:
        known.last_at = max(known.last_at, entry.at) if known.last_at else entry.at


def _moves(
    register: Register, movements: dict[Key, Movement], guards: list[Bound], tenant: str, dialect: Dialect
) -> Moves:
    keys = sorted(movements)
    number, moment = dialect.number, dialect.moment
    rows = []
    for key in keys:
        each = movements[key]
        last_at = moment(each.last_at) if each.last_at else None
        rows.append((tenant, *key, *map(number, each.amounts), last_at, each.entries))
    ambiguous = any(
        isinstance(guard, Newest) and (own := movements[guard.key].last_at) is not None and own > guard.at
        for guard in guards
        if register.totals
    )
    return Moves(register, keys, movements, guards, rows, ambiguous)


def send_moves(link: Link, tenant: str, moves: Moves) -> list[Reply]:
    """Write the balances. The replies hold what they have become, or were, if that was asked for."""
    dialect, replies = link.dialect, []
    for start in range(0, len(moves.rows) if moves.ambiguous else 0, _MOST):
        keys = moves.keys[start : start + _MOST]
        statement = _before(dialect, moves.register.name, len(keys))
        given = [tenant, *(value for key in keys for value in key)]
        replies.append(link.send(statement.text, statement.arranged(given), rows=True))
    for start in range(0, len(moves.rows), _MOST):
        rows = moves.rows[start : start + _MOST]
        text = _text(dialect, moves.register.name, len(rows))
        replies.append(link.send(text, [value for row in rows for value in row], rows=True))
    return replies


@lru_cache(maxsize=512)
def _text(dialect: Dialect, name: str, count: int) -> str:
    return _upsert(dialect, name).text(count)


@lru_cache(maxsize=64)
def _upsert(dialect: Dialect, name: str) -> Bulk:
    table, register = TOTALS[name], REGISTERS[name]

    def update(new: Any) -> dict[str, Any]:
        sums = {each: table.c[each] + new[each] for each in (*register.resources, "version")}
        older = sa.or_(new.last_at.is_(None), table.c.last_at > new.last_at)
        return {**sums, "last_at": sa.case((older, table.c.last_at), else_=new.last_at)}

    statement = dialect.upsert(table, bound(table, table.c.keys()), update).returning(*_returned(table, register))
    return Bulk.insert(dialect.text(statement)[0])


def _returned(table: sa.Table, register: Register) -> list[Any]:
    return [table.c[each] for each in (*register.dimensions, *register.resources, "last_at", "version")]


@lru_cache(maxsize=512)
def _before(dialect: Dialect, name: str, count: int) -> Statement:
    table, register = TOTALS[name], REGISTERS[name]
    columns = [table.c[each] for each in register.dimensions]
    select = sa.select(*_returned(table, register)).where(table.c.tenant == sa.bindparam("tenant"))
    select = under(select, table, columns, count, "k", dialect).order_by(*columns)
    return dialect.statement(dialect.locking(select), ["tenant", *key_names("k", len(columns), count)])


def lost(moves: Moves, replies: Sequence[Reply], dialect: Dialect) -> Iterator[Bound]:
    """The guards that do not hold, by what came back."""
    if not moves.guards:
        return
    size = len(moves.register.dimensions)
    half = len(replies) // 2 if moves.ambiguous else 0
    before, after = (
        {row[:size]: row[size:] for reply in some for row in reply.rows} for some in (replies[:half], replies[half:])
    )
    for guard in moves.guards:
        found = after.get(guard.key)
        was = before.get(guard.key) if moves.ambiguous else found
        try:
            holds = _holds(guard, moves, was, found, dialect)
        except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise Corrupt(f"{guard.register} {'/'.join(guard.key)}", str(error)) from error
        if not holds:
            yield guard


def _holds(guard: Bound, moves: Moves, before: Row | None, after: Row | None, dialect: Dialect) -> bool:
    """Whether a guard holds. A row ends with the last moment and the version; amounts are as the driver has them."""
    own = moves.movements.get(guard.key)
    entries = own.entries if own else 0
    if isinstance(guard, (Floor, Ceiling)):
        measure = sum(map(mul, moves.register.measures[guard.measure], after[:-2])) if after else 0
        amount = _EXACT.native(measure, dialect.name)
        return amount >= guard.amount if isinstance(guard, Floor) else amount <= guard.amount
    if isinstance(guard, Unchanged):
        return bool((after[-1] - entries if after else 0) == guard.version)
    if before is None:  # if it is there by now, somebody made it after we looked
        return after is None or bool(after[-1] == entries)
    return before[-2] is None or _MOMENT.native(before[-2], dialect.name) <= guard.at
