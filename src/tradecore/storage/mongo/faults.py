"""What the driver's errors mean. None of them leaves the adapter."""

from bson.errors import BSONError, InvalidBSON
from pymongo.errors import (
    ConnectionFailure,
    DocumentTooLarge,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from tradecore.errors import Conflict, Corrupt, NotReady, StoreError, TradeError, Unavailable, Unsupported

#: What `translated` is to be asked about.
DRIVER_ERRORS = (PyMongoError, BSONError, OverflowError, UnicodeError)

STANDALONE = (
    "MongoDB runs as a stand-alone server, which knows no transactions. "
    "Start it with --replSet and run rs.initiate() once; a replica set of one node is enough."
)

#: Write conflict, transaction gone, snapshot gone or not there yet: another attempt may pass.
_CONFLICTS = frozenset({112, 225, 239, 246, 251})
#: No disk, no time, no right to write, going down.
_UNAVAILABLE = frozenset({24, 50, 89, 91, 189, 202, 262, 10107, 11600, 11602, 13435, 13436, 14031})
_NOT_ALLOWED = frozenset({13, 18})
_INVALID = 121
_NO_REPLICA_SET = frozenset({20, 123})
_NO_COLLECTION = frozenset({26, 263})
_TOO_LARGE = frozenset({10334, 17419, 17420})


class Missed(Exception):
    """Something that was to be written did not match: a version, a guard, a key or a number."""


class Taken(Exception):
    """Somebody else has drawn the number; the next one may be free."""


def passing(error: PyMongoError) -> bool:
    """Whether the same transaction may succeed when it is begun again."""
    return error.has_error_label("TransientTransactionError") and not isinstance(error, ServerSelectionTimeoutError)


def unknown_result(error: PyMongoError) -> bool:
    """Whether nobody knows yet if the transaction was committed, and asking again may tell."""
    known = isinstance(error, ServerSelectionTimeoutError) or not error.has_error_label(
        "UnknownTransactionCommitResult"
    )
    return not known


def translated(error: Exception) -> TradeError:
    """The error of ours that a driver's error means."""
    if isinstance(error, OperationFailure):
        return _of_code(error)
    if isinstance(error, ConnectionFailure):
        return Unavailable(f"MongoDB does not answer: {_short(error)}")
    if isinstance(error, InvalidOperation):
        return Unavailable(f"The MongoDB client cannot be used: {_short(error)}")
    if isinstance(error, InvalidBSON):
        return Corrupt("a stored document", _short(error))
    if isinstance(error, (DocumentTooLarge, BSONError, OverflowError, UnicodeError)):
        return Unsupported(f"MongoDB cannot hold it: {_short(error)}")
    return StoreError(f"MongoDB: {_short(error)}")


def _of_code(error: OperationFailure) -> TradeError:
    code, why = error.code or 0, _short(error)
    if code in _CONFLICTS or error.has_error_label("TransientTransactionError"):
        return Conflict()
    if code in _UNAVAILABLE or error.has_error_label("UnknownTransactionCommitResult") or error.timeout:
        return Unavailable(f"MongoDB cannot serve now: {why}")
    if code in _NOT_ALLOWED:
        return Unavailable(f"MongoDB does not let us in: {why}")
    if code in _NO_REPLICA_SET:
        return Unsupported(STANDALONE)
    if code in _NO_COLLECTION:
        return NotReady(f"Collections are missing; call init() first: {why}")
    if code == _INVALID:
        return Unsupported(f"A document would not be what it must be, such as a balance of 10^12 and more: {why}")
    if code in _TOO_LARGE:
        return Unsupported(f"MongoDB cannot hold it: {why}")
    return StoreError(f"MongoDB: {why}")


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}"
