"""What several tests need."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pgque

AnyConsumer = pgque.Consumer | pgque.AsyncConsumer


def tick(client: pgque.PgqueClient, queue: str) -> None:
    """Makes deliverable what was sent. The client is in autocommit."""
    client.force_next_tick(queue)
    client.tick(queue)


def wait_until(predicate: Callable[[], Any], timeout: float = 15.0) -> Any:
    """Asks until the answer is true, and returns it."""
    end = time.monotonic() + timeout
    while not (answer := predicate()):
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)
    return answer


def drain(consumer: AnyConsumer, timeout: float = 15.0) -> int:
    """Drains a consumer of either kind."""
    if isinstance(consumer, pgque.AsyncConsumer):
        return asyncio.run(consumer.drain(timeout))
    return consumer.drain(timeout)


def start(consumer: AnyConsumer) -> None:
    """Starts a consumer of either kind, and returns when it has stopped."""
    if isinstance(consumer, pgque.AsyncConsumer):
        asyncio.run(consumer.start(handle_signals=False))
    else:
        consumer.start(handle_signals=False)


@contextlib.contextmanager
def running(consumer: AnyConsumer) -> Iterator[AnyConsumer]:
    """Runs a consumer in a thread of its own, and stops it at the end; what it raised is raised there."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            start(consumer)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield consumer
    finally:
        consumer.stop(5)
        thread.join(20)
        assert not thread.is_alive(), "the consumer did not stop"
        for error in errors:
            raise error


def is_waiting(consumer: AnyConsumer) -> bool:
    """Whether it has nothing to do and hears."""
    health = consumer.health()
    return health.state == "waiting" and health.is_hearing


def worker_process(dsn: str, queue: str, name: str = "worker", *member: str) -> subprocess.Popen[str]:
    """The program worker.py."""
    command = [sys.executable, str(Path(__file__).with_name("worker.py")), dsn, queue, name, *member]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
