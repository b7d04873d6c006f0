"""
Every error tradecore raises, as one tree, and the codes a refusal can carry.

    TradeError
    ├── Refused            the rules forbid it; carries every violation, not the first
    │   └── Invalid        the input itself is malformed: nothing was looked up
    ├── NotFound           no such document or record, or an id of another kind
    ├── Conflict           somebody was faster; load again and decide again
    │   └── KeyReused      the idempotency key was used with other input
    ├── Corrupt            stored data is impossible; names the place
    └── StoreError         the store cannot serve
        ├── Unavailable    the server does not answer, is full or read-only
        ├── MissingDriver  a package is not installed; names the extra
        ├── NotReady       `init()` was never run, or the schema has another version
        └── Unsupported    the store cannot do what is asked (a stand-alone MongoDB, a waiting store in `Trade`)

Codes never change once released; sentences may.
"""

from collections.abc import Container, Iterable
from enum import StrEnum
from typing import Any

import attrs
import typing_extensions  # `override` is a field of violations


class Code(StrEnum):
    """What is wrong, for programs. The sentence for people stands in `MESSAGES`."""

    # Malformed input
    WRONG_TYPE = "WRONG_TYPE"
    MISSING = "MISSING"
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    UNKNOWN_VALUE = "UNKNOWN_VALUE"
    FLOAT_NOT_EXACT = "FLOAT_NOT_EXACT"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    TOO_MANY_DECIMALS = "TOO_MANY_DECIMALS"
    NOT_POSITIVE = "NOT_POSITIVE"
    NEGATIVE = "NEGATIVE"
    NAIVE_MOMENT = "NAIVE_MOMENT"
    BAD_ID = "BAD_ID"
    TOO_LONG = "TOO_LONG"
    BAD_TEXT = "BAD_TEXT"
    EMPTY = "EMPTY"
    DUPLICATE = "DUPLICATE"
    UNKNOWN_CURRENCY = "UNKNOWN_CURRENCY"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    UNIT_MISMATCH = "UNIT_MISMATCH"
    BAD_PERIOD = "BAD_PERIOD"
    BAD_CURSOR = "BAD_CURSOR"
    NOT_SORTABLE = "NOT_SORTABLE"
    TOO_DEEP = "TOO_DEEP"
    SETTING_CONTRADICTS = "SETTING_CONTRADICTS"

    # Reference data
    UNKNOWN_ID = "UNKNOWN_ID"
    OTHER_PARTNER = "OTHER_PARTNER"
    NO_PRICE = "NO_PRICE"
    NO_APPLICABLE_AGREEMENT = "NO_APPLICABLE_AGREEMENT"
    AGREEMENT_NOT_CHOSEN = "AGREEMENT_NOT_CHOSEN"
    AGREEMENT_NOT_APPLICABLE = "AGREEMENT_NOT_APPLICABLE"
    AGREEMENTS_OFF = "AGREEMENTS_OFF"
    SHARES_NOT_WHOLE = "SHARES_NOT_WHOLE"
    DAY_NOT_MEANT = "DAY_NOT_MEANT"
    STAGES_AND_SCHEDULE = "STAGES_AND_SCHEDULE"
    STAGES_BY_SCHEDULE = "STAGES_BY_SCHEDULE"
    STAGE_NOT_OFFERED = "STAGE_NOT_OFFERED"
    NOT_STOCKED = "NOT_STOCKED"
    STANDARD_HAS_PARTNER = "STANDARD_HAS_PARTNER"
    INDIVIDUAL_HAS_SEGMENT = "INDIVIDUAL_HAS_SEGMENT"
    NO_APPLICABLE_CONTRACT = "NO_APPLICABLE_CONTRACT"
    CONTRACT_NOT_CHOSEN = "CONTRACT_NOT_CHOSEN"
    CONTRACT_NOT_APPLICABLE = "CONTRACT_NOT_APPLICABLE"
    CONTRACTS_OFF = "CONTRACTS_OFF"
    CREDIT_NOT_GRANTED = "CREDIT_NOT_GRANTED"
    TRANSIT_NOT_ALLOWED = "TRANSIT_NOT_ALLOWED"
    OPERATION_NOT_AGREED = "OPERATION_NOT_AGREED"
    STAGE_BEFORE_SALE = "STAGE_BEFORE_SALE"
    RATE_MISSING = "RATE_MISSING"
    RATE_NOT_NEEDED = "RATE_NOT_NEEDED"

    # Orders
    ALREADY_POSTED = "ALREADY_POSTED"
    NOT_POSTED = "NOT_POSTED"
    MARKED = "MARKED"
    NOT_MARKED = "NOT_MARKED"
    ORDER_CLOSED = "ORDER_CLOSED"
    NOT_ON_APPROVAL = "NOT_ON_APPROVAL"
    NOT_IN_EXECUTION = "NOT_IN_EXECUTION"
    APPROVAL_REQUIRED = "APPROVAL_REQUIRED"
    ALREADY_APPROVED = "ALREADY_APPROVED"
    NOT_IN_USAGE = "NOT_IN_USAGE"
    NOT_IN_STATUS = "NOT_IN_STATUS"
    STATUS_HELD_ALREADY = "STATUS_HELD_ALREADY"
    NO_LINES = "NO_LINES"
    UNKNOWN_LINE = "UNKNOWN_LINE"
    ADVANCE_UNPAID = "ADVANCE_UNPAID"
    PREPAYMENT_UNPAID = "PREPAYMENT_UNPAID"
    EXCEEDS_ADVANCE = "EXCEEDS_ADVANCE"
    EXCEEDS_PREPAYMENT = "EXCEEDS_PREPAYMENT"
    PROVISION_EXCEEDS_OPEN = "PROVISION_EXCEEDS_OPEN"
    ACTION_NOT_OFFERED = "ACTION_NOT_OFFERED"
    SOURCE_MISSING = "SOURCE_MISSING"
    SHORT_SEPARATE = "SHORT_SEPARATE"
    SEPARATE_STARTED = "SEPARATE_STARTED"
    EXCEEDS_SEPARATE_NEED = "EXCEEDS_SEPARATE_NEED"
    OTHER_WAREHOUSE = "OTHER_WAREHOUSE"
    NO_SURPLUS = "NO_SURPLUS"
    NOTHING_TO_PROVISION = "NOTHING_TO_PROVISION"
    NOTHING_TO_RELEASE = "NOTHING_TO_RELEASE"
    RESERVE_STANDS = "RESERVE_STANDS"
    RESERVES_DO_NOT_EXPIRE = "RESERVES_DO_NOT_EXPIRE"
    NOTHING_TO_SHIP = "NOTHING_TO_SHIP"
    NOT_RELEASED_TO_SHIP = "NOT_RELEASED_TO_SHIP"
    EXCEEDS_OPEN = "EXCEEDS_OPEN"
    NOTHING_TO_CANCEL = "NOTHING_TO_CANCEL"
    REASON_REQUIRED = "REASON_REQUIRED"
    NOT_FULLY_SHIPPED = "NOT_FULLY_SHIPPED"
    NOT_FULLY_PAID = "NOT_FULLY_PAID"
    CLOSING_NOT_CONTROLLED = "CLOSING_NOT_CONTROLLED"
    NOT_CLOSED = "NOT_CLOSED"
    RIGHT_NEEDED = "RIGHT_NEEDED"

    # Stock and supply
    SHORT_STOCK = "SHORT_STOCK"
    NEGATIVE_IN_TIME = "NEGATIVE_IN_TIME"
    SHORT_SUPPLY = "SHORT_SUPPLY"
    LATER_DOCUMENTS = "LATER_DOCUMENTS"
    EXCEEDS_ORDERED = "EXCEEDS_ORDERED"
    EXCEEDS_SHIPPED = "EXCEEDS_SHIPPED"
    EXCEEDS_ENTRUSTED = "EXCEEDS_ENTRUSTED"
    NOTHING_ENTRUSTED = "NOTHING_ENTRUSTED"
    STILL_ENTRUSTED = "STILL_ENTRUSTED"
    OTHER_OPERATION = "OTHER_OPERATION"
    PROMISED = "PROMISED"

    # Money
    EXCEEDS_PAYMENT = "EXCEEDS_PAYMENT"
    EXCEEDS_PAID = "EXCEEDS_PAID"
    EXCEEDS_BALANCE = "EXCEEDS_BALANCE"
    UNKNOWN_STAGE = "UNKNOWN_STAGE"
    EXCEEDS_RETURN = "EXCEEDS_RETURN"
    RETURN_OF_OTHER_ORDER = "RETURN_OF_OTHER_ORDER"
    PAYS_NO_ORDER = "PAYS_NO_ORDER"
    INTERMEDIARY_IS_PAYER = "INTERMEDIARY_IS_PAYER"
    SETTLED_BY_ORDERS = "SETTLED_BY_ORDERS"


#: Code -> sentence. Braces name the details of the violation.
MESSAGES: dict[str, str] = {
    Code.WRONG_TYPE: "Expected {expected}, got {got}.",
    Code.MISSING: "A value is needed here.",
    Code.UNKNOWN_FIELD: "There is no field named {name!r}.",
    Code.UNKNOWN_VALUE: "{value!r} is not one of: {known}.",
    Code.FLOAT_NOT_EXACT: "A float is not exact; give a Decimal, an int or a string.",
    Code.NOT_A_NUMBER: "{value!r} is not a finite decimal number.",
    Code.OUT_OF_RANGE: "{value} is outside {low} to {high}.",
    Code.TOO_MANY_DECIMALS: "{value} has more than {places} decimals.",
    Code.NOT_POSITIVE: "{value} must be greater than zero.",
    Code.NEGATIVE: "{value} must not be below zero.",
    Code.NAIVE_MOMENT: "A moment needs a time zone; {value} has none.",
    Code.BAD_ID: "An id is 1 to 64 visible characters, without blanks at its ends and not starting with '$'.",
    Code.TOO_LONG: "The text has {length} characters; {limit} are allowed.",
    Code.BAD_TEXT: "The text holds characters that cannot be stored (NUL, other controls or lone surrogates).",
    Code.EMPTY: "At least one is needed.",
    Code.DUPLICATE: "{value!r} is given twice.",
    Code.UNKNOWN_CURRENCY: "{value!r} is not an ISO 4217 currency code.",
    Code.CURRENCY_MISMATCH: "The amount is in {got}, expected {expected}.",
    Code.UNIT_MISMATCH: "The quantity is in {got!r}, expected {expected!r}.",
    Code.BAD_PERIOD: "The period ends ({end}) before it starts ({start}).",
    Code.BAD_CURSOR: "The page cursor does not belong to this query.",
    Code.NOT_SORTABLE: "{kind} cannot be found or sorted by {field!r}; possible: {known}.",
    Code.TOO_DEEP: "The input is nested too deeply.",
    Code.SETTING_CONTRADICTS: "{setting} contradicts {other}: {why}",
    Code.UNKNOWN_ID: "No {kind} with the id {id!r}.",
    Code.OTHER_PARTNER: "{kind} {id!r} belongs to {owner!r}, not to {partner!r}.",
    Code.NO_PRICE: "{item!r} has no price of kind {price_kind!r} on {on}; give one in the line.",
    Code.NO_APPLICABLE_AGREEMENT: "No agreement applies to {partner!r} on {on}.",
    Code.AGREEMENT_NOT_CHOSEN: "Several agreements apply to {partner!r} ({choices}); name one.",
    Code.AGREEMENT_NOT_APPLICABLE: "Agreement {id!r} does not apply to {partner!r} on {on}.",
    Code.AGREEMENTS_OFF: "Agreements are switched off by the settings; leave the field empty.",
    Code.SHARES_NOT_WHOLE: "The shares of the stages add up to {total} %, not to 100 %.",
    Code.DAY_NOT_MEANT: "Only a stage with the base FIXED_DAY names a day.",
    Code.STAGES_AND_SCHEDULE: "Give payment stages or a payment schedule, not both.",
    Code.STAGES_BY_SCHEDULE: "Payment stages come from payment schedules only; choose one.",
    Code.STAGE_NOT_OFFERED: "A further stage {kind} is not offered: one prepayment at most, and one credit.",
    Code.NOT_STOCKED: "{item!r} is a service; a warehouse does not hold it.",
    Code.STANDARD_HAS_PARTNER: "A STANDARD agreement names no partner, an INDIVIDUAL one names exactly one.",
    Code.INDIVIDUAL_HAS_SEGMENT: "Only a STANDARD agreement is meant for a segment.",
    Code.NO_APPLICABLE_CONTRACT: "No contract with {partner!r} applies on {on}.",
    Code.CONTRACT_NOT_CHOSEN: "Several contracts with {partner!r} apply ({choices}); name one.",
    Code.CONTRACT_NOT_APPLICABLE: "Contract {id!r} does not apply to {partner!r} on {on}.",
    Code.CONTRACTS_OFF: "Contracts are switched off by the settings; leave the field empty.",
    Code.CREDIT_NOT_GRANTED: "Shipping before payment is not agreed: {why}.",
    Code.TRANSIT_NOT_ALLOWED: "The agreement does not allow shipping before ownership passes.",
    Code.OPERATION_NOT_AGREED: "{operation} is not the operation of the agreement, which is {agreed}.",
    Code.STAGE_BEFORE_SALE: "A consignee owes nothing before he has sold; a stage of kind {kind} cannot be.",
    Code.RATE_MISSING: "Prices are in {currency} and payments in {pays_in}: a rate above zero is needed.",
    Code.RATE_NOT_NEEDED: "Prices and payments are both in {currency}; leave the rate out.",
    Code.ALREADY_POSTED: "{document} is posted already.",
    Code.NOT_POSTED: "{document} is not posted.",
    Code.MARKED: "{document} is marked for deletion.",
    Code.NOT_MARKED: "{document} is not marked for deletion.",
    Code.ORDER_CLOSED: "Order {order} is closed.",
    Code.NOT_ON_APPROVAL: "Order {order} is not on approval any more.",
    Code.NOT_IN_EXECUTION: "Order {order} is {status}; it must be in execution first.",
    Code.APPROVAL_REQUIRED: "Order {order} needs approval: {why}.",
    Code.ALREADY_APPROVED: "Order {order} is approved already.",
    Code.NOT_IN_USAGE: "{what} is not offered for orders with the usage {usage}: {why}.",
    Code.NOT_IN_STATUS: "Order {order} is {status}; its status must be {wanted} first.",
    Code.STATUS_HELD_ALREADY: "Order {order} is {status} already.",
    Code.NO_LINES: "{document} has no lines.",
    Code.UNKNOWN_LINE: "{document} has no line {line!r}.",
    Code.ADVANCE_UNPAID: "The advance is not paid: {missing} of {due} is missing.",
    Code.PREPAYMENT_UNPAID: "The prepayment is not paid: {missing} of {due} is missing.",
    Code.EXCEEDS_ADVANCE: "Goods for {wanted} would be provided; the advance received covers {covered}.",
    Code.EXCEEDS_PREPAYMENT: "Goods for {wanted} would be shipped; advance and prepayment received cover {covered}.",
    Code.PROVISION_EXCEEDS_OPEN: "Line {line}: provisions of {wanted} exceed the open quantity {open}.",
    Code.ACTION_NOT_OFFERED: "Action {action} is not offered: {why}.",
    Code.SOURCE_MISSING: "RESERVE_BY_DATE names the purchase order and its line it waits for.",
    Code.SHORT_SEPARATE: "Line {line}: {wanted} is wanted, {here} was bought for it and is here.",
    Code.SEPARATE_STARTED: "Line {line}: {started} was bought for it alone already, and must be freed first.",
    Code.EXCEEDS_SEPARATE_NEED: "Line {line} of {order}: {wanted} exceeds what is to be bought for it, {open}.",
    Code.OTHER_WAREHOUSE: "{item} is bought for an order that is shipped from {warehouse}.",
    Code.NO_SURPLUS: "Nothing that was bought for order {order} is left over.",
    Code.NOTHING_TO_PROVISION: "Order {order} has no quantity left to provision.",
    Code.NOTHING_TO_RELEASE: "Order {order} holds nothing that could be released.",
    Code.RESERVE_STANDS: "The reserve of order {order} does not end by {as_of}; its end is: {on}.",
    Code.RESERVES_DO_NOT_EXPIRE: "By the settings no reserve ends by itself.",
    Code.NOTHING_TO_SHIP: "Order {order} has nothing ready to ship.",
    Code.NOT_RELEASED_TO_SHIP: "Line {line}: {wanted} is wanted, {ready} is reserved or released to ship.",
    Code.EXCEEDS_OPEN: "Line {line}: {wanted} exceeds the open quantity {open}.",
    Code.NOTHING_TO_CANCEL: "Order {order} has no open quantity to cancel.",
    Code.REASON_REQUIRED: "A cancellation needs a reason from the directory.",
    Code.NOT_FULLY_SHIPPED: "Line {line}: {open} is neither shipped nor cancelled.",
    Code.NOT_FULLY_PAID: "{missing} of {due} is not paid.",
    Code.CLOSING_NOT_CONTROLLED: "Closing with cancellation needs both controls of closing; off: {off}.",
    Code.NOT_CLOSED: "Order {order} is not closed.",
    Code.RIGHT_NEEDED: "It needs the right {right!r}.",
    Code.SHORT_STOCK: "{item} at {warehouse}: {wanted} is wanted, {free} is free.",
    Code.NEGATIVE_IN_TIME: "{item} at {warehouse} would be {amount} on {moment} by {document}.",
    Code.SHORT_SUPPLY: "{item} from {source}: {wanted} is wanted, {free} is not promised yet.",
    Code.LATER_DOCUMENTS: "Later documents stand on it: {documents}.",
    Code.EXCEEDS_ORDERED: "Line {line}: {wanted} exceeds what is still expected, {open}.",
    Code.EXCEEDS_SHIPPED: "Line {line}: {wanted} exceeds what was shipped and not returned, {open}.",
    Code.EXCEEDS_ENTRUSTED: "Line {line}: {wanted} exceeds what is still ours of it, {left}.",
    Code.NOTHING_ENTRUSTED: "There are no goods of ours there.",
    Code.STILL_ENTRUSTED: "Line {line}: {quantity} is still ours, in transit or with the consignee.",
    Code.OTHER_OPERATION: "{document} is made for {operation}, not for {wanted}.",
    Code.PROMISED: "{promised} of it is promised to orders: {documents}.",
    Code.EXCEEDS_PAYMENT: "Allocations of {wanted} exceed the payment of {amount}.",
    Code.EXCEEDS_PAID: "{wanted} exceeds what order {order} has received, {paid}.",
    Code.EXCEEDS_BALANCE: "{wanted} exceeds what {partner} has with us, {balance}.",
    Code.EXCEEDS_RETURN: "{wanted} exceeds what {document} still credits, {left}, and what was overpaid, {overpaid}.",
    Code.RETURN_OF_OTHER_ORDER: "What is refunded for {document} goes back for its order {order}, all of it.",
    Code.PAYS_NO_ORDER: "{document} is paid for {purpose}; no order gets anything of it.",
    Code.INTERMEDIARY_IS_PAYER: "{via!r} pays for itself; an intermediary pays for somebody else.",
    Code.UNKNOWN_STAGE: "Order {order} has no payment stage {stage!r}.",
    Code.SETTLED_BY_ORDERS: "Contract {contract!r} is settled by orders; name the order.",
}


class Severity(StrEnum):
    """What a violation does."""

    ERROR = "error"  #: Refuses.
    WARNING = "warning"  #: Is told, and refuses nothing.


@attrs.frozen
class Violation:
    """
    One reason why something is refused, or a warning.

    Attributes:
        code: Stable name of the reason.

        place: Where in the input or the document, such as `lines[2].quantity`; empty for the whole.

        details: The figures of the sentence, by name.

        severity: Whether it refuses.

        override: The right of an actor that lifts it; nothing lifts it if empty.

        sentence: The sentence of a code that is not one of ours. Braces name the details.
    """

    code: str
    place: str = ""
    details: dict[str, Any] = attrs.field(factory=dict, hash=False)
    severity: Severity = Severity.ERROR
    override: str = ""
    sentence: str = ""

    @property
    def message(self) -> str:
        """The sentence for people, in English."""
        return (MESSAGES.get(self.code) or self.sentence or self.code).format_map(self.details)

    def at(self, place: str) -> "Violation":
        """The same violation seen from outside: `quantity` at `lines[2]` is `lines[2].quantity`."""
        inner = f".{self.place}" if self.place and not self.place.startswith("[") else self.place
        return attrs.evolve(self, place=place + inner if place else self.place)

    def unless(self, right: str) -> "Violation":
        """The same violation, lifted by a right."""
        return attrs.evolve(self, override=right)

    def as_warning(self) -> "Violation":
        """The same violation, told and no more."""
        return attrs.evolve(self, severity=Severity.WARNING, override="")

    def kept(self) -> "Violation":
        """The same violation as history keeps it: its details are texts."""
        return attrs.evolve(self, code=str(self.code), details={name: str(each) for name, each in self.details.items()})

    def refuses(self, rights: Container[str] = ()) -> bool:
        """Whether it refuses an actor with these rights."""
        return self.severity is Severity.ERROR and not (self.override and self.override in rights)

    @typing_extensions.override
    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


def violation(code: Code, place: str = "", /, **details: Any) -> Violation:
    """A violation of `code` at `place` with the details its sentence names."""
    return Violation(code, place, details)


class TradeError(Exception):
    """Whatever tradecore raises on purpose. `code` is stable; `str()` is a sentence."""

    code: str = "TRADE_ERROR"


def _in_order(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    return tuple(violations)


@attrs.frozen
class Refused(TradeError):
    """The rules forbid what was asked. Nothing was written."""

    violations: tuple[Violation, ...] = attrs.field(converter=_in_order)
    subject: str = ""

    @property
    @typing_extensions.override
    def code(self) -> str:  # type: ignore[override]  # the first reason speaks for the whole
        """The code of the first violation."""
        return self.violations[0].code if self.violations else "REFUSED"

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all violations, in order."""
        return tuple(each.code for each in self.violations)

    @typing_extensions.override
    def __str__(self) -> str:
        reasons = " ".join(str(each) for each in self.violations)
        return f"{self.subject}: {reasons}" if self.subject else reasons


@attrs.frozen
class Invalid(Refused):
    """The input is malformed. Nothing was looked up or written."""


@attrs.frozen
class NotFound(TradeError):
    """There is no such document or record."""

    kind: str
    id: str
    code = "NOT_FOUND"

    @typing_extensions.override
    def __str__(self) -> str:
        return f"No {self.kind} with the id {self.id!r}."


@attrs.frozen
class Conflict(TradeError):
    """A race was lost: what the decision rested on has changed. Load again, decide again."""

    lost: tuple[Any, ...] = ()
    code = "CONFLICT"

    @typing_extensions.override
    def __str__(self) -> str:
        return "Somebody was faster: " + "; ".join(str(each) for each in self.lost)


@attrs.frozen
class KeyReused(Conflict):
    """The idempotency key was used before, with another command or other input."""

    key: str = ""
    code = "KEY_REUSED"

    @typing_extensions.override
    def __str__(self) -> str:
        return f"Key {self.key!r} was used before with other input."


@attrs.frozen
class Corrupt(TradeError):
    """
    Stored data cannot be what any command wrote.

    Attributes:
        kind, id: The record that cannot be read; empty where it is something else, such as an entry or a balance.
    """

    place: str
    why: str
    kind: str = ""
    id: str = ""
    code = "CORRUPT"

    @typing_extensions.override
    def __str__(self) -> str:
        return f"{self.place}: {self.why}"


@attrs.frozen
class StoreError(TradeError):
    """The store cannot serve."""

    why: str
    code = "STORE_ERROR"

    @typing_extensions.override
    def __str__(self) -> str:
        return self.why


@attrs.frozen
class Unavailable(StoreError):
    """The database does not answer, is full, locked or read-only. Nothing was half written."""

    code = "UNAVAILABLE"


@attrs.frozen
class MissingDriver(StoreError):
    """A package the URL needs is not installed."""

    code = "MISSING_DRIVER"


@attrs.frozen
class NotReady(StoreError):
    """The store has no schema yet, or one of another version."""

    code = "NOT_READY"


@attrs.frozen
class Unsupported(StoreError):
    """The store cannot do what is asked of it."""

    code = "UNSUPPORTED"


def refuse(violations: Iterable[Violation], subject: str = "") -> None:
    """Raise `Refused` if there is any violation that refuses, whatever the rights of the actor."""
    found = tuple(each for each in violations if each.severity is Severity.ERROR)
    if found:
        raise Refused(found, subject)
