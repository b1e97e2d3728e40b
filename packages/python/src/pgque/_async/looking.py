from __future__ import annotations

from .._duration import Duration
from .._looking import (
    BatchInfo,
    ComponentStatus,
    ConsumerInfo,
    ConsumerStats,
    HealthFinding,
    Metric,
    OpenBatch,
    QueueInfo,
    QueueStats,
    StuckConsumer,
    ThroughputBucket,
)
from .._queries import looking as queries
from .._queries.operating import get_queue_config
from .._queue_config import QueueConfig
from .._statement import value
from .operations import AsyncOperations


class AsyncLooking(AsyncOperations):
    """Looking, for the role pgque_reader; `status` is for pgque_admin."""

    async def get_queue_info(self, queue: str | None = None) -> list[QueueInfo]:
        """Return all queues, or one, by name."""
        return await self._run(queries.get_queue_info(queue))

    async def get_consumer_info(self, queue: str | None = None, consumer: str | None = None) -> list[ConsumerInfo]:
        """Return all consumers, those of one queue, or one, by queue and name."""
        return await self._run(queries.get_consumer_info(queue, consumer))

    async def get_batch_info(self, batch_id: int) -> BatchInfo | None:
        """Return what an open batch covers; None when it is unknown or no longer open."""
        return await self._run(queries.get_batch_info(batch_id))

    async def get_queue_config(self, queue: str) -> QueueConfig:
        """Return the settings of a queue, defaults filled in. Raises QueueNotFoundError."""
        return await self._run(get_queue_config(queue))

    async def queue_stats(self, queue: str | None = None) -> list[QueueStats]:
        """Return all queues, or one, at a glance: without counting events, cheap with thousands."""
        return await self._run(queries.queue_stats(queue))

    async def consumer_stats(self, queue: str | None = None) -> list[ConsumerStats]:
        """Return all consumers, or those of one queue, without counting events."""
        return await self._run(queries.consumer_stats(queue))

    async def in_flight(self, queue: str | None = None) -> list[OpenBatch]:
        """Return the batches that are open, of all queues or of one; the oldest first."""
        return await self._run(queries.in_flight(queue))

    async def stuck_consumers(self, threshold: Duration = "30 minutes") -> list[StuckConsumer]:
        """Return consumers whose batch has been open, or that have had something to read, for longer."""
        return await self._run(queries.stuck_consumers(threshold))

    async def throughput(
        self, queue: str, period: Duration = "1 hour", bucket: Duration = "1 minute"
    ) -> list[ThroughputBucket]:
        """Return events per bucket of the last period, from the ticks; the newest bucket ends now."""
        return await self._run(queries.throughput(queue, period, bucket))

    async def metrics(self) -> list[Metric]:
        """Return samples for Prometheus or OpenTelemetry, in one query."""
        return await self._run(queries.metrics())

    async def health(self) -> list[HealthFinding]:
        """Return what is wrong and what to do about it; a check that finds nothing has one entry with status "ok"."""
        return await self._run(queries.health())

    async def status(self) -> list[ComponentStatus]:
        """Return one entry for each part of the install."""
        return await self._run(queries.status())

    async def version(self) -> str:
        """Return the version of the engine in the database."""
        return await self._run(value(str, "pgque.version()"))
