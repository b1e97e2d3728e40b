# Over 300 lines: all faults that a consumer outlives, on one setup.
from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from functools import partial

import psycopg
import pytest

import pgque
from conftest import MakeConsumer
from pgque._duty import Place
from support import AnyConsumer, is_waiting, running, start, tick, wait_until, worker_process


def control(command: str) -> None:
    """Breaks or mends the private server, or the network before it; see openControl() of @pgque/testing."""
    request = urllib.request.Request(f"{os.environ['PGQUE_TEST_CONTROL']}/{command}", method="POST")
    with urllib.request.urlopen(request, timeout=60):
        pass


@pytest.fixture
def private_dsn() -> str:
    return os.environ["PGQUE_TEST_PRIVATE_DSN"]


@pytest.fixture
def private_queue(private_dsn: str) -> Iterator[str]:
    """A queue on the private server, with the consumer "worker"."""
    name = f"q_{uuid.uuid4().hex[:12]}"
    with pgque.connect(private_dsn, autocommit=True) as client:
        client.create_queue(name)
        client.subscribe(name, "worker")
    yield name
    with pgque.connect(private_dsn, autocommit=True) as client:
        client.drop_queue(name, force=True)


@pytest.fixture(params=["sync", "async"])
def worker(request: pytest.FixtureRequest, private_queue: str) -> AnyConsumer:
    """A consumer behind the network that can be broken."""
    kind: type[AnyConsumer] = pgque.Consumer if request.param == "sync" else pgque.AsyncConsumer
    return kind(os.environ["PGQUE_TEST_PROXY_DSN"], private_queue, "worker", dead_interval=2)


def send_one(dsn: str, queue: str, payload: object) -> None:
    with pgque.connect(dsn, autocommit=True) as client:
        client.send(queue, payload)
        tick(client, queue)


def has_acked(consumer: AnyConsumer, count: int) -> bool:
    return consumer.health().acked == count


def test_it_outlives_a_server_that_is_killed(worker: AnyConsumer, private_dsn: str, private_queue: str) -> None:
    seen: list[int] = []
    worker.on("*", lambda message: seen.append(message.payload))
    with running(worker):
        send_one(private_dsn, private_queue, 1)
        wait_until(lambda: worker.health().acked == 1)
        wait_until(lambda: is_waiting(worker))
        control("server.kill?SIGKILL")
        wait_until(lambda: worker.health().state == "recovering")
        assert not worker.health().is_healthy
        assert worker.health().last_error is not None
        control("server.start")
        send_one(private_dsn, private_queue, 2)
        wait_until(lambda: worker.health().acked == 2)
        wait_until(lambda: is_waiting(worker))
    assert seen == [1, 2]


def test_what_was_handled_while_the_server_was_away_is_not_handled_again(
    worker: AnyConsumer, private_dsn: str, private_queue: str
) -> None:
    seen: list[int] = []

    def handle(message: pgque.Message) -> None:
        seen.append(message.payload)
        if len(seen) == 1:
            control("server.kill?SIGKILL")

    worker.on("*", handle)
    send_one(private_dsn, private_queue, 1)
    with running(worker):
        wait_until(lambda: worker.health().state == "recovering")
        control("server.start")
        wait_until(lambda: worker.health().acked == 1)
        send_one(private_dsn, private_queue, 2)
        wait_until(lambda: worker.health().acked == 2)
    assert seen == [1, 2]


def test_it_outlives_terminated_backends(worker: AnyConsumer, private_dsn: str, private_queue: str) -> None:
    worker.on("*", lambda _message: None)
    with running(worker), pgque.connect(private_dsn, autocommit=True) as client:
        for count in range(1, 6):
            client.conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'pgque%'"
                " and pid <> pg_backend_pid()"
            )
            client.send(private_queue, count)
            tick(client, private_queue)
            wait_until(partial(has_acked, worker, count))


@pytest.mark.parametrize("fault", ["cut", "stall"])
def test_it_outlives_a_network_that_fails(
    fault: str, worker: AnyConsumer, private_dsn: str, private_queue: str
) -> None:
    worker.on("*", lambda _message: None)
    with running(worker):
        wait_until(lambda: is_waiting(worker))
        control(f"proxy.{fault}")
        # The session beside it asks for a sign of life, and gets none in time.
        wait_until(lambda: not worker.health().is_hearing)
        control("proxy.resume")
        send_one(private_dsn, private_queue, 1)
        wait_until(lambda: worker.health().acked == 1)


def test_a_call_gives_up_on_a_server_that_does_not_answer(private_dsn: str, private_queue: str) -> None:
    with pgque.connect(os.environ["PGQUE_TEST_PROXY_DSN"], autocommit=True, query_timeout=0.3) as client:
        assert client.version()
        control("proxy.stall")
        try:
            with pytest.raises(pgque.QueryTimeoutError) as caught:
                client.send(private_queue, 1)
            assert pgque.is_retryable(caught.value)
            with pytest.raises(pgque.ConnectionError):
                client.version()
        finally:
            control("proxy.resume")


def test_an_asynchronous_call_gives_up_on_a_server_that_does_not_answer() -> None:
    async def call() -> None:
        dsn = os.environ["PGQUE_TEST_PROXY_DSN"]
        async with await pgque.AsyncPgqueClient.connect(dsn, autocommit=True, query_timeout=0.3) as client:
            assert await client.version()
            control("proxy.stall")
            with pytest.raises(pgque.QueryTimeoutError):
                await client.version()

    try:
        asyncio.run(call())
    finally:
        control("proxy.resume")


def test_a_stop_holds_its_bound_when_the_server_does_not_answer(
    worker: AnyConsumer, private_dsn: str, private_queue: str
) -> None:
    def handle(_message: pgque.Message) -> None:
        control("proxy.blackhole")
        worker.stop(1)

    worker.on("*", handle)
    send_one(private_dsn, private_queue, 1)
    begun = time.monotonic()
    try:
        start(worker)
        assert time.monotonic() - begun < 3
        assert worker.health().acked == 0
    finally:
        control("proxy.resume")
    with pgque.connect(private_dsn, autocommit=True) as client:
        # Nothing was acknowledged: the batch is there for whoever comes next.
        assert [message.payload for message in client.receive(private_queue, "worker")] == [1]


def test_a_failed_settle_acknowledges_nothing_and_is_tried_again(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    client.send_batch(queue, "job", [1, 2])
    tick(client, queue)
    client.conn.execute(
        "create or replace function refuse() returns trigger language plpgsql as"
        " $$ begin raise exception 'disk full' using errcode = '53100'; end $$"
    )
    client.conn.execute("create trigger refuse before insert on pgque.later for each row execute function refuse()")
    consumer = make_consumer(retry=pgque.fixed("1 hour"))

    @consumer.on("job")
    def handle(message: pgque.Message) -> None:
        if message.payload == 1:
            raise ValueError("again")

    try:
        with running(consumer):
            wait_until(lambda: consumer.health().state == "recovering")
            assert len(client.in_flight(queue)) == 1
            assert consumer.health().acked == 0
            client.conn.execute("drop function refuse() cascade")
            wait_until(lambda: (consumer.health().acked, consumer.health().retried) == (1, 1))
    finally:
        client.conn.execute("drop function if exists refuse() cascade")
    assert client.consumer_stats(queue)[0].retries_pending == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_process_cleanly(
    number: signal.Signals, client: pgque.PgqueClient, dsn: str, queue: str
) -> None:
    client.subscribe(queue, "worker")
    client.send_batch(queue, "job", [1, 2])
    tick(client, queue)
    with worker_process(dsn, queue) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "handling 1\n"
        process.send_signal(number)
        process.stdin.write("done\n")
        process.stdin.flush()
        assert process.stdout.readline() == "stopped acked=1 retried=1\n"
        assert process.wait(10) == 0
    assert client.in_flight(queue) == []


def test_a_second_signal_ends_a_process_whose_handler_never_returns(
    client: pgque.PgqueClient, dsn: str, queue: str
) -> None:
    client.subscribe(queue, "worker")
    client.send(queue, 1, type="forever")
    tick(client, queue)
    with worker_process(dsn, queue) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "handling 1\n"
        process.send_signal(signal.SIGTERM)
        end = time.monotonic() + 15
        while process.poll() is None and time.monotonic() < end:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.05)
        assert process.returncode == -signal.SIGTERM
    assert len(client.in_flight(queue)) == 1


def test_what_a_killed_process_was_at_comes_again(
    make_consumer: MakeConsumer, client: pgque.PgqueClient, dsn: str, queue: str
) -> None:
    client.subscribe(queue, "worker")
    client.send_batch(queue, "job", [1, 2])
    tick(client, queue)
    with worker_process(dsn, queue) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "handling 1\n"
        process.kill()
    consumer = make_consumer()
    seen: list[int] = []
    consumer.on("job", lambda message: seen.append(message.payload))
    with running(consumer):
        wait_until(lambda: consumer.health().acked == 2)
    assert seen == [1, 2]


def test_through_a_pooler_it_polls_and_says_so(private_queue: str, caplog: pytest.LogCaptureFixture) -> None:
    dsn = os.environ["PGQUE_TEST_POOLER_DSN"]
    consumer = pgque.Consumer(dsn, private_queue, "worker", poll_interval="50 ms")
    handled = threading.Event()
    consumer.on("*", lambda _message: handled.set())
    with running(consumer):
        wait_until(lambda: consumer.health().state == "waiting")
        with pgque.connect(dsn, autocommit=True) as client:
            for number in range(10):
                client.send(private_queue, number)
            tick(client, private_queue)
        assert handled.wait(10)
        assert not consumer.health().is_hearing
    assert caplog.text.count("probably because of a pooler") == 1


def test_who_was_let_pass_for_want_of_a_lock_is_not_held_up_by_the_next_try(client: pgque.PgqueClient) -> None:
    place = Place("orders", "worker", 30, lambda: None)
    place.begin(client, is_own=False)
    place.end()
    assert place.is_held
    place.begin(client, is_own=True)
    assert not place.is_held
    place.beat(client)
    assert place.is_held
    place.end()
    assert not place.is_held


def test_what_cannot_connect_says_so(private_dsn: str) -> None:
    for dsn in (psycopg.conninfo.make_conninfo(private_dsn, dbname="nowhere"), "postgresql://127.0.0.1:1/nowhere"):
        with pytest.raises(pgque.ConnectionError) as caught:
            pgque.connect(dsn)
        assert caught.value.code == "connection_failed"
        assert pgque.is_retryable(caught.value)
        assert isinstance(caught.value.__cause__, psycopg.OperationalError)
    with pytest.raises(pgque.InvalidArgumentError):
        pgque.connect("postgresql://localhost/mydb?no_such_option=1")
