from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import TypeAlias

from ._engine_errors import InvalidArgumentError

Duration: TypeAlias = timedelta | float | str
"""A timedelta, a number of seconds, or a text such as "5 minutes", "1h 30m" or "01:30:00"."""

_LONGEST = timedelta(days=365_250)
_SECONDS = {
    **dict.fromkeys(["us", "microsecond", "microseconds"], 1e-6),
    **dict.fromkeys(["ms", "msec", "msecs", "millisecond", "milliseconds"], 1e-3),
    **dict.fromkeys(["s", "sec", "secs", "second", "seconds"], 1.0),
    **dict.fromkeys(["m", "min", "mins", "minute", "minutes"], 60.0),
    **dict.fromkeys(["h", "hr", "hrs", "hour", "hours"], 3600.0),
    **dict.fromkeys(["d", "day", "days"], 86_400.0),
    **dict.fromkeys(["w", "week", "weeks"], 604_800.0),
}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.ASCII)
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?", re.ASCII)


def to_timedelta(value: Duration, name: str) -> timedelta:
    """A duration of 0 to a thousand years; anything else is an `InvalidArgumentError` that names the parameter."""
    duration = _parse(value, name)
    if timedelta(0) <= duration <= _LONGEST:
        return duration
    raise InvalidArgumentError(f"{name} must be between 0 and 1000 years")


def to_seconds(value: Duration, name: str) -> float:
    """The same in seconds."""
    return to_timedelta(value, name).total_seconds()


def to_interval(value: Duration, name: str) -> str:
    """The same as the text of an interval, whose fields are 32 bits wide on PostgreSQL 14."""
    duration = to_timedelta(value, name)
    minutes, seconds = divmod(duration.days * 86_400 + duration.seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}.{duration.microseconds:06}"


def to_interval_or_none(value: Duration | None, name: str) -> str | None:
    """None stays None: the default of the engine."""
    return None if value is None else to_interval(value, name)


def _parse(value: Duration, name: str) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        seconds = _seconds_of(value.strip().lower())
    elif isinstance(value, bool) or not isinstance(value, int | float):
        seconds = None
    else:
        seconds = float(value)
    if seconds is None or math.isnan(seconds):
        raise InvalidArgumentError(
            f"{name} is no duration: {value!r}", hint='Pass a timedelta, seconds, or a text such as "5 minutes".'
        )
    return timedelta(seconds=max(-1.0, min(seconds, _LONGEST.total_seconds() + 1)))


def _seconds_of(text: str) -> float | None:
    clock = _CLOCK.fullmatch(text)
    if clock:
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3] or 0)
    total, at = 0.0, 0
    while at < len(text):
        part = _PART.match(text, at)
        if not part or part[2] not in _SECONDS:
            return None
        total += float(part[1]) * _SECONDS[part[2]]
        at = part.end()
    return total if text else None
