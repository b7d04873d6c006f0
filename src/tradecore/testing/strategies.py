"""
Hypothesis strategies for values and for every kind of record.

Records are valid for a store: every field is what the gate would let through, and parts have ids of their own. They
need not make sense as trade; for that there are factories, and commands. Each strategy also gives the values that
stores get wrong most often: numbers with trailing zeros, empty texts, texts that look like a query of some database.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tradecore.catalog.records import Currency
from tradecore.documents import KINDS
from tradecore.errors import Violation
from tradecore.registers import Entry, Key, Register
from tradecore.values.currencies import DECIMALS
from tradecore.values.money import Money
from tradecore.values.numbers import LIMIT, PLACES
from tradecore.values.percent import Percent
from tradecore.values.period import FIRST_YEAR, LAST_YEAR
from tradecore.values.quantity import Quantity
from tradecore.values.record import Record, Ref
from tradecore.values.text import TextRule, check_text

R = TypeVar("R", bound=Record)

#: Texts that some database, driver or format takes for something else.
HOSTILE: tuple[str, ...] = (
    "'; DROP TABLE sales_order; --",
    '" OR ""="',
    "100 %",
    "%s %(name)s :name ?1",
    "_a_c_",
    "back\\slash\\",
    "$where",
    '{"$gt": ""}',
    "a.b",
    "a/b",
    "null",
    "None",
    "NaN",
    "0",
    "1e3",
    "2026-01-15",
    "true",
    "<b>&amp;</b>",
    "ünïcödé",
    "e\u0301",
    "\u00e9",
    "Я",
    "ﬀ",
    "ß",
    "SS",
    "\u2028",
    "\ufeff",
    "～",
    "😀",
    "👩\u200d👩\u200d👧",
)

#: Ids in the order of their code points, which differs from most collations and from UTF-16.
IN_CODE_POINT_ORDER: tuple[str, ...] = ("-", "10", "9", "B", "Z", "_", "a", "aa", "b", "z", "ä", "Я", "～", "😀")

_ID, _TEXT = TextRule(64, is_id=True), TextRule(2000)
_WHOLE = 10**12 - 1


def texts(rule: TextRule = _TEXT, *, longest: int = 30) -> SearchStrategy[str]:
    """Texts the gate lets through, short ones mostly."""
    size = min(rule.limit, longest)
    plain = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=int(rule.is_id), max_size=size)
    hostile = st.sampled_from([text for text in HOSTILE if len(text) <= rule.limit])
    found = (plain | hostile).map(str.strip) if rule.is_id else plain | hostile
    return found.filter(lambda text: not isinstance(check_text(text, rule), Violation))


def ids() -> SearchStrategy[str]:
    """Ids."""
    return texts(_ID)


def numbers(low: Decimal | int = -LIMIT, high: Decimal | int = LIMIT) -> SearchStrategy[Decimal]:
    """Exact numbers between these, which are left out, with up to six decimals and with or without needless zeros."""

    def of(places: int) -> SearchStrategy[Decimal]:
        scale = 10**places
        return st.integers(int(low * scale) + 1, int(high * scale) - 1).map(lambda n: Decimal(n).scaleb(-places))

    return st.integers(0, PLACES).flatmap(of)


def percents() -> SearchStrategy[Percent]:
    """Percentages."""
    return numbers(-1, 1001).map(abs).filter(lambda number: number <= 1000).map(Percent)


def currencies() -> SearchStrategy[str]:
    """Codes of currencies."""
    return st.sampled_from(sorted(DECIMALS))


def moneys() -> SearchStrategy[Money]:
    """Amounts of money."""

    def of(currency: str) -> SearchStrategy[Money]:
        places = DECIMALS[currency]
        return st.integers(-_WHOLE, _WHOLE).map(lambda n: Money(Decimal(n).scaleb(-places), currency))

    return currencies().flatmap(of)


def quantities() -> SearchStrategy[Quantity]:
    """Quantities."""
    return st.builds(Quantity, numbers(), texts(TextRule(20)))


def moments() -> SearchStrategy[datetime]:
    """Moments: aware, in UTC, exact to the millisecond."""
    first, last = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    count = (last - first) // timedelta(milliseconds=1) - 1
    return st.integers(0, count).map(lambda n: first + timedelta(milliseconds=n))


def days() -> SearchStrategy[date]:
    """Days."""
    return st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


def records(kind: type[R], **given: Any) -> SearchStrategy[R]:
    """Records of a kind, never saved before. A field that is given is that value, or comes from that strategy."""
    fields = {
        name: given[name] if isinstance(given.get(name), SearchStrategy) else st.just(given[name]) for name in given
    }
    strategy: SearchStrategy[R] = st.builds(kind, **{**_fields(kind), **fields})
    return strategy


def any_record() -> SearchStrategy[Record]:
    """Records of all kinds."""
    return st.one_of([records(kind) for kind in KINDS.values()])


def entries(register: Register, keys: SearchStrategy[Key] | None = None, **given: Any) -> SearchStrategy[Entry]:
    """Entries of a register; amounts are small enough to be added up."""
    key = keys or st.tuples(*(ids() for _ in register.dimensions))
    amounts = st.tuples(*(numbers(-(10**6), 10**6) for _ in register.resources))
    fields: dict[str, SearchStrategy[Any]] = {
        "register": st.just(register.name),
        "key": key,
        "amounts": amounts,
        "at": moments(),
        "document": st.builds(Ref, st.sampled_from(sorted(KINDS)), ids()),
        "attributes": st.tuples(*(st.just("") | ids() for _ in register.attributes)),
    }
    return st.builds(Entry, **{**fields, **given})


@cache
def _values(kind: type[Any]) -> SearchStrategy[Any]:
    return st.builds(kind, **_fields(kind))


def _fields(kind: type[Any]) -> dict[str, SearchStrategy[Any]]:
    hints = get_type_hints(kind, include_extras=True)
    names = [field.name for field in attrs.fields(kind) if field.name != "version"]
    return {name: _of(hints[name]) for name in names}


_SIMPLE: dict[Any, Callable[[], SearchStrategy[Any]]] = {
    str: texts,
    bool: st.booleans,
    int: lambda: st.integers(-_WHOLE, _WHOLE),
    Decimal: numbers,
    Percent: percents,
    Money: moneys,
    Quantity: quantities,
    datetime: moments,
    date: days,
    Currency: currencies,
}


def _of(hint: Any) -> SearchStrategy[Any]:
    """A strategy for the type of a field."""
    if hint in _SIMPLE:
        return _SIMPLE[hint]()
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return texts(next(each for each in hint.__metadata__ if isinstance(each, TextRule)))
    if origin in (Union, UnionType):
        return st.one_of([st.none() if each is type(None) else _of(each) for each in arguments])
    if origin is tuple:
        part = arguments[0]
        unique = (lambda each: each.id) if attrs.has(part) and "id" in attrs.fields_dict(part) else None
        return st.lists(_of(part), max_size=3, unique_by=unique).map(tuple)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    return _values(hint)
