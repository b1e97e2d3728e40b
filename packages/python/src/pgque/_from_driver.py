from __future__ import annotations

import psycopg

from ._engine_errors import ENGINE_ERRORS, InvalidArgumentError, TransactionNotSupportedError
from ._pgque_error import (
    ConnectionError,  # noqa: A004
    EngineNotInstalledError,
    PermissionDeniedError,
    PgqueError,
    QueryTimeoutError,
    SerializationError,
)

_BY_SQLSTATE: dict[str, tuple[type[PgqueError], str]] = {
    **{sqlstate: (error, error.default_code) for sqlstate, error in ENGINE_ERRORS.items()},
    "40001": (SerializationError, "serialization_failure"),
    "40P01": (SerializationError, "deadlock_detected"),
    # PostgreSQL's word for the same: a commit inside a transaction block.
    "2D000": (TransactionNotSupportedError, "transaction_not_supported"),
    "42501": (PermissionDeniedError, "permission_denied"),
    "3F000": (EngineNotInstalledError, "engine_not_installed"),
    # Sent as the last word on a connection: by a shutdown, a crash, or a time limit of the session.
    **dict.fromkeys(["57P01", "57P02", "57P05", "25P03", "25P04"], (ConnectionError, "connection_lost")),
    # The server takes no connection: it starts or stops, has no place left, or does not know the database.
    **dict.fromkeys(["57P03", "53300", "3D000"], (ConnectionError, "connection_failed")),
}


class AnswerTimeoutError(psycopg.OperationalError):
    """The server has not answered in time; the connection is closed."""


def from_driver_error(error: psycopg.Error, fallback: str = "connection_lost") -> PgqueError:
    """Turns what psycopg raised into an error of this package, by three rules.

    - an error of the server is told by its SQLSTATE;
    - what psycopg cannot encode or parse, such as a NUL in a text, is an invalid argument;
    - anything else comes from the connection.
    """
    if isinstance(error, AnswerTimeoutError):
        return QueryTimeoutError(str(error))
    sqlstate = error.sqlstate
    if sqlstate is None:
        if isinstance(error, psycopg.DataError | psycopg.ProgrammingError):
            return InvalidArgumentError(str(error))
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return ConnectionError(str(error), code=fallback)
        return PgqueError(str(error))
    kind, code = _look_up(sqlstate)
    diag = error.diag
    message = diag.message_primary or str(error)
    return kind(message, code=code, sqlstate=sqlstate, detail=diag.message_detail, hint=diag.message_hint)


def _look_up(sqlstate: str) -> tuple[type[PgqueError], str]:
    known = _BY_SQLSTATE.get(sqlstate)
    if known:
        return known
    if sqlstate.startswith("28"):
        return ConnectionError, "connection_failed"
    if sqlstate.startswith("08"):
        return ConnectionError, "connection_lost"
    return PgqueError, "database_error"
