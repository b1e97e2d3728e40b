# Generated from ../_async/server.py by scripts/derive_sync.py.
from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from .._consumer_settings import ConsumerSettings
from .._pgque_error import ConnectionError, QueryTimeoutError  # noqa: A004
from .client import PgqueClient
from .connection import give_up_at

_ANSWER_SECONDS = 30.0
_CONNECT_SECONDS = 10.0


class Server:
    """The connection of a consumer: opened when it is needed, thrown away when it broke or does not answer."""

    def __init__(self, settings: ConsumerSettings) -> None:
        self._settings = settings
        self._client: PgqueClient | None = None
        self.over_at = math.inf
        """When nothing is waited for any more, by the monotonic clock."""

    @contextmanager
    def asked(self) -> Iterator[PgqueClient]:
        """What is asked within gets its answer in time, or the connection is closed."""
        end = monotonic() + _ANSWER_SECONDS
        client = self._connect()
        try:
            with give_up_at(lambda: min(end, self.over_at)):
                yield client
        except (ConnectionError, QueryTimeoutError):
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connect(self) -> PgqueClient:
        if self._client is None or self._client.conn.closed:
            self.close()
            left = min(_CONNECT_SECONDS, self.over_at - monotonic())
            if left <= 0:
                raise ConnectionError("no time is left to connect", code="connection_failed")
            self._client = PgqueClient.connect(
                self._settings.dsn, autocommit=True, query_timeout=None, connect_timeout=max(1, math.ceil(left))
            )
        return self._client
