"""From documents to register entries, and the guards that protect them."""

from tradecore.rules.posting.guards import floors, sums
from tradecore.rules.posting.movements import (
    MOVEMENTS,
    SEPARATELY,
    account,
    awaited,
    entries_between,
    entrusted_key,
    movements,
    need_rank,
    need_source,
    own_account,
)
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
    "SEPARATELY",
    "account",
    "awaited",
    "check_draft",
    "check_posted",
    "entries_between",
    "entrusted_key",
    "floors",
    "movements",
    "need_rank",
    "need_source",
    "own_account",
    "post",
    "posted_event",
    "save",
    "series_of",
    "sums",
    "unpost",
    "unposted_event",
]
