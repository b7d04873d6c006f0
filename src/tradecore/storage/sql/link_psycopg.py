"""
A link over psycopg, blocking or not: whatever is sent waits in a pipeline until the link settles.

It speaks to libpq through `psycopg.pq`: what a cursor does in Python for each statement would cost more than all the rest
of a commit. A statement is prepared, under a name of ours, where it is first used. Parameters go as text, and their types
stand in the statement; rows are read by psycopg's own readers.
"""

import contextlib
import json
import logging
from collections.abc import Generator, Sequence
from functools import lru_cache
from typing import Any

from typing_extensions import override

from tradecore.errors import Unsupported
from tradecore.storage.sql.bulk import Bulk, together
from tradecore.storage.sql.dialects import Dialect
from tradecore.storage.sql.links import UNDOING, Link, Reply, Row, Wait, at_once, log, logger

#: More statements than this are not kept prepared.
_MOST = 500
#: The code of an error: somebody has thrown our prepared statements away.
_UNPREPARED = "26000"
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

#: The reply to a statement, whether it has rows; or no reply, and the text of the statement that is prepared.
_Sent = tuple[Reply | None, bool, str]


class PsycopgLink(Link):
    """psycopg, blocking or not. A transaction is a pipeline: nothing is waited for until it settles."""

    def __init__(self, driver: Any, dialect: Dialect, wait: Wait = at_once) -> None:
        from psycopg import pq
        from psycopg.adapt import Transformer

        super().__init__(driver, dialect, wait)
        self._server = driver.pgconn
        self._good = {pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK}
        self._transformer = Transformer(driver)
        self._names: dict[str, bytes] = {}
        self._named = 0
        self._sent: list[_Sent] = []
        self._texts: list[str] = []
        self._bulks: list[tuple[str, str]] = []
        self._restore = False

    @override
    def query(self, text: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows of one statement."""
        self._server.enter_pipeline_mode()
        try:
            reply = self.send(text, parameters, rows=True)
            self.settle()
        except Exception:
            with contextlib.suppress(Exception):  # what failed is known already
                self._give_up()
                self._server.exit_pipeline_mode()
            raise
        self._server.exit_pipeline_mode()
        return list(reply.rows)

    @override
    def send(self, text: str, parameters: Sequence[Any] = (), *, rows: bool = False) -> Reply:
        """Put a statement into the pipeline."""
        reply = Reply()
        self._texts.append(text)
        if parameters:
            name = self._names.get(text) or self._prepare(text)
            self._server.send_query_prepared(
                name, [None if each is None else str(each).encode() for each in parameters]
            )
        else:
            self._server.send_query_params(text.encode(), None)
        self._sent.append((reply, rows, ""))
        return reply

    def _prepare(self, text: str) -> bytes:
        if len(self._names) >= _MOST:
            self.send(f"DEALLOCATE {self._names.pop(next(iter(self._names))).decode()}")
        self._named += 1
        name = self._names[text] = b"tradecore_%d" % self._named
        self._server.send_prepare(name, _with_places(text))
        self._sent.append((None, False, text))
        return name

    @override
    def send_many(self, text: str, rows: Sequence[Row]) -> Reply:
        """Put a statement into the pipeline for each row of parameters."""
        reply = Reply()
        for row in rows:
            self.send(text, row)
            self._sent[-1] = (reply, False, "")
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
        """Wait for the answers of everything in the pipeline."""
        self._write_all()
        if logger.isEnabledFor(logging.DEBUG):
            log("; ".join(self._texts))
        self._texts.clear()
        self._collect()

    def _collect(self) -> None:
        sent, self._sent = self._sent, []
        self._server.pipeline_sync()
        results = self._wait(self.driver.wait(_answers(self._server)))
        failed = None
        for (reply, rows, prepared), result in zip(sent, results, strict=False):
            if result.status in self._good:
                if reply is not None:
                    self._take(reply, result, rows=rows)
            else:
                self._names.pop(prepared, None)
                failed = failed or result
        if failed or len(results) < len(sent):
            self._raise(failed)

    def _take(self, reply: Reply, result: Any, *, rows: bool) -> None:
        reply.count += result.command_tuples or 0
        if rows:
            self._transformer.set_pgresult(result)
            reply.rows = self._transformer.load_rows(0, result.ntuples, tuple)

    def _raise(self, failed: Any) -> None:
        from psycopg import OperationalError, errors

        if failed is None:
            raise OperationalError("the connection is lost")
        error = errors.error_from_result(failed)
        if error.sqlstate == _UNPREPARED:
            self._names.clear()
        raise error

    @override
    def begin(self) -> None:
        """Open the pipeline and begin."""
        self._server.enter_pipeline_mode()
        super().begin()

    @override
    def commit(self) -> None:
        """Commit, wait until it is done, and close the pipeline."""
        self._write_all()
        super().commit()
        self._server.exit_pipeline_mode()

    @override
    def rollback(self) -> None:
        """Undo everything since `begin`, and close the pipeline."""
        self._server.enter_pipeline_mode()  # nothing happens if that was done
        self._give_up()
        for text in UNDOING if self.joined else ("ROLLBACK",):
            self.send(text)
        self.settle()
        self._server.exit_pipeline_mode()

    def _give_up(self) -> None:
        """Forget what was not sent, and read the answers of what was."""
        self._texts.clear()
        self._bulks.clear()
        if self._sent:
            with contextlib.suppress(Exception):  # what failed is known already
                self._collect()

    @override
    def occupy(self) -> None:
        """Let every statement stand for itself, unless the host has a transaction."""
        if self._server.pipeline_status:
            raise Unsupported("The connection is in a pipeline of the host's own.")
        if self.joined:
            if not self.driver.autocommit and not self.driver.info.transaction_status:
                self._wait(self.driver.execute("SELECT 1"))  # psycopg begins the host's transaction
            return
        self._restore = not self.driver.autocommit
        if self._restore:
            if self.driver.info.transaction_status:  # what the host does to new connections has begun one
                self._wait(self.driver.commit())
            self._wait(self.driver.set_autocommit(True))

    @override
    def leave(self) -> None:
        """Take that back."""
        if self._restore:
            self._wait(self.driver.set_autocommit(False))


def _answers(server: Any) -> Generator[Any, Any, list[Any]]:
    """Send what is in the pipeline, and collect the results up to its end."""
    from psycopg.pq import ConnStatus, ExecStatus
    from psycopg.waiting import Ready, Wait

    while server.flush():
        if (yield Wait.RW) & Ready.R:
            server.consume_input()
    results = []
    while server.status == ConnStatus.OK:
        while server.is_busy():
            yield Wait.R
            server.consume_input()
        result = server.get_result()
        if result is not None:  # nothing stands between the results of two statements
            if result.status == ExecStatus.PIPELINE_SYNC:
                break
            results.append(result)
    return results


@lru_cache(maxsize=2048)
def _with_places(text: str) -> bytes:
    """A text with numbered parameters, as the server wants them."""
    first, *others = text.replace("%%", "%").split("%s")
    return "".join([first, *(f"${number}{each}" for number, each in enumerate(others, 1))]).encode()
