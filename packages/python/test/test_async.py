from __future__ import annotations

import asyncio
import time

import pytest

import pgque
from support import tick


@pytest.fixture
def consumer(dsn: str, client: pgque.PgqueClient, queue: str) -> pgque.AsyncConsumer:
    """With two messages to receive."""
    client.subscribe(queue, "worker")
    client.send_batch(queue, "job", [1, 2])
    tick(client, queue)
    return pgque.AsyncConsumer(dsn, queue, "worker", stop_timeout=1)


def test_handlers_are_awaited(consumer: pgque.AsyncConsumer) -> None:
    seen: list[int] = []

    @consumer.on("job")
    async def handle(message: pgque.Message) -> None:
        await asyncio.sleep(0)
        seen.append(message.payload)
        if message.payload == 2:
            raise ValueError

    assert asyncio.run(consumer.drain()) == 2
    assert seen == [1, 2]
    assert (consumer.health().acked, consumer.health().retried) == (1, 1)


def test_a_handler_that_takes_too_long_to_stop_is_cancelled(
    consumer: pgque.AsyncConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    cancelled: list[bool] = []

    @consumer.on("job")
    async def handle(_message: pgque.Message) -> None:
        consumer.stop(0.5)
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(consumer.is_cancelled)

    asyncio.run(consumer.start(handle_signals=False))
    assert cancelled == [True]
    assert (consumer.health().acked, consumer.health().retried) == (0, 2)
    assert client.in_flight(queue) == []


def test_a_handler_that_heeds_no_cancellation_does_not_hold_up_a_stop(consumer: pgque.AsyncConsumer) -> None:
    @consumer.on("job")
    async def handle(_message: pgque.Message) -> None:
        consumer.stop(0.5)
        end = time.monotonic() + 5
        while time.monotonic() < end:
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                if consumer.health().state == "stopped":
                    raise

    begun = time.monotonic()
    asyncio.run(consumer.start(handle_signals=False))
    assert time.monotonic() - begun < 4
    assert consumer.health().acked == 0


def test_a_task_that_is_cancelled_stops_cleanly_first(
    consumer: pgque.AsyncConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    async def run() -> None:
        started = asyncio.Event()

        @consumer.on("job")
        async def handle(_message: pgque.Message) -> None:
            started.set()
            await asyncio.sleep(0.05)

        task = asyncio.create_task(consumer.start())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert consumer.health().state == "stopped"
    assert (consumer.health().acked, consumer.health().retried) == (1, 1)
    assert client.in_flight(queue) == []


def test_pages_and_transactions(dsn: str, consumer: pgque.AsyncConsumer, client: pgque.PgqueClient, queue: str) -> None:
    async def run() -> list[int]:
        async with await pgque.AsyncPgqueClient.connect(dsn) as aclient:
            payloads = [m.payload async for page in aclient.pages(queue, "worker", size=1) for m in page.messages]
            await aclient.conn.commit()
            await aclient.send(queue, "rolled back")
            return payloads

    assert asyncio.run(run()) == [1, 2]
    assert client.in_flight(queue) == []
    tick(client, queue)
    assert client.receive(queue, "worker") == []
