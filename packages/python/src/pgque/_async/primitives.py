from __future__ import annotations

from datetime import datetime

from .._duration import Duration
from .._message import BatchEvent, BatchWindow
from .._queries import primitives as queries
from .._statement import value
from .operations import AsyncOperations


class AsyncPrimitives(AsyncOperations):
    """The primitives of PgQ, with its results, for consumers that handle whole windows between ticks."""

    async def next_batch(self, queue: str, consumer: str) -> int | None:
        """Open the next window as a batch and return its id, or that of the open batch; None when there is none."""
        return await self._run(queries.next_batch(queue, consumer))

    async def next_batch_info(self, queue: str, consumer: str) -> BatchWindow | None:
        """Do the same, and return it with its ticks."""
        return await self._run(queries.next_batch_info(queue, consumer))

    async def next_batch_custom(
        self,
        queue: str,
        consumer: str,
        *,
        min_lag: Duration | None = None,
        min_count: int | None = None,
        min_interval: Duration | None = None,
    ) -> BatchWindow | None:
        """Open a window that meets conditions; `min_count` or `min_interval` is enough when both are given.

        min_lag: age of its last tick. min_count: events in it. min_interval: time that it covers. Default None.
        """
        return await self._run(queries.next_batch_custom(queue, consumer, min_lag, min_count, min_interval))

    async def get_batch_events(self, batch_id: int) -> list[BatchEvent]:
        """Return the events of an open batch, in the order of their ids. Raises BatchNotFoundError."""
        return await self._run(queries.get_batch_events(batch_id))

    async def get_batch_cursor(
        self, batch_id: int, cursor_name: str, quick_limit: int, extra_where: str | None = None
    ) -> list[BatchEvent]:
        """Open a cursor over the events of a batch and return its first events; FETCH on in the same transaction.

        extra_where: SQL, a condition on the events. Default None. For the role pgque_admin.
        """
        return await self._run(queries.get_batch_cursor(batch_id, cursor_name, quick_limit, extra_where))

    async def finish_batch(self, batch_id: int) -> int:
        """Close the whole window of a batch, also what `receive` has not returned. 1, or 0 when it is not open."""
        return await self._run(value(int, "pgque.finish_batch(%s::bigint)", batch_id))

    async def event_retry(self, batch_id: int, event_id: int, retry: datetime | int) -> int:
        """Give one event back. 1, or 0 when it was given back before.

        retry: at a datetime with a timezone, or after whole seconds.
        """
        return await self._run(queries.event_retry(batch_id, event_id, retry))

    async def batch_retry(self, batch_id: int, retry_seconds: int) -> int:
        """Give all events of a batch back, for after whole seconds; return how many."""
        return await self._run(value(int, "pgque.batch_retry(%s::bigint, %s::integer)", batch_id, retry_seconds))

    async def event_dead(self, batch_id: int, event_id: int, reason: str | None = None) -> int:
        """Put one event to the dead letters. 1, or 0 when it is there. For the role pgque_admin."""
        return await self._run(queries.event_dead(batch_id, event_id, reason))
