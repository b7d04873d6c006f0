"""Order templates: defaults that give way to whatever the caller says (C18)."""

from collections.abc import Iterable
from datetime import date, timedelta

from tradecore.catalog import OrderTemplate, TemplateLine
from tradecore.documents.inputs import NewLine
from tradecore.errors import Code, Violation, violation
from tradecore.rules.placing import OrderRequest
from tradecore.values.evolving import evolve

_DAYS = 3650
#: Fields of a request that a template may give.
_GIVEN = ("warehouse", "recipient", "deliver_to", "currency", "settlement_currency", "operation", "channel", "comment")


def check_template(template: OrderTemplate) -> Iterable[Violation]:
    """Whether a template is sound in itself: its quantities, prices, discounts and days."""
    for index, line in enumerate(template.lines):
        place = f"lines[{index}]"
        if line.quantity <= 0:
            yield violation(Code.NOT_POSITIVE, f"{place}.quantity", value=line.quantity)
        if line.price is not None and line.price < 0:
            yield violation(Code.NEGATIVE, f"{place}.price", value=line.price)
        if line.discount is not None and line.discount.value > 100:
            yield violation(Code.OUT_OF_RANGE, f"{place}.discount", value=line.discount.value, low=0, high=100)
    if template.ship_in_days is not None and not 0 <= template.ship_in_days <= _DAYS:
        yield violation(Code.OUT_OF_RANGE, "ship_in_days", value=template.ship_in_days, low=0, high=_DAYS)


def check_for(template: OrderTemplate, customer: str) -> tuple[Violation, ...]:
    """Whether a template is meant for the customer."""
    if template.customer in (None, customer):
        return ()
    details = {"kind": "order template", "id": template.id, "owner": template.customer, "partner": customer}
    return (violation(Code.OTHER_PARTNER, "template", **details),)


def from_template(request: OrderRequest, template: OrderTemplate, on: date, *, own_lines: bool) -> OrderRequest:
    """The request with what it leaves open taken from the template; lines of its own replace all of the template's."""
    given = {name: getattr(request, name) or getattr(template, name) for name in _GIVEN}
    days = template.ship_in_days
    by_template = on + timedelta(days=days) if days is not None else None
    lines = request.lines if own_lines else [_line(each) for each in template.lines]
    # Stages or a schedule of the caller's own leave no room for the template's.
    schedule = request.schedule or (None if request.stages else template.schedule)
    return evolve(request, **given, lines=lines, ship_on=request.ship_on or by_template, schedule=schedule)


def _line(line: TemplateLine) -> NewLine:
    return NewLine(
        item=line.item,
        quantity=line.quantity,
        price=line.price,
        discount=line.discount,
        warehouse=line.warehouse,
    )
