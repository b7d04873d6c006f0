"""What a store keeps: records with an id and a version, and references to them."""

from typing import ClassVar, NamedTuple

import attrs
from typing_extensions import override

from tradecore.values.text import Id


class Ref(NamedTuple):
    """A reference to one record of one kind."""

    kind: str
    id: str

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


#: What `Ref` does in its constructor, without the detour: references are made all the time.
_make = tuple.__new__


@attrs.frozen(kw_only=True)
class Record:
    """
    A value a store keeps under its kind and id.

    Attributes:
        id: Unique among the records of its kind.

        version: How often it was saved; 0 until the first time.
    """

    KIND: ClassVar[str]
    #: Fields a query may compare or sort by.
    FINDABLE: ClassVar[tuple[str, ...]] = ("id",)
    #: Field tuples kept in order by every store, for quick finding. The id is always the last.
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = ()

    id: Id
    version: int = 0

    @property
    def ref(self) -> Ref:
        """The reference to this record."""
        return _make(Ref, (self.KIND, self.id))
