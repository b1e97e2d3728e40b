from __future__ import annotations

import asyncio

import pytest

import pgque
from support import tick

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
