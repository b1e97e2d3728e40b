# Generated from ../_async/client.py by scripts/derive_sync.py.
from __future__ import annotations

import logging
import os
from time import monotonic
from types import TracebackType
from typing import Any, TypeVar

import psycopg
from psycopg.rows import tuple_row

from .._duration import Duration, to_seconds
from .._from_driver import from_driver_error
from .._statement import Statement
from .._typing import Self
from .connection import TimedConnection, give_up_at
from .consuming import Consuming
from .cooperative import Cooperative
from .looking import Looking
from .operating import Operating
from .primitives import Primitives
from .producing import Producing

T = TypeVar("T")
_logger = logging.getLogger("pgque")


class PgqueClient(Producing, Consuming, Cooperative, Primitives, Operating, Looking):
    """The functions of PgQue on one connection, each in the transaction that the connection is in.

    `PgqueClient(conn)` takes a connection of the application, whose transactions and end remain the application's.
    Every method raises a `PgqueError`.
    """

    def __init__(self, conn: psycopg.Connection[Any], *, query_timeout: Duration | None = 30.0) -> None:
        self.conn = conn
        self._is_owner = False
        self._query_timeout = None if query_timeout is None else to_seconds(query_timeout, "query_timeout")

    @classmethod
    def connect(
        cls, dsn: str = "", *, autocommit: bool = False, query_timeout: Duration | None = 30.0, **options: Any
    ) -> Self:
        """Open a connection, which the client closes at its end.

        dsn: a URL or a connection string of libpq; what it lacks comes from PGHOST and so on.
        autocommit: whether each call is a transaction of its own. Default False: call `client.conn.commit()`.
        query_timeout: that a call of this client may take, then the connection is closed. Default 30 seconds; None: no
            limit. Statements that you run on `client.conn` have none.
        options: any other parameter of `psycopg.connect`. Defaults: connect_timeout 10 seconds, no prepared statements,
            so that it works through PgBouncer in transaction mode.
        """
        defaults: dict[str, Any] = {"prepare_threshold": None, "fallback_application_name": "pgque"}
        if "PGCONNECT_TIMEOUT" not in os.environ:
            defaults["connect_timeout"] = 10
        try:
            parameters = {**defaults, **psycopg.conninfo.conninfo_to_dict(dsn), **options}
            conn = TimedConnection.connect(autocommit=autocommit, **parameters)
        except psycopg.Error as error:
            raise from_driver_error(error, "connection_failed") from error
        client = cls(conn, query_timeout=query_timeout)
        client._is_owner = True
        return client

    def close(self) -> None:
        """Close the connection, if the client has opened it. What was not committed is rolled back. May be repeated."""
        if not self._is_owner or self.conn.closed:
            return
        if self.conn.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS and not self.conn.autocommit:
            _logger.info(
                "the client is closed in a transaction, which is rolled back: commit with client.conn.commit()"
            )
        self.conn.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, statement: Statement[T]) -> T:
        try:
            if self._query_timeout is None:
                return self._execute(statement)
            end = monotonic() + self._query_timeout
            with give_up_at(lambda: end):
                return self._execute(statement)
        except psycopg.Error as error:
            raise from_driver_error(error) from error

    def _execute(self, statement: Statement[T]) -> T:
        # Not conn.cursor(): whatever cursor the application prefers, rows are tuples and parameters are marked by %s.
        with psycopg.Cursor(self.conn, row_factory=tuple_row) as cursor:
            cursor.execute(statement.text, statement.parameters)
            return statement.read(cursor.fetchall() if cursor.description else [])
