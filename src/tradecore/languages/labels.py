"""
The English words that people read: what is translated, and under which context.

A choice is called by its name (`TO_SHIP` is "To ship"), unless a better word stands here. A new member of a class of
`CHOICES` needs translations and nothing else.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

import attrs

from tradecore.catalog import (
    AgreementKind,
    BusinessOperation,
    DueBase,
    ItemKind,
    PaymentTermsMode,
    SettlementDetail,
    StageGating,
    StageKind,
)
from tradecore.commands.queries import Due
from tradecore.documents import (
    KINDS,
    OrderState,
    OrderStatus,
    OrderUsage,
    PaymentMethod,
    PaymentPurpose,
    Posting,
    ProvisioningAction,
)
from tradecore.errors import MESSAGES, Severity
from tradecore.events import EventType
from tradecore.rules.checks import Right
from tradecore.rules.controls import STEPS
from tradecore.rules.distribution import Reason
from tradecore.settings import AgreementUsage, ContractUsage, OrderApproval, ReserveEnd, Settings

#: Choices that people see.
CHOICES: tuple[type[StrEnum], ...] = (
    OrderStatus,
    OrderState,
    OrderUsage,
    ProvisioningAction,
    StageKind,
    DueBase,
    Due,
    PaymentTermsMode,
    StageGating,
    PaymentMethod,
    PaymentPurpose,
    AgreementKind,
    BusinessOperation,
    SettlementDetail,
    ItemKind,
    Posting,
    AgreementUsage,
    ContractUsage,
    OrderApproval,
    ReserveEnd,
    Reason,
    Severity,
    Right,
    EventType,
)

#: Better words than the names give. Members of two choices may be equal as strings, so they are named here.
WORDS: Mapping[str, str] = {
    "OrderState.AWAITING_ADVANCE": "Awaiting advance (before provisioning)",
    "OrderState.AWAITING_PREPAYMENT": "Awaiting prepayment (before shipment)",
    "OrderState.AWAITING_PAYMENT": "Awaiting payment (after shipment)",
    "OrderState.SHIPPING": "Being shipped",
    "OrderUsage.AS_BILL": "As a bill",
    "OrderUsage.STOCK_ONLY": "From stock only",
    "OrderUsage.STOCK_AND_TO_ORDER": "From stock and to order",
    "ProvisioningAction.NONE": "Do not provision",
    "ProvisioningAction.RESERVE": "Reserve in the warehouse",
    "ProvisioningAction.RESERVE_BY_DATE": "Reserve by the shipment date",
    "StageKind.ADVANCE": "Advance (before provisioning)",
    "StageKind.PREPAYMENT": "Prepayment (before shipment)",
    "StageKind.CREDIT": "Credit (after shipment)",
    "DueBase.ORDER": "From the order",
    "DueBase.PROVISIONING": "From the provisioning",
    "DueBase.SHIPMENT": "From the shipment",
    "DueBase.OWNERSHIP": "From the transfer of ownership",
    "DueBase.FIXED_DAY": "On a fixed day",
    "PaymentTermsMode.PREPAY_AND_OR_CREDIT": "Prepayment and/or credit",
    "PaymentTermsMode.ANY_STAGES": "Any number of stages",
    "PaymentTermsMode.TEMPLATES": "Templates of payment schedules",
    "PaymentMethod.BANK": "Bank transfer",
    "PaymentMethod.PLATFORM": "Payment platform",
    "PaymentPurpose.FROM_CUSTOMER": "Payment from a customer",
    "PaymentPurpose.PAYOUT": "Payout of an intermediary",
    "PaymentPurpose.OTHER": "Other payment",
    "PaymentPurpose.REFUND": "Refund to a customer",
    "PaymentPurpose.TO_SUPPLIER": "Payment to a supplier",
    "Posting.MARKED": "Marked for deletion",
    "AgreementUsage.NONE": "Do not use",
    "AgreementUsage.STANDARD": "Standard only",
    "AgreementUsage.INDIVIDUAL": "Individual only",
    "AgreementUsage.BOTH": "Standard and individual",
    "BusinessOperation.SALE_IN_TRANSIT": "Sale (goods in transit)",
    "SettlementDetail.BY_CONTRACT": "By the contract as a whole",
    "ContractUsage.NONE": "Do not use",
    "ContractUsage.OPTIONAL": "Where there is one",
    "ContractUsage.REQUIRED": "Always",
    "ReserveEnd.RELEASE": "Release the reserve",
    "ReserveEnd.CLOSE": "Close the order",
}

#: Kinds that refusals speak of beside those of records.
OTHER_KINDS = ("order", "sale")

#: What a reminder says, by what will happen.
REMINDERS: Mapping[ReserveEnd, str] = {
    ReserveEnd.BY_HAND: "Please pay {missing} for order {number} by {due}; otherwise its goods may be released.",
    ReserveEnd.RELEASE: "Please pay {missing} for order {number}, due on {due}. "
    "If the money does not come before {when}, its reserve will be released.",
    ReserveEnd.CLOSE: "Please pay {missing} for order {number}, due on {due}. "
    "If the money does not come before {when}, the order will be closed.",
}

CONFLICT = "Somebody was faster; please look again and repeat."
KEY_REUSED = "The key {key} was used before with other input."


def label(choice: StrEnum) -> str:
    """What a choice is called in English."""
    return WORDS.get(f"{type(choice).__name__}.{choice.name}") or spaced(choice.name)


def spaced(name: str) -> str:
    """A name as a word: `order_usage` is "Order usage"."""
    return name.replace("_", " ").capitalize()


def settings() -> Iterator[str]:
    """The names of all settings."""
    return (field.name for field in attrs.fields(Settings) if field.init)


def texts() -> Iterator[tuple[str, str]]:
    """Everything that is translated, as context and English text; parts of sentences are found in the source."""
    yield from (("", MESSAGES[code]) for code in MESSAGES)
    yield from ((choice.__name__, label(member)) for choice in CHOICES for member in choice)
    yield from (("Settings", spaced(name)) for name in settings())
    yield from (("command", spaced(name)) for name in STEPS)
    yield from (("kind", kind.replace("_", " ")) for kind in (*KINDS, *OTHER_KINDS))
    yield from (("reminder", text) for text in REMINDERS.values())
    yield from (("error", text) for text in (CONFLICT, KEY_REUSED))
