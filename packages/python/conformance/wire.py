"""Values of the conformance protocol, as the client takes and gives them."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from typing import Any, TypeAlias

import pgque

# What these answer is an id, or ids.
ANSWERS_ID = {
    "send",
    "send_batch",
    "send_at",
    "insert_event",
    "dlq_replay",
    "seek",
    "tick",
    "force_next_tick",
    "next_batch",
}
IDS = {"batch_id", "msg_id", "event_id", "id"}
# How arguments of the protocol are called here.
RENAMED = {
    ("nack", "msg_id"): "msg",
    ("dlq_replay", "id"): "dead_letter_id",
    ("event_retry", "retry_after_seconds"): "retry",
    ("send_at", "delay"): "when",
    ("send_at", "deliver_at"): "when",
}
EVENT_FIELDS = ("type", "extra1", "extra2", "extra3", "extra4")

Json: TypeAlias = dict[str, Any]


def position(value: str) -> Any:
    """A position: a name, a tick, or a time."""
    if value in ("latest", "earliest"):
        return value
    return int(value) if value.isdigit() else datetime.fromisoformat(value.replace("Z", "+00:00"))


def from_wire(op: str, args: Json) -> Json:
    """Arguments with the names and the units of the client."""
    converted: Json = {}
    for key, value in args.items():
        name = key.removesuffix("_ms")
        converted[RENAMED.get((op, name), name)] = argument(op, key, value)
    return converted


def argument(op: str, key: str, value: Any) -> Any:
    """One argument."""
    if key in IDS:
        return int(value)
    if key in ("to", "start_at", "deliver_at"):
        return position(value)
    if key.endswith("_ms") and value is not None:
        return value / 1000
    if key == "events":
        return [pgque.Event(event["payload"], **{k: event[k] for k in EVENT_FIELDS if k in event}) for event in value]
    if key == "nacks":
        return [pgque.Nack(**from_wire("", nack)) for nack in value]
    if key == "config":
        return from_wire(op, value)
    return value


def to_wire(op: str, value: Any) -> Any:
    """An answer: ids as texts, times in UTC."""
    if op in ANSWERS_ID:
        return [str(each) for each in value] if isinstance(value, list) else None if value is None else str(value)
    if isinstance(value, list):
        return [to_wire("", each) for each in value]
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, pgque.DeadLetter):
        fields |= {"id": str(fields["dead_letter_id"]), "data": value.raw_payload}
    if isinstance(value, pgque.BatchEvent):
        fields |= {"ev_id": str(value.event_id), "data": value.raw_payload}
    return {name: field_to_wire(name, each) for name, each in fields.items()}


def field_to_wire(name: str, value: Any) -> Any:
    """One field of an answer."""
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, int) and name.endswith("_id"):
        return str(value)
    return value if name == "payload" or isinstance(value, (str, int, float, bool, type(None))) else str(value)
