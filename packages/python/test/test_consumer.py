# Over 300 lines: all promises of a consumer, on one setup.
from __future__ import annotations

import asyncio
import os
import resource
import threading
import time

import pytest

import pgque
from conftest import MakeConsumer
from pgque._async.platform import Waker as AsyncWaker
from pgque._sync.platform import Waker as SyncWaker
from support import drain, is_waiting, running, start, tick, wait_until


def test_each_message_goes_to_the_handler_of_its_type(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    client.send(queue, {"id": 1}, type="created")
    client.send(queue, {"id": 2}, type="paid")
    client.send(queue, {"id": 3}, type="created")
    tick(client, queue)
    consumer = make_consumer()
    seen: list[tuple[str, object]] = []
    consumer.on("created", lambda message: seen.append(("created", message.payload["id"])))
    consumer.on("*", lambda message: seen.append(("*", message.payload["id"])))
    assert drain(consumer) == 3
    assert seen == [("created", 1), ("*", 2), ("created", 3)]
    health = consumer.health()
    assert (health.state, health.acked, health.retried, health.dead) == ("stopped", 3, 0, 0)
    assert client.receive(queue, "worker") == []


def test_a_handler_that_raises_gives_its_message_back_and_the_others_are_done(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    ids = client.send_batch(queue, "job", [1, 2, 3])
    tick(client, queue)
    consumer = make_consumer(retry=pgque.fixed(0))

    @consumer.on("job")
    def handle(message: pgque.Message) -> None:
        if message.payload == 2:
            raise ValueError("no second")

    assert drain(consumer) == 3
    assert consumer.health().retried == 1
    client.maint_retry_events()
    tick(client, queue)
    [again] = client.receive(queue, "worker")
    assert (again.msg_id, again.retry_count) == (ids[1], 1)


def test_verdicts_of_handlers_and_policies(make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    for type_ in ("never", "dead", "later", "broken policy"):
        client.send(queue, None, type=type_)
    tick(client, queue)
    consumer = make_consumer()

    def fail(message: pgque.Message) -> None:
        if message.type == "dead":
            raise pgque.DeadLetterError("no such address \0")
        if message.type == "later":
            raise pgque.RetryLaterError("1 hour", "busy")
        raise OSError(message.type)

    consumer.on("never", fail, retry=pgque.never())
    consumer.on("broken policy", fail, retry=lambda _attempt, _error: 1 / 0)
    consumer.on("*", fail)
    assert drain(consumer) == 4
    assert {(letter.type, letter.reason) for letter in client.dlq_inspect(queue)} == {
        ("never", "never"),
        ("dead", "no such address \ufffd"),
    }
    [stats] = client.consumer_stats(queue)
    assert stats.retries_pending == 2


def test_messages_of_an_unknown_type_come_back(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    client.send(queue, 1, type="unheard of")
    tick(client, queue)
    consumer = make_consumer()
    consumer.on("known", lambda _message: None)
    drain(consumer)
    assert consumer.health().retried == 1
    assert client.consumer_stats(queue)[0].retries_pending == 1


def test_messages_of_an_unknown_type_pass_with_the_policy_ack(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    client.send(queue, 1, type="unheard of")
    tick(client, queue)
    consumer = make_consumer(unknown_handler_policy="ack")
    consumer.on("known", lambda _message: None)
    drain(consumer)
    assert consumer.health().acked == 1
    assert client.consumer_stats(queue)[0].retries_pending == 0


def test_it_drains_what_many_batches_hold(make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    client.send_batch(queue, "job", list(range(25)))
    tick(client, queue)
    consumer = make_consumer(max_messages=10)
    batches: dict[int, list[int]] = {}
    consumer.on("job", lambda message: batches.setdefault(message.batch_id, []).append(message.payload))
    assert drain(consumer) == 25
    assert list(batches.values()) == [list(range(10)), list(range(10, 20)), list(range(20, 25))]


def test_a_tick_wakes_it_long_before_it_would_look(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    consumer = make_consumer(poll_interval=3600, idle_poll_interval=3600)
    handled = threading.Event()
    consumer.on("job", lambda _message: handled.set())
    with running(consumer):
        wait_until(lambda: is_waiting(consumer))
        assert consumer.health().is_healthy
        client.send(queue, 1, type="job")
        tick(client, queue)
        assert handled.wait(10)


def test_a_stop_gives_back_what_was_not_begun(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    ids = client.send_batch(queue, "job", [1, 2, 3])
    tick(client, queue)
    consumer = make_consumer()
    seen = []

    def handle(_message: pgque.Message) -> None:
        consumer.stop()
        seen.append((consumer.health().state, consumer.health().is_healthy))

    consumer.on("job", handle)
    start(consumer)
    assert seen == [("stopping", False)]
    assert (consumer.health().acked, consumer.health().retried) == (1, 2)
    assert client.in_flight(queue) == []
    client.maint_retry_events()
    tick(client, queue)
    assert [message.msg_id for message in client.receive(queue, "worker")] == ids[1:]


def test_a_consumer_that_was_stopped_before_its_start_ends_at_once(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    consumer = make_consumer()
    consumer.on("*", lambda _message: None)
    consumer.stop()
    start(consumer)
    assert consumer.health().state == "stopped"


def test_nothing_stays_open_after_a_stop(make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    before = threading.active_count()
    consumer = make_consumer()
    consumer.on("*", lambda _message: None)
    with running(consumer):
        wait_until(lambda: is_waiting(consumer))
        assert sessions_of_consumers(client) == 2
    wait_until(lambda: threading.active_count() <= before)
    wait_until(lambda: sessions_of_consumers(client) == 0)


def sessions_of_consumers(client: pgque.PgqueClient) -> int:
    row = client.conn.execute(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and application_name like 'pgque%' and pid <> pg_backend_pid()"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_start_is_refused_by_what_no_retry_will_change(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    def started(**options: object) -> None:
        consumer = make_consumer(**options)
        consumer.on("*", lambda _message: None)
        try:
            start(consumer)
        finally:
            assert consumer.health().state == "failed"

    with pytest.raises(pgque.QueueNotFoundError):
        started(queue="nowhere")
    with pytest.raises(pgque.ConsumerNotRegisteredError):
        started()
    client.subscribe_subconsumer(queue, "group", "one")
    with pytest.raises(pgque.ConsumerIsCooperativeError):
        started(name="group")


def test_where_a_new_consumer_begins(make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "other")
    client.send(queue, 1, type="job")
    tick(client, queue)
    for name, start_at, count in [("late", "latest", 0), ("early", "earliest", 1)]:
        consumer = make_consumer(name, start_at=start_at)
        consumer.on("job", lambda _message: None)
        assert drain(consumer) == count


def test_misuse_is_said_before_anything_runs(make_consumer: MakeConsumer) -> None:
    with pytest.raises(pgque.ConsumerError) as caught:
        start(make_consumer())
    assert caught.value.code == "no_handlers"
    consumer = make_consumer()
    consumer.on("job", lambda _message: None)
    with pytest.raises(pgque.InvalidArgumentError):
        consumer.on("job", lambda _message: None)
    for wrong in (
        {"max_messages": 0},
        {"unknown_handler_policy": "drop"},
        {"dead_interval": "soon"},
        {"name": ""},
        {"subconsumer": ""},
        {"dead_interval": 0},
    ):
        with pytest.raises(pgque.InvalidArgumentError):
            make_consumer(**wrong)


def test_a_consumer_is_started_once(make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    consumer = make_consumer()
    consumer.on("*", lambda _message: None)
    drain(consumer)
    for again in (lambda: drain(consumer), lambda: consumer.on("job", lambda _message: None)):
        with pytest.raises(pgque.ConsumerError) as caught:
            again()
        assert caught.value.code == "already_started"


def test_it_works_in_a_process_with_many_open_files(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    client.send(queue, 1)
    tick(client, queue)
    consumer = make_consumer()
    consumer.on("*", lambda _message: None)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(2048, hard), hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1024)]
    try:
        assert drain(consumer) == 1
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("kind", [SyncWaker, AsyncWaker])
def test_a_wake_up_counts_once(kind: type[SyncWaker | AsyncWaker]) -> None:
    async def waits() -> list[bool]:
        waker = kind()
        waker.bind()
        waker.wake()
        await asyncio.sleep(0)
        answers = []
        for _ in range(2):
            begun = time.monotonic()
            waiting = waker.wait(0.2)
            if waiting is not None:
                await waiting
            answers.append(time.monotonic() - begun < 0.2)
        return answers

    assert asyncio.run(waits()) == [True, False]


def test_an_async_handler_of_a_synchronous_consumer_is_refused(dsn: str) -> None:
    async def handle(_message: pgque.Message) -> None:
        """Nobody would await it."""

    with pytest.raises(pgque.InvalidArgumentError):
        pgque.Consumer(dsn, "orders", "worker").on("*", handle)


def test_a_drain_that_takes_too_long_says_so(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    first = make_consumer()
    first.on("*", lambda _message: None)
    with running(first):
        wait_until(lambda: is_waiting(first))
        # The place is taken, so that this one never gets to the end.
        second = make_consumer()
        second.on("*", lambda _message: None)
        with pytest.raises(pgque.ConsumerError) as caught:
            drain(second, 0.5)
    assert caught.value.code == "drain_timeout"


def test_one_process_of_a_name_works_and_the_next_takes_over(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    seen: list[tuple[str, int]] = []
    first, second = make_consumer(), make_consumer()
    first.on("job", lambda message: seen.append(("first", message.payload)))
    second.on("job", lambda message: seen.append(("second", message.payload)))
    with running(first):
        wait_until(lambda: is_waiting(first))
        with running(second):
            wait_until(lambda: second.health().state == "standing-by")
            client.send(queue, 1, type="job")
            tick(client, queue)
            wait_until(lambda: seen == [("first", 1)] and first.health().acked == 1)
            first.stop()
            wait_until(lambda: is_waiting(second))
            client.send(queue, 2, type="job")
            tick(client, queue)
            wait_until(lambda: seen == [("first", 1), ("second", 2)])
