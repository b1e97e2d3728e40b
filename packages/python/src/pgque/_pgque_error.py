"""Every error of this package. Look at the class or at `code`, never at the message.

PgqueError                      database_error: anything else the server says; see `sqlstate`
├── one class per SQLSTATE of the engine's registry, see _engine_errors.py
├── ConnectionError             connection_failed, connection_lost
├── QueryTimeoutError           query_timeout
├── SerializationError          serialization_failure, deadlock_detected
├── PermissionDeniedError       permission_denied
├── EngineNotInstalledError     engine_not_installed
└── ConsumerError               already_started, no_handlers, drain_timeout
"""

from __future__ import annotations

from typing import ClassVar


class PgqueError(Exception):
    """Base of all errors; the error of the driver is its `__cause__`.

    code: what went wrong, for code: a name of the engine's registry, or one of the list above.
    sqlstate: as the server sent it; None when the error did not come from the server.
    detail: the identifiers that the error is about, as the server sent them.
    hint: advice.
    """

    default_code: ClassVar[str] = "database_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        sqlstate: str | None = None,
        detail: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code or self.default_code
        self.sqlstate = sqlstate
        self.detail = detail
        self.hint = hint


class ConnectionError(PgqueError):  # noqa: A001 - the name that it has in every client
    """No connection could be had (`connection_failed`), or it broke while it was used (`connection_lost`).

    After `connection_lost` nobody knows whether the statement took effect.
    """

    default_code = "connection_lost"


class QueryTimeoutError(PgqueError):
    """The server did not answer in time. Nobody knows whether the statement took effect."""

    default_code = "query_timeout"


class SerializationError(PgqueError):
    """The server rolled the transaction back because of another one, by a conflict or a deadlock. Run it again."""

    default_code = "serialization_failure"


class PermissionDeniedError(PgqueError):
    """The role of this connection lacks a grant; see the roles pgque_reader, pgque_writer and pgque_admin."""

    default_code = "permission_denied"


class EngineNotInstalledError(PgqueError):
    """The database has no schema pgque."""

    default_code = "engine_not_installed"


class ConsumerError(PgqueError):
    """A consumer was used in a way that cannot work.

    `already_started`: it runs, or a handler came after the start; `no_handlers`: it was started without any;
    `drain_timeout`: the queue was not empty in time.
    """

    default_code = "already_started"


_RETRYABLE = frozenset(
    {"connection_failed", "connection_lost", "query_timeout", "serialization_failure", "deadlock_detected"}
)


def is_retryable(error: BaseException) -> bool:
    """Whether the same call may succeed when it is made again: after a lost connection, a timeout, a conflict.

    A wrong password or an unknown database is not. After `connection_lost` and `query_timeout` the first call may have
    taken effect: an event that is sent again may be there twice.
    """
    if not isinstance(error, PgqueError) or error.code not in _RETRYABLE:
        return False
    return error.sqlstate != "3D000" and not (error.sqlstate or "").startswith("28")
