"""Importing a marketplace: the same outcome on every store, and nothing new the second time."""

import re
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from import_olist import SETTINGS, import_orders
from import_report import report
from marketplace import BadSourceError, SourceOrder, read_source

from tests.examples.conftest import EXAMPLES
from tests.examples.marketplace_factory import LESS, MORE, WITHOUT_ITEMS, write_csv, write_marketplace
from tradecore import Event, OrderState, PaymentMethod, Trade


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where the files of a small marketplace are."""
    files = tmp_path / "files"
    files.mkdir()
    return write_marketplace(files)


@pytest.fixture
def source(directory: Path) -> list[SourceOrder]:
    """Its orders."""
    return read_source(directory)


def events(trade: Trade) -> list[Event]:
    """Everything that ever happened in a store."""
    found: list[Event] = []
    trade.relay(found.append, reader=f"test-{len(found)}")
    return found


def imported(trade: Trade, source: Sequence[SourceOrder]) -> tuple[dict[str, str], int]:
    """Import, and what was refused and how many events wait for a reader that had all those before."""
    refused = import_orders(trade, source, "BRL")
    return refused, trade.relay(lambda _: None, reader="counter")


def test_a_second_import_changes_nothing_on_any_store(
    any_url: str, tenant: str, source: list[SourceOrder], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every store says the same, a repeated import writes no event, and the figures stay as they are."""
    with Trade.open(any_url, settings=SETTINGS, tenant=tenant) as trade:
        refused, first = imported(trade.init(), source)
        assert {} == refused
        assert 0 == report(trade, source, refused, "BRL")
        told = capsys.readouterr().out
        assert ({}, 0) == imported(trade, source)
        assert 0 == report(trade, source, {}, "BRL")
        assert told == capsys.readouterr().out
    assert first > len(source)
    assert EXPECTED == told.lstrip()


EXPECTED = """\
Orders by status in the source and state in the store
               awaiting_approval  ready_to_ship  awaiting_payment  ready_to_close  closed  no order  all
  approved                     0              1                 0               0       0         0    1
  canceled                     0              0                 0               0       2         0    2
  created                      1              0                 0               0       0         0    1
  delivered                    0              0                 1               1      19         0   21
  invoiced                     0              1                 0               0       0         0    1
  processing                   0              1                 0               0       0         0    1
  shipped                      0              0                 0               2       0         0    2
  unavailable                  0              0                 0               0       0         1    1
  all                          1              3                 1               3      21         1   30

Amounts in BRL
              source     store  difference
  goods     1,174.10  1,174.10        0.00
  freight     197.65    197.65        0.00
  received  1,399.99  1,399.99        0.00
  refunded    139.50    139.50        0.00
  shipped   1,046.25  1,046.25        0.00

Orders that do not add up
  a payment brings nothing: 1
    order-05  delivered, not_defined of 0.00, left out
  it has no items: 1
    order-27  unavailable, 23.25 paid and refunded
  less was paid than ordered: 1
    order-03  delivered, 23.25 ordered, 23.24 paid: -0.01
  more was paid than ordered: 1
    order-04  delivered, 46.50 ordered, 51.50 paid: +5.00

Of 29 orders with items and payments 27 are paid exactly, 2 are not.
Check of 89 documents and 51 balances: 0 faults.
"""


def test_orders_are_where_the_source_says(source: list[SourceOrder]) -> None:
    """Money, goods, dates and ways of paying of one order each."""
    trade = Trade(settings=SETTINGS)
    import_orders(trade, source, "BRL")
    delivered = trade.orders.get("order-05")
    assert (OrderState.CLOSED, Decimal("69.75")) == (delivered.state, delivered.paid)
    payments = {each.id: (each.method, each.comment) for each in trade.payments.stream()}
    assert (PaymentMethod.PLATFORM, "3 instalments") == payments["order-05-1"]
    assert (PaymentMethod.BANK, "3 instalments") == payments["order-05-3"]
    assert "order-05-2" not in payments
    assert OrderState.AWAITING_PAYMENT is trade.orders.get(f"order-{LESS:02}").state
    assert OrderState.READY_TO_CLOSE is trade.orders.get(f"order-{MORE:02}").state
    assert OrderState.READY_TO_SHIP is trade.orders.get("order-23").state
    assert OrderState.AWAITING_APPROVAL is trade.orders.get("order-29").state
    cancelled = trade.orders.get("order-25")
    assert (OrderState.CLOSED, Decimal(0), "canceled") == (
        cancelled.state,
        cancelled.paid,
        cancelled.lines[0].cancellations[0].reason,
    )
    (balance,) = trade.partners.balance(f"customer-{WITHOUT_ITEMS % 11}")
    assert not balance.by_order[""]
    first = source[0]
    assert (first.at, first.shipped_at) == (trade.orders.get(first.id).at, next(trade.shipments.stream()).at)


def test_an_interrupted_import_is_continued(source: list[SourceOrder]) -> None:
    """What was imported before the interruption is not imported again, and the rest comes."""
    whole, broken = Trade(settings=SETTINGS), Trade(settings=SETTINGS)
    import_orders(whole, source, "BRL")
    stopped = [each for each in source if each.id == "order-07"]
    stopped[0].status, kept = "no such status", stopped[0].status
    import_orders(broken, source, "BRL")
    stopped[0].status = kept
    import_orders(broken, source, "BRL")
    assert sorted(e.type for e in events(whole)) == sorted(e.type for e in events(broken))


def test_an_order_that_is_refused_does_not_stop_the_others(
    source: list[SourceOrder], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its reason is listed, and the exit code says that something is missing."""
    source[8].id = "x" * 70
    trade = Trade(settings=SETTINGS)
    refused = import_orders(trade, source, "BRL")
    assert ["x" * 70] == list(refused)
    assert 1 == report(trade, source, refused, "BRL")
    assert "it was refused: 1\n" in capsys.readouterr().out
    assert OrderState.CLOSED is trade.orders.get(source[9].id).state


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("a_orders.csv", "order_status", "state", "No CSV file in .* has rows and the columns order_id, customer_id"),
        ("b_order_items.csv", "19.90", "nineteen", "b_order_items.csv, line 2: price is 'nineteen', not an amount"),
        ("b_order_items.csv", "19.90", "NaN", "line 2: price is 'NaN', not an amount"),
        ("b_order_items.csv", "order-00", "order-99", "b_order_items.csv, line 2: there is no order order-99"),
        ("a_orders.csv", "2018-03-01 12:00:00", "yesterday", "order_purchase_timestamp is 'yesterday', not a moment"),
        ("a_orders.csv", "2018-03-01 12:00:00", "", "line 2: order_purchase_timestamp is empty"),
        ("a_orders.csv", "order-01", "order-00", "a_orders.csv, line 3: order order-00 is there twice"),
        ("c_payments.csv", "order-01,1", "order-00,1", "payment 1 of order order-00 is there twice"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(directory: Path, file: str, old: str, new: str, told: str) -> None:
    """Nothing is written before everything was read."""
    path = directory / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadSourceError, match=told):
        read_source(directory)


def test_files_that_are_no_text_are_an_error(directory: Path) -> None:
    """A spreadsheet that somebody named .csv is not guessed at."""
    (directory / "z.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSourceError, match=r"z.csv cannot be read"):
        read_source(directory)


def test_customers_and_categories_are_used_where_they_are_there(directory: Path) -> None:
    """A person behind several customer ids is one partner; an item is named by its category."""
    people = [{"customer_id": f"customer-{n}", "customer_unique_id": "ann"} for n in range(11)]
    write_csv(directory / "customers.csv", people)
    write_csv(directory / "products.csv", [{"product_id": "product-1", "product_category_name": "móveis"}])
    source = read_source(directory)
    assert {"ann"} == {order.customer for order in source}
    trade = Trade(settings=SETTINGS)
    assert {} == import_orders(trade, source, "BRL")
    assert "móveis" == trade.catalog.item("product-1").name


def test_doubts_are_told_with_their_reasons(source: list[SourceOrder]) -> None:
    """What a larger source may hold: unknown words, missing dates, goods that went out too early."""
    order = source[6]
    order.status, order.shipped_at = "delivered", None
    assert ["nobody knows when it was shipped"] == [reason for reason, _ in order.doubts()]
    order.shipped_at = order.at.replace(year=2017)
    assert ["it was shipped before it was ordered"] == [reason for reason, _ in order.doubts()]
    order.status = "canceled"
    assert ["it was cancelled after it was shipped"] == [reason for reason, _ in order.doubts()]
    order.status = "lost"
    assert ["its status is not known"] == [reason for reason, _ in order.doubts()]


def script(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the importer as people do."""
    command = [sys.executable, str(EXAMPLES / "import_olist.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


def test_the_script_shows_progress_and_figures(directory: Path, tmp_path: Path) -> None:
    """Progress goes to the error stream, the outcome to standard output; a second call says the same."""
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    first, second = script(str(directory), url), script(str(directory), url)
    assert [0, 0] == [first.returncode, second.returncode]
    assert first.stdout == second.stdout
    assert "Of 29 orders with items and payments 27 are paid exactly, 2 are not." in first.stdout
    assert re.search(r"\[#{20}\] 30/30 orders", first.stderr)


def test_the_script_refuses_other_files_in_the_same_store(directory: Path, tmp_path: Path) -> None:
    """The opening stock was counted from other files: the key was used with other input."""
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    script(str(directory), url)
    path = directory / "b_order_items.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("product-1", "product-2"), encoding="utf-8")
    told = script(str(directory), url)
    assert 2 == told.returncode
    assert "These files are not those that were imported here before." in told.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no/such/directory", "memory://"], "no/such/directory is not a directory."),
        ([".", "gopher://hole"], "No CSV file in . has rows"),
    ],
)
def test_the_script_says_in_a_sentence_what_is_wrong(arguments: list[str], told: str) -> None:
    """No traceback."""
    ended = script(*arguments)
    assert 2 == ended.returncode
    assert ended.stderr.startswith(told)
    assert 1 == ended.stderr.count("\n")
