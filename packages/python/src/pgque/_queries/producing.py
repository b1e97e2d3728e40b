from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .._duration import Duration, to_interval
from .._encode import encode_payload, require_storable, to_timestamp
from .._engine_errors import InvalidArgumentError
from .._message import Event, ReplayResult
from .._statement import Statement, record, value


def send(queue: str, event: Event) -> Statement[int]:
    kind, payload, extras = _outgoing(event)
    if not any(extra is not None for extra in extras):
        return value(int, "pgque.send(%s::text, %s::text, %s::text)", queue, kind, payload)
    return insert_event(queue, kind, payload, *extras)


def send_batch(queue: str, events: Sequence[Event]) -> Statement[list[int]]:
    outgoing = [_outgoing(event) for event in events]
    if any(extra is not None for _, _, extras in outgoing for extra in extras[1:]):
        raise InvalidArgumentError("in a batch an event can have extra1 only", hint="Send the others one by one.")
    types, payloads = [each[0] for each in outgoing], [each[1] for each in outgoing]
    extras = [each[2][0] for each in outgoing]
    if len(set(types)) == 1 and not any(extra is not None for extra in extras):
        return value(list[int], "pgque.send_batch(%s::text, %s::text, %s::text[])", queue, types[0], payloads)
    call = "pgque.send_batch(%s::text, %s::text[], %s::text[], %s::text[])"
    return value(list[int], call, queue, types, payloads, extras)


def send_at(queue: str, event: Event, when: datetime | Duration) -> Statement[int]:
    kind, payload, extras = _outgoing(event)
    if any(extra is not None for extra in extras):
        raise InvalidArgumentError("a delayed event has no extras")
    if isinstance(when, datetime):
        due, type_of = to_timestamp(when, "when"), "timestamptz"
    else:
        due, type_of = to_interval(when, "when"), "interval"
    return value(int, f"pgque.send_at(%s::text, %s::text, %s::text, %s::{type_of})", queue, kind, payload, due)


def cancel(delayed_id: int) -> Statement[bool]:
    return value(bool, "pgque.cancel(%s::bigint)", delayed_id)


def insert_event(
    queue: str,
    kind: str | None,
    data: str | None,
    extra1: str | None = None,
    extra2: str | None = None,
    extra3: str | None = None,
    extra4: str | None = None,
) -> Statement[int]:
    texts = [require_storable("a text", text) for text in (kind, data, extra1, extra2, extra3, extra4)]
    call = "pgque.insert_event(%s::text, %s::text, %s::text, %s::text, %s::text, %s::text, %s::text)"
    return value(int, call, queue, *texts)


def dlq_replay(dead_letter_id: int) -> Statement[int]:
    return value(int, "pgque.dlq_replay(%s::bigint)", dead_letter_id)


def dlq_replay_all(queue: str) -> Statement[ReplayResult]:
    return record(ReplayResult, "pgque.dlq_replay_all(%s::text)", queue)


def _outgoing(event: Event) -> tuple[str, str, list[str | None]]:
    extras = [event.extra1, event.extra2, event.extra3, event.extra4]
    for name, text in [("type", event.type), *((f"extra{n}", extra) for n, extra in enumerate(extras, 1))]:
        require_storable(name, text)
    return event.type, encode_payload(event.payload), extras


def to_event(payload: Any, kind: str | None) -> Event:
    """What `send` was given; an event says its type itself."""
    if not isinstance(payload, Event):
        return Event(payload) if kind is None else Event(payload, kind)
    if kind is not None:
        raise InvalidArgumentError("an Event has its type already", hint="Leave out type.")
    return payload


def to_events(kind: str | Iterable[Event], payloads: Iterable[Any] | None) -> list[Event]:
    """What `send_batch` was given."""
    if isinstance(kind, str):
        if payloads is None or isinstance(payloads, str | bytes | Mapping):
            raise InvalidArgumentError("payloads must be a list")
        return [Event(payload, kind) for payload in payloads]
    events = list(kind)
    if payloads is not None or not all(isinstance(event, Event) for event in events):
        raise InvalidArgumentError("send_batch takes a type and payloads, or a list of Event")
    return events
