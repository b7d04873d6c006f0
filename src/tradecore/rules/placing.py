"""Making a sales order from what a caller says and what the catalogue knows (C6-C20, D1-D6)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import attrs

from tradecore.catalog import (
    Agreement,
    BusinessOperation,
    Contract,
    Item,
    Partner,
    PaymentSchedule,
    PaymentTermsMode,
    PriceKind,
    StageGating,
    StageTerms,
    Warehouse,
)
from tradecore.documents import OrderLine, OrderUsage, Posting, SalesOrder
from tradecore.documents.inputs import NewLine
from tradecore.errors import Code, Violation, violation
from tradecore.rules.contracts import check_operation, check_settlement_currency, check_stages_of, sale_terms
from tradecore.rules.payment_stages import keep_assigned, plan_stages
from tradecore.rules.payment_terms import agreed_stages, check_payment_terms, chosen_stages
from tradecore.rules.pricing import order_total, price_line
from tradecore.values.evolving import evolve
from tradecore.values.money import check_known_currency
from tradecore.values.numbers import LIMIT, ZERO, total
from tradecore.values.percent import NO_PERCENT, Percent
from tradecore.values.sentences import Sentence
from tradecore.values.text import check_distinct


@attrs.frozen(kw_only=True)
class OrderRequest:
    """What a caller says about an order. None leaves a thing to the agreement, the partner or the settings."""

    customer: str
    lines: Sequence[NewLine]
    warehouse: str
    legal_entity: str | None = None
    contact: str | None = None
    recipient: str | None = None
    deliver_to: str = ""
    ship_on: date | None = None
    stages: Sequence[StageTerms] | None = None
    schedule: str | None = None
    currency: str | None = None
    operation: BusinessOperation | None = None
    settlement_currency: str | None = None
    rate: Decimal | None = None
    tax_included: bool | None = None
    channel: str | None = None
    external_ref: str = ""
    comment: str = ""


@attrs.frozen(kw_only=True)
class PlacingFacts:
    """
    What the catalogue knows of the things a request names.

    Attributes:
        on: The day of the order.

        schedules: The payment schedules that the request or the agreement names.

        terms_mode: Which payment stages are offered.

        stage_gating: What stages that are not fully paid let through.

        terms_known: False where it cannot be said which agreement is meant: what follows from it is not missed then.
    """

    on: date
    partners: Mapping[str, Partner]
    items: Mapping[str, Item]
    warehouses: Mapping[str, Warehouse]
    agreement: Agreement | None = None
    contract: Contract | None = None
    price_kind: PriceKind | None = None
    prices: Mapping[str, Decimal] = attrs.field(factory=dict)
    schedules: Mapping[str, PaymentSchedule] = attrs.field(factory=dict)
    terms_mode: PaymentTermsMode = PaymentTermsMode.ANY_STAGES
    stage_gating: StageGating = StageGating.WHOLE_ORDER
    terms_known: bool = True


def named_items(lines: Iterable[NewLine]) -> list[str]:
    """The ids of all items, once each."""
    return list(dict.fromkeys(line.item for line in lines))


def named_warehouses(request: OrderRequest) -> list[str]:
    """The ids of all warehouses, once each."""
    named = (request.warehouse, *(line.warehouse for line in request.lines))
    return list(dict.fromkeys(each for each in named if each))


def check_request(request: OrderRequest, facts: PlacingFacts) -> list[Violation]:
    """Everything that is wrong with a request: unknown ids, somebody else's entities, bad numbers, bad stages."""
    wrong = _check_parties(request, facts)
    if facts.price_kind and request.currency and request.currency != facts.price_kind.currency:
        wrong.append(
            violation(Code.CURRENCY_MISMATCH, "currency", got=request.currency, expected=facts.price_kind.currency)
        )
    if facts.terms_known and not facts.price_kind and not request.currency:
        wrong.append(violation(Code.MISSING, "currency"))
    wrong += check_known_currency(request.currency)
    stages = check_payment_terms(request.stages, request.schedule, facts.agreement, facts.schedules, facts.terms_mode)
    wrong += stages
    if facts.terms_known:
        wrong += check_sale(request, facts, stages_known=not stages)
    if not request.warehouse:
        wrong.append(violation(Code.MISSING, "warehouse"))
    elif request.warehouse not in facts.warehouses:
        wrong.append(violation(Code.UNKNOWN_ID, "warehouse", kind="warehouse", id=request.warehouse))
    return wrong + check_lines(request.lines, facts)


def check_stages_offered(usage: OrderUsage, stages: object) -> tuple[Violation, ...]:
    """Whether payments of such orders are planned at all (A10): those of a bill are not (A2)."""
    if not stages or usage is not OrderUsage.AS_BILL:
        return ()
    what, why = Sentence("A payment stage"), Sentence("payments of a bill are not planned")
    return (violation(Code.NOT_IN_USAGE, "stages", what=what, usage=usage, why=why),)


def check_sale(request: OrderRequest, facts: PlacingFacts, *, stages_known: bool = True) -> tuple[Violation, ...]:
    """Whether agreement and contract allow the sale: its operation, its stages, the currency it is paid in."""
    agreement, contract = facts.agreement, facts.contract
    currency = facts.price_kind.currency if facts.price_kind else request.currency
    operation = request.operation or (agreement.operation if agreement else BusinessOperation.SALE)
    stages: Sequence[StageTerms] = ()
    if stages_known:
        own = chosen_stages(request.stages, request.schedule, facts.schedules)
        stages = own or agreed_stages(agreement, facts.schedules, operation)
    return (
        *check_operation(request.operation, agreement),
        *check_stages_of(operation, contract, stages),
        *(check_settlement_currency(currency, contract, request.settlement_currency, request.rate) if currency else ()),
    )


def _check_parties(request: OrderRequest, facts: PlacingFacts) -> list[Violation]:
    wrong = []
    for place, id in (("customer", request.customer), ("recipient", request.recipient)):
        if id and id not in facts.partners:
            wrong.append(violation(Code.UNKNOWN_ID, place, kind="partner", id=id))
    partner = facts.partners.get(request.customer)
    if partner:
        for place, id, known in (
            ("legal_entity", request.legal_entity, {each.id for each in partner.legal_entities}),
            ("contact", request.contact, {each.id for each in partner.contacts}),
        ):
            if id and id not in known:
                wrong.append(violation(Code.UNKNOWN_ID, place, kind=f"{place} of {partner.id}", id=id))
    return wrong


#: What a price can become with tax, as a multiple.
_MOST_TAX = 11


def check_lines(lines: Sequence[NewLine], facts: PlacingFacts) -> list[Violation]:
    """Everything that is wrong with the lines."""
    wrong = [] if lines else [violation(Code.EMPTY, "lines")]
    for index, line in enumerate(lines):
        wrong += _check_line(line, f"lines[{index}]", facts)
    if not wrong and total((_price(line, facts) or ZERO) * line.quantity for line in lines) * _MOST_TAX >= LIMIT:
        wrong.append(violation(Code.OUT_OF_RANGE, "lines", value="their total", low=0, high=LIMIT))
    names = [line.id or str(number) for number, line in enumerate(lines, start=1)]
    return wrong + check_distinct(names, "lines[{}].id")


def _price(line: NewLine, facts: PlacingFacts) -> Decimal | None:
    return facts.prices.get(line.item) if line.price is None else line.price


def _check_line(line: NewLine, place: str, facts: PlacingFacts) -> list[Violation]:
    wrong = []
    if line.item not in facts.items:
        wrong.append(violation(Code.UNKNOWN_ID, f"{place}.item", kind="item", id=line.item))
    if line.warehouse and line.warehouse not in facts.warehouses:
        wrong.append(violation(Code.UNKNOWN_ID, f"{place}.warehouse", kind="warehouse", id=line.warehouse))
    if line.quantity <= 0:
        wrong.append(violation(Code.NOT_POSITIVE, f"{place}.quantity", value=line.quantity))
    if line.price is not None and line.price < 0:
        wrong.append(violation(Code.NEGATIVE, f"{place}.price", value=line.price))
    if line.discount is not None and line.discount.value > 100:
        wrong.append(violation(Code.OUT_OF_RANGE, f"{place}.discount", value=line.discount.value, low=0, high=100))
    price = _price(line, facts)
    if price is None and line.item in facts.items and facts.terms_known:
        details = {"item": line.item, "price_kind": facts.price_kind.id if facts.price_kind else "", "on": facts.on}
        wrong.append(violation(Code.NO_PRICE, f"{place}.price", **details))
    elif price is not None and abs(price * line.quantity) * _MOST_TAX >= LIMIT:
        wrong.append(violation(Code.OUT_OF_RANGE, f"{place}.quantity", value=line.quantity, low=0, high="its amount"))
    return wrong


def make_order(
    request: OrderRequest,
    facts: PlacingFacts,
    *,
    id: str,
    at: datetime,
    author: str,
    usage: OrderUsage,
    posting: Posting,
) -> SalesOrder:
    """The order of a request that was checked. Its terms are a snapshot of the agreement (C7)."""
    agreement, price_kind = facts.agreement, facts.price_kind
    tax_included = price_kind.tax_included if price_kind else True
    currency = price_kind.currency if price_kind else request.currency or ""
    if request.tax_included is not None:
        tax_included = request.tax_included
    discount = agreement.discount if agreement else NO_PERCENT
    sale = sale_terms(
        currency,
        agreement,
        facts.contract,
        operation=request.operation,
        settlement_currency=request.settlement_currency,
        rate=request.rate,
    )
    terms = LineTerms(currency, tax_included, request.warehouse, discount)
    order = SalesOrder(
        id=id,
        at=at,
        author=author,
        comment=request.comment,
        usage=usage,
        customer=request.customer,
        operation=sale.operation,
        settlement_currency=sale.settlement_currency,
        rate=sale.rate,
        contract=sale.contract,
        settlements=sale.settlements,
        legal_entity=request.legal_entity or _only(facts.partners[request.customer].legal_entities),
        contact=request.contact,
        recipient=request.recipient,
        deliver_to=request.deliver_to,
        agreement=agreement.id if agreement else None,
        price_kind=price_kind.id if price_kind else None,
        currency=currency,
        tax_included=tax_included,
        warehouse=request.warehouse,
        ship_on=request.ship_on,
        channel=request.channel,
        external_ref=request.external_ref,
        agreed_discount=discount,
        terms_mode=facts.terms_mode,
        stage_gating=facts.stage_gating,
        schedule=request.schedule or (agreement.schedule if agreement and not request.stages else None),
        posting=posting,
        lines=make_lines(terms, request.lines, facts),
    )
    own = chosen_stages(request.stages, request.schedule, facts.schedules)
    return with_stages(order, agreed_stages(agreement, facts.schedules, sale.operation), own)


def _only(parts: Sequence[object]) -> str | None:
    """The id of the one part there is; None if there are none or several (C9 in spirit)."""
    return getattr(parts[0], "id", None) if len(parts) == 1 else None


def with_stages(order: SalesOrder, agreed: Sequence[StageTerms], own: Sequence[StageTerms] | None) -> SalesOrder:
    """The order with its payment stages planned: its own if given, else the agreed ones. A bill has none (A2)."""
    if order.usage is OrderUsage.AS_BILL:
        return evolve(order, total=order_total(order), stages=(), schedule=None, own_terms=False)
    terms = tuple(own) if own else tuple(agreed)
    total = order_total(order)
    return evolve(
        order,
        total=total,
        stages=keep_assigned(order.stages, plan_stages(terms, order.settled(total), order.pays_in)),
        own_terms=bool(own) and terms != tuple(agreed),
    )


def edited(order: SalesOrder, *, warehouse: str) -> SalesOrder:
    """The order shipped from another warehouse: lines that followed the order's warehouse follow it again."""
    if warehouse == order.warehouse:
        return order
    lines = tuple(
        evolve(line, warehouse=warehouse) if line.warehouse == order.warehouse else line for line in order.lines
    )
    return evolve(order, warehouse=warehouse, lines=lines)


@attrs.frozen
class LineTerms:
    """What lines take from their order."""

    currency: str
    tax_included: bool
    warehouse: str
    agreed_discount: Percent


def terms_of(order: SalesOrder) -> LineTerms:
    """What new lines of an order take from it."""
    return LineTerms(order.currency, order.tax_included, order.warehouse, order.agreed_discount)


def make_lines(terms: LineTerms, lines: Sequence[NewLine], facts: PlacingFacts) -> tuple[OrderLine, ...]:
    """Order lines, priced by the order's terms."""
    return tuple(_make_line(terms, line, str(number), facts) for number, line in enumerate(lines, start=1))


def _make_line(order: LineTerms, line: NewLine, number: str, facts: PlacingFacts) -> OrderLine:
    item = facts.items[line.item]
    list_price = facts.prices.get(line.item)
    price = line.price if line.price is not None else list_price
    discount: Percent = order.agreed_discount if line.discount is None else line.discount
    if price is None:
        price = Decimal(0)
    worth = price_line(
        line.quantity, price, discount, item.tax_rate, currency=order.currency, tax_included=order.tax_included
    )
    return OrderLine(
        id=line.id or number,
        item=item.id,
        kind=item.kind,
        unit=item.unit,
        warehouse=line.warehouse or order.warehouse,
        quantity=line.quantity,
        price=price,
        list_price=list_price,
        discount=discount,
        tax_rate=item.tax_rate,
        amount=worth.amount,
        tax=worth.tax,
        ship_on=line.ship_on,
    )
