"""Parts sum to wholes: splits, stages, shipped and returned parts, whatever is done in between."""

from decimal import Decimal
from itertools import count, pairwise
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import NOON, a_line, a_stage, an_order, released
from tradecore import Percent, SalesOrder, SalesReturn, Shipment, StageKind, StageTerms
from tradecore.documents import Cancellation, Posting
from tradecore.rules import shipping
from tradecore.rules.payment_stages import cover_stages, paid_towards, plan_stages, replan_stages
from tradecore.rules.payment_terms import check_terms
from tradecore.rules.pricing import order_total, price_line
from tradecore.values.currencies import DECIMALS
from tradecore.values.numbers import ZERO, check_number, exact, plain, rounded, scaled, split, total, unscaled

cents = st.integers(0, 10**9).map(lambda count: Decimal(count).scaleb(-2))
numbers = st.integers(-(10**18) + 1, 10**18 - 1).map(unscaled)
weights = st.lists(st.integers(1, 10**6).map(lambda count: Decimal(count).scaleb(-2)), min_size=1, max_size=12)
currencies = st.sampled_from(["EUR", "JPY", "KWD", "CLF"])


@st.composite
def shares(draw: st.DrawFn) -> list[Percent]:
    """Shares that add up to 100 %."""
    cuts = sorted(draw(st.sets(st.integers(1, 9_999), max_size=5)))
    borders = [0, *cuts, 10_000]
    return [Percent(Decimal(b - a).scaleb(-2)) for a, b in pairwise(borders)]


@given(amount=cents, parts=weights, places=st.integers(2, 4))
def test_split_adds_up_and_is_fair(amount: Decimal, parts: list[Decimal], places: int) -> None:
    """No part differs from its exact share by a whole unit, and none is below zero."""
    found = split(amount, parts, places)
    assert amount == total(found)
    for part, weight in zip(found, parts, strict=True):
        assert part >= 0
        assert abs(part - amount * weight / total(parts)) < Decimal(1).scaleb(-places)


@given(number=numbers)
def test_numbers_survive_every_form(number: Decimal) -> None:
    """As text, as a whole count, with an exponent."""
    assert number == exact(f"{number:f}") == unscaled(scaled(number)) == check_number(number.normalize())
    assert f"{plain(number):f}" == f"{exact(str(number)):f}"


@given(share=shares(), amount=cents, currency=currencies)
def test_stages_add_up_to_the_total(share: list[Percent], amount: Decimal, currency: str) -> None:
    """Whatever the shares and however few cents."""
    amount = rounded(amount, DECIMALS[currency])
    terms = [StageTerms(kind=StageKind.CREDIT, share=each) for each in share]
    assert () == check_terms(terms)
    assert amount == total(stage.amount for stage in plan_stages(terms, amount, currency))


@st.composite
def paid_orders(draw: st.DrawFn) -> SalesOrder:
    """An order with stages of which something is paid, some of it by name."""
    amount = draw(cents)
    terms = [StageTerms(kind=draw(st.sampled_from(StageKind)), share=each) for each in draw(shares())]
    named = st.sampled_from([ZERO, ZERO, amount / 4, amount])
    stages = tuple(attrs.evolve(each, assigned=draw(named)) for each in plan_stages(terms, amount, "EUR"))
    return an_order(lines=[a_line(amount=amount)], stages=stages, paid=draw(cents) % (amount * 2 + 1), total=amount)


@given(order=paid_orders())
def test_coverage_is_never_more_than_there_is(order: SalesOrder) -> None:
    """What covers stages is all the money, up to the total; what counts for a kind covers that kind."""
    covered = cover_stages(order)
    assert min(order.paid, order.total) == total(each.paid for each in covered)
    assert all(0 <= each.paid <= each.stage.amount for each in covered)
    for kind in StageKind:
        assert paid_towards(order, kind) >= total(each.paid for each in covered if each.stage.kind is kind)


@given(order=paid_orders(), amount=cents)
def test_replanned_stages_add_up_and_paid_ones_stand(order: SalesOrder, amount: Decimal) -> None:
    """After the total changed, nothing is below zero and the sum is the new total (decision 9)."""
    after = replan_stages(order, amount)
    assert amount == total(stage.amount for stage in after)
    assert all(stage.amount >= 0 for stage in after)
    if amount >= order.total:
        paid = {each.stage.id: each.stage.amount for each in cover_stages(order) if each.paid and not each.missing}
        assert all(stage.amount >= paid.get(stage.id, ZERO) for stage in after)


@given(
    quantity=st.integers(1, 10**9).map(unscaled),
    price=st.integers(0, 10**9).map(unscaled),
    discount=st.integers(0, 10_000).map(lambda count: Percent(Decimal(count).scaleb(-2))),
    tax=st.integers(0, 100).map(Percent),
    included=st.booleans(),
    currency=currencies,
)
def test_tax_is_a_part_of_the_amount(
    quantity: Decimal, price: Decimal, discount: Percent, tax: Percent, included: bool, currency: str
) -> None:
    """Both are exact to the currency, and neither is below zero."""
    found = price_line(quantity, price, discount, tax, currency=currency, tax_included=included)
    assert 0 <= found.tax <= found.amount
    assert found.amount == rounded(found.amount, DECIMALS[currency])
    assert found.tax == rounded(found.tax, DECIMALS[currency])
    worth = quantity * price * (100 - discount.value) / 100
    assert abs(found.amount - (0 if included else found.tax) - worth) <= Decimal(1).scaleb(-DECIMALS[currency])


steps = st.lists(
    st.tuples(st.sampled_from(["ship", "unship", "take_back", "unreturn"]), st.integers(1, 9)), max_size=25
)


@given(quantity=st.integers(1, 9), amount=st.integers(0, 300), cancelled=st.integers(0, 8), done=steps)
def test_shipped_and_returned_parts_add_up(quantity: int, amount: int, cancelled: int, done: Any) -> None:
    """In any order of shipping, taking back and returning; the end is exactly the line."""
    worth = Decimal(amount).scaleb(-2)
    cancelled = min(cancelled, quantity - 1)
    gone = (Cancellation(quantity=Decimal(cancelled), reason="refused"),) if cancelled else ()
    line = a_line(quantity=quantity, amount=worth, provisions=(released(quantity - cancelled),), cancellations=gone)
    books = Books(an_order(lines=[line], stages=(a_stage(StageKind.CREDIT, 1),)))
    for step, number in done:
        getattr(books, step)(number)
        books.prove()
    while books.shipments and any(line.returned for each in books.shipments for line in each.lines):
        books.unreturn(0)
    books.ship(quantity)
    books.prove()
    assert books.order.lines[0].shipped_amount == order_total(books.order)
    if not cancelled:
        assert worth == books.order.lines[0].shipped_amount


class Books:
    """An order, its shipments and their returns, changed by the rules alone."""

    def __init__(self, order: SalesOrder) -> None:
        self.order = order
        self.shipments: list[Shipment] = []
        self.returns: list[SalesReturn] = []
        self.names = count()

    def ship(self, number: int) -> None:
        """Ship as much as is open of so many."""
        quantity = min(Decimal(number), self.order.lines[0].open)
        if quantity > 0:
            made = shipping.make_shipment(self.order, {"1": quantity}, id=str(next(self.names)), at=NOON, author="a")
            self.order = shipping.shipped(self.order, made)
            self.shipments.append(attrs.evolve(made, posting=Posting.POSTED))

    def unship(self, number: int) -> None:
        """Take back a shipment nothing of which has been returned."""
        free = [each for each in self.shipments if not each.lines[0].returned]
        if free:
            chosen = free[number % len(free)]
            self.shipments.remove(chosen)
            self.order = shipping.unshipped(self.order, chosen, None)

    def unreturn(self, number: int) -> None:
        """Take back a return."""
        if self.returns:
            self._change(self.returns.pop(number % len(self.returns)), -1)

    def take_back(self, number: int) -> None:
        """Take back a part of a shipment."""
        open_ = [each for each in self.shipments if shipping.everything_returnable(each)]
        if open_:
            chosen = open_[number % len(open_)]
            quantity = min(Decimal(number), shipping.everything_returnable(chosen)["1"])
            made = shipping.make_return(chosen, {"1": quantity}, id="r", at=NOON, author="a")
            self.returns.append(made)
            self._change(made, 1)

    def _change(self, made: SalesReturn, sign: int) -> None:
        index = next(n for n, each in enumerate(self.shipments) if each.id == made.shipment)
        self.order, self.shipments[index] = shipping.returned(self.order, self.shipments[index], made, sign)

    def prove(self) -> None:
        """Sums of parts are what the order keeps, and bounds hold."""
        line = self.order.lines[0]
        assert line.shipped == total(each.lines[0].quantity for each in self.shipments)
        assert line.shipped_amount == total(each.amount for each in self.shipments)
        assert line.returned_amount == total(each.amount for each in self.returns)
        assert 0 <= line.returned_amount <= line.shipped_amount <= order_total(self.order) <= line.amount
        assert line.returned != line.shipped or line.returned_amount == line.shipped_amount
