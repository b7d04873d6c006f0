"""
The arguments of `python -m tradecore`, and the commands `init`, `relay` and `check`.

Exit codes: 0 done; 1 `check` found faults; 2 usage, a refusal, or a store that cannot serve; 130 interrupted.
"""

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from tradecore import __version__
from tradecore.cli.screen import complain, counted, never_fail_on_letters, say
from tradecore.errors import TradeError
from tradecore.events import Event
from tradecore.settings import Settings
from tradecore.trade import Trade

_URLS = """\
URLs: sqlite:///shop.db, postgresql+psycopg://user@host/shop, mysql+pymysql://user@host/shop,
      mongodb://host/shop?replicaSet=rs0, memory:// (gone with the process)
"""


def parser() -> argparse.ArgumentParser:
    """The arguments that are understood."""
    top = argparse.ArgumentParser(
        prog="python -m tradecore",
        description="Customer-order logic of wholesale trade: see it work, prepare a store, read its events, check it.",
        epilog=_URLS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"tradecore {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="show the whole life of an order")
    demo.add_argument(
        "--url", help="a store, used under a tenant of the demo's own; if left out, a temporary SQLite file"
    )
    demo.add_argument("--keep", action="store_true", help="keep the temporary SQLite file")
    init = commands.add_parser("init", help="create the tables or collections that are missing")
    relay = commands.add_parser("relay", help="print the events a reader has not had yet, as JSON lines")
    relay.add_argument("--reader", default="default", metavar="NAME", help="each reader gets every event once")
    check = commands.add_parser("check", help="prove that documents, entries, totals and states agree")
    about = "the tradecore.Settings orders are kept by, such as shop.config:SETTINGS; the usual ones if left out"
    check.add_argument("--settings", type=_settings, default=Settings(), metavar="MODULE:NAME", help=about)
    for each in (init, relay, check):
        each.add_argument("url", metavar="URL", help="the store")
        each.add_argument("--tenant", default="main", metavar="NAME", help="whose data; main if left out")
    return top


def _settings(name: str) -> Settings:
    """The settings a host keeps in a module of its own: states and due days follow from them."""
    module, _, attribute = name.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{name!r} cannot be imported: {error}") from None
    if not isinstance(found, Settings):
        raise argparse.ArgumentTypeError(f"{name!r} is not a tradecore.Settings")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line; the exit code."""
    never_fail_on_letters()
    given = parser().parse_args(arguments)
    try:
        return COMMANDS[given.command](given)
    except TradeError as error:
        complain(" ".join(str(error).split()))
        return 2
    except BrokenPipeError:
        # Whoever read our lines has gone. Python would complain about it once more when it ends.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        complain("interrupted.")
        return 130


def _demo(given: argparse.Namespace) -> int:
    from tradecore.cli.demo import run_demo

    return run_demo(given.url, keep=given.keep)


def _init(given: argparse.Namespace) -> int:
    with Trade.open(given.url, tenant=given.tenant) as trade:
        trade.init()
    say("The store is ready.")
    return 0


def _relay(given: argparse.Namespace) -> int:
    with Trade.open(given.url, tenant=given.tenant) as trade:
        trade.relay(_print_event, reader=given.reader)
    return 0


def _print_event(event: Event) -> None:
    """Print and flush: an event counts as handled only once it is out of our hands."""
    fields = {
        "position": event.position,
        "type": event.type.value,
        "document": {"kind": event.document.kind, "id": event.document.id},
        "version": event.version,
        "at": event.at.isoformat() if event.at else None,
        "actor": event.actor,
        "data": event.data,
    }
    say(json.dumps(fields))


def _check(given: argparse.Namespace) -> int:
    with Trade.open(given.url, tenant=given.tenant, settings=given.settings) as trade:
        report = trade.check()
    for fault in report.faults:
        say(str(fault))
    for fault in report.by_settings:
        say(f"by these settings, no fault: {fault}")
    compared = f"{counted(report.documents, 'document')} and {counted(report.balances, 'balance')}"
    say(f"{compared} checked: {'sound' if report.sound else counted(len(report.faults), 'fault')}.")
    return 0 if report.sound else 1


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "demo": _demo,
    "init": _init,
    "relay": _relay,
    "check": _check,
}
