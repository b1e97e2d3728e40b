from __future__ import annotations

from datetime import datetime

from .._duration import Duration, to_interval_or_none
from .._encode import to_reason, to_timestamp
from .._message import BatchEvent, BatchWindow
from .._statement import Statement, record_or_none, records, value, value_or_none


def next_batch(queue: str, consumer: str) -> Statement[int | None]:
    return value_or_none(int, "pgque.next_batch(%s::text, %s::text)", queue, consumer)


def next_batch_info(queue: str, consumer: str) -> Statement[BatchWindow | None]:
    return record_or_none(BatchWindow, "pgque.next_batch_info(%s::text, %s::text)", queue, consumer)


def next_batch_custom(
    queue: str, consumer: str, min_lag: Duration | None, min_count: int | None, min_interval: Duration | None
) -> Statement[BatchWindow | None]:
    return record_or_none(
        BatchWindow,
        "pgque.next_batch_custom(%s::text, %s::text, %s::interval, %s::integer, %s::interval)",
        queue,
        consumer,
        to_interval_or_none(min_lag, "min_lag"),
        min_count,
        to_interval_or_none(min_interval, "min_interval"),
    )


def get_batch_events(batch_id: int) -> Statement[list[BatchEvent]]:
    return records(BatchEvent, "pgque.get_batch_events(%s::bigint)", batch_id)


def get_batch_cursor(
    batch_id: int, cursor_name: str, quick_limit: int, extra_where: str | None
) -> Statement[list[BatchEvent]]:
    call = "pgque.get_batch_cursor(%s::bigint, %s::text, %s::integer, %s::text)"
    return records(BatchEvent, call, batch_id, cursor_name, quick_limit, extra_where)


def event_retry(batch_id: int, event_id: int, retry: datetime | int) -> Statement[int]:
    if isinstance(retry, datetime):
        at = to_timestamp(retry, "retry")
        return value(int, "pgque.event_retry(%s::bigint, %s::bigint, %s::timestamptz)", batch_id, event_id, at)
    return value(int, "pgque.event_retry(%s::bigint, %s::bigint, %s::integer)", batch_id, event_id, retry)


def event_dead(batch_id: int, event_id: int, reason: str | None) -> Statement[int]:
    return value(int, "pgque.event_dead(%s::bigint, %s::bigint, %s::text)", batch_id, event_id, to_reason(reason))
