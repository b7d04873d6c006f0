"""What can be asked: documents, lists, explanations, histories, balances. Nothing here writes."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache, update_wrapper
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, get_type_hints

import attrs

from tradecore.changes import HistoryRecord
from tradecore.commands.controlling import would_find
from tradecore.commands.moving import all_status_facts
from tradecore.commands.related import made_for
from tradecore.commands.session import Session, of_register, unknown
from tradecore.commands.staging import staged
from tradecore.convert import check
from tradecore.documents import Document, OrderState, OrderStatus, Posting, SalesOrder
from tradecore.errors import Code, Invalid, Violation, violation
from tradecore.query import PAGE_LIMIT, Condition, Eq, In, Not, Page, Query, Range, decode_cursor, encode_cursor
from tradecore.registers import SETTLEMENTS, STOCK, SUPPLIER_SETTLEMENTS, SUPPLY, Balance, Key
from tradecore.rules.explaining import Explanation, Option, allowed, explain
from tradecore.values.evolving import evolve
from tradecore.values.money import Money
from tradecore.values.numbers import ZERO, total
from tradecore.values.period import Period
from tradecore.values.quantity import Quantity
from tradecore.values.record import Record, Ref
from tradecore.values.text import Id, ItemId, OrderId, PartnerId, Text, WarehouseId

R = TypeVar("R", bound=Record)
P = ParamSpec("P")


class Due(StrEnum):
    """When the first unpaid stage of an order falls due, seen from a day (I3)."""

    OVERDUE = "overdue"  #: Before that day.
    TODAY = "today"  #: On that day.
    TOMORROW = "tomorrow"  #: On the next day.
    THIS_WEEK = "this_week"  #: From that day to the Sunday of its week.

    def period(self, day: date) -> Period:
        """The days meant, seen from `day`."""
        match self:
            case Due.OVERDUE:
                return Period(None, day - timedelta(days=1))
            case Due.TODAY:
                return Period.day(day)
            case Due.TOMORROW:
                return Period.day(day + timedelta(days=1))
            case Due.THIS_WEEK:
                return Period(day, day + timedelta(days=6 - day.weekday()))


async def page_of(session: Session, query: Query[R], after: str | None) -> Page[R]:
    """The page of a query that starts after a cursor."""
    if after:
        query = evolve(query, after=decode_cursor(query.kind, query.sort, after))
    query.check(PAGE_LIMIT)
    # One more than asked for tells whether there is a next page.
    more = evolve(query, limit=query.limit + 1)
    found = await session.find(more)
    items = tuple(found[: query.limit])
    return Page(items, encode_cursor(query, items[-1]) if len(found) > query.limit else None)


async def find_orders(
    session: Session,
    *,
    state: OrderState | Sequence[OrderState] | None = None,
    status: OrderStatus | Sequence[OrderStatus] | None = None,
    customer: PartnerId | None = None,
    channel: Id | None = None,
    number: Text | None = None,
    external_ref: Text | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    due: Due | Period | None = None,
    ship_on: Period | None = None,
    as_of: date | None = None,
    sort: Text | None = None,
    descending: bool = False,
    posting: Posting | Sequence[Posting] | None = None,
    limit: int = 50,
    after: Text | None = None,
) -> Page[SalesOrder]:
    """
    Orders by state, status, customer, dates and due term, a page at a time (I1-I3, B3 in parts).

    Args:
        state: Derived state, or several.
        since, until: The moment of the order, both included.
        due: When the first unpaid stage falls due: TODAY, TOMORROW, THIS_WEEK, OVERDUE, or a period.
        as_of: The day `due` is seen from; today if left out.
        posting: None leaves out what is marked for deletion.
        sort: `at` if left out, `due_on` with `due`; also id, number, ship_on, customer, state, status.
        after: `next` of the page before.

    Raises:
        Invalid: `NOT_SORTABLE`, `BAD_CURSOR`, `OUT_OF_RANGE`.
    """
    where: list[Condition] = []
    where += _any_of("state", state) + _any_of("status", status) + _any_of("posting", posting)
    if posting is None and state is None:  # what is marked has no state
        where.append(_NOT_MARKED)
    given = {"customer": customer, "channel": channel, "number": number, "external_ref": external_ref}
    where += [Eq(name, value) for name, value in given.items() if value is not None]
    if since or until:
        where.append(Range("at", since, until))
    if ship_on:
        where.append(Range("ship_on", ship_on.start, ship_on.end))
    if due is not None:
        period = due.period(as_of or session.settings.day(session.now())) if isinstance(due, Due) else due
        where.append(Range("due_on", period.start, period.end))
    by = sort or ("due_on" if due is not None else "at")
    return await page_of(session, Query(SalesOrder, tuple(where), by, descending, limit), after)


async def ready_to_ship(
    session: Session,
    *,
    customer: PartnerId | None = None,
    until: date | None = None,
    limit: int = 50,
    after: Text | None = None,
) -> Page[SalesOrder]:
    """
    The orders of which something was released to ship and has not left, the most urgent first, a page at a time.

    What may go of a line is what its provisions SHIP and SHIP_SEPARATELY hold.

    Args:
        until: Only what should leave by this day.
        after: `next` of the page before.

    Raises:
        Invalid: `BAD_CURSOR`, `OUT_OF_RANGE`.

    Covers: B14.
    """
    where: list[Condition] = [] if customer is None else [Eq("customer", customer)]
    if until is not None:
        where.append(Range("shippable_on", None, until))
    return await page_of(session, Query(SalesOrder, tuple(where), "shippable_on", limit=limit), after)


def overview_of(
    find: Callable[Concatenate[Session, P], Coroutine[Any, Any, Page[SalesOrder]]],
) -> Callable[Concatenate[Session, P], Coroutine[Any, Any, Page[Explanation]]]:
    """The query that answers with figures where `find` answers with orders: the same filters, the same pages."""

    async def overview(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> Page[Explanation]:
        page = await find(session, *args, **kwargs)
        day: Any = kwargs.get("as_of") or session.settings.day(session.now())
        return Page(tuple(explain(each, session.settings, day) for each in page.items), page.next)

    update_wrapper(overview, find)
    overview.__name__ = "overview_orders"
    overview.__doc__ = """
    Orders as a list on a screen shows them: state, overdue or not, amounts and percents paid, shipped and in debt.

    Takes what `find` takes; `as_of` is also the day overdue is judged from.

    Covers: I1-I3, I5, I7, D11-D14.
    """
    return overview


_NOT_MARKED = Not("posting", (Posting.MARKED,))


def _any_of(field: str, value: StrEnum | Sequence[StrEnum] | None) -> list[Condition]:
    if value is None:
        return []
    return [Eq(field, value)] if isinstance(value, StrEnum) else [In(field, value)]


async def explain_order(session: Session, order: OrderId, *, as_of: date | None = None) -> Explanation:
    """
    The state of an order with everything it follows from: the test that chose it, quantities, amounts, dates (G11, I7).

    Args:
        as_of: The day overdue is judged from; today if left out.
    """
    found = await session.get(SalesOrder, order)
    return explain(found, session.settings, as_of or session.settings.day(session.now()))


async def allowed_commands(session: Session, order: OrderId) -> tuple[Option, ...]:
    """
    Every command of an order: allowed now, or refused with its reasons; what the actor's rights lift is told.

    `set_status` stands there once for every other status that orders of its usage may have.

    Covers: E8, G11.
    """
    found = await session.get(SalesOrder, order)
    facts, money = await all_status_facts(session, found), await staged(session, found)
    facts = evolve(facts, documents=await made_for(session, found))
    return allowed(money, session.settings, session.actor.rights, await would_find(session, found), facts)


def history_for(kind: type[Record]) -> Callable[[Session, Id], Coroutine[Any, Any, tuple[HistoryRecord, ...]]]:
    """The query for the history of records of a kind."""

    async def history(session: Session, id: Id) -> tuple[HistoryRecord, ...]:
        """
        What commands did to a document, the oldest first: who, when, what differs (V1-V3).

        Raises:
            NotFound: There is no such document.
        """
        found = tuple(await session.store.history(Ref(kind.KIND, id)))
        if not found:
            await session.get(kind, id)
        return found

    return history


@attrs.frozen
class StockBalance:
    """
    What is in a warehouse of one item.

    Attributes:
        on_hand: There now, posted in the future included.

        reserved: Held for orders; `free` is the rest.

        expected: Still to come by purchase orders; `promised` of it are orders waiting for it.
    """

    item: str
    warehouse: str
    on_hand: Quantity
    reserved: Quantity
    free: Quantity
    expected: Quantity
    promised: Quantity


async def stock_balance(session: Session, item: ItemId, warehouse: WarehouseId) -> StockBalance:
    """
    On hand, reserved, free, expected and promised quantity of an item in a warehouse.

    Raises:
        Invalid: `UNKNOWN_ID`.
    """
    try:
        found = await stock_balances(session, [item], warehouse)
    except Invalid as error:
        raise Invalid(evolve(each, place=each.place.replace("items[0]", "item")) for each in error.violations) from None
    return found[0]


async def stock_balances(session: Session, items: Sequence[ItemId], warehouse: WarehouseId) -> tuple[StockBalance, ...]:
    """
    The same for several items of one warehouse, in the order asked for (R2).

    Raises:
        Invalid: `UNKNOWN_ID`, once for each.
    """
    units = {id: item.unit for id, item in (await session.catalog.items(items)).items()}
    missing = [
        violation(Code.UNKNOWN_ID, f"items[{index}]", kind="item", id=item)
        for index, item in enumerate(items)
        if item not in units
    ]
    missing += unknown("warehouse", {"warehouse": warehouse}, await session.catalog.warehouses([warehouse]))
    if missing:
        raise Invalid(missing)
    keys: list[Key] = [(item, warehouse) for item in items]
    found = await session.balances((STOCK, keys), (SUPPLY, keys))
    stock, supply = of_register(STOCK, found), of_register(SUPPLY, found)
    balances = []
    for key in keys:
        on_hand, reserved = stock[key].amounts if key in stock else (ZERO, ZERO)
        coming = [each.amounts for place, each in supply.items() if place[:2] == key]
        expected, promised = sum((a[0] for a in coming), ZERO), sum((a[1] for a in coming), ZERO)
        numbers = (on_hand, reserved, on_hand - reserved, expected, promised)
        balances.append(StockBalance(key[0], key[1], *(Quantity(number, units[key[0]]) for number in numbers)))
    return tuple(balances)


@attrs.frozen
class PartnerBalance:
    """
    Where we stand with a partner in one currency, as customer and as supplier together (D18).

    Attributes:
        charged: What we delivered to the partner less what the partner delivered to us.

        paid: What the partner paid us less what we paid the partner.

        debt: What the partner owes: charged and not paid; below zero we owe.

        by_order: The same for each sales order; money without an order stands under the empty one.

        by_contract: The same for each contract; what stands under none is under the empty one.

        by_purchase: The same for each purchase order; below zero we owe it to the supplier.
    """

    partner: str
    currency: str
    charged: Money
    paid: Money
    debt: Money
    by_order: Mapping[str, Money] = attrs.field(hash=False)
    by_contract: Mapping[str, Money] = attrs.field(hash=False)
    by_purchase: Mapping[str, Money] = attrs.field(hash=False)


async def partner_balance(session: Session, partner: PartnerId) -> tuple[PartnerBalance, ...]:
    """
    The balance with a partner, for each currency there ever was one in.

    Raises:
        Invalid: `UNKNOWN_ID`.
    """
    found = await session.balances((SETTLEMENTS, [(partner,)]), (SUPPLIER_SETTLEMENTS, [(partner,)]))
    if not found and (wrong := unknown("partner", {"partner": partner}, await session.catalog.partners([partner]))):
        raise Invalid(wrong)
    sold, bought = of_register(SETTLEMENTS, found), of_register(SUPPLIER_SETTLEMENTS, found)
    currencies = sorted({key[1] for _, key in found})
    return tuple(_partner_balance(partner, currency, sold.values(), bought.values()) for currency in currencies)


def _partner_balance(partner: str, currency: str, sold: Iterable[Balance], bought: Iterable[Balance]) -> PartnerBalance:
    ours, theirs = ([each for each in side if each.key[1] == currency] for side in (sold, bought))
    charged, paid = (
        total(each.amounts[index] for each in ours) - total(each.amounts[index] for each in theirs) for index in (0, 1)
    )
    return PartnerBalance(
        partner,
        currency,
        charged=Money(charged, currency),
        paid=Money(paid, currency),
        debt=Money(charged - paid, currency),
        by_order=_by_name(((each.key[3], each.amounts[0] - each.amounts[1]) for each in ours), currency),
        by_contract=_by_name(((each.key[2], each.amounts[0] - each.amounts[1]) for each in ours), currency),
        by_purchase=_by_name(((each.key[2], each.amounts[1] - each.amounts[0]) for each in theirs), currency),
    )


def _by_name(debts: Iterable[tuple[str, Decimal]], currency: str) -> dict[str, Money]:
    sums: dict[str, Decimal] = {}
    for name, debt in debts:
        sums[name] = sums.get(name, ZERO) + debt
    return {name: Money(debt, currency) for name, debt in sums.items()}


def getter(kind: type[R]) -> Callable[[Session, Id], Coroutine[Any, Any, R]]:
    """The query that gets one record of a kind."""

    async def get(session: Session, id: Id) -> R:
        """
        The document or record of this id.

        Raises:
            NotFound: There is none of this kind.
        """
        return await session.get(kind, id)

    return get


def finder(kind: type[R], sort: str) -> "Find[R]":
    """The query that finds records of a kind, sorted by a field unless the caller says otherwise."""
    usual = sort

    async def find(
        session: Session,
        *,
        where: Mapping[Text, Any] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        sort: Text | None = None,
        descending: bool = False,
        limit: int = 50,
        after: Text | None = None,
    ) -> Page[R]:
        """
        Records by the values of their fields and, for documents, by moment; a page at a time.

        Documents that are marked for deletion are left out, unless `where` asks for a `posting`.

        Args:
            where: Field -> the value it must have, as the field's type or what may be given for it; None: it has none.
                A list of values means any of them.
            since, until: The moment of the document, both included.
            after: `next` of the page before.

        Raises:
            Invalid: `NOT_SORTABLE`, `BAD_CURSOR`, `OUT_OF_RANGE`, and whatever is wrong with the values.
        """
        conditions = _conditions(kind, where or {})
        if issubclass(kind, Document) and "posting" not in (where or {}):
            conditions.append(_NOT_MARKED)
        if since or until:
            conditions.append(Range("at", since, until))
        return await page_of(session, Query(kind, tuple(conditions), sort or usual, descending, limit), after)

    return find


def _conditions(kind: type[Record], where: Mapping[str, Any]) -> list[Condition]:
    """Field -> value as conditions, each value checked as its field is; fields that cannot be found are left to `Query`."""
    found: list[Condition] = []
    wrong: list[Violation] = []
    hints = _hints(kind)  # type: ignore[arg-type]  # classes are hashable
    for name, value in where.items():
        several = isinstance(value, (list, tuple, AbstractSet))
        hint = hints[name] if name in kind.FINDABLE else Any
        try:
            checked = check(value, Sequence[hint] if several else hint)  # type: ignore[valid-type]  # only known here
        except Invalid as error:
            wrong += [each.at(f"where[{name}]") for each in error.violations]
        else:
            found.append(In(name, checked) if several else Eq(name, checked))
    if wrong:
        raise Invalid(wrong)
    return found


@cache
def _hints(kind: type[Record]) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


class Find(Protocol[R]):
    """The signature of `finder`'s queries."""

    def __call__(
        self,
        session: Session,
        /,
        *,
        where: Mapping[str, object] | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        sort: str | None = None,
        descending: bool = False,
        limit: int = 50,
        after: str | None = None,
    ) -> Coroutine[Any, Any, Page[R]]:
        """See `finder`."""
        ...
