"""From documents to register entries, and the guards that protect them."""

from tradecore.rules.posting.guards import floors, sums
from tradecore.rules.posting.movements import MOVEMENTS, entries_between, movements, need_rank, need_source
from tradecore.rules.posting.saving import (
    check_draft,
    check_posted,
    post,
    posted_event,
    save,
    series_of,
    unpost,
    unposted_event,
)

__all__ = [
    "MOVEMENTS",
    "check_draft",
    "check_posted",
    "entries_between",
    "floors",
    "movements",
    "need_rank",
    "need_source",
    "post",
    "posted_event",
    "save",
    "series_of",
    "sums",
    "unpost",
    "unposted_event",
]
