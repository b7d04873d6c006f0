"""Whether reference data fits together before it is kept."""

from collections.abc import Iterable, Mapping, Sequence

from tradecore.catalog import (
    Agreement,
    Contract,
    Item,
    OrderTemplate,
    Partner,
    PaymentSchedule,
    PaymentTermsMode,
    Price,
    PriceKind,
    Warehouse,
)
from tradecore.errors import Code, Violation, violation
from tradecore.rules.agreements import check_agreement
from tradecore.rules.contracts import check_contract
from tradecore.rules.payment_terms import check_mode, check_terms
from tradecore.rules.templates import check_template
from tradecore.values.currencies import DECIMALS
from tradecore.values.record import Record, Ref
from tradecore.values.text import check_distinct


def references(record: Record) -> dict[str, Ref]:
    """The other reference data a record names, by field."""
    match record:
        case Price():
            return {"price_kind": Ref(PriceKind.KIND, record.price_kind), "item": Ref(Item.KIND, record.item)}
        case Agreement():
            found = {"price_kind": Ref(PriceKind.KIND, record.price_kind)}
            found |= {"schedule": Ref(PaymentSchedule.KIND, record.schedule)} if record.schedule else {}
            return found | ({"partner": Ref(Partner.KIND, record.partner)} if record.partner else {})
        case Contract():
            return {"partner": Ref(Partner.KIND, record.partner)}
        case OrderTemplate():
            return _named_by(record)
        case _:
            return {}


def _named_by(template: OrderTemplate) -> dict[str, Ref]:
    named = {
        "customer": (Partner.KIND, template.customer),
        "recipient": (Partner.KIND, template.recipient),
        "warehouse": (Warehouse.KIND, template.warehouse),
        "agreement": (Agreement.KIND, template.agreement),
        "contract": (Contract.KIND, template.contract),
        "schedule": (PaymentSchedule.KIND, template.schedule),
    }
    for index, line in enumerate(template.lines):
        named[f"lines[{index}].item"] = (Item.KIND, line.item)
        named[f"lines[{index}].warehouse"] = (Warehouse.KIND, line.warehouse)
    return {place: Ref(kind, id) for place, (kind, id) in named.items() if id}


def check_records(
    records: Sequence[Record],
    known: Mapping[Ref, Record],
    mode: PaymentTermsMode = PaymentTermsMode.ANY_STAGES,
) -> list[Violation]:
    """Everything wrong with records that are to be kept, given those they name and those they replace."""
    wrong = check_distinct([str(record.ref) for record in records], "records[{}].id")
    together = {record.ref for record in records}
    for index, record in enumerate(records):
        place = f"records[{index}]"
        wrong += [
            violation(Code.UNKNOWN_ID, f"{place}.{field}", kind=ref.kind.replace("_", " "), id=ref.id)
            for field, ref in references(record).items()
            if ref not in known and ref not in together
        ]
        wrong += [each.at(place) for each in _check(record, mode)]
    return wrong


def _check(record: Record, mode: PaymentTermsMode) -> Iterable[Violation]:
    match record:
        case PriceKind() if record.currency not in DECIMALS:
            yield violation(Code.UNKNOWN_CURRENCY, "currency", value=record.currency)
        case Price() if record.amount < 0:
            yield violation(Code.NEGATIVE, "amount", value=record.amount)
        case Item() if record.tax_rate.value > 100:
            yield violation(Code.OUT_OF_RANGE, "tax_rate", value=record.tax_rate.value, low=0, high=100)
        case Agreement():
            yield from (*check_agreement(record), *check_terms(record.stages))
            yield from check_mode(record.stages, mode, scheduled=False)
        case PaymentSchedule():
            yield from [] if record.stages else [violation(Code.EMPTY, "stages")]
            yield from (*check_terms(record.stages), *check_mode(record.stages, mode, scheduled=True))
        case Contract():
            yield from check_contract(record)
        case OrderTemplate():
            yield from check_template(record)
        case Partner():
            yield from check_distinct([each.id for each in record.legal_entities], "legal_entities[{}].id")
            yield from check_distinct([each.id for each in record.contacts], "contacts[{}].id")
            yield from check_distinct([each.id for each in record.segments], "segments[{}].id")
        case _:
            pass
