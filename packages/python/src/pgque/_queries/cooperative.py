from __future__ import annotations

from .._duration import Duration, to_interval_or_none
from .._message import BatchWindow, Message
from .._statement import Statement, record_or_none, records, value, value_or_none

Member = tuple[str, str, str]
_MEMBER = "%s::text, %s::text, %s::text"


def register(function: str, member: Member, convert_normal: bool) -> Statement[int]:
    return value(int, f"pgque.{function}({_MEMBER}, %s::boolean)", *member, convert_normal)


def unregister(function: str, member: Member, batch_handling: int) -> Statement[int]:
    return value(int, f"pgque.{function}({_MEMBER}, %s::integer)", *member, batch_handling)


def touch_subconsumer(member: Member) -> Statement[int]:
    return value(int, f"pgque.touch_subconsumer({_MEMBER})", *member)


def receive_coop(member: Member, max_messages: int, dead_interval: Duration | None) -> Statement[list[Message]]:
    interval = to_interval_or_none(dead_interval, "dead_interval")
    return records(
        Message, f"pgque.receive_coop({_MEMBER}, %s::integer, %s::interval)", *member, max_messages, interval
    )


def next_batch_coop(member: Member, dead_interval: Duration | None) -> Statement[int | None]:
    interval = to_interval_or_none(dead_interval, "dead_interval")
    return value_or_none(int, f"pgque.next_batch({_MEMBER}, %s::interval)", *member, interval)


def next_batch_custom_coop(
    member: Member,
    min_lag: Duration | None,
    min_count: int | None,
    min_interval: Duration | None,
    dead_interval: Duration | None,
) -> Statement[BatchWindow | None]:
    return record_or_none(
        BatchWindow,
        f"pgque.next_batch_custom({_MEMBER}, %s::interval, %s::integer, %s::interval, %s::interval)",
        *member,
        to_interval_or_none(min_lag, "min_lag"),
        min_count,
        to_interval_or_none(min_interval, "min_interval"),
        to_interval_or_none(dead_interval, "dead_interval"),
    )
