from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from .._duration import Duration, to_interval
from .._encode import to_timestamp
from .._looking import PendingTicks
from .._queue_config import QueueConfig, columns_of
from .._statement import Statement, nothing, record, value, value_or_none


def create_queue(queue: str, config: Mapping[str, object]) -> Statement[int]:
    call = "pgque.create_queue(%s::text, jsonb_object(%s::text[], %s::text[]))"
    return value(int, call, queue, *columns_of(config))


def set_queue_config(queue: str, config: Mapping[str, object]) -> Statement[None]:
    """All settings in one statement: all are changed or none."""
    return nothing(
        "select pgque.set_queue_config(%s::text, c.param, c.value)"
        " from unnest(%s::text[], %s::text[]) with ordinality c (param, value, position) order by c.position",
        queue,
        *columns_of(config),
    )


def get_queue_config(queue: str) -> Statement[QueueConfig]:
    settings = (
        "ticker_max_count integer, ticker_max_lag interval, ticker_idle_period interval, ticker_paused boolean,"
        " external_ticker boolean, rotation_period interval, max_retries integer, max_consumer_lag interval,"
        " disable_insert boolean"
    )
    call = "pgque.get_queue_config(%s::text) c, jsonb_to_record(c)"
    statement = record(QueueConfig, call, queue)
    return Statement(f"{statement.text} ({settings})", statement.parameters, statement.read)


def ticker_of(queue: str) -> Statement[int | None]:
    return value_or_none(int, "pgque.ticker(%s::text)", queue)


def external_tick(queue: str, tick_id: int, timestamp: datetime, event_seq: int) -> Statement[int]:
    at = to_timestamp(timestamp, "timestamp")
    return value(int, "pgque.ticker(%s::text, %s::bigint, %s::timestamptz, %s::bigint)", queue, tick_id, at, event_seq)


def tick_pending(sleep_seconds: int) -> Statement[PendingTicks]:
    return record(PendingTicks, "pgque.tick_pending(%s::integer)", sleep_seconds)


def ticker_loop(duration: Duration) -> Statement[None]:
    return nothing("call pgque.ticker_loop(%s::interval)", to_interval(duration, "duration"))


def dlq_purge(queue: str, older_than: Duration) -> Statement[int]:
    return value(int, "pgque.dlq_purge(%s::text, %s::interval)", queue, to_interval(older_than, "older_than"))
