from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from ._duration import Duration, to_interval
from ._engine_errors import InvalidQueueConfigError


@dataclass(frozen=True, slots=True)
class QueueConfig:
    """The settings of a queue.

    ticker_max_count: events after which a tick is due. Default 500.
    ticker_max_lag: after which a tick is due when there are events. Default 3 seconds.
    ticker_idle_period: after which a tick is due when there are none. Default 1 minute.
    ticker_paused: whether the queue is not ticked; events are kept. Default False.
    external_ticker: whether ticks come from elsewhere, by `external_tick`. Default False.
    rotation_period: between rotations of the event log. Default 2 hours.
    max_retries: redeliveries until a message goes to the dead letters. Default 5.
    max_consumer_lag: how long a consumer may have something to read before rotation moves it past what it holds, and
        its events are lost to it. Default None: never.
    disable_insert: whether nothing can be sent. Default False.
    """

    ticker_max_count: int
    ticker_max_lag: timedelta
    ticker_idle_period: timedelta
    ticker_paused: bool
    external_ticker: bool
    rotation_period: timedelta
    max_retries: int
    max_consumer_lag: timedelta | None
    disable_insert: bool


class QueueConfigChange(TypedDict, total=False):
    """Settings to change; None sets the default again."""

    ticker_max_count: int | None
    ticker_max_lag: Duration | None
    ticker_idle_period: Duration | None
    ticker_paused: bool | None
    external_ticker: bool | None
    rotation_period: Duration | None
    max_retries: int | None
    max_consumer_lag: Duration | None
    disable_insert: bool | None


_DURATIONS = {"ticker_max_lag", "ticker_idle_period", "rotation_period", "max_consumer_lag"}
_SETTINGS = QueueConfigChange.__annotations__.keys()


def columns_of(config: Mapping[str, object]) -> tuple[list[str], list[str | None]]:
    """Names and values as the engine takes them."""
    for name in config:
        if name not in _SETTINGS:
            raise InvalidQueueConfigError(f"unknown queue setting: {name}", hint=f"Known are {', '.join(_SETTINGS)}.")
    return list(config), [_text_of(name, setting) for name, setting in config.items()]


def _text_of(name: str, setting: object) -> str | None:
    if setting is None:
        return None
    if name in _DURATIONS:
        return to_interval(setting, name)  # type: ignore[arg-type]
    return str(setting)
