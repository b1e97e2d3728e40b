# Generated from ../_async/looking.py by scripts/derive_sync.py.
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
from .operations import Operations


class Looking(Operations):
    """Looking, for the role pgque_reader; `status` is for pgque_admin."""

    def get_queue_info(self, queue: str | None = None) -> list[QueueInfo]:
        """Return all queues, or one, by name."""
        return self._run(queries.get_queue_info(queue))

    def get_consumer_info(self, queue: str | None = None, consumer: str | None = None) -> list[ConsumerInfo]:
        """Return all consumers, those of one queue, or one, by queue and name."""
        return self._run(queries.get_consumer_info(queue, consumer))

    def get_batch_info(self, batch_id: int) -> BatchInfo | None:
        """Return what an open batch covers; None when it is unknown or no longer open."""
        return self._run(queries.get_batch_info(batch_id))

    def get_queue_config(self, queue: str) -> QueueConfig:
        """Return the settings of a queue, defaults filled in. Raises QueueNotFoundError."""
        return self._run(get_queue_config(queue))

    def queue_stats(self, queue: str | None = None) -> list[QueueStats]:
        """Return all queues, or one, at a glance: without counting events, cheap with thousands."""
        return self._run(queries.queue_stats(queue))

    def consumer_stats(self, queue: str | None = None) -> list[ConsumerStats]:
        """Return all consumers, or those of one queue, without counting events."""
        return self._run(queries.consumer_stats(queue))

    def in_flight(self, queue: str | None = None) -> list[OpenBatch]:
        """Return the batches that are open, of all queues or of one; the oldest first."""
        return self._run(queries.in_flight(queue))

    def stuck_consumers(self, threshold: Duration = "30 minutes") -> list[StuckConsumer]:
        """Return consumers whose batch has been open, or that have had something to read, for longer."""
        return self._run(queries.stuck_consumers(threshold))

    def throughput(
        self, queue: str, period: Duration = "1 hour", bucket: Duration = "1 minute"
    ) -> list[ThroughputBucket]:
        """Return events per bucket of the last period, from the ticks; the newest bucket ends now."""
        return self._run(queries.throughput(queue, period, bucket))

    def metrics(self) -> list[Metric]:
        """Return samples for Prometheus or OpenTelemetry, in one query."""
        return self._run(queries.metrics())

    def health(self) -> list[HealthFinding]:
        """Return what is wrong and what to do about it; a check that finds nothing has one entry with status "ok"."""
        return self._run(queries.health())

    def status(self) -> list[ComponentStatus]:
        """Return one entry for each part of the install."""
        return self._run(queries.status())

    def version(self) -> str:
        """Return the version of the engine in the database."""
        return self._run(value(str, "pgque.version()"))
