"""Reading registers: balances, entries, and sums of entries grouped by the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa

from tradecore.errors import Corrupt
from tradecore.registers import REGISTERS, Balance, Entry, Key, Place, Register, Turnover
from tradecore.storage.sql.columns import Exact, Moment
from tradecore.storage.sql.conditions import storable
from tradecore.storage.sql.dialects import Dialect, Statement
from tradecore.storage.sql.keys import key_names, padded, padded_keys, under
from tradecore.storage.sql.links import Link, Row
from tradecore.storage.sql.tables import ENTRIES, TOTALS
from tradecore.values.record import Ref

_EXACT, _MOMENT = Exact(), Moment()
#: More keys than this are asked for in more than one statement.
_MOST = 3000
#: Name of a register, length of prefixes, how many: part of the shape of a statement.
_Prefixes = tuple[str, int, int]


def balances(link: Link, tenant: str, prefixes: Sequence[Place]) -> dict[Place, Balance]:
    """The balances whose keys start with one of the prefixes."""
    wanted: dict[tuple[str, int], dict[Key, None]] = {}
    for name, prefix in prefixes:
        if name in TOTALS and _possible(REGISTERS[name], prefix):
            wanted.setdefault((name, len(prefix)), {})[prefix] = None
    found: dict[Place, Balance] = {}
    if sum(map(len, wanted.values())) > _MOST:
        for start in range(0, len(prefixes), _MOST):
            found |= balances(link, tenant, prefixes[start : start + _MOST])
    elif wanted:
        found = _found_balances(link, tenant, wanted)
    return found


def _possible(register: Register, prefix: Key) -> bool:
    return len(prefix) <= len(register.dimensions) and all(map(storable, prefix))


def _found_balances(
    link: Link, tenant: str, wanted: Mapping[tuple[str, int], Mapping[Key, None]]
) -> dict[Place, Balance]:
    dialect, shape, given = link.dialect, [], []
    for (name, length), prefixes in sorted(wanted.items()):
        keys = padded_keys(list(prefixes), dialect)
        shape.append((name, length, len(keys)))
        given += [tenant, *(value for key in keys for value in key)]
    statement, found = _balances(dialect, tuple(shape)), {}
    for row in link.query(statement.text, statement.arranged(given)):
        register = REGISTERS[shape[row[0]][0]]
        balance = _balance(register, row[1:], dialect)
        found[register.name, balance.key] = balance
    return found


def _balance(register: Register, row: Row, dialect: Dialect) -> Balance:
    size, key = len(register.resources), row[2 : 2 + len(register.dimensions)]
    try:
        amounts = tuple(_EXACT.native(amount, dialect.name) for amount in row[-size:])
        last_at = None if row[1] is None else _MOMENT.native(row[1], dialect.name)
        return Balance(key, amounts, last_at, row[0])
    except Exception as error:
        raise Corrupt(f"{register.name} {'/'.join(map(str, key))}", str(error)) from error


@lru_cache(maxsize=1024)
def _balances(dialect: Dialect, shape: tuple[_Prefixes, ...]) -> Statement:
    keys = max(len(REGISTERS[name].dimensions) for name, _, _ in shape)
    amounts = max(len(REGISTERS[name].resources) for name, _, _ in shape)
    selects, given = [], []
    for index, (name, length, count) in enumerate(shape):
        register, table = REGISTERS[name], TOTALS[name]
        columns = [table.c.version, table.c.last_at, *(table.c[each] for each in register.dimensions)]
        columns += [dialect.nothing()] * (keys - len(register.dimensions))
        columns += [dialect.nothing(sa.Numeric)] * (amounts - len(register.resources))
        columns += [table.c[each] for each in register.resources]
        select = sa.select(sa.literal_column(str(index)), *columns).where(
            table.c.tenant == sa.bindparam(f"t{index}"), table.c.version > sa.literal_column("0")
        )
        given.append(f"t{index}")
        if length:
            under_columns = [table.c[each] for each in register.dimensions[:length]]
            select = under(select, table, under_columns, count, f"k{index}", dialect)
            given += key_names(f"k{index}", length, count)
        selects.append(select)
    return dialect.statement(sa.union_all(*selects) if len(selects) > 1 else selects[0], given)


def entries(
    link: Link, tenant: str, register: Register, prefixes: Sequence[Key], document: Ref | None, since: datetime | None
) -> list[Entry]:
    """The entries under these prefixes, in order of moment and commit."""
    wanted = _shortest([each for each in prefixes if _possible(register, each)])
    if prefixes and not wanted:
        return []
    if document is not None and not (storable(document.id) and storable(document.kind)):
        return []
    dialect = link.dialect
    found: list[Entry] = []
    by_length: dict[int, list[Key]] = {}
    for each in wanted:
        by_length.setdefault(len(each), []).append(each)
    last = [document.id, document.kind] if document else []
    last += [dialect.moment(since)] if since else []
    for length, keys in by_length.items() or [(0, [()])]:
        for start in range(0, len(keys), _MOST):
            part = padded_keys(keys[start : start + _MOST], dialect) if length else []
            statement = _entries(dialect, register.name, length, len(part), document is not None, since is not None)
            given = [tenant, *(value for key in part for value in key), *last]
            rows = link.query(statement.text, statement.arranged(given))
            found += [_entry(register, row, dialect) for row in rows]
    return found if len(by_length) < 2 and len(wanted) <= _MOST else sorted(found, key=lambda each: (each.at, each.seq))


def _shortest(prefixes: Sequence[Key]) -> list[Key]:
    """The prefixes without those that begin with another of them."""
    known = set(prefixes)
    return [each for each in known if not any(each[:length] in known for length in range(len(each)))]


def _entry(register: Register, row: Row, dialect: Dialect) -> Entry:
    keys, size = 4 + len(register.dimensions), len(register.resources)
    try:
        amounts = tuple(_EXACT.native(amount, dialect.name) for amount in row[keys : keys + size])
        at = _MOMENT.native(row[1], dialect.name)
        return Entry(register.name, row[4:keys], amounts, at, Ref(row[2], row[3]), row[keys + size :], row[0])
    except Exception as error:
        raise Corrupt(f"{register.name} entry {row[0]}", str(error)) from error


@lru_cache(maxsize=1024)
def _entries(
    dialect: Dialect,
    name: str,
    length: int,
    count: int,
    by_document: bool,  # noqa: FBT001
    since: bool,  # noqa: FBT001
) -> Statement:
    register, table = REGISTERS[name], ENTRIES[name]
    fields = (*register.dimensions, *register.resources, *register.attributes)
    columns = [table.c.seq, table.c.at, table.c.document_kind, table.c.document_id, *(table.c[each] for each in fields)]
    select, given = sa.select(*columns).where(table.c.tenant == sa.bindparam("tenant")), ["tenant"]
    if length:
        select = under(select, table, [table.c[each] for each in register.dimensions[:length]], count, "k", dialect)
        given += key_names("k", length, count)
    if by_document:
        select = select.where(table.c.document_id == sa.bindparam("id"), table.c.document_kind == sa.bindparam("kind"))
        given += ["id", "kind"]
    if since:
        select = select.where(table.c.at >= sa.bindparam("since", type_=Moment))
        given.append("since")
    return dialect.statement(select.order_by(table.c.at, table.c.seq), given)


def turnovers(
    link: Link,
    tenant: str,
    register: Register,
    by: Sequence[str],
    where: Mapping[str, Sequence[str]],
    since: datetime | None,
    until: datetime | None,
) -> list[Turnover]:
    """Sums of entries grouped by dimensions or attributes, ordered by the group."""
    shape, parameters = [], [tenant]
    for name, wanted in sorted(where.items()):
        values = [each for each in dict.fromkeys(wanted) if storable(each)]
        if not values:
            return []
        repeated = padded(values)
        shape.append((name, len(repeated)))
        parameters += repeated
    dialect = link.dialect
    parameters += [dialect.moment(each) for each in (since, until) if each]
    text = _turnovers(dialect, register.name, tuple(by), tuple(shape), since is not None, until is not None)
    groups = {}
    for row in link.query(text, parameters):
        if not row[-1]:  # the sum of nothing, where nothing was to be grouped by
            continue
        group, amounts = row[: len(by)], row[len(by) : -1]
        groups[group] = tuple(_EXACT.native(amount, dialect.name) for amount in amounts)
    return [Turnover(group, groups[group]) for group in sorted(groups)]


@lru_cache(maxsize=1024)
def _turnovers(
    dialect: Dialect,
    name: str,
    by: tuple[str, ...],
    shape: tuple[tuple[str, int], ...],
    since: bool,  # noqa: FBT001
    until: bool,  # noqa: FBT001
) -> str:
    register, table = REGISTERS[name], ENTRIES[name]
    groups = [table.c[each] for each in by]
    sums = [sa.func.sum(table.c[each]) for each in register.resources]
    where = [table.c.tenant == sa.bindparam("tenant")]
    for field, count in shape:
        where.append(table.c[field].in_([sa.bindparam(f"{field}_{each}") for each in range(count)]))
    where += [table.c.at >= sa.bindparam("since", type_=Moment)] if since else []
    where += [table.c.at < sa.bindparam("until", type_=Moment)] if until else []
    return dialect.text(sa.select(*groups, *sums, sa.func.count()).where(*where).group_by(*groups))[0]
