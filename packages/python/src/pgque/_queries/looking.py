from __future__ import annotations

from .. import _looking as looking
from .._duration import Duration, to_interval
from .._statement import Statement, record_or_none, records


def get_queue_info(queue: str | None) -> Statement[list[looking.QueueInfo]]:
    return records(looking.QueueInfo, "pgque.get_queue_info(%s::text)", queue)


def get_consumer_info(queue: str | None, consumer: str | None) -> Statement[list[looking.ConsumerInfo]]:
    return records(looking.ConsumerInfo, "pgque.get_consumer_info(%s::text, %s::text)", queue, consumer)


def get_batch_info(batch_id: int) -> Statement[looking.BatchInfo | None]:
    return record_or_none(looking.BatchInfo, "pgque.get_batch_info(%s::bigint)", batch_id)


def queue_stats(queue: str | None) -> Statement[list[looking.QueueStats]]:
    return records(looking.QueueStats, "pgque.queue_stats(%s::text)", queue)


def consumer_stats(queue: str | None) -> Statement[list[looking.ConsumerStats]]:
    return records(looking.ConsumerStats, "pgque.consumer_stats(%s::text)", queue)


def in_flight(queue: str | None) -> Statement[list[looking.OpenBatch]]:
    return records(looking.OpenBatch, "pgque.in_flight(%s::text)", queue)


def stuck_consumers(threshold: Duration) -> Statement[list[looking.StuckConsumer]]:
    return records(looking.StuckConsumer, "pgque.stuck_consumers(%s::interval)", to_interval(threshold, "threshold"))


def throughput(queue: str, period: Duration, bucket: Duration) -> Statement[list[looking.ThroughputBucket]]:
    return records(
        looking.ThroughputBucket,
        "pgque.throughput(%s::text, %s::interval, %s::interval)",
        queue,
        to_interval(period, "period"),
        to_interval(bucket, "bucket"),
    )


def metrics() -> Statement[list[looking.Metric]]:
    return records(looking.Metric, "pgque.metrics()")


def health() -> Statement[list[looking.HealthFinding]]:
    return records(looking.HealthFinding, "pgque.health()")


def status() -> Statement[list[looking.ComponentStatus]]:
    return records(looking.ComponentStatus, "pgque.status()")
