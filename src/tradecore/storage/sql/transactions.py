"""A transaction of a link: all or nothing, whatever comes in between."""

from collections.abc import Iterator
from contextlib import contextmanager

from tradecore.storage.sql.links import Link


@contextmanager
def transaction(link: Link) -> Iterator[None]:
    """Begin, and commit in the end; undo everything if anything is raised."""
    try:
        link.begin()
        yield
        link.commit()
    except BaseException:
        undo(link)
        raise


def undo(link: Link) -> None:
    """Undo what was begun. A connection that cannot even do that is broken."""
    try:
        link.rollback()
    except Exception:  # noqa: BLE001  # the first error is the one to be told
        link.broken = True
