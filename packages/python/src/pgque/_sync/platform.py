"""What threads do in their own way; `_async/platform.py` has the same names."""

from __future__ import annotations

import contextlib
import inspect
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

from .._engine_errors import InvalidArgumentError
from .._message import Message

Handler = Callable[[Message], Any]
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class HandlerCancelledError(Exception):
    """A handler was cut short; nobody can do that to one that blocks a thread."""


class Waker:
    """What a sleeper waits at. A wake-up while nobody waits counts for the next wait, unless it is reset."""

    def __init__(self) -> None:
        # Unlike an Event it may be rung by a signal handler in the midst of anything.
        self._rings: queue.SimpleQueue[None] = queue.SimpleQueue()

    def bind(self) -> None:
        """Threads share everything."""

    def wake(self) -> None:
        """Called from any thread, and from signal handlers."""
        self._rings.put(None)

    def reset(self) -> None:
        """Before a look: what rings from now on is not covered by it."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._rings.get_nowait()

    def wait(self, timeout: float) -> None:
        """Until somebody rings, for so many seconds at most."""
        with contextlib.suppress(queue.Empty):
            self._rings.get(timeout=max(0.0, timeout))


class Attempt:
    """Runs a handler in this thread. Whoever has little time left asks `consumer.is_cancelled`."""

    def run(self, handler: Handler, message: Message) -> None:
        """Raise what the handler raises."""
        handler(message)

    def cancel_in(self, seconds: float) -> None:
        """Nothing can end it."""

    def cancel(self) -> None:
        """Nothing can end it."""


def live(life: Callable[[], int], _stop: Callable[[], None]) -> int:
    """Run to the end."""
    return life()


def in_thread(work: Callable[[], None]) -> None:
    """Something that blocks for a moment."""
    work()


def refuse_coroutine(handler: Handler) -> None:
    """Nobody would await it, and every message would be acknowledged unhandled."""
    if inspect.iscoroutinefunction(handler):
        raise InvalidArgumentError("a handler that is async needs an AsyncConsumer")


@contextlib.contextmanager
def stop_on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Stops on the first SIGTERM or SIGINT; the second does what it would have done. In the main thread only."""
    previous: dict[signal.Signals, Any] = {}

    def release() -> None:
        while previous:
            signal.signal(*previous.popitem())

    def receive(_number: int, _frame: Any) -> None:
        release()
        stop()

    if threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            previous[number] = signal.signal(number, receive)
    try:
        yield
    finally:
        release()
