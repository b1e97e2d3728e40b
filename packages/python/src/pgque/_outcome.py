from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ._duration import to_seconds
from ._encode import to_reason
from ._message import Message, Nack
from ._retry import DeadLetterError, RetryLaterError, RetryPolicy

_LONGEST_REASON = 2000
_UNKNOWN_TYPE_RETRY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message. Every message of a batch has one before the batch is settled."""

    kind: Literal["ack", "retry", "dead"]
    retry_after: float = 0.0
    reason: str | None = None


DONE = Outcome("ack")


def released(reason: str) -> Outcome:
    """Not started, or cut short: again at once, by whoever is there."""
    return Outcome("retry", 0.0, reason)


def unknown_type(message: Message) -> Outcome:
    """No handler takes it: a producer may be deployed before its consumer."""
    return Outcome("retry", _UNKNOWN_TYPE_RETRY_SECONDS, f"no handler for type {message.type!r}")


def failed(message: Message, error: BaseException, policy: RetryPolicy) -> Outcome:
    """Its handler raised. A policy that raises as well does not keep the message from coming back."""
    reason = _reason_of(error)
    if isinstance(error, DeadLetterError):
        return Outcome("dead", reason=reason)
    if isinstance(error, RetryLaterError):
        return Outcome("retry", error.retry_after, reason)
    try:
        decision = policy((message.retry_count or 0) + 1, error)
        if decision == "dead":
            return Outcome("dead", reason=reason)
        return Outcome("retry", to_seconds(decision, "retry"), reason)
    except Exception as second:  # noqa: BLE001
        return Outcome("retry", _UNKNOWN_TYPE_RETRY_SECONDS, f"{reason}; its retry policy raised: {_reason_of(second)}")


def to_nacks(outcomes: Mapping[int, Outcome]) -> list[Nack]:
    """What is not done, as the engine wants it; what is not listed is acknowledged."""
    return [
        Nack(msg_id, outcome.retry_after, outcome.reason, dead=outcome.kind == "dead")
        for msg_id, outcome in outcomes.items()
        if outcome.kind != "ack"
    ]


def _reason_of(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - whatever an error says must not fail the nack
        text = ""
    name = type(error).__name__
    return to_reason(text[:_LONGEST_REASON]) or name
