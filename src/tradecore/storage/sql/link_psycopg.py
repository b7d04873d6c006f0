"""A link over psycopg, blocking or not: a transaction is a pipeline."""

import contextlib
import json
import logging
from collections.abc import Sequence
from typing import Any

from typing_extensions import override

from tradecore.storage.sql.bulk import Bulk, together
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.links import RELEASE, UNDOING, Link, Reply, Row, Wait, at_once, log, logger

_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class PsycopgLink(Link):
    """
    psycopg, blocking or not. A transaction is a pipeline: nothing is waited for until it settles.

    Statements with parameters are prepared at once: psycopg believes one that would be prepared later to be so even if
    its pipeline was aborted before.
    """

    def __init__(self, driver: Any, dialect: Dialect, wait: Wait = at_once) -> None:
        super().__init__(driver, dialect, wait)
        self._enter, self._exit = ("__enter__", "__exit__") if wait is at_once else ("__aenter__", "__aexit__")
        self._context: Any = None
        self._pipeline: Any = None
        self._sent: list[tuple[Any, Reply, bool]] = []
        self._texts: list[str] = []
        self._bulks: list[tuple[str, str]] = []
        self._restore = False

    @override
    def query(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement."""
        log(text)
        cursor = self.driver.cursor()
        self._wait(cursor.execute(text, parameters, prepare=bool(parameters)))
        rows: list[Row] = self._wait(cursor.fetchall())
        return rows

    @override
    def send(self, text: str, parameters: Sequence[Any] = (), *, rows: bool = False) -> Reply:
        """Put a statement into the pipeline."""
        cursor, reply = self.driver.cursor(), Reply()
        self._texts.append(text)
        self._wait(cursor.execute(text, parameters, prepare=bool(parameters)))
        self._sent.append((cursor, reply, rows))
        return reply

    @override
    def send_many(self, text: str, rows: Sequence[Row]) -> Reply:
        """Put a statement into the pipeline for each row of parameters."""
        cursor, reply = self.driver.cursor(), Reply()
        self._texts.append(text)
        self._wait(cursor.execute(text, rows[0], prepare=True) if len(rows) == 1 else cursor.executemany(text, rows))
        self._sent.append((cursor, reply, False))
        return reply

    @override
    def write(self, bulk: Bulk, rows: Sequence[Row]) -> None:
        """Keep a statement over rows until all of them go in one."""
        self._bulks.append((bulk.json, _dump(rows)))

    def _write_all(self) -> None:
        if self._bulks:
            texts, parameters = zip(*self._bulks, strict=True)
            self._bulks.clear()
            self.send(together(texts), parameters)

    @override
    def settle(self) -> None:
        """Wait for the answers of the pipeline."""
        self._write_all()
        self._log_all()
        self._wait(self._pipeline.sync())
        self._collect()

    @override
    def begin(self) -> None:
        """Open the pipeline and begin."""
        self._context = self.driver.pipeline()
        self._pipeline = self._wait(getattr(self._context, self._enter)())
        super().begin()

    @override
    def commit(self) -> None:
        """Commit; the end of the pipeline waits until it is done."""
        self._write_all()
        self.send(RELEASE if self.joined else "COMMIT")
        self._log_all()
        self._close()
        self._collect()

    @override
    def rollback(self) -> None:
        """Close the pipeline, whatever it says, and undo."""
        self._texts.clear()
        self._sent.clear()
        self._bulks.clear()
        with contextlib.suppress(Exception):  # what failed in it is known already
            self._close()
        for text in UNDOING if self.joined else ("ROLLBACK",):
            log(text)
            self._wait(self.driver.execute(text, prepare=False))

    def _close(self) -> None:
        context, self._context = self._context, None
        if context is not None:
            self._wait(getattr(context, self._exit)(None, None, None))

    def _collect(self) -> None:
        for cursor, reply, rows in self._sent:
            reply.count = cursor.rowcount
            if rows:
                reply.rows = self._wait(cursor.fetchall())
        self._sent.clear()

    def _log_all(self) -> None:
        if logger.isEnabledFor(logging.DEBUG):
            log("; ".join(self._texts))
        self._texts.clear()

    @override
    def occupy(self) -> None:
        """Let every statement stand for itself, unless the host has a transaction."""
        self._restore = not self.joined and not self.driver.autocommit
        if self._restore:
            if self.driver.info.transaction_status:  # what the host does to new connections has begun one
                self._wait(self.driver.commit())
            self._wait(self.driver.set_autocommit(True))

    @override
    def leave(self) -> None:
        """Take that back."""
        if self._restore:
            self._wait(self.driver.set_autocommit(False))
