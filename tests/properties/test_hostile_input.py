"""Whatever is handed in, only `TradeError` leaves, and what is refused leaves nothing behind."""

import inspect
from itertools import islice
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.hostile import ODD, a_busy_shop, everything, hostile, parameters
from tradecore import Conflict, Invalid, Trade, TradeError
from tradecore.convert import check, checked_arguments
from tradecore.documents import KINDS

ALL = sorted(everything())
EXAMPLES = max(settings().max_examples // 3, 10)


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
@settings(max_examples=EXAMPLES)
def test_only_our_errors_leave(name: str, data: st.DataObject) -> None:
    """Every command and query, with hostile values among fitting ones, answers or raises a `TradeError`."""
    trade, fitting = a_busy_shop()
    before = _written(trade)
    given_ = data.draw(_arguments(name, fitting))
    try:
        list(islice(_answer(attrgetter(name)(trade)(**given_)), 5))
    except TradeError as error:
        assert str(error)
        assert not isinstance(error, Conflict) or name == "catalog.save"
        assert before == _written(trade)
    assert trade.check().sound


def _answer(answer: Any) -> Any:
    return answer if hasattr(answer, "__next__") else iter(())


def _arguments(name: str, fitting: dict[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    needed: dict[str, Any] = {}
    free: dict[str, Any] = {}
    for each, parameter in parameters(name).items():
        known = [st.sampled_from(fitting[each])] * 2 if each in fitting else []
        values = st.one_of(*known, hostile)
        (needed if parameter.default is inspect.Parameter.empty else free)[each] = values
    return st.fixed_dictionaries(needed, optional=free)


def _written(trade: Trade) -> Any:
    store: Any = trade.store
    records = [(ref, each.version) for kind in store._records.values() for ref, each in kind.items()]
    return sorted(records), store._seq, len(store._events), len(store._keys)


@pytest.mark.parametrize("name", ALL)
def test_odd_values_in_every_place(name: str) -> None:
    """An odd value in the place of any argument is refused as what it is, or means what it says."""
    function = everything()[name]
    for place in parameters(name).keys() - {"ids"}:
        for odd in ODD:
            try:
                checked_arguments(function, (), {place: odd})
            except Invalid as error:
                assert all(violation.place.startswith(place) for violation in error.violations)
                assert str(error)


@pytest.mark.parametrize("kind", KINDS.values())
@given(value=hostile)
def test_records_are_never_made_of_rubbish(kind: type[Any], value: Any) -> None:
    """Whatever stands in for a record is refused with `Invalid`."""
    try:
        check(value, kind)
    except Invalid as error:
        assert error.violations
        assert str(error)


@given(key=hostile)
def test_keys_and_actors_are_ids(key: Any) -> None:
    """An idempotency key and an actor pass the same gate as ids."""
    for ask in (Trade().once, Trade().acting_as):
        try:
            ask(key)
        except Invalid as error:
            assert error.violations


@given(cursor=hostile)
def test_cursors_are_ours_or_refused(cursor: Any) -> None:
    """A page cursor that we did not hand out is refused."""
    trade, _ = a_busy_shop()
    try:
        assert not trade.orders.find(after=cursor).next
    except Invalid as error:
        assert error.violations
