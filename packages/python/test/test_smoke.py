from __future__ import annotations

import asyncio

import pytest

import pgque
from conftest import MakeConsumer
from support import drain, is_waiting, running, tick, wait_until

pytestmark = pytest.mark.smoke


def test_what_is_sent_is_received_and_acknowledged(client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "billing")
    msg_id = client.send(queue, {"order_id": 42}, type="order.created")
    tick(client, queue)
    [message] = client.receive(queue, "billing")
    assert (message.msg_id, message.type, message.payload) == (msg_id, "order.created", {"order_id": 42})
    assert client.ack(message.batch_id) == 1
    assert client.ack(message.batch_id) == 0
    assert client.receive(queue, "billing") == []


def test_the_asynchronous_client_does_the_same(dsn: str, client: pgque.PgqueClient, queue: str) -> None:
    async def run() -> None:
        async with await pgque.AsyncPgqueClient.connect(dsn, autocommit=True) as aclient:
            await aclient.subscribe(queue, "billing")
            msg_id = await aclient.send(queue, {"order_id": 42})
            tick(client, queue)
            [message] = await aclient.receive(queue, "billing")
            assert (message.msg_id, message.type) == (msg_id, "default")
            assert await aclient.ack(message.batch_id) == 1

    asyncio.run(run())


def test_a_consumer_handles_and_settles_what_comes(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    consumer = make_consumer(idle_poll_interval=3600)
    seen: list[int] = []
    consumer.on("job", lambda message: seen.append(message.payload))
    with running(consumer):
        wait_until(lambda: is_waiting(consumer))
        client.send_batch(queue, "job", [1, 2])
        client.send(queue, 3, type="unheard of")
        tick(client, queue)
        wait_until(lambda: (consumer.health().acked, consumer.health().retried) == (2, 1))
    assert seen == [1, 2]


def test_a_member_handles_and_settles_what_comes(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "group")
    client.send(queue, 1)
    tick(client, queue)
    consumer = make_consumer("group", subconsumer="one", dead_interval="1 minute")
    consumer.on("*", lambda _message: None)
    assert drain(consumer) == 1
    assert client.consumer_stats(queue)[0].pending_events_estimate == 0
