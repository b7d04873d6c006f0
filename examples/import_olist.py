"""
Load a marketplace's orders, items, payments and deliveries from CSV files into any store, with public commands only.

    python examples/import_olist.py DIRECTORY URL [--currency BRL]

Everything is read and checked before the first command. Every command carries an idempotency key: an import that was
interrupted is continued by the same call, and a second import changes nothing.

What becomes of what: a seller is the warehouse of its goods, with an opening stock of all that was ever ordered of it.
A product is an item, freight is a service. Money is expected and not waited for (a CREDIT stage), for the marketplace
shipped what was not paid exactly. An order that was cancelled is refunded, then closed with its status as the reason.
Money for an order without items stands on the customer's balance, and is refunded if the order came to nothing.
"""

import argparse
import hashlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import attrs
from import_report import report
from marketplace import METHODS, BadSourceError, Fate, SourceOrder, read_source

from tradecore import (
    AgreementUsage,
    CancellationReason,
    Corrupt,
    Item,
    ItemKind,
    KeyReused,
    Money,
    NewLine,
    NewStockLine,
    Partner,
    PaymentMethod,
    Percent,
    Settings,
    StageKind,
    StageTerms,
    StoreError,
    Trade,
    TradeError,
    Warehouse,
)
from tradecore.values.record import Record

T = TypeVar("T")

FREIGHT = "freight"
#: Terms come with each order; there are no agreements.
SETTINGS = Settings(agreement_usage=AgreementUsage.NONE)
PAID_WHENEVER = (StageTerms(kind=StageKind.CREDIT, share=Percent(100)),)


@attrs.frozen
class Import:
    """One order on its way into a store."""

    trade: Trade
    order: SourceOrder
    currency: str

    def once(self, what: str) -> Trade:
        """The trade for one command of this order, carried out once however often the import runs."""
        return self.trade.once(f"{self.order.id}/{what}")

    def place(self) -> None:
        """Every row of the items is a line; their freight is one more."""
        order = self.order
        lines = [
            NewLine(item=each.product, quantity=1, price=each.price, warehouse=each.seller) for each in order.items
        ]
        if order.freight:
            lines.append(NewLine(item=FREIGHT, quantity=1, price=order.freight))
        self.once("place").orders.place(
            id=order.id,
            external_ref=order.id,
            customer=order.customer,
            warehouse=order.items[0].seller,
            lines=lines,
            stages=PAID_WHENEVER,
            currency=self.currency,
            at=order.at,
        )

    def execute(self) -> None:
        """The goods are reserved."""
        self.once("execute").orders.approve(self.order.id, execute=True, fill=True)

    def pay(self) -> None:
        """Every row of the payments is a payment, for the order or, where there is none, for the customer's balance."""
        order = self.order
        for each in order.payments:
            if each.amount <= 0:
                continue
            self.once(f"pay/{each.number}").payments.receive(
                id=f"{order.id}-{each.number}",
                order=order.id if order.items else None,
                partner=order.customer,
                amount=Money(each.amount, self.currency),
                method=METHODS.get(each.type, PaymentMethod.PLATFORM),
                at=order.paid_at or order.at,
                comment="" if each.installments == "1" else f"{each.installments} instalments",
            )

    def refund(self) -> None:
        """What was received for an order that came to nothing goes back."""
        order = self.order
        if not order.paid:
            return
        self.once("refund").outgoing.refund(
            id=f"{order.id}-refund",
            order=order.id if order.items else None,
            partner=order.customer,
            amount=Money(order.paid, self.currency),
            at=order.paid_at or order.at,
        )

    def ship(self) -> None:
        """Everything goes out at once, when the carrier took it."""
        self.once("ship").orders.ship(self.order.id, at=self.order.shipped_at or self.order.at)

    def close(self) -> None:
        """An order that was not paid exactly is left for people to decide."""
        if self.order.paid == self.order.total:
            self.once("close").orders.close(self.order.id)

    def cancel(self) -> None:
        """Nothing will be delivered; the status says why."""
        self.once("cancel").orders.close_with_cancellation(self.order.id, reason=self.order.status)


#: What is done for an order, by how far it came.
STEPS: Mapping[Fate, Sequence[Callable[[Import], None]]] = {
    Fate.PLACED: (Import.place, Import.pay),
    Fate.EXECUTED: (Import.place, Import.execute, Import.pay),
    Fate.SHIPPED: (Import.place, Import.execute, Import.pay, Import.ship),
    Fate.DELIVERED: (Import.place, Import.execute, Import.pay, Import.ship, Import.close),
    Fate.CANCELLED: (Import.place, Import.pay, Import.refund, Import.cancel),
}
#: What is done where only money is known.
WITHOUT_ITEMS = (Import.pay, Import.refund)


def import_orders(trade: Trade, orders: Sequence[SourceOrder], currency: str) -> dict[str, str]:
    """Bring orders into a store; order id -> why it was refused, for those that were."""
    refused: dict[str, str] = {}
    trade = trade.acting_as("import")
    _save_reference(trade, orders)
    _open_stock(trade, orders)
    for order in progress(orders, "orders"):
        steps = [each for each in STEPS[order.fate] if order.items or each in WITHOUT_ITEMS]
        try:
            for step in steps:
                step(Import(trade, order, currency))
        except (StoreError, Corrupt):
            raise
        except TradeError as error:
            refused[order.id] = str(error)
    return refused


def _save_reference(trade: Trade, orders: Sequence[SourceOrder]) -> None:
    items = {each.product: each.category for order in orders for each in order.items}
    sellers = dict.fromkeys(each.seller for order in orders for each in order.items)
    reasons = dict.fromkeys(order.status for order in orders if order.fate is Fate.CANCELLED)
    records: list[Record] = [
        Item(id=FREIGHT, name="Delivery", kind=ItemKind.SERVICE),
        *(CancellationReason(id=status, name=f"The marketplace says: {status}") for status in reasons),
        *(Warehouse(id=seller, name=f"Seller {seller}") for seller in sellers),
        *(Partner(id=id, name=f"Customer {id}") for id in dict.fromkeys(order.customer for order in orders)),
        *(Item(id=product, name=category or product) for product, category in items.items()),
    ]
    for part in progress(list(_parts(records, 1000)), "reference data"):
        # The key follows the content: more records in a later import are saved, the same ones are not saved again.
        digest = hashlib.sha256(repr(part).encode()).hexdigest()
        trade.once(f"reference/{digest[:40]}").catalog.save(part)


def _open_stock(trade: Trade, orders: Sequence[SourceOrder]) -> None:
    """All that was ever ordered lies with its sellers the day before anything happens."""
    start = min(moment for order in orders for moment in (order.at, order.shipped_at) if moment) - timedelta(days=1)
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for order in orders:
        for each in order.items:
            wanted[each.seller][each.product] += 1
    for seller, pieces in progress(sorted(wanted.items()), "opening stock"):
        lines = [NewStockLine(item=product, quantity=count) for product, count in sorted(pieces.items())]
        for number, part in enumerate(_parts(lines, 1000)):
            trade.once(f"stock/{seller}/{number}").stock_receipts.receive(warehouse=seller, lines=part, at=start)


def _parts(whole: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


def progress(whole: Sequence[T], what: str) -> Iterator[T]:
    """The parts of `whole`, with a bar on a terminal and a line every tenth elsewhere."""
    started, live, shown = time.monotonic(), sys.stderr.isatty(), -1
    for done, each in enumerate([*whole, None], start=0):
        share = 10 * done // max(len(whole), 1)
        if live or share != shown:
            seconds = time.monotonic() - started
            bar = f"[{'#' * (2 * share):<20}]"
            end = "\r" if live and done < len(whole) else "\n"
            print(f"{bar} {done}/{len(whole)} {what}, {seconds:.0f} s", end=end, file=sys.stderr, flush=True)
            shown = share
        if each is not None:
            yield each


def main() -> int:
    """Import, then show what came of it; 0 if everything was taken and agrees, 1 if not, 2 if it could not begin."""
    parser = argparse.ArgumentParser(description="Load a marketplace's CSV files into a store of tradecore.")
    parser.add_argument("directory", type=Path, help="where the CSV files are")
    parser.add_argument("url", help="the store: memory://, sqlite:///shop.db, postgresql+psycopg://..., mongodb://...")
    parser.add_argument("--currency", default="BRL", help="of all amounts; BRL if left out")
    given = parser.parse_args()
    try:
        orders = read_source(given.directory)
        Money.zero(given.currency)
        with Trade.open(given.url, settings=SETTINGS) as trade:
            refused = import_orders(trade.init(), orders, given.currency)
            return report(trade, orders, refused, given.currency)
    except KeyReused as error:
        print(f"{error} These files are not those that were imported here before.", file=sys.stderr)
    except (BadSourceError, TradeError) as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        print("\nInterrupted. The same call continues where it stopped.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
