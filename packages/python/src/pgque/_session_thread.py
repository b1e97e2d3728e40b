from __future__ import annotations

import logging
import selectors
import socket
import threading
import uuid
from collections.abc import Callable
from time import monotonic

import psycopg
from psycopg import sql

from ._backoff import Backoff
from ._consumer_settings import ConsumerSettings
from ._duty import Duty
from ._pgque_error import PgqueError
from ._sync.client import PgqueClient
from ._sync.connection import give_up_at

_logger = logging.getLogger("pgque.consumer")

_PROBE_SECONDS = 2.0
_DEAF_RETRY_SECONDS = 60.0
_ANSWER_SECONDS = 5.0


class SessionThread:
    """A thread with a connection of its own beside a consumer, so that a handler which blocks silences nothing.

    It listens to the ticks of the queue, and does one duty: keep the place of the consumer, or send heartbeats.

        connecting -> own session (hears)  -> (lost) connecting, after a pause
                   -> a pooler's (deaf)    -> (a minute, or lost) connecting

    Listening only shortens a wait: a pooler takes LISTEN and delivers nothing, and a connection can break unseen. So
    each session is proven by a notification sent on another connection, and is asked for signs of life. `on_change` is
    called for each notification, and whenever some may have been missed.
    """

    def __init__(self, settings: ConsumerSettings, duty: Duty, on_change: Callable[[], None]) -> None:
        self._dsn = settings.dsn
        self._channel = f"pgque_{settings.queue}"
        self._answer_seconds = min(_ANSWER_SECONDS, settings.lease)
        self._duty = duty
        self._on_change = on_change
        self._is_closed = False
        self._is_warned = False
        self.is_hearing = False
        """Whether a notification is to be expected; else polling is all there is."""
        self.last_error: BaseException | None = None
        """Why there is no session; None while there is one, and before the first try has ended."""
        self._thread = threading.Thread(target=self._run, name="pgque session", daemon=True)

    def start(self) -> None:
        """Begin; nothing is waited for. Once, and then `close` must follow."""
        self._near, self._far = socket.socketpair()
        self._thread.start()

    def close(self, timeout: float) -> None:
        """End the session, within so many seconds."""
        self._is_closed = True
        self._far.close()
        self._thread.join(max(0.0, timeout))

    def _run(self) -> None:
        with self._near:
            self._live_again()

    def _live_again(self) -> None:
        backoff = Backoff(0.1, 5.0)
        while not self._is_closed:
            try:
                self._live(backoff)
            except (psycopg.Error, PgqueError, OSError) as error:
                self.last_error = error
                _logger.debug("the session beside the consumer ended: %s", error)
            except Exception as error:
                self.last_error = error
                # A thread that ended in silence would leave a consumer alive and idle.
                _logger.exception("the session beside the consumer failed")
            finally:
                self.is_hearing = False
                self._duty.end()
                self._on_change()
            self._wait(backoff.next_pause())

    def _live(self, backoff: Backoff) -> None:
        with PgqueClient.connect(
            self._dsn, autocommit=True, query_timeout=self._answer_seconds, fallback_application_name="pgque session"
        ) as client:
            with give_up_at(_in(_ANSWER_SECONDS)):
                is_own = self._is_own(client)
            end = None if is_own else monotonic() + _DEAF_RETRY_SECONDS
            with give_up_at(_in(self._answer_seconds)):
                if is_own:
                    # What comes with the answer of a statement shows on no socket.
                    client.conn.add_notify_handler(lambda _notify: self._on_change())
                    client.conn.execute(sql.SQL("listen {}").format(sql.Identifier(self._channel)))
                self._duty.begin(client, is_own=is_own)
            self.is_hearing = is_own
            self.last_error = None
            self._warn_if_deaf(is_own=is_own)
            backoff.reset()
            self._on_change()
            while not self._is_closed and (end is None or monotonic() < end):
                with give_up_at(_in(self._answer_seconds)):
                    due = monotonic() + self._duty.beat(client)
                self._hear(client, due if end is None else min(due, end))

    def _hear(self, client: PgqueClient, until: float) -> None:
        """Passes notifications on, until the time has come or the thread is to end."""
        pgconn = client.conn.pgconn
        while not self._is_closed:
            is_heard = False
            while pgconn.notifies() is not None:
                is_heard = True
            if is_heard:
                self._on_change()
            left = until - monotonic()
            if left <= 0:
                return
            if pgconn.socket in self._wait(left, pgconn.socket):
                pgconn.consume_input()

    def _is_own(self, client: PgqueClient) -> bool:
        """Whether a notification from another connection arrives."""
        channel = f"pgque:own:{uuid.uuid4()}"
        name = sql.Identifier(channel)
        client.conn.execute(sql.SQL("listen {}").format(name))
        with PgqueClient.connect(self._dsn, autocommit=True) as other:
            other.conn.execute("select pg_notify(%s, '')", [channel])
        is_heard = len(list(client.conn.notifies(timeout=_PROBE_SECONDS, stop_after=1))) > 0
        client.conn.execute(sql.SQL("unlisten {}").format(name))
        return is_heard

    def _warn_if_deaf(self, *, is_own: bool) -> None:
        if is_own or self._is_warned:
            return
        self._is_warned = True
        _logger.warning(
            "no notifications arrive, probably because of a pooler: the consumer polls, and processes without"
            " subconsumers would all get the same messages. Give it the address of the server itself."
        )

    def _wait(self, seconds: float, *sockets: int) -> set[int]:
        """Which of the sockets have something, at once when the thread is to end."""
        if self._is_closed:
            return set()
        # Unlike select() it takes sockets of any number.
        with selectors.DefaultSelector() as selector:
            for number in (self._near.fileno(), *sockets):
                selector.register(number, selectors.EVENT_READ)
            return {key.fd for key, _ in selector.select(seconds)}


def _in(seconds: float) -> Callable[[], float]:
    end = monotonic() + seconds
    return lambda: end
