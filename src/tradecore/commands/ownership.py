"""Commands by which goods that were shipped as ours become the customer's (C2, C4), and what is still ours elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import attrs

from tradecore.catalog import BusinessOperation
from tradecore.changes import Changes
from tradecore.commands.session import Outcome, Session, of_register, unknown
from tradecore.commands.shipping import Lines, by_line, repeated
from tradecore.commands.standing import passed_under
from tradecore.documents import (
    ConsignmentReport,
    OwnershipDocument,
    OwnershipTransfer,
    Posting,
    SalesOrder,
    SalesReturn,
    Shipment,
    settled_terms,
)
from tradecore.documents.inputs import NewStockLine
from tradecore.errors import Code, Invalid, Violation, violation
from tradecore.events import Event, EventType
from tradecore.query import PAGE_LIMIT, Eq, Query
from tradecore.registers import ENTRUSTED, Key
from tradecore.rules import ownership
from tradecore.rules.approval import check_open
from tradecore.rules.order_state import kept
from tradecore.rules.ownership import Wanted
from tradecore.rules.posting import (
    check_draft,
    check_posted,
    post,
    posted_event,
    save,
    series_of,
    unpost,
    unposted_event,
)
from tradecore.values.evolving import evolve
from tradecore.values.numbers import ZERO
from tradecore.values.quantity import Quantity
from tradecore.values.record import Ref
from tradecore.values.sentences import Listed
from tradecore.values.text import ContractId, DocumentId, PartnerId, Text, check_distinct

D = TypeVar("D", bound=OwnershipDocument)


async def transfer_ownership(
    session: Session,
    shipment: DocumentId,
    *,
    lines: Lines | None = None,
    at: datetime | None = None,
    comment: Text = "",
    draft: bool = False,
    id: DocumentId | None = None,
) -> Outcome[OwnershipTransfer]:
    """
    Goods in transit become the customer's, all of a shipment or a part: now he owes for them (C2).

    Args:
        lines: Lines of the shipment and quantities; all that is in transit if left out.
        at: The moment ownership passes; now if left out.
        draft: Only write it down.

    Raises:
        Refused: `NOTHING_ENTRUSTED`, `EXCEEDS_ENTRUSTED`, `OTHER_OPERATION`, `NOT_POSTED`, `UNKNOWN_LINE`, `ORDER_CLOSED`,
            `OUT_OF_RANGE` for a moment before the shipment.

    Covers: C2.
    """
    before = await session.get(Shipment, shipment)
    quantities = by_line(lines) if lines is not None else ownership.entrusted_quantities(before)
    wanted = [Wanted(before, line, quantity) for line, quantity in quantities.items()]
    moment = at or session.now()
    found = ownership.check_passing(wanted, BusinessOperation.SALE_IN_TRANSIT, moment)
    session.refuse((*repeated(lines), *found), before)
    order = await session.get(SalesOrder, before.order)
    made = OwnershipTransfer(
        id=await session.name(OwnershipTransfer, id),
        at=moment,
        author=session.actor.id,
        comment=comment,
        shipment=before.id,
        order=before.order,
        lines=ownership.make_lines(wanted, {order.id: order}),
        **settled_terms(before),
    )
    return Outcome(made, _made(session, made, [before], [order], draft=draft))


async def report_sales(
    session: Session,
    *,
    customer: PartnerId,
    lines: Sequence[NewStockLine | Mapping[str, Any]],
    contract: ContractId | None = None,
    at: datetime | None = None,
    comment: Text = "",
    draft: bool = False,
    id: DocumentId | None = None,
) -> Outcome[ConsignmentReport]:
    """
    A consignee says what he has sold: he owes for it (C4). What was shipped to him first counts as sold first.

    Args:
        customer: The consignee.
        lines: What was sold of which item.
        contract: Only goods that were shipped under this contract; needed where he holds goods under several.
        at: The moment it was sold, or the day of his report; now if left out.
        draft: Only write it down.

    Raises:
        Refused: `EXCEEDS_ENTRUSTED` for what he does not hold, `CONTRACT_NOT_CHOSEN`, `CURRENCY_MISMATCH` where goods were
            shipped in several currencies, `NOT_POSITIVE`, `DUPLICATE`, `ORDER_CLOSED`, `OUT_OF_RANGE` for a moment before
            a shipment.

    Covers: C4.
    """
    sold = [(each.item, each.quantity) for each in lines if isinstance(each, NewStockLine)]
    wrong = [*check_distinct([item for item, _ in sold], "lines[{}].item"), *_positive(sold)]
    session.refuse(wrong or ([] if sold else [violation(Code.EMPTY, "lines")]), "The report cannot be made")
    shipments = await _held(session, customer, [item for item, _ in sold], contract)
    session.refuse(_one_terms(customer, shipments), "The report cannot be made")
    moment, wanted = at or session.now(), list[Wanted]()
    for index, (item, quantity) in enumerate(sold):
        found, missing = ownership.share_out(shipments, item, quantity)
        wanted += found
        if missing:
            details = {"line": item, "wanted": quantity, "left": quantity - missing}
            wrong.append(violation(Code.EXCEEDS_ENTRUSTED, f"lines[{index}].quantity", **details))
    session.refuse(wrong, "The report cannot be made")
    used = list({each.shipment.id: each.shipment for each in wanted}.values())
    session.refuse(ownership.check_passing(wanted, BusinessOperation.CONSIGNMENT, moment), "The report cannot be made")
    orders = await session.get_all(SalesOrder, [each.order for each in used])
    made = ConsignmentReport(
        id=await session.name(ConsignmentReport, id),
        at=moment,
        author=session.actor.id,
        comment=comment,
        lines=ownership.make_lines(wanted, orders),
        **settled_terms(used[0]),
    )
    return Outcome(made, _made(session, made, used, list(orders.values()), draft=draft))


def _positive(sold: Iterable[tuple[str, Decimal]]) -> list[Violation]:
    return [
        violation(Code.NOT_POSITIVE, f"lines[{index}].quantity", value=quantity)
        for index, (_, quantity) in enumerate(sold)
        if quantity <= 0
    ]


async def _held(session: Session, customer: str, items: Sequence[str], contract: str | None) -> list[Shipment]:
    """The shipments of which a consignee still holds some of these items."""
    operation = BusinessOperation.CONSIGNMENT.value
    prefixes: list[Key] = [(operation, customer, item) for item in items]
    found = of_register(ENTRUSTED, await session.balances((ENTRUSTED, prefixes)))
    shipments = await session.get_all(Shipment, [key[5] for key, each in found.items() if each.amounts[0] > 0])
    return [each for each in shipments.values() if contract is None or each.contract == contract]


def _one_terms(customer: str, shipments: Sequence[Shipment]) -> list[Violation]:
    """Whether one report can be made of these shipments: all under one contract, in one currency."""
    contracts = sorted({each.contract or "" for each in shipments})
    if len(contracts) > 1:
        choices = ", ".join(each or "none" for each in contracts)
        return [violation(Code.CONTRACT_NOT_CHOSEN, "contract", partner=customer, choices=choices)]
    currencies = sorted({f"{each.currency} paid in {each.pays_in}" for each in shipments})
    if len(currencies) > 1:
        return [violation(Code.CURRENCY_MISMATCH, "lines", got=currencies[1], expected=currencies[0])]
    return []


def _made(
    session: Session,
    made: OwnershipDocument,
    shipments: Sequence[Shipment],
    orders: Sequence[SalesOrder],
    *,
    draft: bool,
) -> Changes:
    if draft:
        event = Event(EventType.DOCUMENT_DRAFTED, made.ref)
        return save(None, made, at=made.at, events=(event,), series=series_of(made, session.settings))
    return _posting(session, None, post(made), shipments, orders)


def _posting(
    session: Session, before: D | None, after: D, shipments: Iterable[Shipment], orders: Iterable[SalesOrder]
) -> Changes:
    orders = list(orders)
    session.refuse((each for order in orders for each in check_open(order)), after)
    series = "" if before else series_of(after, session.settings)
    now = session.now()
    changes = save(before, after, at=after.at, events=(posted_event(after),), series=series)
    for shipment in shipments:
        changes += save(shipment, ownership.pass_shipment(shipment, after), at=now)
    for order in orders:
        changes += save(order, kept(ownership.passed_order(order, after), session.settings), at=now)
    return changes


async def _basis(session: Session, document: OwnershipDocument) -> tuple[dict[str, Shipment], dict[str, SalesOrder]]:
    refs = [Ref(Shipment.KIND, each.shipment) for each in document.lines]
    await session.load([*refs, *(Ref(SalesOrder.KIND, each.order) for each in document.lines)])
    shipments = await session.get_all(Shipment, [each.shipment for each in document.lines])
    return shipments, await session.get_all(SalesOrder, [each.order for each in document.lines])


async def post_transfer(session: Session, document: DocumentId) -> Outcome[OwnershipTransfer]:
    """
    Post a transfer of ownership that was written down as a draft, at what its quantities cost now.

    Raises:
        Refused: `ALREADY_POSTED`, and the reasons of `transfer`.
    """
    return await _post(session, await session.get(OwnershipTransfer, document), BusinessOperation.SALE_IN_TRANSIT)


async def post_report(session: Session, document: DocumentId) -> Outcome[ConsignmentReport]:
    """
    Post a consignee's report that was written down as a draft, at what its quantities cost now.

    Raises:
        Refused: `ALREADY_POSTED`, and the reasons of `report`.
    """
    return await _post(session, await session.get(ConsignmentReport, document), BusinessOperation.CONSIGNMENT)


async def _post(session: Session, before: D, operation: BusinessOperation) -> Outcome[D]:
    session.refuse(check_draft(before), before)
    shipments, orders = await _basis(session, before)
    wanted = [Wanted(shipments[each.shipment], each.shipment_line, each.quantity) for each in before.lines]
    session.refuse(ownership.check_passing(wanted, operation, before.at), before)
    after = evolve(before, lines=ownership.make_lines(wanted, orders))
    return Outcome(before, _posting(session, before, post(after), shipments.values(), orders.values()))


async def unpost_transfer(session: Session, document: DocumentId) -> Outcome[OwnershipTransfer]:
    """
    Take a transfer of ownership back: the goods are ours again, in transit, and nobody owes for them.

    Raises:
        Refused: `NOT_POSTED`, `ORDER_CLOSED`, `LATER_DOCUMENTS` naming returns of the goods.
    """
    return await _unpost(session, await session.get(OwnershipTransfer, document))


async def unpost_report(session: Session, document: DocumentId) -> Outcome[ConsignmentReport]:
    """
    Take a consignee's report back: he holds the goods again and owes nothing for them.

    Raises:
        Refused: `NOT_POSTED`, `ORDER_CLOSED`, `LATER_DOCUMENTS` naming returns of the goods.
    """
    return await _unpost(session, await session.get(ConsignmentReport, document))


async def _unpost(session: Session, before: D) -> Outcome[D]:
    session.refuse(check_posted(before), before)
    shipments, orders = await _basis(session, before)
    wrong: list[Violation] = [each for order in orders.values() for each in check_open(order)]
    for shipment in shipments.values():
        if ownership.came_back_since(ownership.pass_shipment(shipment, before, -1)):
            where = (Eq("shipment", shipment.id), Eq("posting", Posting.POSTED))
            returns = await session.find(Query(SalesReturn, where, sort="at", limit=PAGE_LIMIT))
            wrong.append(violation(Code.LATER_DOCUMENTS, documents=Listed(returns)))
    session.refuse(wrong, before)
    now = session.now()
    changes = save(before, unpost(before), at=now, events=(unposted_event(before),))
    for shipment in shipments.values():
        changes += save(shipment, ownership.pass_shipment(shipment, before, -1), at=now)
    for order in orders.values():
        others = [each.at for each in await passed_under(session, order) if each.id != before.id]
        after = ownership.unpassed_order(order, before, min(others, default=None))
        changes += save(order, kept(after, session.settings), at=now)
    return Outcome(before, changes)


@attrs.frozen(kw_only=True)
class EntrustedGoods:
    """
    Goods of ours in other hands.

    Attributes:
        partner: On the way to him, or held by him as consignee; `operation` says which.

        amount: What they cost him once they become his, in the currency of the prices.
    """

    operation: BusinessOperation
    partner: str
    item: str
    order: str
    line: str
    shipment: str
    quantity: Quantity
    amount: Decimal


async def goods_in_transit(session: Session, *, customer: PartnerId | None = None) -> tuple[EntrustedGoods, ...]:
    """
    Our goods on the way: shipped, and not yet the customer's; by item and shipment.

    Args:
        customer: Only those on the way to him.

    Raises:
        Invalid: `UNKNOWN_ID`.
    """
    return await _entrusted(session, BusinessOperation.SALE_IN_TRANSIT, customer)


async def goods_at_consignees(session: Session, *, customer: PartnerId | None = None) -> tuple[EntrustedGoods, ...]:
    """
    Our goods with consignees: not sold, and not come back; by item and shipment.

    Args:
        customer: Only those he holds.

    Raises:
        Invalid: `UNKNOWN_ID`.
    """
    return await _entrusted(session, BusinessOperation.CONSIGNMENT, customer)


async def _entrusted(
    session: Session, operation: BusinessOperation, customer: str | None
) -> tuple[EntrustedGoods, ...]:
    prefix: Key = (operation.value, customer) if customer else (operation.value,)
    found = of_register(ENTRUSTED, await session.balances((ENTRUSTED, [prefix])))
    if not found and customer:
        wrong = unknown("partner", {"customer": customer}, await session.catalog.partners([customer]))
        if wrong:
            raise Invalid(wrong)
    there = {key: each.amounts for key, each in sorted(found.items()) if each.amounts[0] != ZERO}
    items = await session.catalog.items(list(dict.fromkeys(key[2] for key in there)))
    units = {id: item.unit for id, item in items.items()}
    return tuple(
        EntrustedGoods(
            operation=operation,
            partner=partner,
            item=item,
            order=order,
            line=line,
            shipment=shipment,
            quantity=Quantity(quantity, units.get(item, "pcs")),
            amount=amount,
        )
        for (_, partner, item, order, line, shipment), (quantity, amount) in there.items()
    )
