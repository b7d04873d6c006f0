"""What all documents share: a number, a moment, and whether they are posted."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

import attrs
from typing_extensions import override

from tradecore.values.record import Record
from tradecore.values.text import Id, Text, TextRule


class Posting(StrEnum):
    """Whether a document counts (decision 6)."""

    DRAFT = "draft"  #: Written down; moves nothing.
    POSTED = "posted"  #: Its entries stand in the registers.
    MARKED = "marked"  #: Marked for deletion; moves nothing.


@attrs.frozen(kw_only=True)
class Document(Record):
    """
    What somebody said, on paper in former days.

    Attributes:
        number: Given by the store, unique per kind and year; says which document, not how many.

        at: The moment it counts from (C20). Users may set it.

        author: Id of the actor who wrote it first.
    """

    SERIES: ClassVar[str]
    FINDABLE: ClassVar[tuple[str, ...]] = ("id", "number", "at", "posting", "author")
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("at",),)

    number: Annotated[str, TextRule(40)] = ""
    at: datetime
    posting: Posting = Posting.DRAFT
    author: Id = "system"
    comment: Text = ""

    @property
    def posted(self) -> bool:
        """Whether its entries stand in the registers."""
        return self.posting is Posting.POSTED

    @override
    def __str__(self) -> str:
        return f"{self.KIND.replace('_', ' ')} {self.number or self.id}"
