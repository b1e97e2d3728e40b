# Generated from ../_async/producing.py by scripts/derive_sync.py.
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, overload

from .._duration import Duration
from .._message import Event, ReplayResult
from .._queries import producing as queries
from .operations import Operations


class Producing(Operations):
    """Sending, for the role pgque_writer."""

    def send(self, queue: str, payload: Any, *, type: str | None = None) -> int:  # noqa: A002
        """Send one event in the current transaction and return its id.

        payload: any value that json.dumps takes, stored as its JSON text; or an `Event`.
        type: which handler is meant. Default "default".
        Raises QueueNotFoundError, InsertDisallowedError, InvalidArgumentError.
        """
        return self._run(queries.send(queue, queries.to_event(payload, type)))

    @overload
    def send_batch(self, queue: str, type: str, payloads: Iterable[Any]) -> list[int]: ...
    @overload
    def send_batch(self, queue: str, type: Iterable[Event]) -> list[int]: ...
    def send_batch(
        self,
        queue: str,
        type: str | Iterable[Event],  # noqa: A002
        payloads: Iterable[Any] | None = None,
    ) -> list[int]:
        """Send many in one statement and return their ids in the same order. None is an empty list, whatever the queue.

        `send_batch(queue, type, payloads)`, or `send_batch(queue, events)` for events of different types.
        Raises QueueNotFoundError, InsertDisallowedError, InvalidArgumentError.
        """
        return self._run(queries.send_batch(queue, queries.to_events(type, payloads)))

    def send_at(
        self,
        queue: str,
        payload: Any,
        when: datetime | Duration,
        *,
        type: str | None = None,  # noqa: A002
    ) -> int:
        """Send at a time, or after a delay, and return an id for `cancel`. A time that is past is now.

        when: a datetime with a timezone; or a timedelta, seconds, or a text such as "5 minutes".
        """
        return self._run(queries.send_at(queue, queries.to_event(payload, type), when))

    def cancel(self, id: int) -> bool:  # noqa: A002
        """Take a delayed event back. True when it will not be delivered because of this."""
        return self._run(queries.cancel(id))

    def insert_event(
        self,
        queue: str,
        type: str | None,  # noqa: A002
        data: str | None,
        extra1: str | None = None,
        extra2: str | None = None,
        extra3: str | None = None,
        extra4: str | None = None,
    ) -> int:
        """Send texts as they are, PgQ's way; return the id. Data that is no JSON is received as that text."""
        return self._run(queries.insert_event(queue, type, data, extra1, extra2, extra3, extra4))

    def dlq_replay(self, dead_letter_id: int) -> int:
        """Send a dead letter again, as a new event for every consumer, and remove it; return the id of the event.

        Raises DeadLetterNotFoundError.
        """
        return self._run(queries.dlq_replay(dead_letter_id))

    def dlq_replay_all(self, queue: str) -> ReplayResult:
        """Send all dead letters of a queue again. One that fails stays, and does not stop the others."""
        return self._run(queries.dlq_replay_all(queue))
