"""Errors: one tree, stable codes, a sentence for each, and they survive a process boundary."""

import pickle
import string

import pytest

import tradecore
from tradecore import errors
from tradecore.errors import (
    MESSAGES,
    Code,
    Conflict,
    Corrupt,
    Invalid,
    KeyReused,
    MissingDriver,
    NotFound,
    NotReady,
    Refused,
    StoreError,
    TradeError,
    Unavailable,
    Unsupported,
    Violation,
    refuse,
    violation,
)

ONE_OF_EACH = [
    Refused((violation(Code.EMPTY, "lines"),), "order 1"),
    Invalid((violation(Code.MISSING),)),
    NotFound("item", "x"),
    Conflict(("stock",)),
    KeyReused((), "k"),
    Corrupt("order 1", "no lines"),
    StoreError("no"),
    Unavailable("down"),
    MissingDriver("pip install"),
    NotReady("init()"),
    Unsupported("no"),
]


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_sentence(code: Code) -> None:
    """The sentence formats with the details it names."""
    names = {name for _, name, _, _ in string.Formatter().parse(MESSAGES[code]) if name}
    told = violation(code, **dict.fromkeys(names, "7")).message
    assert told
    assert "{" not in told
    assert code.name == code.value, "codes are stored and sent; they are what they are called"


def test_no_sentence_is_left_over() -> None:
    """Sentences and codes are the same set."""
    assert set(Code) == set(MESSAGES)


@pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)
def test_errors_survive_pickling(error: TradeError) -> None:
    """A worker process can hand an error back with all that it carries."""
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert (type(error), str(error), error.code) == (type(again), str(again), again.code)
    if isinstance(error, Refused):
        assert error.violations == again.violations


def test_the_tree() -> None:
    """Everything is a TradeError; what is malformed is refused; a reused key is a conflict."""
    assert all(isinstance(each, TradeError) for each in ONE_OF_EACH)
    pairs = [(Invalid, Refused), (KeyReused, Conflict), (Unavailable, StoreError), (MissingDriver, StoreError)]
    assert all(
        issubclass(child, parent) for child, parent in [*pairs, (NotReady, StoreError), (Unsupported, StoreError)]
    )
    ours = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, TradeError)}
    assert ours - {TradeError} == {type(each) for each in ONE_OF_EACH}
    assert tradecore.Refused is Refused


def test_refusals_carry_every_reason() -> None:
    """Codes in order, the first speaks for the whole, sentences follow each other."""
    error = Refused([violation(Code.EMPTY, "lines"), violation(Code.MISSING, "currency")], "order 1")
    assert ("EMPTY", ("EMPTY", "MISSING")) == (error.code, error.codes)
    assert "order 1: lines: At least one is needed. currency: A value is needed here." == str(error)
    assert "REFUSED" == Refused(()).code
    refuse([])
    with pytest.raises(Refused):
        refuse([violation(Code.EMPTY)])


def test_places_are_seen_from_outside() -> None:
    """A place inside a part becomes a place inside the whole."""
    inner = violation(Code.EMPTY, "quantity")
    assert "lines[2].quantity" == inner.at("lines[2]").place
    assert "lines[2]" == violation(Code.EMPTY, "[2]").at("lines").place
    assert "lines" == violation(Code.EMPTY).at("lines").place
    assert "SOMETHING" == Violation("SOMETHING").message
