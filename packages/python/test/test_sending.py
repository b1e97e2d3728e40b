from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest

import pgque
from support import tick


@pytest.mark.parametrize(
    "payload",
    [
        None,
        True,
        0,
        2**53 + 1,
        -1.5,
        "",
        "text",
        'quotes " and \\ backslashes',
        "ünïcödé 🐘\u2028",
        "a\0b",
        "half \ud83d of a pair",
        [],
        {},
        {"a": [1, {"b": None}]},
        "x" * 1_000_000,
    ],
    ids=lambda payload: repr(payload)[:20],
)
def test_a_payload_arrives_as_it_was_sent(client: pgque.PgqueClient, queue: str, payload: Any) -> None:
    client.subscribe(queue, "worker")
    client.send(queue, payload)
    client.send_batch(queue, "job", [payload])
    tick(client, queue)
    assert [message.payload for message in client.receive(queue, "worker")] == [payload, payload]


def test_a_text_that_is_no_json_and_null_arrive_as_they_are(client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    for data in ("no json {", "NaN", None, "null", "9" * 5000, "[" * 100_000):
        client.insert_event(queue, "job", data)
    tick(client, queue)
    messages = client.receive(queue, "worker")
    expected = [("no json {", "no json {"), ("NaN", "NaN"), (None, None), (None, "null")]
    assert [(message.payload, message.raw_payload) for message in messages[:4]] == expected
    assert all(message.payload == message.raw_payload for message in messages[4:])


@pytest.mark.parametrize("payload", [b"bytes", {1, 2}, object(), math.nan, math.inf, datetime.now(timezone.utc)])
def test_a_payload_without_json_form_is_refused_before_anything_is_sent(
    client: pgque.PgqueClient, queue: str, payload: Any
) -> None:
    with pytest.raises(pgque.InvalidArgumentError):
        client.send(queue, payload)
    with pytest.raises(pgque.InvalidArgumentError):
        client.send_batch(queue, "job", [1, payload])
    assert client.get_queue_info(queue)[0].new_events == 0


def test_events_carry_their_type_and_extras(client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    client.send(queue, pgque.Event({"id": 1}, "created", extra1="a", extra4="d"))
    client.send_batch(queue, [pgque.Event(2), pgque.Event(3, "paid", extra1="b")])
    tick(client, queue)
    assert [(m.type, m.payload, m.extra1, m.extra4) for m in client.receive(queue, "worker")] == [
        ("created", {"id": 1}, "a", "d"),
        ("default", 2, None, None),
        ("paid", 3, "b", None),
    ]


def test_what_cannot_be_an_event_is_refused(client: pgque.PgqueClient, queue: str) -> None:
    wrong: list[Any] = [
        lambda: client.send(queue, pgque.Event(1), type="job"),
        lambda: client.send(queue, 1, type="a\0b"),
        lambda: client.send(queue, 1, type=7),  # type: ignore[arg-type]
        lambda: client.send_batch(queue, "job", "text"),
        lambda: client.send_batch(queue, [1, 2]),  # type: ignore[list-item]
        lambda: client.send_batch(queue, [pgque.Event(1, extra2="b")]),
        lambda: client.send_at(queue, pgque.Event(1, extra1="a"), 1),
        lambda: client.send_at(queue, 1, datetime.now()),  # noqa: DTZ005
        lambda: client.insert_event(queue, "job", "a\0b"),
    ]
    for call in wrong:
        with pytest.raises(pgque.InvalidArgumentError):
            call()


def test_an_empty_batch_is_empty_whatever_the_queue(client: pgque.PgqueClient) -> None:
    assert client.send_batch("nowhere", "job", []) == []
    assert client.send_batch("nowhere", []) == []


def test_ids_come_in_the_order_of_the_payloads(client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    ids = client.send_batch(queue, "job", range(100))
    tick(client, queue)
    assert [(m.msg_id, m.payload) for m in client.receive(queue, "worker")] == list(zip(ids, range(100), strict=True))


def test_a_delayed_event_is_delivered_when_it_is_due_and_can_be_taken_back(
    client: pgque.PgqueClient, queue: str
) -> None:
    client.subscribe(queue, "worker")
    client.send_at(queue, "past", datetime.now(timezone.utc) - timedelta(hours=1), type="job")
    later = client.send_at(queue, "later", "1 hour")
    assert client.cancel(later) is True
    assert client.cancel(later) is False
    client.send_at(queue, "soon", 0)
    client.maint_retry_events()
    tick(client, queue)
    assert {(m.type, m.payload) for m in client.receive(queue, "worker")} == {("job", "past"), ("default", "soon")}


def test_what_is_sent_goes_with_the_transaction_of_the_caller(dsn: str, client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    with psycopg.connect(dsn) as conn:
        with pytest.raises(ZeroDivisionError), conn.transaction():
            pgque.PgqueClient(conn).send(queue, "rolled back")
            raise ZeroDivisionError
        with conn.transaction():
            pgque.PgqueClient(conn).send(queue, "kept")
        with pgque.PgqueClient(conn) as own:
            own.send(queue, "never committed")
        assert not conn.closed
        conn.rollback()
    tick(client, queue)
    assert [message.payload for message in client.receive(queue, "worker")] == ["kept"]


def test_a_client_does_not_commit_by_itself(dsn: str, client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    with pgque.connect(dsn) as other:
        other.send(queue, 1)
        other.conn.commit()
        other.send(queue, 2)
    assert other.conn.closed
    other.close()
    tick(client, queue)
    assert [message.payload for message in client.receive(queue, "worker")] == [1]


def test_the_settings_of_a_connection_change_nothing(dsn: str, client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    options = "-c intervalstyle=sql_standard -c datestyle=German -c timezone=Asia/Kathmandu -c extra_float_digits=0"
    with psycopg.connect(
        dsn,
        autocommit=True,
        options=options,
        row_factory=psycopg.rows.dict_row,
        cursor_factory=psycopg.RawCursor,
    ) as conn:
        own = pgque.PgqueClient(conn)
        before = datetime.now(timezone.utc)
        own.send(queue, {"a": 1})
        tick(own, queue)
        [message] = own.receive(queue, "worker")
        assert message.payload == {"a": 1}
        assert abs(message.created_at - before) < timedelta(minutes=1)
        assert own.nack(message.batch_id, message, timedelta(milliseconds=1500)) == 1
        assert own.get_queue_config(queue).rotation_period == timedelta(hours=2)
