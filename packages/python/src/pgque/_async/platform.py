"""What an event loop does in its own way; `_sync/platform.py` has the same names."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from .._message import Message

Handler = Callable[[Message], Awaitable[Any] | Any]
SIGNALS = (signal.SIGTERM, signal.SIGINT)
_CANCEL_SECONDS = 1.0


class HandlerCancelledError(Exception):
    """A handler was cut short."""


class Waker:
    """What a sleeper waits at. A wake-up while nobody waits counts for the next wait, unless it is reset."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def bind(self) -> None:
        """The loop that the sleeper runs in is this one."""
        self._loop = asyncio.get_running_loop()

    def wake(self) -> None:
        """Called from any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._event.set)

    def reset(self) -> None:
        """Before a look: what rings from now on is not covered by it."""
        self._event.clear()

    async def wait(self, timeout: float) -> None:
        """Until somebody rings, for so many seconds at most."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._event.wait(), timeout)
        self._event.clear()


class Attempt:
    """Runs one handler at a time, and cuts it short when it is told so."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Future[Any] | None = None
        self._given_up: asyncio.Future[None] | None = None
        self._is_cancelled = False

    async def run(self, handler: Handler, message: Message) -> None:
        """Raise what the handler raises, or HandlerCancelledError."""
        result = handler(message)
        if not inspect.isawaitable(result):
            return
        self._loop = asyncio.get_running_loop()
        self._is_cancelled = False
        self._task, self._given_up = asyncio.ensure_future(result), self._loop.create_future()
        task = self._task
        try:
            await asyncio.wait({task, self._given_up}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._task = None
            if not task.done():
                task.cancel()
        if not task.done() or (task.cancelled() and self._is_cancelled):
            raise HandlerCancelledError
        if task.cancelled():
            raise RuntimeError("the handler cancelled itself")
        error = task.exception()
        if error is not None:
            raise error

    def cancel_in(self, seconds: float) -> None:
        """Cut short what runs after so many seconds. Called from any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._loop.call_later, seconds, self._cancel)

    def cancel(self) -> None:
        """Cut short what runs. Called from any thread."""
        self.cancel_in(0)

    def _cancel(self) -> None:
        task, given_up = self._task, self._given_up
        if task is None or given_up is None or self._loop is None:
            return
        self._is_cancelled = True
        task.cancel()
        # One that does not heed it is left behind.
        self._loop.call_later(_CANCEL_SECONDS, _resolve, given_up)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def live(life: Callable[[], Awaitable[int]], stop: Callable[[], None]) -> int:
    """Run to the end. When the task is cancelled it stops cleanly first; when that is cancelled too, at once."""
    task = asyncio.ensure_future(life())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            stop()
            try:
                await asyncio.shield(task)
            finally:
                task.cancel()
        raise


async def in_thread(work: Callable[[], None]) -> None:
    """Something that blocks for a moment."""
    await asyncio.get_running_loop().run_in_executor(None, work)


def refuse_coroutine(handler: Handler) -> None:
    """Any handler will do."""


@contextlib.contextmanager
def stop_on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Stops on the first SIGTERM or SIGINT; the second does what it would have done. In the main thread only."""
    loop = asyncio.get_running_loop()
    added: list[signal.Signals] = []

    def release() -> None:
        while added:
            loop.remove_signal_handler(added.pop())

    def receive() -> None:
        release()
        stop()

    if threading.current_thread() is threading.main_thread():
        with contextlib.suppress(NotImplementedError):  # Windows
            for number in SIGNALS:
                loop.add_signal_handler(number, receive)
                added.append(number)
    try:
        yield
    finally:
        release()
