from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Literal, TypeVar, overload

from .._consumer_health import ConsumerHealth
from .._consumer_settings import INT_MAX, to_settings
from .._duration import Duration, to_seconds
from .._engine_errors import InvalidArgumentError
from .._pgque_error import ConsumerError
from .._retry import RetryPolicy
from .consumer_loop import AsyncConsumerLoop
from .platform import Handler, live, refuse_coroutine, stop_on_signals

H = TypeVar("H", bound=Handler)


class AsyncConsumer:
    """Receives the messages of a consumer, runs their handlers, and settles every one of them.

    dsn: a URL or a connection string of libpq. A consumer opens two connections, which `start` closes.
    queue, name: of the queue and of the consumer. Each name sees every event.
    max_messages: in a batch at most, what is repeated after a crash. Default 2147483647: no limit of yours, and then a
        batch has 1,000.
    unknown_handler_policy: what becomes of messages that no handler takes. "nack" gives them back, and in the end they
        are dead letters; "ack" logs them and goes on. Default "nack".
    subconsumer: the name of this process among those that share the consumer; no other process may have it. Default
        None: one process works and the others stand by.
    dead_interval: with a subconsumer, how long another one must be silent until its batch is taken over; default None:
        never. Without, how long a process must be silent until another takes its place; default None: 30 seconds.
    start_at: where a consumer that is not subscribed yet begins: "latest", "earliest", or a datetime with a timezone.
        Default None: it must be subscribed, or have a subconsumer, and then begins at the latest.
    retry: when a message comes back after its handler raised. Default `exponential()`: 1 s, 2 s, 4 s, up to 10 min.
    poll_interval: between looks when no notifications arrive, and of subconsumers. Default 1 second.
    idle_poll_interval: between looks although they arrive. Default 30 seconds.
    stop_timeout: how long a stop waits for handlers and for the last word of the server, all told. Default 30 seconds.

    Durations are a timedelta, seconds, or a text such as "5 minutes". Raises InvalidArgumentError.
    """

    def __init__(
        self,
        dsn: str,
        queue: str,
        name: str,
        *,
        max_messages: int = INT_MAX,
        unknown_handler_policy: Literal["nack", "ack"] = "nack",
        subconsumer: str | None = None,
        dead_interval: Duration | None = None,
        start_at: Literal["latest", "earliest"] | datetime | None = None,
        retry: RetryPolicy | None = None,
        poll_interval: Duration = 1.0,
        idle_poll_interval: Duration = 30.0,
        stop_timeout: Duration = 30.0,
    ) -> None:
        self.settings = to_settings(
            dsn=dsn,
            queue=queue,
            name=name,
            max_messages=max_messages,
            unknown_handler_policy=unknown_handler_policy,
            subconsumer=subconsumer,
            dead_interval=dead_interval,
            start_at=start_at,
            retry=retry,
            poll_interval=poll_interval,
            idle_poll_interval=idle_poll_interval,
            stop_timeout=stop_timeout,
        )
        self._handlers: dict[str, tuple[Handler, RetryPolicy]] = {}
        self._loop = AsyncConsumerLoop(self.settings, self._handlers)
        self._is_started = False

    @overload
    def on(self, type: str, *, retry: RetryPolicy | None = None) -> Callable[[H], H]: ...
    @overload
    def on(self, type: str, handler: H, *, retry: RetryPolicy | None = None) -> H: ...
    def on(
        self,
        type: str,  # noqa: A002
        handler: H | None = None,
        *,
        retry: RetryPolicy | None = None,
    ) -> H | Callable[[H], H]:
        """Handle the messages of a type one by one; "*" those that no other handler takes. Also as a decorator.

        A message is done when its handler has returned, and comes back when it has raised.

        retry: when a message of this type comes back. Default: that of the consumer.
        Raises InvalidArgumentError for a second handler of one type, ConsumerError after the start.
        """
        if handler is None:
            return lambda handler: self.on(type, handler, retry=retry)
        if self._is_started:
            raise ConsumerError("handlers come before the start", code="already_started")
        if type in self._handlers:
            raise InvalidArgumentError(f"there is a handler for type {type!r} already")
        refuse_coroutine(handler)
        self._handlers[type] = (handler, retry or self.settings.retry)
        return handler

    async def start(self, *, handle_signals: bool = True) -> None:
        """Work until `stop`, SIGTERM or SIGINT. Whatever the server does, it tries again for ever.

        handle_signals: whether the signals stop it, which they can in the main thread only; a second signal does what
            it would have done without. Default True.
        Raises what no retry will change: QueueNotFoundError, ConsumerNotRegisteredError, ConsumerIsCooperativeError,
        PermissionDeniedError, ConsumerError without handlers or when it was started before.
        """
        self._begin()
        if handle_signals:
            with stop_on_signals(self.stop):
                await live(self._loop.run, self.stop)
        else:
            await live(self._loop.run, self.stop)

    async def drain(self, timeout: Duration = 30.0) -> int:
        """Work until nothing is left up to the newest tick, and return how many messages there were.

        Raises ConsumerError (`drain_timeout`) when the queue is not empty in time; besides, what `start` raises.
        """
        self._begin()
        end = monotonic() + to_seconds(timeout, "timeout")
        return await live(lambda: self._loop.run(drain_until=end), self.stop)

    def stop(self, timeout: Duration | None = None) -> None:
        """Let the handler that runs finish, give back what was not begun, and end. From any thread; returns at once.

        timeout: how long that may take. Default None: `stop_timeout`. An async handler is cancelled in time; any other
            can look at `is_cancelled`.
        """
        self._loop.stop(self.settings.stop_timeout if timeout is None else to_seconds(timeout, "timeout"))

    @property
    def is_cancelled(self) -> bool:
        """Whether what the handler does now counts no more: its time is over, or another process has the message."""
        return self._loop.is_cancelled

    def health(self) -> ConsumerHealth:
        """Return how it is. From any thread."""
        return dataclasses.replace(self._loop.health())

    def _begin(self) -> None:
        if self._is_started:
            raise ConsumerError("a consumer is started once", code="already_started")
        if not self._handlers:
            raise ConsumerError("the consumer has no handlers", code="no_handlers")
        self._is_started = True
