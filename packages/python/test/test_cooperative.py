from __future__ import annotations

import threading
import time

import pgque
from conftest import MakeConsumer
from support import drain, running, tick, wait_until, worker_process


def test_members_share_the_work_and_leave_nothing_behind(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "group")
    handled: dict[str, list[int]] = {"one": [], "two": []}
    both_at_work = threading.Barrier(2, timeout=20)

    def member(name: str) -> pgque.Consumer | pgque.AsyncConsumer:
        consumer = make_consumer("group", subconsumer=name, dead_interval="1 minute", max_messages=1)

        def handle(message: pgque.Message) -> None:
            # Neither goes on before the other one has a message, too.
            if not handled[name]:
                both_at_work.wait()
            handled[name].append(message.payload)

        consumer.on("job", handle)
        return consumer

    client.send_batch(queue, "job", [1, 2, 3, 4])
    with running(member("one")), running(member("two")):
        wait_until(lambda: client.get_consumer_info(queue))
        tick(client, queue)
        wait_until(lambda: sum(map(len, handled.values())) == 4)
        wait_until(lambda: not client.in_flight(queue))
    assert sorted(handled["one"] + handled["two"]) == [1, 2, 3, 4]
    assert [info.consumer for info in client.get_consumer_info(queue)] == ["group"]


def test_a_member_registers_what_is_missing(make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str) -> None:
    consumer = make_consumer("new", subconsumer="one", start_at="earliest")
    client.send(queue, 1)
    tick(client, queue)
    consumer.on("*", lambda _message: None)
    assert drain(consumer) == 1
    consumer = make_consumer("newer", subconsumer="one")
    consumer.on("*", lambda _message: None)
    assert drain(consumer) == 0
    assert {info.consumer for info in client.get_consumer_info(queue)} == {"new", "newer"}


def test_a_handler_that_blocks_keeps_its_batch(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "group")
    client.send(queue, 1)
    consumer = make_consumer("group", subconsumer="one", dead_interval=0.6)
    blocked, is_free = threading.Event(), threading.Event()

    def handle(_message: pgque.Message) -> None:
        # Of an asynchronous consumer it blocks the event loop.
        blocked.set()
        assert is_free.wait(20)

    consumer.on("*", handle)
    with running(consumer):
        wait_until(lambda: consumer.health().state == "waiting")
        tick(client, queue)
        assert blocked.wait(10)
        end = time.monotonic() + 2
        while time.monotonic() < end:
            assert client.receive_coop(queue, "group", "other", 1, 0.6) == []
            time.sleep(0.05)
        is_free.set()
        wait_until(lambda: consumer.health().acked == 1)


def test_a_lost_lease_is_noticed_and_what_the_handler_did_late_does_not_count(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "group")
    client.send_batch(queue, "job", [1, 2])
    consumer = make_consumer("group", subconsumer="one", dead_interval=0.6)
    started = threading.Event()
    seen: list[int] = []

    def handle(message: pgque.Message) -> None:
        seen.append(message.payload)
        started.set()
        if message.payload == 1 and len(seen) == 1:
            wait_until(lambda: consumer.is_cancelled)

    consumer.on("job", handle)
    with running(consumer):
        wait_until(lambda: consumer.health().state == "waiting")
        tick(client, queue)
        assert started.wait(10)
        # Somebody who takes every batch over, as if the member were dead.
        taken = wait_until(lambda: client.receive_coop(queue, "group", "thief", 10, 0))
        wait_until(lambda: consumer.health().state == "waiting")
        assert seen == [1]
        assert consumer.health().acked == 0
        assert client.ack(taken[0].batch_id) == 1
    client.unsubscribe_subconsumer(queue, "group", "thief", batch_handling=1)


def test_the_batch_of_a_killed_process_goes_to_another_member(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, dsn: str, queue: str
) -> None:
    client.subscribe_subconsumer(queue, "group", "killed")
    client.send(queue, 1)
    tick(client, queue)
    with worker_process(dsn, queue, "group", "killed") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "handling 1\n"
        process.kill()
    consumer = make_consumer("group", subconsumer="heir", dead_interval=0.5)
    seen: list[int] = []
    consumer.on("*", lambda message: seen.append(message.payload))
    with running(consumer):
        wait_until(lambda: seen == [1])
        wait_until(lambda: consumer.health().acked == 1)
