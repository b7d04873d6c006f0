"""Commands of sales orders: drafting, placing, editing, approving, executing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tradecore.catalog import (
    Agreement,
    BusinessOperation,
    Contract,
    OrderTemplate,
    Partner,
    PriceKind,
    StageTerms,
)
from tradecore.catalog.records import Currency
from tradecore.commands.moving import carried_out, moved, status_event
from tradecore.commands.session import Outcome, Session, of_register
from tradecore.commands.staging import staged
from tradecore.documents import OrderStatus, Posting, SalesOrder
from tradecore.documents.inputs import NewLine, number_at
from tradecore.errors import Code, Refused, Violation, violation
from tradecore.events import Event, EventType
from tradecore.registers import PEGGED, STOCK, SUPPLY
from tradecore.rules import provisioning, separate
from tradecore.rules.agreements import choose_agreement
from tradecore.rules.approval import (
    approved,
    check_approving,
    check_editing,
    keep_approval,
)
from tradecore.rules.contracts import check_stages_of, choose_contract
from tradecore.rules.found_terms import FoundTerms, check_found_terms, check_same_terms, with_found_terms
from tradecore.rules.order_state import kept
from tradecore.rules.order_status import WORKING, check_beginning, find_shipping_at_once
from tradecore.rules.payment_stages import check_assigned, stage_terms
from tradecore.rules.payment_terms import Schedules, chosen_stages
from tradecore.rules.placing import (
    OrderRequest,
    PlacingFacts,
    check_request,
    check_stages_offered,
    edited,
    make_lines,
    make_order,
    named_items,
    named_warehouses,
    terms_of,
    with_stages,
)
from tradecore.rules.posting import check_draft, post, save, series_of
from tradecore.rules.provisioning import Available
from tradecore.rules.stage_gating import check_advance
from tradecore.rules.templates import check_for, from_template
from tradecore.settings import ContractUsage, FillStrategy
from tradecore.values.evolving import evolve
from tradecore.values.numbers import Number
from tradecore.values.text import (
    AgreementId,
    ContractId,
    ExternalRef,
    Id,
    LineId,
    OrderId,
    PartnerId,
    ScheduleId,
    Text,
    WarehouseId,
)
from tradecore.values.unset import UNSET, Unset

#: What a refusal speaks of while there is no order.
_CANNOT_BE_PLACED = "The order cannot be placed"


async def place_order(
    session: Session,
    *,
    customer: PartnerId,
    warehouse: WarehouseId | None = None,
    lines: Sequence[NewLine | Mapping[str, Any]] | None = None,
    template: Id | None = None,
    agreement: AgreementId | None = None,
    contract: ContractId | None = None,
    operation: BusinessOperation | None = None,
    legal_entity: Id | None = None,
    contact: Id | None = None,
    recipient: PartnerId | None = None,
    deliver_to: Text = "",
    ship_on: date | None = None,
    stages: Sequence[StageTerms | Mapping[str, Any]] | None = None,
    schedule: ScheduleId | None = None,
    currency: Currency | None = None,
    settlement_currency: Currency | None = None,
    rate: Number | None = None,
    tax_included: bool | None = None,
    channel: Id | None = None,
    external_ref: ExternalRef = "",
    comment: Text = "",
    at: datetime | None = None,
    id: OrderId | None = None,
    draft: bool = False,
    status: OrderStatus | None = None,
    to_ship: bool = False,
) -> Outcome[SalesOrder]:
    """
    Place an order: it gets its terms from the agreement, its prices from the price list, and a number.

    The order starts ON_APPROVAL and moves nothing yet, unless the settings or `status` say otherwise. `draft` only
    writes it down: `post` places it later.

    Args:
        customer: Who orders and pays.
        warehouse: Where the goods are shipped from, unless a line says otherwise; needed, if the template has none.
        lines: What is ordered; needed, if the template has none.
        template: An order template: what is left out is taken from it, what is said wins (C18).
        agreement: May be left out where just one applies (C9, C10).
        contract: May be left out where just one applies, where contracts are used at all (C14).
        operation: The kind of sale; None takes the agreement's (C5).
        stages: Payment stages other than the agreement's; shares add up to 100 %.
        schedule: A payment schedule in place of the agreement's stages (D9).
        currency: Needed only where no agreement or price kind gives one.
        settlement_currency: The currency it is paid in; None takes the contract's, or that of the prices.
        rate: How much of it one unit of the prices' currency is; needed where the two differ, and frozen (C15).
        ship_on: Desired day of shipment.
        at: The moment of the order; now if left out.
        id: A name of your own; made if left out.
        channel: What it came by; the settings may give its orders a status to start in.
        status: The status it starts in; None takes that of the channel, or of all new orders. One above ON_APPROVAL
            runs the same controls as `set_status`.
        to_ship: Release all its goods to the warehouse at once: approval, stock and payment are controlled now (J3).

    Raises:
        Refused: `NO_APPLICABLE_AGREEMENT`, `AGREEMENT_NOT_CHOSEN`, `CONTRACT_NOT_CHOSEN`, `TRANSIT_NOT_ALLOWED` (C3),
            `RATE_MISSING`, `UNKNOWN_ID`, `NO_PRICE`, `STAGES_BY_SCHEDULE`, `STAGE_NOT_OFFERED`, `STAGES_AND_SCHEDULE` and
            others, all at once; with `to_ship` also `APPROVAL_REQUIRED`, `SHORT_STOCK` for every short line,
            `PREPAYMENT_UNPAID`.

    Covers: A1, A5, A14, A16, C1-C15, C17-C20, D1-D10, J3, N1, N5.
    """
    request = OrderRequest(
        customer=customer,
        lines=lines or (),  # type: ignore[arg-type]  # the gate has made them values
        warehouse=warehouse or "",
        legal_entity=legal_entity,
        contact=contact,
        recipient=recipient,
        deliver_to=deliver_to,
        ship_on=ship_on,
        stages=stages,  # type: ignore[arg-type]  # the gate has made them values
        schedule=schedule,
        currency=currency,
        operation=operation,
        settlement_currency=settlement_currency,
        rate=None if rate is None else number_at(rate, "rate"),
        tax_included=tax_included,
        channel=channel,
        external_ref=external_ref,
        comment=comment,
    )
    moment = at or session.now()
    if template:
        found = await _template(session, template, customer)
        day = session.settings.day(moment)
        request = from_template(request, found, day, own_lines=lines is not None)
        agreement, contract = agreement or found.agreement, contract or found.contract
    facts, wrong = await placing_facts(session, request, agreement, contract, moment, draft=draft)
    usage = session.settings.order_usage
    wrong += check_stages_offered(usage, request.stages or request.schedule)
    session.refuse([*wrong, *check_request(request, facts)], _CANNOT_BE_PLACED)
    posting, told = (Posting.DRAFT, EventType.ORDER_DRAFTED) if draft else (Posting.POSTED, EventType.ORDER_PLACED)
    name, author = await session.name(SalesOrder, id), session.actor.id
    order = make_order(request, facts, id=name, at=moment, author=author, usage=usage, posting=posting)
    events = [Event(told, order.ref, {"customer": customer, "total": str(order.money(order.total))})]
    if to_ship and not draft:
        order = await _released(session, order, events, _CANNOT_BE_PLACED)
    elif not draft:
        order = await _started(session, order, status, events)
    order = kept(order, session.settings, at=moment)
    return Outcome(order, save(None, order, at=moment, events=events, series=series_of(order, session.settings)))


async def _template(session: Session, id: str, customer: str) -> OrderTemplate:
    """The template of this id, if it is meant for the customer."""
    found = (await session.catalog.order_templates([id])).get(id)
    if found is None:
        raise Refused([violation(Code.UNKNOWN_ID, "template", kind="order template", id=id)], _CANNOT_BE_PLACED)
    session.refuse(check_for(found, customer), _CANNOT_BE_PLACED)
    return found


async def _started(session: Session, order: SalesOrder, status: OrderStatus | None, events: list[Event]) -> SalesOrder:
    """The new order in the status it starts in (A14)."""
    start = status or session.settings.starts_in(order.channel)
    if start is order.status:
        return order
    events.append(status_event(order, start))
    return await moved(session, order, start, _CANNOT_BE_PLACED)


async def _released(session: Session, order: SalesOrder, events: list[Event], subject: object) -> SalesOrder:
    """The order executed and all its goods released to ship, in one go (J3)."""
    move = find_shipping_at_once(order)
    after = await carried_out(session, order, move, subject)
    events += (status_event(order, after.status), Event(EventType.ORDER_PROVISIONED, order.ref))
    return after


async def placing_facts(
    session: Session,
    request: OrderRequest,
    agreement: str | None,
    contract: str | None,
    at: datetime,
    *,
    draft: bool = False,
) -> tuple[PlacingFacts, list[Violation]]:
    """What the catalogue knows of the request, and what is wrong with its agreement and its contract."""
    catalog, on = session.catalog, session.settings.day(at)
    partners = await catalog.partners([each for each in (request.customer, request.recipient) if each])
    agreements = await catalog.agreements(request.customer) if request.customer in partners else ()
    partner = partners.get(request.customer) or Partner(id=request.customer, name="")
    chosen = choose_agreement(agreement, agreements, partner, on, session.settings)
    under = await _contract(session, contract, partner, request.legal_entity, on)
    wrong: list[Violation] = []
    known = True
    if isinstance(under, Violation):
        known = draft and contract is None
        wrong += [] if known else [under]
        under = None
    if isinstance(chosen, Violation):
        # A draft may find its agreement later; a customer who is not known is told as such, and nothing more.
        later = draft and agreement is None
        if request.customer in partners and not later:
            wrong.append(chosen)
        known, chosen = known and later, None
    price_kind = await _price_kind(session, chosen.price_kind if chosen else session.settings.price_kind)
    facts = await _facts(session, request, chosen, price_kind, at, partners=partners)
    schedules = await _schedules(session, request.schedule, chosen)
    mode, gating = session.settings.payment_terms_mode, session.settings.stage_gating
    facts = evolve(facts, contract=under, schedules=schedules, terms_mode=mode, stage_gating=gating)
    return evolve(facts, terms_known=known), wrong


async def _schedules(session: Session, named: str | None, agreement: Agreement | None = None) -> Schedules:
    """The payment schedules that a caller or an agreement names."""
    ids = [each for each in (named, agreement.schedule if agreement else None) if each]
    return await session.catalog.schedules(ids) if ids else {}


async def _contract(
    session: Session, wanted: str | None, partner: Partner, legal_entity: str | None, on: date
) -> Contract | Violation | None:
    """The contract of an order; nothing is read where contracts are not used."""
    used = session.settings.contract_usage is not ContractUsage.NONE
    known = await session.catalog.contracts(partner.id) if used else ()
    return choose_contract(wanted, known, partner.id, legal_entity, on, session.settings)


async def _known_contract(session: Session, order: SalesOrder) -> Contract | None:
    """The contract of an order, if it has one and it is still there."""
    known = await session.catalog.contracts(order.customer) if order.contract else ()
    return next((each for each in known if each.id == order.contract), None)


async def _price_kind(session: Session, id: str | None) -> PriceKind | None:
    return (await session.catalog.price_kinds([id])).get(id) if id else None


async def _facts(
    session: Session,
    request: OrderRequest,
    agreement: Agreement | None,
    price_kind: PriceKind | None,
    at: datetime,
    *,
    partners: Mapping[str, Any],
) -> PlacingFacts:
    catalog, items = session.catalog, named_items(request.lines)
    on = session.settings.day(at)
    return PlacingFacts(
        on=on,
        partners=partners,
        items=await catalog.items(items),
        warehouses=await catalog.warehouses(named_warehouses(request)),
        agreement=agreement,
        price_kind=price_kind,
        prices=await catalog.prices(price_kind.id, items, on) if price_kind else {},
    )


async def post_order(
    session: Session,
    order: OrderId,
    *,
    agreement: AgreementId | None = None,
    contract: ContractId | None = None,
    rate: Number | None = None,
    status: OrderStatus | None = None,
) -> Outcome[SalesOrder]:
    """
    Place an order that was written down as a draft. What it was written under is checked again; what was left open is
    chosen now.

    Args:
        agreement: May be left out where just one applies, or it has one already.
        contract: The same.
        rate: Needed where a contract that is chosen now is in another currency than the prices.
        status: The status it starts in, as for `place`.

    Raises:
        Refused: `ALREADY_POSTED`, `NO_APPLICABLE_AGREEMENT` (C11), `AGREEMENT_NOT_CHOSEN` (C10), `CONTRACT_NOT_CHOSEN`,
            `CURRENCY_MISMATCH`, `UNKNOWN_VALUE` for an agreement or a contract other than those it was written under.
    """
    before = await session.get(SalesOrder, order)
    session.refuse(check_draft(before), before)
    on = session.settings.day(before.at)
    known = await session.catalog.partners([before.customer])
    partner = known.get(before.customer) or Partner(id=before.customer, name="")
    agreements = await session.catalog.agreements(before.customer)
    chosen = choose_agreement(agreement or before.agreement, agreements, partner, on, session.settings)
    under = await _contract(session, contract or before.contract, partner, before.legal_entity, on)
    if isinstance(chosen, Violation) or isinstance(under, Violation):
        raise Refused([each for each in (chosen, under) if isinstance(each, Violation)], str(before))
    session.refuse(check_same_terms(before, chosen, under), before)
    if chosen is None or before.agreement:
        price_kind = None
    else:
        price_kind = await _price_kind(session, chosen.price_kind)
    exchange = None if rate is None else number_at(rate, "rate")
    schedules = {} if chosen is None or before.agreement else await _schedules(session, None, chosen)
    facts = FoundTerms(chosen, under, schedules, price_kind, exchange)
    session.refuse(check_found_terms(before, facts), before)
    return await _placed(session, before, with_found_terms(before, facts), status)


async def _placed(
    session: Session, before: SalesOrder, after: SalesOrder, status: OrderStatus | None
) -> Outcome[SalesOrder]:
    events = [Event(EventType.ORDER_PLACED, after.ref, {"total": str(after.money(after.total))})]
    after = kept(await _started(session, post(after), status, events), session.settings, at=session.now())
    return Outcome(after, save(before, after, at=session.now(), events=events))


async def edit_order(
    session: Session,
    order: OrderId,
    *,
    lines: Sequence[NewLine | Mapping[str, Any]] | Unset = UNSET,
    warehouse: WarehouseId | Unset = UNSET,
    ship_on: date | Unset | None = UNSET,
    stages: Sequence[StageTerms | Mapping[str, Any]] | Unset = UNSET,
    schedule: ScheduleId | Unset = UNSET,
    legal_entity: Id | Unset | None = UNSET,
    contact: Id | Unset | None = UNSET,
    recipient: PartnerId | Unset | None = UNSET,
    deliver_to: Text | Unset = UNSET,
    external_ref: ExternalRef | Unset = UNSET,
    comment: Text | Unset = UNSET,
) -> Outcome[SalesOrder]:
    """
    Change an order that is a draft or on approval (A5, M7). What is left out stays.

    None empties what an order may be without: the desired day, the legal entity, the contact, the recipient. So the
    members of a JSON object may be handed on as they are, nulls included. `lines` replace all lines and are priced by
    the order's terms. An approval is kept while the terms are no worse for us than those it was given for (decision 12).

    Raises:
        Refused: `NOT_ON_APPROVAL`, `ORDER_CLOSED`, `LATER_DOCUMENTS` where payments name a stage that would go, and
            whatever is wrong with the new values.
    """
    before = await session.get(SalesOrder, order)
    session.refuse(check_editing(before), before)
    fields = {
        "ship_on": ship_on,
        "legal_entity": legal_entity,
        "contact": contact,
        "recipient": recipient,
        "deliver_to": deliver_to,
        "external_ref": external_ref,
        "comment": comment,
    }
    given: dict[str, Any] = {name: value for name, value in fields.items() if value is not UNSET}
    request = OrderRequest(
        customer=before.customer,
        lines=() if lines is UNSET else lines,  # type: ignore[arg-type]  # the gate has made them values
        warehouse=before.warehouse if warehouse is UNSET else warehouse,
        legal_entity=given.get("legal_entity"),
        contact=given.get("contact"),
        recipient=given.get("recipient"),
    )
    partners = await session.catalog.partners([each for each in (request.customer, request.recipient) if each])
    price_kind = await _price_kind(session, before.price_kind)
    facts = await _facts(session, request, None, price_kind, before.at, partners=partners)
    by_hand: Sequence[StageTerms] | None = None if stages is UNSET else stages  # type: ignore[assignment]  # as the lines
    named = None if schedule is UNSET else schedule
    facts = evolve(facts, schedules=await _schedules(session, named), terms_mode=before.terms_mode)
    currency = None if price_kind else before.currency
    wrong = check_request(evolve(request, stages=by_hand, schedule=named, currency=currency), facts)
    wrong += [] if by_hand is None or by_hand else [violation(Code.EMPTY, "stages")]
    chosen = chosen_stages(by_hand, named, facts.schedules) if not wrong else None
    wrong += check_stages_of(before.operation, await _known_contract(session, before), chosen or ())
    if lines is UNSET:
        wrong = [each for each in wrong if not each.place.startswith("lines")]
    wrong += check_stages_offered(before.usage, by_hand or named)
    session.refuse(wrong, before)
    after = evolve(edited(before, warehouse=request.warehouse), **given)
    if lines is not UNSET:
        after = evolve(after, lines=make_lines(terms_of(after), request.lines, facts))
    own = chosen_stages(by_hand, named, facts.schedules)
    if own:
        after = evolve(after, schedule=named)
    if lines is not UNSET or own:
        terms = stage_terms(before.stages)
        own_terms = before.own_terms or bool(own and tuple(own) != terms)
        after = evolve(with_stages(after, terms, own or None), own_terms=own_terms)
    session.refuse(check_assigned(before, after), before)
    after = kept(keep_approval(before, after), session.settings)
    event = Event(EventType.ORDER_EDITED, after.ref, {"total": str(after.money(after.total))})
    return Outcome(after, save(before, after, at=session.now(), events=(event,)))


async def approve_order(
    session: Session,
    order: OrderId,
    *,
    comment: Text = "",
    execute: bool | None = None,
    fill: bool = False,
    to_ship: bool = False,
    strategy: FillStrategy | None = None,
) -> Outcome[SalesOrder]:
    """
    Approve an order; with `execute` start its execution too, with `fill` provide its goods in the same commit.

    An order that lost its approval while it was executed can be approved again.

    Args:
        execute: None does what the settings say.
        fill: Cover the goods of the order line by line; left for later while an advance is unpaid. Orders from stock
            only are reserved as a whole anyway.
        to_ship: Start its execution and release all its goods to the warehouse: stock and payment are controlled now.
        strategy: How; None takes the strategy of the settings.

    Raises:
        Refused: `NOT_ON_APPROVAL`, `ALREADY_APPROVED`, `ORDER_CLOSED`, `NOT_IN_USAGE` for a bill; with `execute` the
            reasons of it.

    Covers: M5, M8, M9, A7, A11, J3.
    """
    before = await session.get(SalesOrder, order)
    session.refuse(check_approving(before, session.settings), before)
    after = approved(before, session.actor.id, session.now())
    events = [approval_event(before, comment)]
    wanted = session.settings.execute_on_approval if execute is None else execute
    if (wanted or fill or to_ship) and before.status is OrderStatus.ON_APPROVAL:
        chosen = (strategy or session.settings.fill) if fill else None
        return await _executed(session, before, after, events, chosen, to_ship=to_ship)
    after = kept(after, session.settings)
    return Outcome(after, save(before, after, at=session.now(), events=events))


def approval_event(order: SalesOrder, comment: str) -> Event:
    """What is told of an order that was approved."""
    return Event(EventType.ORDER_APPROVED, order.ref, {"comment": comment} if comment else {})


async def execute_order(
    session: Session,
    order: OrderId,
    *,
    fill: bool = False,
    to_ship: bool = False,
    strategy: FillStrategy | None = None,
) -> Outcome[SalesOrder]:
    """
    Start the execution of an order (status TO_EXECUTE); with `fill` provide its goods in the same commit.

    An order from stock only comes IN_RESERVE: all its goods are reserved, or every short line is named.

    Args:
        fill: Cover the goods of the order line by line, by the strategy.
        to_ship: Release all its goods to the warehouse: stock and payment are controlled now, for the whole order (J3).

    Raises:
        Refused: `APPROVAL_REQUIRED`, `NOT_ON_APPROVAL`, `ORDER_CLOSED`, `SHORT_STOCK`, `NOT_IN_USAGE` for a bill;
            with `to_ship` also `PREPAYMENT_UNPAID`.

    Covers: A6, A8, A11, M5, E9, J3.
    """
    before = await session.get(SalesOrder, order)
    chosen = (strategy or session.settings.fill) if fill else None
    return await _executed(session, before, before, [], chosen, to_ship=to_ship)


async def _executed(
    session: Session,
    before: SalesOrder,
    after: SalesOrder,
    events: list[Event],
    strategy: FillStrategy | None,
    *,
    to_ship: bool = False,
) -> Outcome[SalesOrder]:
    if to_ship:
        after = kept(await _released(session, after, events, before), session.settings, at=session.now())
        return Outcome(after, save(before, after, at=session.now(), events=events))
    not_offered = provisioning.check_strategy(strategy, session.settings) if strategy else ()
    session.refuse((*check_beginning(after), *not_offered), before)
    status = WORKING[after.usage]
    after = await moved(session, after, status, before)
    events = [*events, status_event(before, status)]
    if strategy and status is OrderStatus.TO_EXECUTE and not check_advance(after := await staged(session, after)):
        after = provisioning.fill(after, await available(session, after, strategy), strategy)
        events.append(Event(EventType.ORDER_PROVISIONED, before.ref))
    after = kept(after, session.settings, at=session.now())
    return Outcome(after, save(before, after, at=session.now(), events=events))


async def available(
    session: Session, order: SalesOrder, strategy: FillStrategy, lines: Sequence[LineId] | None = None
) -> Available:
    """What stock and supply offer for the goods of an order."""
    keys = provisioning.goods_keys(order, lines)
    surplus = separate.pegged_keys(order, lines) if session.settings.allow_excess_separate else ()
    found = await session.balances((STOCK, keys), (SUPPLY, keys if strategy.from_supply else ()), (PEGGED, surplus))
    here = separate.pegged_here(order, of_register(PEGGED, found)) if surplus else {}
    return Available.of(of_register(STOCK, found), of_register(SUPPLY, found), here)


async def pegged_here(session: Session, order: SalesOrder, lines: Sequence[LineId]) -> Mapping[LineId, Decimal]:
    """What was bought for lines of an order alone and lies in their warehouses."""
    if not lines:
        return {}
    found = await session.balances((PEGGED, separate.pegged_keys(order, lines)))
    return separate.pegged_here(order, of_register(PEGGED, found))
