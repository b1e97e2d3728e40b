"""What the thread beside a consumer does for it, on its session."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from ._backoff import Backoff
from ._engine_errors import ConsumerNotRegisteredError
from ._sync.client import PgqueClient


class Duty(ABC):
    """Called by the thread alone, but for what says otherwise."""

    @abstractmethod
    def begin(self, client: PgqueClient, *, is_own: bool) -> None:
        """A session was opened. One that a pooler lends is not the thread's own."""

    @abstractmethod
    def beat(self, client: PgqueClient) -> float:
        """Do what is due, and say after how many seconds something is due again."""

    @abstractmethod
    def end(self) -> None:
        """The session is gone."""


class Place(Duty):
    """Lets one process at a time read a consumer that has no members: two would get the same batch.

    It is an advisory lock of the session. The server ends the session of a process that is silent for the lease,
    because it is frozen or cut off, and the next one takes the place. Consumers in TypeScript stand in the same line.
    """

    def __init__(self, queue: str, name: str, lease: float, on_change: Callable[[], None]) -> None:
        text = json.dumps([queue, name], ensure_ascii=False, separators=(",", ":"))
        self._key = f"pgque consumer {text}"
        self._lease = lease
        self._on_change = on_change
        self._backoff = Backoff(0.1, 1.0)
        self._is_own = False
        self.is_held = False
        """Whether this process may read. For the consumer."""
        self.is_taken = False
        """Whether another process is known to read. For the consumer."""

    def begin(self, client: PgqueClient, *, is_own: bool) -> None:
        self._backoff.reset()
        self._is_own = is_own
        if is_own:
            self._set(is_held=False, is_taken=False)
            milliseconds = str(max(1, int(self._lease * 1000)))
            client.conn.execute("select set_config('idle_session_timeout', %s, false)", [milliseconds])
        else:
            # A lock would stay with the pooler when the process is gone.
            self._set(is_held=True, is_taken=False)

    def beat(self, client: PgqueClient) -> float:
        if self.is_held:
            client.conn.execute("select 1")
            return self._lease / 3
        row: Any = client.conn.execute(
            "select pg_try_advisory_lock(hashtextextended(%s::text, 0))", [self._key]
        ).fetchone()
        self._set(is_held=row[0], is_taken=not row[0])
        return self._lease / 3 if self.is_held else min(self._lease / 3, self._backoff.next_pause())

    def end(self) -> None:
        # What was let pass for want of a lock may go on.
        if self._is_own:
            self._set(is_held=False, is_taken=False)

    def _set(self, *, is_held: bool, is_taken: bool) -> None:
        is_new = (self.is_held, self.is_taken) != (is_held, is_taken)
        self.is_held, self.is_taken = is_held, is_taken
        if is_new:
            self._on_change()


class Heartbeat(Duty):
    """Keeps the batch of a member alive, however long its handlers take and whatever they block."""

    def __init__(self, member: tuple[str, str, str], lease: float, on_lost: Callable[[], None]) -> None:
        self._member = member
        self._interval = lease / 3
        self._on_lost = on_lost
        self._batch_id: int | None = None

    def open(self, batch_id: int) -> None:
        """A batch was received. Called by the consumer."""
        self._batch_id = batch_id

    def close(self) -> None:
        """Its batch is about to be settled: from here on a lost lease is found by settling. Called by the consumer."""
        self._batch_id = None

    def begin(self, client: PgqueClient, *, is_own: bool) -> None:
        pass

    def beat(self, client: PgqueClient) -> float:
        batch_id = self._batch_id
        if batch_id is not None and not self._touch(client) and self._batch_id == batch_id:
            self._on_lost()
        return self._interval

    def end(self) -> None:
        pass

    def _touch(self, client: PgqueClient) -> bool:
        try:
            return client.touch_subconsumer(*self._member) == 1
        except ConsumerNotRegisteredError:
            # One that was silent for long is a member no more.
            return False
