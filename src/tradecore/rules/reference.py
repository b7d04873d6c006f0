"""Whether reference data fits together before it is kept."""

from collections.abc import Iterable, Mapping, Sequence

from tradecore.catalog import Agreement, Item, Partner, Price, PriceKind
from tradecore.errors import Code, Violation, violation
from tradecore.rules.agreements import check_agreement
from tradecore.rules.payment_stages import check_terms
from tradecore.values.currencies import DECIMALS
from tradecore.values.record import Record, Ref


def references(record: Record) -> dict[str, Ref]:
    """The other reference data a record names, by field."""
    match record:
        case Price():
            return {"price_kind": Ref(PriceKind.KIND, record.price_kind), "item": Ref(Item.KIND, record.item)}
        case Agreement():
            found = {"price_kind": Ref(PriceKind.KIND, record.price_kind)}
            return found | ({"partner": Ref(Partner.KIND, record.partner)} if record.partner else {})
        case _:
            return {}


def check_records(records: Sequence[Record], known: Mapping[Ref, Record]) -> list[Violation]:
    """Everything wrong with records that are to be kept, given those they name and those they replace."""
    wrong: list[Violation] = []
    together = {record.ref for record in records}
    seen: set[Ref] = set()
    for index, record in enumerate(records):
        place = f"records[{index}]"
        if record.ref in seen:
            wrong.append(violation(Code.DUPLICATE, f"{place}.id", value=record.id))
        seen.add(record.ref)
        wrong += [
            violation(Code.UNKNOWN_ID, f"{place}.{field}", kind=ref.kind.replace("_", " "), id=ref.id)
            for field, ref in references(record).items()
            if ref not in known and ref not in together
        ]
        wrong += [each.at(place) for each in _check(record)]
    return wrong


def _check(record: Record) -> Iterable[Violation]:
    match record:
        case PriceKind() if record.currency not in DECIMALS:
            yield violation(Code.UNKNOWN_CURRENCY, "currency", value=record.currency)
        case Price() if record.amount < 0:
            yield violation(Code.NEGATIVE, "amount", value=record.amount)
        case Item() if record.tax_rate.value > 100:
            yield violation(Code.OUT_OF_RANGE, "tax_rate", value=record.tax_rate.value, low=0, high=100)
        case Agreement():
            yield from check_agreement(record)
            yield from check_terms(record.stages)
            if record.discount.value > 100:
                yield violation(Code.OUT_OF_RANGE, "discount", value=record.discount.value, low=0, high=100)
            if record.valid_from and record.valid_to and record.valid_to < record.valid_from:
                yield violation(Code.BAD_PERIOD, "valid_to", start=record.valid_from, end=record.valid_to)
        case Partner():
            for name, ids in (
                ("legal_entities", [each.id for each in record.legal_entities]),
                ("contacts", [each.id for each in record.contacts]),
            ):
                for index, id in enumerate(ids):
                    if id in ids[:index]:
                        yield violation(Code.DUPLICATE, f"{name}[{index}].id", value=id)
        case _:
            pass
