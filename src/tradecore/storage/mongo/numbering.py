"""
Numbers without gaps.

A number is drawn by inserting its document {tenant, series, count} with the commit that uses it: the _id makes it
unique, and a commit that fails leaves none behind. No counter is needed, and no round trip for it: the last number is
remembered. Where others draw from the same series too, it is read anew, as late as possible.
"""

import threading

from tradecore.storage.mongo.layout import JOURNAL, Document, numbers
from tradecore.storage.mongo.port import Port


class Numbers:
    """The last numbers of the series a store draws from, as far as it knows. Shared between threads."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._shared: set[str] = set()
        self._lock = threading.Lock()

    async def last(self, port: Port, tenant: str, series: str) -> int:
        """The last number that was drawn; 0 if none was."""
        if port.joined is not None:  # the host's transaction sees what it has drawn itself, and nobody else does
            return await _read(port, tenant, series)
        with self._lock:
            known = None if series in self._shared else self._last.get(series)
        if known is not None:
            return known
        found = await _read(port, tenant, series)
        with self._lock:
            if found == self._last.get(series):
                self._shared.discard(series)
        return found

    def drawn(self, series: str, count: int) -> None:
        """Remember a number that was committed."""
        with self._lock:
            self._last[series] = max(count, self._last.get(series, 0))

    def missed(self, series: str) -> None:
        """Somebody else draws from the series too."""
        with self._lock:
            self._shared.add(series)


async def _read(port: Port, tenant: str, series: str) -> int:
    """Outside the transaction of the commit, which sees only what was there when it began; and only what will stay."""
    body: Document = {"find": JOURNAL, "filter": {"_id": numbers(tenant, series)}, "sort": {"_id": -1}, "limit": 1}
    found = await port.read({**body, "projection": {"_id": 1}})
    return int(found[0]["_id"]["count"]) if found else 0
