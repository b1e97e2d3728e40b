from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone

import pytest

import pgque
from support import tick

pytestmark = pytest.mark.smoke


@pytest.fixture
def filled(client: pgque.PgqueClient, queue: str) -> list[int]:
    """The ids of three messages that "worker" can receive."""
    client.subscribe(queue, "worker")
    ids = client.send_batch(queue, "job", [1, 2, 3])
    tick(client, queue)
    return ids


def test_an_open_batch_is_received_again_and_ack_covers_no_more(
    client: pgque.PgqueClient, queue: str, filled: list[int]
) -> None:
    first = client.receive(queue, "worker", max_messages=2)
    assert [m.msg_id for m in first] == filled[:2]
    assert client.receive(queue, "worker", max_messages=100) == first
    assert client.ack(first[0].batch_id) == 1
    assert [m.msg_id for m in client.receive(queue, "worker")] == filled[2:]


def test_a_message_that_is_given_back_comes_again(client: pgque.PgqueClient, queue: str, filled: list[int]) -> None:
    first, second, third = client.receive(queue, "worker")
    assert first.retry_count is None
    assert client.nack(first.batch_id, first, retry_after=0, reason="busy") == 1
    assert client.nack(first.batch_id, first, retry_after=0) == 0
    assert client.nack(first.batch_id, second.msg_id, retry_after="1 hour") == 1
    assert client.nack(first.batch_id, third, dead=True, reason="no \0 good \ud83d") == 1
    assert client.ack(first.batch_id) == 1
    client.maint_retry_events()
    tick(client, queue)
    assert [(m.msg_id, m.retry_count) for m in client.receive(queue, "worker")] == [(filled[0], 1)]
    [letter] = client.dlq_inspect(queue)
    assert (letter.msg_id, letter.reason, letter.payload) == (filled[2], "no \ufffd good ?", 3)


def test_settle_gives_back_and_acknowledges_at_once(client: pgque.PgqueClient, queue: str, filled: list[int]) -> None:
    batch_id = client.receive(queue, "worker")[0].batch_id
    assert client.settle(batch_id, [pgque.Nack(filled[0], retry_after=0), pgque.Nack(filled[1], dead=True)]) == 1
    assert client.settle(batch_id) == 0
    with pytest.raises(pgque.BatchNotFoundError):
        client.nack_many(batch_id, [pgque.Nack(filled[0])])


def test_a_nack_of_what_the_batch_does_not_hold_is_refused(
    client: pgque.PgqueClient, queue: str, filled: list[int]
) -> None:
    batch_id = client.receive(queue, "worker")[0].batch_id
    with pytest.raises(pgque.MessageNotFoundError):
        client.nack(batch_id, filled[-1] + 1000)
    with pytest.raises(pgque.InvalidArgumentError):
        client.nack(batch_id, filled[0], retry_after=-1)


def test_pages_are_acknowledged_when_the_loop_goes_on(client: pgque.PgqueClient, queue: str, filled: list[int]) -> None:
    with pytest.raises(ZeroDivisionError):
        for page in client.pages(queue, "worker", size=2):
            if page.messages[0].payload == 3:
                raise ZeroDivisionError
    assert [m.payload for page in client.pages(queue, "worker") for m in page.messages] == [3]
    assert client.in_flight(queue) == []


def test_dead_letters_are_replayed_and_purged(client: pgque.PgqueClient, queue: str, filled: list[int]) -> None:
    batch_id = client.receive(queue, "worker")[0].batch_id
    client.settle(batch_id, [pgque.Nack(id_, dead=True) for id_ in filled])
    letters = client.dlq_inspect(queue)
    assert client.dlq_replay(letters[0].dead_letter_id) > 0
    with pytest.raises(pgque.DeadLetterNotFoundError):
        client.dlq_replay(letters[0].dead_letter_id)
    assert client.dlq_purge(queue) == 0
    assert client.dlq_replay_all(queue) == pgque.ReplayResult(replayed=2, failed=0, first_error=None)
    assert client.dlq_purge(queue, timedelta(0)) == 0


def test_a_consumer_moves_to_a_position(client: pgque.PgqueClient, queue: str, filled: list[int]) -> None:
    assert client.seek(queue, "worker", "latest") > 0
    assert client.receive(queue, "worker") == []
    start = client.seek(queue, "worker", "earliest")
    assert len(client.receive(queue, "worker")) == 3
    with pytest.raises(pgque.BatchOpenError):
        client.seek(queue, "worker", start)
    client.ack(client.receive(queue, "worker")[0].batch_id)
    assert client.seek(queue, "worker", start) == start
    assert client.seek(queue, "worker", datetime.now(timezone.utc)) >= start
    with pytest.raises(pgque.PositionNotHeldError):
        client.seek(queue, "worker", 2**40)


def test_a_subscription_ends(client: pgque.PgqueClient, queue: str, filled: list[int]) -> None:
    batch_id = client.receive(queue, "worker")[0].batch_id
    client.settle(batch_id, [pgque.Nack(filled[0])])
    with pytest.raises(pgque.RetriesPendingError):
        client.unsubscribe(queue, "worker")
    assert client.unsubscribe(queue, "worker", discard_retries=True) == 1
    assert client.unsubscribe(queue, "worker") == 0
    with pytest.raises(pgque.ConsumerNotRegisteredError):
        client.receive(queue, "worker")


def test_members_share_the_messages_of_a_consumer(client: pgque.PgqueClient, queue: str) -> None:
    assert client.subscribe_subconsumer(queue, "group", "one") == 1
    assert client.subscribe_subconsumer(queue, "group", "one") == 0
    client.send(queue, 1)
    tick(client, queue)
    [message] = client.receive_coop(queue, "group", "one", max_messages=100, dead_interval="5 minutes")
    assert client.receive_coop(queue, "group", "two") == []
    assert client.touch_subconsumer(queue, "group", "one") == 1
    assert client.touch_subconsumer(queue, "group", "two") == 0
    with pytest.raises(pgque.BatchOpenError):
        client.unsubscribe_subconsumer(queue, "group", "one")
    assert client.unsubscribe_subconsumer(queue, "group", "one", batch_handling=1) == 1
    assert client.ack(message.batch_id) == 0
    assert client.unregister_subconsumer(queue, "group", "two") == 1
    client.subscribe(queue, "normal")
    with pytest.raises(pgque.ConsumerIsNormalError):
        client.register_subconsumer(queue, "normal", "one")
    assert client.register_subconsumer(queue, "normal", "one", convert_normal=True) == 1
    with pytest.raises(pgque.ConsumerIsCooperativeError):
        client.receive(queue, "normal")


def test_the_primitives_of_pgq(client: pgque.PgqueClient, queue: str, filled: list[int]) -> None:
    assert client.register_consumer(queue, "second") == 1
    assert client.next_batch(queue, "second") is None
    assert client.next_batch_info(queue, "second") is None
    assert client.next_batch_custom(queue, "worker", min_lag="1 hour") is None
    window = client.next_batch_custom(queue, "worker", min_count=1)
    assert window is not None
    assert window.tick_id > window.previous_tick_id
    batch_id = window.batch_id
    assert client.next_batch(queue, "worker") == batch_id
    assert client.next_batch_info(queue, "worker") == window
    events = client.get_batch_events(batch_id)
    assert [(event.event_id, event.payload) for event in events] == list(zip(filled, [1, 2, 3], strict=True))
    info = client.get_batch_info(batch_id)
    assert info is not None
    assert (info.queue, info.consumer, info.tick_id) == (queue, "worker", window.tick_id)
    assert client.event_retry(batch_id, filled[0], 60) == 1
    assert client.event_retry(batch_id, filled[1], datetime.now(timezone.utc)) == 1
    assert client.event_dead(batch_id, filled[2], "by hand") == 1
    assert client.batch_retry(batch_id, 60) >= 0
    with client.conn.transaction():
        assert len(client.get_batch_cursor(batch_id, "cursor_of_test", 2)) == 2
    assert client.finish_batch(batch_id) == 1
    assert client.get_batch_info(batch_id) is None
    assert client.next_batch_coop(queue, "group", "one") is None
    assert client.next_batch_custom_coop(queue, "group", "one", min_count=1, dead_interval=60) is None
    assert client.register_consumer_at(queue, "second", window.tick_id) == 0
    assert client.unregister_consumer(queue, "second") == 1


def test_a_transaction_that_is_left_open_is_mentioned(dsn: str, queue: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "pgque"), pgque.connect(dsn) as client:
        client.send(queue, 1)
    assert "rolled back" in caplog.text
