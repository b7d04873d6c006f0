"""Where reference data comes from. A host with products and customers of its own implements `Catalog`."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from tradecore.catalog.payment_terms import PaymentSchedule
from tradecore.catalog.records import Agreement, CancellationReason, Contract, Item, Partner, PriceKind, Warehouse
from tradecore.catalog.templates import OrderTemplate


class Catalog(Protocol):
    """
    What commands ask about reference data. Ids that are not known are left out of the answer.

    The methods are coroutines so that a host may read its own database; an implementation for `Trade`
    (which runs without an event loop) must not really wait.
    """

    async def partners(self, ids: Sequence[str]) -> Mapping[str, Partner]:
        """The partners of these ids."""
        ...

    async def items(self, ids: Sequence[str]) -> Mapping[str, Item]:
        """The items of these ids."""
        ...

    async def warehouses(self, ids: Sequence[str]) -> Mapping[str, Warehouse]:
        """The warehouses of these ids."""
        ...

    async def reasons(self, ids: Sequence[str]) -> Mapping[str, CancellationReason]:
        """The cancellation reasons of these ids."""
        ...

    async def price_kinds(self, ids: Sequence[str]) -> Mapping[str, PriceKind]:
        """The price kinds of these ids."""
        ...

    async def schedules(self, ids: Sequence[str]) -> Mapping[str, PaymentSchedule]:
        """The payment schedules of these ids. Asked only where an agreement or a call names one."""
        ...

    async def agreements(self, partner: str) -> Sequence[Agreement]:
        """The STANDARD agreements and the INDIVIDUAL ones of `partner`, ordered by id, valid or not."""
        ...

    async def order_templates(self, ids: Sequence[str]) -> Mapping[str, OrderTemplate]:
        """The order templates of these ids. Asked only where an order is made from one."""
        ...

    async def contracts(self, partner: str) -> Sequence[Contract]:
        """The contracts of `partner`, ordered by id, valid or not. Asked only where the settings use contracts."""
        ...

    async def prices(self, price_kind: str, items: Sequence[str], on: date) -> Mapping[str, Decimal]:
        """The price of one unit of each item on the day `on`; items without one are left out."""
        ...
