"""
One database of a client of either colour. Everything above is written once, as coroutines over this.

With a blocking client nothing ever suspends; with an asynchronous one every answer is awaited. Commands are sent as
they are: the methods of the driver's collections cost half as much again of the client's time.
"""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import attrs
from bson import CodecOptions
from bson.codec_options import DatetimeConversion
from pymongo import ReadPreference, WriteConcern
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError, ServerSelectionTimeoutError
from pymongo.read_concern import ReadConcern

from tradecore.errors import Unsupported
from tradecore.storage.mongo.faults import DRIVER_ERRORS, Missed, Taken, translated
from tradecore.storage.mongo.layout import Document

logger = logging.getLogger("tradecore.storage.mongo")

#: How often a read is tried before the last time.
READS = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 0.008, 0.15

#: Rows of one answer. More than 16 MB come in several.
ALL_AT_ONCE = 1_000_000
#: Statements or documents of one command, which must stay below 16 MB.
MANY = 5_000

# Damaged moments are let through, to be found where their place is known.
_OPTIONS: Any = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_AUTO)
_SNAPSHOT = ReadConcern("snapshot")
_DURABLE = WriteConcern("majority", j=True)
_SNAPSHOT_UNAVAILABLE = 246
_DUPLICATE = frozenset({11000, 11001})


@attrs.frozen
class Port:
    """
    A database, seen by one store.

    Attributes:
        joined: The host's session, inside whose transaction everything is done; None: sessions of our own.
    """

    database: Any
    waits: bool
    joined: Any = None

    async def _got(self, answer: Any) -> Any:
        return await answer if self.waits else answer

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Any]:
        """
        A session, without which nothing can be asked.

        Raises:
            StoreError, Conflict, Corrupt: What the driver's error means, whichever it was.
        """
        try:
            if self.joined is not None:
                if not self.joined.in_transaction:
                    raise Unsupported("The session that was joined has no open transaction.")
                yield self.joined
                return
            session = self.database.client.start_session(causal_consistency=False)
            try:
                yield session
            finally:
                await self._got(session.end_session())
        except DRIVER_ERRORS as error:
            raise translated(error) from error

    async def command(self, session: Any, body: Document) -> Document:
        """Send one command. What it answers to each statement must be looked at."""
        if not logger.isEnabledFor(logging.DEBUG):
            return await self._sent(session, body)
        (name, on), started = next(iter(body.items())), time.perf_counter()
        try:
            return await self._sent(session, body)
        finally:
            logger.debug("mongo.command name=%s on=%s ms=%.2f", name, on, (time.perf_counter() - started) * 1e3)

    async def _sent(self, session: Any, body: Document) -> Document:
        answer: Document = await self._got(self.database.command(body, codec_options=_OPTIONS, session=session))
        return answer

    async def rows(self, session: Any, body: Document, *, level: str = "snapshot") -> list[Document]:
        """All that a find or an aggregation finds."""
        if level and not session.in_transaction:
            body["readConcern"] = {"level": level}
        cursor = (await self.command(session, {**body}))["cursor"]
        if cursor["id"]:  # larger than one answer: read it again, a batch at a time
            cursor = await self._got(self.database.cursor_command({**body}, codec_options=_OPTIONS, session=session))
            rows: list[Document] = await self._got(cursor.to_list())
        else:
            rows = cursor["firstBatch"]
        return rows

    async def read(self, body: Document, *, level: str = "snapshot") -> list[Document]:
        """All that a find or an aggregation finds, read again where a server went away."""
        async with self.session() as session:
            for attempt in range(READS):
                try:
                    return await self.rows(session, body, level=level)
                except PyMongoError as error:
                    if session.in_transaction or not _readable_again(error):
                        raise
                await self.pause(attempt)
            return await self.rows(session, body, level=level)

    async def find(self, collection: str, filter_: Mapping[str, Any], **more: Any) -> list[Document]:
        """The documents of a collection that a filter finds."""
        return await self.read({"find": collection, "filter": filter_, "batchSize": ALL_AT_ONCE, **more})

    async def write(self, session: Any, verb: str, collection: str, what: list[Document]) -> None:
        """
        Insert documents, or update or delete by statements; every one of them must find its document or make it.

        Raises:
            Missed: One did not, or what it would have made is there already.

            Taken: What is there already is a number.
        """
        field = "documents" if verb == "insert" else f"{verb}s"
        for start in range(0, len(what), MANY):
            part = what[start : start + MANY]
            answer = await self.command(session, {verb: collection, field: part})
            if errors := answer.get("writeErrors"):
                if errors[0]["code"] in _DUPLICATE:
                    raise Taken if _is_number(errors[0].get("keyValue", {})) else Missed
                raise OperationFailure(errors[0].get("errmsg", ""), errors[0]["code"], errors[0])
            if answer["n"] != len(part):
                raise Missed

    async def begin(self, session: Any) -> None:
        """Begin a transaction: it sees one snapshot, and what it commits is on the disks of most servers."""
        await self._got(session.start_transaction(_SNAPSHOT, _DURABLE, ReadPreference.PRIMARY))

    async def commit(self, session: Any) -> None:
        """Commit the transaction of a session, once."""
        await self._got(session.commit_transaction())

    async def abort(self, session: Any) -> None:
        """Give up the transaction of a session, if there is one."""
        if session.in_transaction:
            await self._got(session.abort_transaction())

    async def pause(self, attempt: int) -> None:
        """Wait a little, longer each time and never as long as others do."""
        seconds = random.uniform(0, min(_FIRST_PAUSE * 1.5**attempt, _LONGEST_PAUSE))  # noqa: S311  # no secret
        if self.waits:
            await asyncio.sleep(seconds)
        else:
            time.sleep(seconds)  # noqa: ASYNC251  # the colour that blocks

    async def close(self) -> None:
        """Close the client."""
        await self._got(self.database.client.close())


def _is_number(taken: Mapping[str, Any]) -> bool:
    """Whether what is there already, by the fields of a unique index, is a number or the document that bears it."""
    id_ = taken.get("_id")
    return "number" in taken or (isinstance(id_, Mapping) and "series" in id_)


def _readable_again(error: PyMongoError) -> bool:
    if isinstance(error, OperationFailure):
        return error.code == _SNAPSHOT_UNAVAILABLE
    return isinstance(error, AutoReconnect) and not isinstance(error, ServerSelectionTimeoutError)
