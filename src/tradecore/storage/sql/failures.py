"""What the errors of drivers mean. None of them leaves the adapter as it is."""

from enum import Enum, auto
from typing import Any

from sqlalchemy import exc

from tradecore.errors import Conflict, NotReady, StoreError, TradeError, Unavailable, Unsupported


class Failure(Enum):
    """What went wrong, as far as it matters to a caller."""

    RACE = auto()  #: A deadlock or another reason to try the whole transaction again.
    DUPLICATE = auto()  #: A row of this key is there already.
    NO_TABLE = auto()  #: The tables are missing, or others.
    BAD_VALUE = auto()  #: The column cannot hold the value.
    BAD_ROW = auto()  #: A stored value cannot be read.
    AWAY = auto()  #: The database does not answer, is locked, full or read-only.
    BROKEN = auto()  #: The same, and the connection is lost.


#: Classes and single codes of SQLSTATE; the longest that fits counts.
_POSTGRESQL = {
    "40": Failure.RACE,
    "26000": Failure.RACE,
    "23505": Failure.DUPLICATE,
    "42P01": Failure.NO_TABLE,
    "42703": Failure.NO_TABLE,
    "22": Failure.BAD_VALUE,
    "23": Failure.BAD_VALUE,
    "08": Failure.BROKEN,
    "57P": Failure.BROKEN,
}
_MARIADB = {
    1213: Failure.RACE, 1020: Failure.RACE, 1062: Failure.DUPLICATE, 1146: Failure.NO_TABLE, 1054: Failure.NO_TABLE,
    1048: Failure.BAD_VALUE, 1264: Failure.BAD_VALUE, 1292: Failure.BAD_VALUE, 1366: Failure.BAD_VALUE,
    1406: Failure.BAD_VALUE, 3819: Failure.BAD_VALUE, 4025: Failure.BAD_VALUE, 0: Failure.BROKEN, 1927: Failure.BROKEN,
    2006: Failure.BROKEN, 2013: Failure.BROKEN, 2014: Failure.BROKEN, 2055: Failure.BROKEN,
}  # fmt: skip
_SQLITE = {
    "SQLITE_CONSTRAINT_PRIMARYKEY": Failure.DUPLICATE,
    "SQLITE_CONSTRAINT_UNIQUE": Failure.DUPLICATE,
    "SQLITE_CONSTRAINT_NOTNULL": Failure.BAD_VALUE,
    "SQLITE_CONSTRAINT_CHECK": Failure.BAD_VALUE,
    "SQLITE_BUSY_SNAPSHOT": Failure.RACE,
    "SQLITE_TOOBIG": Failure.BAD_VALUE,
}


def driver_error(error: BaseException) -> Any:
    """The driver's own error, without what SQLAlchemy wraps around it."""
    return error.orig if isinstance(error, exc.DBAPIError) and error.orig else error


def failure_of(error: BaseException) -> Failure | None:
    """What an error means; None if it comes from neither a driver nor SQLAlchemy."""
    own = driver_error(error)
    module = type(own).__module__.partition(".")[0]
    if module in _READERS:
        return _READERS[module](own)
    if isinstance(own, (UnicodeError, OverflowError)):
        return Failure.BAD_VALUE
    if isinstance(own, (OSError, exc.InterfaceError)):
        return Failure.BROKEN
    return Failure.AWAY if isinstance(own, exc.SQLAlchemyError) else None


def _sqlite(error: Any) -> Failure:
    text = str(error)
    if "no such table" in text or "no such column" in text:
        return Failure.NO_TABLE
    if "too many SQL variables" in text:
        return Failure.BAD_VALUE
    if "JSON cannot hold" in text or "decode to UTF-8" in text or "malformed JSON" in text:
        return Failure.BAD_ROW
    if type(error).__name__ in ("ProgrammingError", "InterfaceError"):
        return Failure.BROKEN if "closed" in text else Failure.BAD_VALUE
    return _SQLITE.get(getattr(error, "sqlite_errorname", ""), Failure.AWAY)


def _postgresql(error: Any) -> Failure:
    state = error.sqlstate or ""
    if not state:
        return Failure.BAD_VALUE if type(error).__name__ in ("DataError", "ProgrammingError") else Failure.BROKEN
    return next((_POSTGRESQL[state[:n]] for n in (5, 3, 2) if state[:n] in _POSTGRESQL), Failure.AWAY)


def _mariadb(error: Any) -> Failure:
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    return _MARIADB.get(number, Failure.AWAY)


_READERS = {"sqlite3": _sqlite, "psycopg": _postgresql, "pymysql": _mariadb}


def translated(error: BaseException) -> TradeError | None:
    """The error a caller sees; None if the error is no failure of the database."""
    failure = failure_of(error)
    if failure is None:
        return None
    why = f"{type(driver_error(error)).__name__}: {driver_error(error)}".strip()
    match failure:
        case Failure.RACE | Failure.DUPLICATE:
            return Conflict((why,))
        case Failure.NO_TABLE:
            return NotReady(f"The tables are missing or of another version; call init(). ({why})")
        case Failure.BAD_VALUE:
            return Unsupported(f"The database cannot hold a value. ({why})")
        case Failure.BAD_ROW:
            return StoreError(f"A stored row cannot be read. ({why})")
        case Failure.AWAY | Failure.BROKEN:
            return Unavailable(f"The database does not serve. ({why})")
