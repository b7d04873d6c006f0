"""Random lives of a shop: every command in any order, with any settings, and the books are right after each."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, rule

from tests.properties.selling import GOODS, MICRO, Selling, cut, day, days, parts, places, quantities, rarely
from tests.unit.builders import DAY, euro
from tradecore import FillStrategy, NewPurchaseLine, NewStockLine

purchase_lines = st.lists(
    st.builds(
        NewPurchaseLine,
        item=st.sampled_from(GOODS),
        quantity=quantities,
        price=st.sampled_from(["0", "0.07", "4.99"]),
        expected_on=st.sampled_from([0, 1, 5]).map(day),
        warehouse=st.sampled_from([None, None, "spare"]),
    ),
    min_size=1,
    max_size=2,
)
stock_lines = st.lists(
    st.builds(NewStockLine, item=st.sampled_from(GOODS), quantity=quantities), min_size=1, max_size=2
)
stages = st.sampled_from([None, None, None, "1", "2"])


class Life(Selling):
    """The rules of selling, and beside them money and supplies."""

    payments = Bundle("payments")
    refunds = Bundle("refunds")
    purchases = Bundle("purchases")
    receipts = Bundle("receipts")
    stocked = Bundle("stocked")

    # Money

    @rule(target=payments, order=Selling.orders, part=parts, stage=stages, draft=rarely, at=days, again=rarely)
    def pay(self, order: str, part: Decimal, stage: Any, draft: bool, at: Any, again: bool) -> Any:
        """Receive money for an order."""
        amount = euro(cut(self.trade.orders.get(order).total * part))
        given = {"stage": stage, "draft": draft, "at": self.at(at), "repeat": again}
        return self.call("payments.receive", order=order, amount=amount, **given)

    @rule(target=payments, order=Selling.orders, part=parts, fee=st.sampled_from([None, "0", "0.01", "3"]), out=rarely)
    def collect(self, order: str, part: Decimal, fee: Any, out: bool) -> Any:
        """Receive money for an order through an intermediary."""
        amount = euro(cut(self.trade.orders.get(order).total * part))
        given = {"via": "mill", "fee": None if fee is None else euro(fee), "paid_out": out}
        return self.call("payments.receive", order=order, amount=amount, **given)

    @rule(target=payments, customer=st.sampled_from(["acme", "bolt"]), first=Selling.orders, second=Selling.orders)
    def pay_several(self, customer: str, first: str, second: str) -> Any:
        """Receive money for two orders, with something left over."""
        allocations = [{"order": first, "amount": "5"}, {"order": second, "amount": "2.50", "stage": "1"}]
        return self.call("payments.receive", partner=customer, amount=euro(10), allocations=allocations)

    @rule(payment=payments, order=Selling.orders, part=parts, stage=stages)
    def allocate(self, payment: str, order: str, part: Decimal, stage: Any) -> None:
        """Spread a payment anew."""
        amount = cut(self.trade.payments.get(payment).amount * part)
        allocations = [{"order": order, "amount": amount, "stage": stage}]
        self.call("payments.allocate", payment, allocations)

    @rule(payment=payments, again=rarely)
    def turn_payment(self, payment: str, again: bool) -> None:
        """Post a payment or take it back."""
        self.turn("payments", payment, repeat=again)

    @rule(target=refunds, order=Selling.orders, part=parts, stage=stages, again=rarely)
    def refund(self, order: str, part: Decimal, stage: Any, again: bool) -> Any:
        """Give money of an order back."""
        amount = euro(cut(self.trade.orders.get(order).paid * part))
        return self.call("outgoing.refund", order=order, amount=amount, stage=stage, repeat=again)

    @rule(target=refunds, customer=st.sampled_from(["acme", "bolt"]), amount=st.sampled_from([5, 20]), draft=rarely)
    def move_balance(self, customer: str, amount: int, draft: bool) -> Any:
        """Receive money for no order, give some back, and pay a supplier."""
        self.call("payments.receive", partner=customer, amount=euro(amount))
        self.call("outgoing.pay", partner="mill", amount=euro(amount))
        return self.call("outgoing.refund", partner=customer, amount=euro(15), draft=draft)

    @rule(target=refunds, document=Selling.returns, part=parts, draft=rarely)
    def refund_return(self, document: str, part: Decimal, draft: bool) -> Any:
        """Give money back for a return."""
        amount = euro(cut(self.trade.returns.get(document).amount * part))
        return self.call("outgoing.refund", sales_return=document, amount=amount, draft=draft)

    @rule(target=payments, amount=st.sampled_from([3, 30]), payout=st.booleans())
    def receive_other(self, amount: int, payout: bool) -> Any:
        """Receive a payout, or money for no order at all."""
        if payout:
            return self.call("payments.payout", partner="mill", amount=euro(amount))
        return self.call("payments.receive_other", amount=euro(amount))

    @rule(target=refunds, amount=st.sampled_from([3, 30]))
    def pay_other(self, amount: int) -> Any:
        """Pay something that is for no order."""
        return self.call("outgoing.pay_other", amount=euro(amount))

    @rule(target=refunds, first=purchases, second=purchases, amount=st.sampled_from([1, 7]), draft=rarely, again=rarely)
    def pay_supplier(self, first: str, second: str, amount: int, draft: bool, again: bool) -> Any:
        """Pay for purchase orders, with something left over."""
        allocations = [{"order": first, "amount": amount}, {"order": second, "amount": "2.50"}]
        given = {"allocations": allocations, "draft": draft, "repeat": again}
        return self.call("outgoing.pay", partner="mill", amount=euro(10), **given)

    @rule(payment=refunds, order=Selling.orders | purchases, part=parts, again=rarely)
    def allocate_outgoing(self, payment: str, order: str, part: Decimal, again: bool) -> None:
        """Spread an outgoing payment anew."""
        amount = cut(self.trade.outgoing.get(payment).amount * part)
        self.call("outgoing.allocate", payment, [{"order": order, "amount": amount}], repeat=again)

    @rule(refund=refunds, again=rarely)
    def turn_refund(self, refund: str, again: bool) -> None:
        """Post an outgoing payment or take it back."""
        self.turn("outgoing", refund, repeat=again)

    # Supplies

    @rule(target=purchases, lines=purchase_lines, draft=rarely, at=days)
    def purchase(self, lines: Any, draft: bool, at: Any) -> Any:
        """Order goods from a supplier."""
        given = {"lines": lines, "draft": draft, "at": self.at(at)}
        return self.call("purchases.place", supplier="mill", warehouse="main", currency="EUR", **given)

    @rule(target=purchases, order=Selling.orders, place=places)
    def buy_for(self, order: str, place: str) -> Any:
        """Order what nothing covers yet of an order, promise it, and have one of it come, here or elsewhere."""
        wanted = [line for line in self.trade.orders.get(order).lines if line.item in GOODS and line.unprovided > 0]
        lines = [
            NewPurchaseLine(
                item=line.item, quantity=line.unprovided, price=1, expected_on=DAY, warehouse=line.warehouse
            )
            for line in wanted
        ]
        given: dict[str, Any] = {"supplier": "mill", "warehouse": "main", "currency": "EUR"}
        purchase = self.call("purchases.place", lines=lines, **given)
        self.call("orders.fill", order, strategy=FillStrategy(from_stock=False))
        if isinstance(purchase, str):
            one = {"purchase_line": "1", "quantity": lines[0].quantity, "warehouse": place}
            self.call("receipts.receive", purchase_order=purchase, lines=[one])
        return purchase

    @rule(purchase=purchases, again=rarely)
    def turn_purchase(self, purchase: str, again: bool) -> None:
        """Post a purchase order or take it back."""
        self.turn("purchases", purchase, repeat=again)

    @rule(
        target=receipts, purchase=purchases, part=st.none() | parts, place=places, draft=rarely, at=days, again=rarely
    )
    def receive(self, purchase: str, part: Any, place: str, draft: bool, at: Any, again: bool) -> Any:
        """Receive all that is expected, or a part, or more than that, here or elsewhere."""
        line = self.trade.purchases.get(purchase).lines[0]
        quantity = (line.quantity * part).quantize(MICRO) if part else Decimal(0)
        by = {"quantity": quantity, "purchase_line": line.id, "warehouse": place}
        given = {"lines": [by] if part else None, "draft": draft, "at": self.at(at), "repeat": again}
        return self.call("receipts.receive", purchase_order=purchase, **given)

    @rule(target=receipts, item=st.sampled_from(GOODS), quantity=quantities, place=places, at=days)
    def receive_unasked(self, item: str, quantity: Decimal, place: str, at: Any) -> Any:
        """Receive goods without a purchase order."""
        lines = [{"item": item, "quantity": quantity, "price": "1"}]
        given = {"supplier": "mill", "warehouse": place, "currency": "EUR", "at": self.at(at)}
        return self.call("receipts.receive", lines=lines, **given)

    @rule(receipt=receipts, at=days, again=rarely)
    def turn_receipt(self, receipt: str, at: Any, again: bool) -> None:
        """Post a receipt or take it back, or give it another moment."""
        if at is not None:
            self.call("receipts.redate", receipt, self.at(at), repeat=again)
        self.turn("receipts", receipt, repeat=again)

    @rule(target=stocked, lines=stock_lines, place=places, draft=rarely, at=days, again=rarely)
    def stock(self, lines: Any, place: str, draft: bool, at: Any, again: bool) -> Any:
        """Put goods into a warehouse."""
        given = {"draft": draft, "at": self.at(at), "repeat": again}
        return self.call("stock_receipts.receive", warehouse=place, lines=lines, **given)

    @rule(receipt=stocked, at=days, again=rarely)
    def turn_stock(self, receipt: str, at: Any, again: bool) -> None:
        """Post a stock receipt or take it back, or give it another moment."""
        if at is not None:
            self.call("stock_receipts.redate", receipt, self.at(at), repeat=again)
        self.turn("stock_receipts", receipt, repeat=again)

    @rule(item=st.none() | st.sampled_from(GOODS), limit=st.sampled_from([1, 100]), again=rarely)
    def run_the_queue(self, item: str | None, limit: int, again: bool) -> None:
        """Give what is free to those who wait; once nothing more is given, nobody waits for what is free."""
        items = [item] if item else None
        for _ in range(9):
            run = self.shop.call("stock.allocate", items=items, limit=limit, repeat=again)
            if not run.lines:
                break
        self.shop.prove_queue(item)

    @rule(document=payments)
    def mark_payments(self, document: str) -> None:
        """Mark a document, or take the mark away."""
        self.mark_any("payments", document)

    @rule(document=refunds)
    def mark_outgoing(self, document: str) -> None:
        """Mark a document, or take the mark away."""
        self.mark_any("outgoing", document)

    @rule(document=purchases)
    def mark_purchases(self, document: str) -> None:
        """Mark a document, or take the mark away."""
        self.mark_any("purchases", document)

    @rule(document=receipts)
    def mark_receipts(self, document: str) -> None:
        """Mark a document, or take the mark away."""
        self.mark_any("receipts", document)

    @rule(document=stocked)
    def mark_stock_receipts(self, document: str) -> None:
        """Mark a document, or take the mark away."""
        self.mark_any("stock_receipts", document)

    @invariant()
    def books_are_right(self) -> None:
        """Whatever was done, the laws hold."""
        if hasattr(self, "shop"):
            self.shop.prove()


TestLife = Life.TestCase
