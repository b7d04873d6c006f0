"""Reading records: any mix of kinds, or a page of one, whole with all their parts, in one statement."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

import attrs
import sqlalchemy as sa

from tradecore.errors import Code, Corrupt, Invalid, violation
from tradecore.query import Query
from tradecore.storage.sql.columns import encoder
from tradecore.storage.sql.conditions import Test, beyond, clause, comparable, storable, tests_of
from tradecore.storage.sql.decoding import record_of
from tradecore.storage.sql.dialects import Dialect, Statement
from tradecore.storage.sql.failures import Failure, failure_of
from tradecore.storage.sql.keys import padded
from tradecore.storage.sql.links import Link
from tradecore.storage.sql.parts import PARTS, Part, part_of
from tradecore.values.record import Record, Ref

R = TypeVar("R", bound=Record)

#: More records than this are read in more than one statement.
_MOST = 8192


def get_many(link: Link, tenant: str, refs: Sequence[Ref]) -> dict[Ref, Record]:
    """The records that are meant; what is not known is left out."""
    if len(refs) == 1:
        return _get_one(link, tenant, refs[0])
    by_kind: dict[str, dict[str, None]] = {}
    for ref in refs:
        if ref.kind in PARTS and storable(ref.id):
            by_kind.setdefault(ref.kind, {})[ref.id] = None
    if sum(map(len, by_kind.values())) > _MOST:
        parts = [refs[start : start + _MOST] for start in range(0, len(refs), _MOST)]
        return {ref: record for part in parts for ref, record in get_many(link, tenant, part).items()}
    if not by_kind:
        return {}
    kinds = sorted(by_kind)
    shape, parameters = [], []
    for kind in kinds:
        ids = padded(list(by_kind[kind]))
        shape.append((kind, len(ids)))
        parameters += [tenant, *ids]
    dialect = link.dialect
    try:
        rows = link.query_json(_many(dialect, tuple(shape)), parameters)
    except Exception as error:
        _name_bad_row(link, tenant, [Ref(kind, id) for kind in kinds for id in by_kind[kind]], error)
        raise
    found = ((kinds[row[0]], row[1], row[2:]) for row in rows)
    return {Ref(kind, id): record_of(dialect, kind, id, texts) for kind, id, texts in found}


def _get_one(link: Link, tenant: str, ref: Ref) -> dict[Ref, Record]:
    if ref.kind not in PARTS or not storable(ref.id):
        return {}
    dialect = link.dialect
    try:
        rows = link.query_json(_many(dialect, ((ref.kind, 1),)), (tenant, ref.id))
    except Exception as error:
        if failure_of(error) is Failure.BAD_ROW:
            raise Corrupt(str(ref), str(error), ref.kind, ref.id) from error
        raise
    return {Ref(ref.kind, row[1]): record_of(dialect, ref.kind, ref.id, row[2:]) for row in rows}


def _name_bad_row(link: Link, tenant: str, refs: Sequence[Ref], error: Exception) -> None:
    """Raise `Corrupt` for the first record that cannot be read alone, if reading failed for that reason."""
    if failure_of(error) is not Failure.BAD_ROW:
        return
    for ref in refs:
        try:
            link.query_json(_many(link.dialect, ((ref.kind, 1),)), (tenant, ref.id))
        except Exception as alone:  # noqa: BLE001  # it fails as all together did
            raise Corrupt(str(ref), str(alone), ref.kind, ref.id) from error


@lru_cache(maxsize=1024)
def _many(dialect: Dialect, shape: tuple[tuple[str, int], ...]) -> str:
    width = max(len(list(PARTS[kind].walk())) for kind, _ in shape)
    selects = []
    for index, (kind, count) in enumerate(shape):
        part = PARTS[kind]
        table = part.table.alias(f"h{index}")
        ids: list[sa.BindParameter[str]] = [sa.bindparam(f"id{index}_{each}") for each in range(count)]
        select = sa.select(sa.literal_column(str(index)), table.c.id, *_whole(part, table, dialect, width))
        same = table.c.id == ids[0] if count == 1 else table.c.id.in_(ids)
        selects.append(select.where(table.c.tenant == sa.bindparam(f"tenant{index}"), same))
    return dialect.text(sa.union_all(*selects) if len(selects) > 1 else selects[0])[0]


def _whole(part: Part, table: Any, dialect: Dialect, width: int) -> list[Any]:
    """The columns of a whole record: its own as JSON, then the rows of each table below it."""
    columns = [dialect.json(table.c[name] for name in part.names)]
    for below in list(part.walk())[1:]:
        inner = below.table.alias(f"c{len(columns)}")
        rows = dialect.json_rows([inner.c[name] for name in (*below.path, *below.names)])
        of_this = (inner.c.tenant == table.c.tenant, inner.c[below.owner] == table.c.id)
        columns.append(sa.select(rows).where(*of_this).scalar_subquery())
    return columns + [dialect.nothing()] * (width - len(columns))


def find(link: Link, tenant: str, query: Query[R]) -> list[R]:
    """The page of records the query means."""
    query.check()
    kind, dialect = query.kind.KIND, link.dialect
    part = part_of(kind)
    wanted = tests_of(part, query.where, dialect)
    if wanted is None:
        return []
    tests, values = wanted
    if query.after is not None:
        values += _mark(query, part, dialect)
    order = attrs.evolve(query, where=(), limit=1, after=None if query.after is None else ("", ""))
    given = [tenant, tenant, *values, query.limit]
    page = _page(dialect, tuple(tests), order)
    try:
        rows = link.query_json(page.text, page.arranged(given))
    except Exception as error:
        if failure_of(error) is Failure.BAD_ROW:
            page = _page(dialect, tuple(tests), order, whole=False)
            refs = [Ref(kind, row[0]) for row in link.query(page.text, page.arranged(given))]
            _name_bad_row(link, tenant, refs, error)
        raise
    return [cast("R", record_of(dialect, kind, row[0], row[1:])) for row in rows]


def _mark(query: Query[Any], part: Part, dialect: Dialect) -> list[Any]:
    assert query.after is not None  # noqa: S101  # for the type checker
    value, id = query.after
    column = part.table.c[query.sort]
    try:
        comparable(part.table.c.id, id, "after")
        comparable(column, value, "after")
    except Invalid:
        raise Invalid((violation(Code.BAD_CURSOR, "after"),)) from None
    encode = encoder(column, dialect.name)
    sort = encode(value) if encode else value
    if query.sort == "id":
        return [id]
    return [sort, id] if dialect.compares_rows else [sort, sort, id]


@lru_cache(maxsize=1024)
def _page(dialect: Dialect, tests: tuple[Test, ...], order: Query[Any], *, whole: bool = True) -> Statement:
    """The statement of a page, given the tenant twice, values, the limit; only ids if it is not for whole records."""
    part = PARTS[order.kind.KIND]
    inner, table = part.table.alias("p"), part.table.alias("h")
    given = ["tenant", "same_tenant"]

    def take(column: Any) -> Any:
        given.append(f"v{len(given)}")
        return sa.bindparam(given[-1], type_=column.type)

    where = [inner.c.tenant == sa.bindparam("tenant")]
    where += [clause(test, inner, take) for test in tests]
    sort = inner.c[order.sort]
    if sort.nullable:
        where.append(sort.is_not(None))
    if order.after is not None:
        where.append(beyond(order, inner, dialect, take))
    columns = [inner.c.id] if order.sort == "id" else [inner.c.id, sort]
    page = sa.select(*columns).where(*where).order_by(*_ordered(order, inner))
    found = dialect.limited(page).subquery("page")
    select = sa.select(table.c.id, *(_whole(part, table, dialect, 0) if whole else ()))
    same = sa.and_(table.c.tenant == sa.bindparam("same_tenant"), table.c.id == found.c.id)
    select = select.select_from(found.join(table, same)).order_by(*_ordered(order, found))
    return dialect.statement(select, [*given, "limit"])


def _ordered(order: Query[Any], table: Any) -> list[Any]:
    columns = [table.c.id] if order.sort == "id" else [table.c[order.sort], table.c.id]
    return [column.desc() for column in columns] if order.descending else columns
