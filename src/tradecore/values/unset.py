"""What says "left as it is" where None already means "nothing"."""

from enum import Enum
from typing import Final

from typing_extensions import override


class Unset(Enum):
    """The type of `UNSET`, for annotations."""

    UNSET = "unset"

    @override
    def __repr__(self) -> str:
        return "UNSET"


#: The default of parameters that may be given as None: not given at all. A caller hardly ever writes it.
UNSET: Final = Unset.UNSET
