from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

import pgque
from support import tick

pytestmark = pytest.mark.smoke


def test_queues_are_created_configured_and_dropped(client: pgque.PgqueClient, queue: str) -> None:
    name = f"{queue}_more"
    assert client.create_queue(name, {"max_retries": 3, "rotation_period": "30 minutes"}) == 1
    assert client.create_queue(name) == 0
    config = client.get_queue_config(name)
    assert (config.max_retries, config.rotation_period) == (3, timedelta(minutes=30))
    assert (config.ticker_paused, config.max_consumer_lag) == (False, None)
    client.set_queue_config(name, {"max_retries": None, "ticker_paused": True, "max_consumer_lag": timedelta(days=1)})
    config = client.get_queue_config(name)
    assert (config.max_retries, config.ticker_paused, config.max_consumer_lag) == (5, True, timedelta(days=1))
    with pytest.raises(pgque.InvalidQueueConfigError):
        client.set_queue_config(name, {"max_retry": 1})  # type: ignore[typeddict-unknown-key]
    with pytest.raises(pgque.InvalidQueueConfigError):
        client.set_queue_config(name, {"max_retries": -1})
    client.subscribe(name, "worker")
    with pytest.raises(pgque.ConsumersAttachedError):
        client.drop_queue(name)
    assert client.drop_queue(name, force=True) == 1
    with pytest.raises(pgque.QueueNotFoundError):
        client.drop_queue(name)
    with pytest.raises(pgque.InvalidQueueNameError):
        client.create_queue("x" * 58)


def test_ticks(client: pgque.PgqueClient, queue: str) -> None:
    assert client.ticker() >= 0
    last = client.force_next_tick(queue)
    tick_id = client.tick(queue)
    assert tick_id is not None
    assert tick_id > last
    assert client.tick(queue) is None
    assert client.force_tick(queue) == tick_id
    client.pause_queue(queue)
    with pytest.raises(pgque.TickNotAllowedError):
        client.force_next_tick(queue)
    client.resume_queue(queue)
    client.send(queue, 1)
    pending = client.tick_pending()
    assert pending.ticked >= 1
    assert queue in (pending.queue_names or [])
    client.subscribe(queue, "worker")
    client.send(queue, 2)
    [message] = client.tick_and_receive(queue, "worker")
    assert client.ack(message.batch_id) == 1
    client.set_queue_config(queue, {"external_ticker": True})
    now = datetime.now(timezone.utc)
    assert client.external_tick(queue, 10**6, now, 10**6) == 10**6
    with pytest.raises(pgque.TickOutOfOrderError):
        client.external_tick(queue, 1, now, 1)
    with pytest.raises(pgque.InvalidArgumentError):
        client.external_tick(queue, 10**7, datetime.now(), 10**7)  # noqa: DTZ005


def test_upkeep(client: pgque.PgqueClient, queue: str) -> None:
    assert client.maint() >= 0
    assert client.maint_deliver_delayed() >= 0
    assert client.maint_rotate_tables_step1(queue) >= 0
    assert client.maint_rotate_tables_step2() >= 0
    assert client.rebase() == 0
    client.set_tick_period_ms(100)
    client.ticker_loop("10 ms")
    with pytest.raises(pgque.InvalidArgumentError):
        client.set_tick_period_ms(7)
    with pytest.raises(pgque.TransactionNotSupportedError), client.conn.transaction():
        client.ticker_loop(0.01)
    with pytest.raises(pgque.PgCronNotInstalledError):
        client.start()
    client.stop()
    with client.conn.transaction(force_rollback=True):
        assert client.lead_ticker() in (True, False)


def test_looking(client: pgque.PgqueClient, queue: str) -> None:
    client.subscribe(queue, "worker")
    client.send(queue, {"a": 1})
    tick(client, queue)
    [message] = client.receive(queue, "worker")
    [info] = client.get_queue_info(queue)
    assert (info.queue, info.ticker_max_count, info.rotation_period) == (queue, 500, timedelta(hours=2))
    assert info.switch_time.tzinfo is timezone.utc
    [consumer] = client.get_consumer_info(queue, "worker")
    assert (consumer.consumer, consumer.current_batch_id, consumer.pending_events) == ("worker", message.batch_id, 1)
    [stats] = client.queue_stats(queue)
    assert (stats.consumers, stats.slowest_consumer, stats.dead_letters) == (1, "worker", 0)
    [stat] = client.consumer_stats(queue)
    assert (stat.consumer, stat.batch_id) == ("worker", message.batch_id)
    [batch] = client.in_flight(queue)
    assert (batch.batch_id, batch.events) == (message.batch_id, 1)
    assert batch.age >= timedelta(0)
    assert [stuck.consumer for stuck in client.stuck_consumers(0) if stuck.queue == queue] == ["worker"]
    assert len(client.throughput(queue, "10 minutes", "1 minute")) == 10
    assert {finding.status for finding in client.health()} <= {"ok", "warn", "fail"}
    metric = next(metric for metric in client.metrics() if metric.labels.get("queue") == queue)
    assert isinstance(metric.value, float)
    assert any(component.component for component in client.status())
    assert client.version()
    assert len(client.get_queue_info()) >= 1
    assert len(client.get_consumer_info()) >= 1


def test_uninstalling_is_for_the_owner(client: pgque.PgqueClient) -> None:
    with pytest.raises(ZeroDivisionError), client.conn.transaction():
        client.uninstall()
        raise ZeroDivisionError
    with client.conn.transaction(force_rollback=True):
        client.conn.execute("set local role pgque_admin")
        with pytest.raises(pgque.PermissionDeniedError):
            client.uninstall()
