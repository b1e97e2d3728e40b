"""What the functions that look return. A member of a cooperative consumer is listed as `<consumer>.<member>`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated


@dataclass(frozen=True, slots=True)
class QueueInfo:
    """A queue with its settings and rates. `new_events` is what no tick has seen."""

    queue: Annotated[str, "queue_name"]
    table_count: Annotated[int, "queue_ntables"]
    current_table: Annotated[int, "queue_cur_table"]
    rotation_period: Annotated[timedelta, "queue_rotation_period"]
    switch_time: Annotated[datetime, "queue_switch_time"]
    external_ticker: Annotated[bool, "queue_external_ticker"]
    ticker_paused: Annotated[bool, "queue_ticker_paused"]
    ticker_max_count: Annotated[int, "queue_ticker_max_count"]
    ticker_max_lag: Annotated[timedelta, "queue_ticker_max_lag"]
    ticker_idle_period: Annotated[timedelta, "queue_ticker_idle_period"]
    ticker_lag: timedelta
    events_per_second: Annotated[float | None, "ev_per_sec"]
    new_events: Annotated[int, "ev_new"]
    last_tick_id: int


@dataclass(frozen=True, slots=True)
class ConsumerInfo:
    """Where a consumer stands. `lag` is the age of its position; None: a member that never had a batch."""

    queue: Annotated[str, "queue_name"]
    consumer: Annotated[str, "consumer_name"]
    lag: timedelta | None
    last_seen: timedelta | None
    last_tick_id: Annotated[int | None, "last_tick"]
    current_batch_id: Annotated[int | None, "current_batch"]
    next_tick_id: Annotated[int | None, "next_tick"]
    pending_events: int


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """What an open batch covers. `lag` is the time since its end."""

    queue: Annotated[str, "queue_name"]
    consumer: Annotated[str, "consumer_name"]
    batch_start: datetime
    batch_end: datetime
    previous_tick_id: Annotated[int, "prev_tick_id"]
    tick_id: int
    lag: timedelta
    seq_start: int
    seq_end: int


@dataclass(frozen=True, slots=True)
class QueueStats:
    """A queue at a glance. Estimates include the gaps of the event sequence; `bytes` is the size of the event log."""

    queue: Annotated[str, "queue_name"]
    last_tick_id: int
    ticker_lag: timedelta
    events_per_second: float | None
    unticked_events_estimate: int
    consumers: int
    slowest_consumer: str | None
    slowest_lag: timedelta | None
    pending_events_estimate: int | None
    retries_pending: int
    delayed_pending: int
    dead_letters: int
    rotation_age: timedelta
    bytes: int


@dataclass(frozen=True, slots=True)
class ConsumerStats:
    """Where a consumer stands; no events are counted for it."""

    queue: Annotated[str, "queue_name"]
    consumer: Annotated[str, "consumer_name"]
    lag: timedelta
    last_seen: timedelta | None
    last_tick_id: int | None
    batch_id: int | None
    batch_age: timedelta | None
    pending_events_estimate: int
    retries_pending: int
    dead_letters: int


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that is open, and how many events it has."""

    queue: Annotated[str, "queue_name"]
    consumer: Annotated[str, "consumer_name"]
    batch_id: int
    opened_at: datetime
    age: timedelta
    previous_tick_id: Annotated[int, "prev_tick_id"]
    tick_id: int
    events: int


@dataclass(frozen=True, slots=True)
class StuckConsumer:
    """A consumer that holds up its queue. `reason` is "batch open", "not reading" or "behind"."""

    queue: Annotated[str, "queue_name"]
    consumer: Annotated[str, "consumer_name"]
    reason: str
    stuck_for: timedelta
    lag: timedelta
    last_seen: timedelta | None
    batch_id: int | None
    pending_events_estimate: int
    holds_rotation: bool
    held_bytes: int


@dataclass(frozen=True, slots=True)
class ThroughputBucket:
    """Events between two points of time, from the ticks; None: the ticks of that time are gone."""

    start: Annotated[datetime, "bucket_start"]
    events_estimate: int | None
    events_per_second: float | None


@dataclass(frozen=True, slots=True)
class Metric:
    """A sample for Prometheus or OpenTelemetry. `type` is "gauge" or "counter"."""

    name: str
    type: str
    value: float
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """What a check has found. `status` is "ok", "warn" or "fail"; `hint` says what to do."""

    check: Annotated[str, "check_name"]
    status: str
    queue: Annotated[str | None, "queue_name"]
    detail: str
    hint: str | None


@dataclass(frozen=True, slots=True)
class ComponentStatus:
    """One part of the install."""

    component: str
    status: str
    detail: str


@dataclass(frozen=True, slots=True)
class PendingTicks:
    """What `tick_pending` found and did.

    is_owed: a transaction is open that may have sent events and will not ring.
    is_doorbell: the next transaction that sends notifies the channel `pgque:doorbell`.
    next_due_at: when the next retry or delayed event is due; None: there is none.
    """

    ticked: int
    is_owed: bool
    is_doorbell: bool
    next_due_at: datetime | None
    queue_names: list[str] | None
    tick_ids: list[int] | None
