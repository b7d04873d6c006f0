"""Ids and texts: which strings are accepted, and how new ids are made."""

import os
import threading
import time
import unicodedata
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Annotated, TypeAlias

import attrs

from tradecore.errors import Code, Violation, violation

ID_LENGTH = 64
TEXT_LENGTH = 2000


@attrs.frozen
class TextRule:
    """How a string of the public API is checked. Stands in `Annotated` types."""

    limit: int
    is_id: bool = False


Id: TypeAlias = Annotated[str, TextRule(ID_LENGTH, is_id=True)]
Name: TypeAlias = Annotated[str, TextRule(200)]
Text: TypeAlias = Annotated[str, TextRule(TEXT_LENGTH)]
ExternalRef: TypeAlias = Annotated[str, TextRule(100)]

PartnerId: TypeAlias = Id
ItemId: TypeAlias = Id
WarehouseId: TypeAlias = Id
AgreementId: TypeAlias = Id
PriceKindId: TypeAlias = Id
ContractId: TypeAlias = Id
ReasonId: TypeAlias = Id
ScheduleId: TypeAlias = Id
LineId: TypeAlias = Id
OrderId: TypeAlias = Id
DocumentId: TypeAlias = Id


def check_text(value: object, rule: TextRule) -> str | Violation:
    """The text, or the reason why it cannot be stored alike everywhere."""
    if not isinstance(value, str):
        return violation(Code.WRONG_TYPE, expected="a string", got=type(value).__name__)
    if len(value) > rule.limit:
        return violation(Code.BAD_ID) if rule.is_id else violation(Code.TOO_LONG, length=len(value), limit=rule.limit)
    if value.isascii() and value.isprintable():
        bad = False
    else:
        bad = any(c not in "\n\t\r" and unicodedata.category(c) in ("Cc", "Cs") for c in value)
    if rule.is_id and (bad or not value or value != value.strip() or value[0] == "$" or not value.isprintable()):
        return violation(Code.BAD_ID)
    return violation(Code.BAD_TEXT) if bad else value


def check_distinct(names: Sequence[str], place: str) -> list[Violation]:
    """A violation for every name given before; `place` holds `{}` where its index belongs."""
    seen: set[str] = set()
    wrong = []
    for index, name in enumerate(names):
        if name in seen:
            wrong.append(violation(Code.DUPLICATE, place.format(index), value=name))
        seen.add(name)
    return wrong


_made_last, _making = 0, threading.Lock()

#: Makes the ids of a simulation, so that a seed gives the same ones again; elsewhere nothing.
id_maker: ContextVar[Callable[[], str] | None] = ContextVar("id_maker", default=None)


def new_id() -> str:
    """
    A new id (UUID version 7), 32 hexadecimal digits: ids sort by the time they were made.

    Within one process each is greater than the one before, also in one millisecond: what milliseconds leave is counted.
    """
    global _made_last  # noqa: PLW0603  # one clock for the process
    if make := id_maker.get():
        return make()
    with _making:
        moment = _made_last = max(time.time_ns() // 1_000_000 << 12, _made_last + 1)
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return f"{(moment >> 12 << 80) | (0x7 << 76) | (moment & 0xFFF) << 64 | (0x2 << 62) | random:032x}"
