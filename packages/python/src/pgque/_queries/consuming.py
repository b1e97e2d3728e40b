from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from .._duration import to_interval_or_none
from .._encode import to_reason, to_timestamp
from .._message import DeadLetter, Message, Nack
from .._statement import Statement, records, value

StartAt = Literal["latest", "earliest"] | datetime
_NACKS = "%s::bigint, %s::bigint[], %s::interval[], %s::text[], %s::boolean[]"


def subscribe(queue: str, consumer: str, start_at: StartAt | None) -> Statement[int]:
    if start_at is None:
        return value(int, "pgque.subscribe(%s::text, %s::text)", queue, consumer)
    position = to_timestamp(start_at, "start_at") if isinstance(start_at, datetime) else start_at
    return value(int, "pgque.subscribe(%s::text, %s::text, %s::text)", queue, consumer, position)


def unsubscribe(queue: str, consumer: str, discard_retries: bool) -> Statement[int]:
    return value(int, "pgque.unsubscribe(%s::text, %s::text, %s::boolean)", queue, consumer, discard_retries)


def seek(queue: str, consumer: str, to: StartAt | int) -> Statement[int]:
    if isinstance(to, datetime):
        return value(int, "pgque.seek(%s::text, %s::text, %s::timestamptz)", queue, consumer, to_timestamp(to, "to"))
    type_of = "text" if isinstance(to, str) else "bigint"
    return value(int, f"pgque.seek(%s::text, %s::text, %s::{type_of})", queue, consumer, to)


def receive(queue: str, consumer: str, max_messages: int) -> Statement[list[Message]]:
    return records(Message, "pgque.receive(%s::text, %s::text, %s::integer)", queue, consumer, max_messages)


def tick_and_receive(queue: str, consumer: str, max_messages: int) -> Statement[list[Message]]:
    return records(Message, "pgque.tick_and_receive(%s::text, %s::text, %s::integer)", queue, consumer, max_messages)


def ack(batch_id: int) -> Statement[int]:
    return value(int, "pgque.ack(%s::bigint)", batch_id)


def nack(batch_id: int, nacks: Sequence[Nack]) -> Statement[int]:
    return value(int, f"pgque.nack({_NACKS})", batch_id, *_columns_of(nacks))


def settle(batch_id: int, nacks: Sequence[Nack]) -> Statement[int]:
    return value(int, f"pgque.settle({_NACKS})", batch_id, *_columns_of(nacks))


def dlq_inspect(queue: str, limit: int) -> Statement[list[DeadLetter]]:
    return records(DeadLetter, "pgque.dlq_inspect(%s::text, %s::integer)", queue, limit)


def _columns_of(nacks: Sequence[Nack]) -> tuple[list[int], list[str | None], list[str | None], list[bool]]:
    return (
        [nack.msg_id for nack in nacks],
        [to_interval_or_none(nack.retry_after, "retry_after") for nack in nacks],
        [to_reason(nack.reason) for nack in nacks],
        [nack.dead for nack in nacks],
    )
