from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from ._duration import Duration
from ._statement import JSON


@dataclass(frozen=True, slots=True)
class Event:
    """What is sent. `send` and `send_batch` take it in place of a payload and a type.

    payload: any value that json.dumps takes.
    type: which handler is meant. Default "default".
    extra1 to extra4: texts that travel with it. In a batch an event can have `extra1` only. Default None.
    """

    payload: Any
    type: str = "default"
    extra1: str | None = field(default=None, kw_only=True)
    extra2: str | None = field(default=None, kw_only=True)
    extra3: str | None = field(default=None, kw_only=True)
    extra4: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Message:
    """What is received.

    msg_id: the id that `send` returned.
    batch_id: the batch it belongs to; the same for all messages of one `receive`.
    payload: the JSON value. Where the stored text is no JSON it is that text. None for JSON null and for SQL NULL.
    raw_payload: the text as it is stored; None for SQL NULL only.
    retry_count: how often it was given back before; None on the first delivery.
    created_at: when it was sent, in UTC.
    """

    msg_id: int
    batch_id: int
    type: str | None
    payload: Annotated[Any, "payload", JSON]
    raw_payload: Annotated[str | None, "payload"]
    retry_count: int | None
    created_at: datetime
    extra1: str | None
    extra2: str | None
    extra3: str | None
    extra4: str | None


@dataclass(frozen=True, slots=True)
class Nack:
    """A message that is given back, for `nack_many` and `settle`.

    retry_after: until it is delivered again. Default 60 seconds.
    reason: kept with the dead letter, at once or when it was retried often enough. Default None.
    dead: whether it goes to the dead letters now instead of being retried. Default False.
    """

    msg_id: int
    retry_after: Duration | None = None
    reason: str | None = None
    dead: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages of a consumer, in one batch."""

    batch_id: int
    messages: list[Message]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given back too often, or was sent here at once. `dlq_replay` takes `dead_letter_id`."""

    dead_letter_id: Annotated[int, "dl_id"]
    died_at: Annotated[datetime, "dl_time"]
    reason: Annotated[str | None, "dl_reason"]
    consumer: Annotated[str | None, "consumer_name"]
    msg_id: Annotated[int, "ev_id"]
    created_at: Annotated[datetime, "ev_time"]
    retry_count: Annotated[int | None, "ev_retry"]
    type: Annotated[str | None, "ev_type"]
    payload: Annotated[Any, "ev_data", JSON]
    raw_payload: Annotated[str | None, "ev_data"]
    extra1: Annotated[str | None, "ev_extra1"]
    extra2: Annotated[str | None, "ev_extra2"]
    extra3: Annotated[str | None, "ev_extra3"]
    extra4: Annotated[str | None, "ev_extra4"]


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What became of the dead letters of a queue: how many were sent again, how many stayed, and why the first did."""

    replayed: int
    failed: int
    first_error: str | None


@dataclass(frozen=True, slots=True)
class BatchEvent:
    """An event of a batch, as the primitives of PgQ see it."""

    event_id: Annotated[int, "ev_id"]
    created_at: Annotated[datetime, "ev_time"]
    transaction_id: Annotated[int, "ev_txid"]
    retry_count: Annotated[int | None, "ev_retry"]
    type: Annotated[str | None, "ev_type"]
    payload: Annotated[Any, "ev_data", JSON]
    raw_payload: Annotated[str | None, "ev_data"]
    extra1: Annotated[str | None, "ev_extra1"]
    extra2: Annotated[str | None, "ev_extra2"]
    extra3: Annotated[str | None, "ev_extra3"]
    extra4: Annotated[str | None, "ev_extra4"]


@dataclass(frozen=True, slots=True)
class BatchWindow:
    """A batch between two ticks, and where the sequence of the events stood at them."""

    batch_id: int
    tick_id: Annotated[int, "cur_tick_id"]
    previous_tick_id: Annotated[int, "prev_tick_id"]
    tick_time: Annotated[datetime, "cur_tick_time"]
    previous_tick_time: Annotated[datetime, "prev_tick_time"]
    tick_event_seq: Annotated[int, "cur_tick_event_seq"]
    previous_tick_event_seq: Annotated[int, "prev_tick_event_seq"]
