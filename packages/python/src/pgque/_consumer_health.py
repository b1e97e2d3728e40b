from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Literal, TypeAlias

ConsumerState: TypeAlias = Literal[
    "idle", "starting", "standing-by", "waiting", "working", "recovering", "stopping", "stopped", "failed"
]


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(timezone.utc)


@dataclass(slots=True)
class ConsumerHealth:
    """How a consumer is; `health()` returns a copy.

    is_healthy: whether messages are consumed, or would be if there were any: for a readiness probe.
    state: where it is in its life. since: when it came to this state.
    last_answer_at: when the server last answered. last_error: what it is recovering from, or why it failed.
    is_hearing: whether notifications arrive; else it polls.
    is_ticked: whether something ticks the queue: without a ticker a full queue looks like an empty one.
    acked, retried, dead: what became of the messages since the start.
    """

    is_healthy: bool = False
    state: ConsumerState = "idle"
    since: datetime = field(default_factory=now)
    last_answer_at: datetime | None = None
    last_error: BaseException | None = None
    is_hearing: bool = False
    is_ticked: bool = True
    acked: int = 0
    retried: int = 0
    dead: int = 0
