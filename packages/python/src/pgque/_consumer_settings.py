from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ._duration import Duration, to_seconds
from ._encode import to_timestamp
from ._engine_errors import InvalidArgumentError
from ._retry import RetryPolicy, exponential

INT_MAX = 2_147_483_647
_PAGE = 1000
_DEAD_INTERVAL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ConsumerSettings:
    """The options of a consumer, checked and filled in. Durations are seconds."""

    dsn: str
    queue: str
    name: str
    max_messages: int
    unknown_handler_policy: Literal["nack", "ack"]
    subconsumer: str | None
    dead_interval: float | None
    start_at: Literal["latest", "earliest"] | datetime | None
    retry: RetryPolicy
    poll_interval: float
    idle_poll_interval: float
    stop_timeout: float

    @property
    def page_size(self) -> int:
        """Messages of a batch. Who sets no limit has one nevertheless, so that a backlog fits into memory."""
        return _PAGE if self.max_messages == INT_MAX else self.max_messages

    @property
    def lease(self) -> float:
        """How long this process may be silent until another takes its place, or its batch if it asks for that."""
        return _DEAD_INTERVAL_SECONDS if self.dead_interval is None else self.dead_interval

    def about(self) -> str:
        """Who it is, for the log."""
        member = "" if self.subconsumer is None else f".{self.subconsumer}"
        return f"{self.name}{member} of {self.queue}"


def to_settings(
    *,
    dsn: str,
    queue: str,
    name: str,
    max_messages: int,
    unknown_handler_policy: Literal["nack", "ack"],
    subconsumer: str | None,
    dead_interval: Duration | None,
    start_at: Literal["latest", "earliest"] | datetime | None,
    retry: RetryPolicy | None,
    poll_interval: Duration,
    idle_poll_interval: Duration,
    stop_timeout: Duration,
) -> ConsumerSettings:
    """Check the options. Raises InvalidArgumentError."""
    _require_name(queue, "queue")
    _require_name(name, "name")
    if subconsumer is not None:
        _require_name(subconsumer, "subconsumer")
    if isinstance(max_messages, bool) or not isinstance(max_messages, int) or not 1 <= max_messages <= INT_MAX:
        raise InvalidArgumentError("max_messages must be a whole number above 0")
    if unknown_handler_policy not in ("nack", "ack"):
        raise InvalidArgumentError('unknown_handler_policy must be "nack" or "ack"')
    if isinstance(start_at, datetime):
        to_timestamp(start_at, "start_at")
    lease = None if dead_interval is None else to_seconds(dead_interval, "dead_interval")
    if lease is not None and lease <= 0:
        raise InvalidArgumentError("dead_interval must be above 0")
    return ConsumerSettings(
        dsn=dsn,
        queue=queue,
        name=name,
        max_messages=max_messages,
        unknown_handler_policy=unknown_handler_policy,
        subconsumer=subconsumer,
        dead_interval=lease,
        start_at=start_at,
        retry=retry or exponential(),
        poll_interval=to_seconds(poll_interval, "poll_interval"),
        idle_poll_interval=to_seconds(idle_poll_interval, "idle_poll_interval"),
        stop_timeout=to_seconds(stop_timeout, "stop_timeout"),
    )


def _require_name(value: Any, name: str) -> None:
    if not isinstance(value, str) or value == "":
        raise InvalidArgumentError(f"{name} must be a text that is not empty")
