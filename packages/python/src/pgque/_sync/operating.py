# Generated from ../_async/operating.py by scripts/derive_sync.py.
from __future__ import annotations

from datetime import datetime, timedelta

from .._duration import Duration
from .._looking import PendingTicks
from .._message import Message
from .._queries import operating as queries
from .._queries.consuming import tick_and_receive
from .._queue_config import QueueConfigChange
from .._statement import nothing, value
from .operations import Operations


class Operating(Operations):
    """Queues, ticks and upkeep, for the role pgque_admin."""

    def create_queue(self, queue: str, config: QueueConfigChange | None = None) -> int:
        """Create a queue with these settings. 1 when it is new; 0 when it was there, and then nothing is changed.

        Raises InvalidQueueNameError, InvalidQueueConfigError.
        """
        return self._run(queries.create_queue(queue, config or {}))

    def drop_queue(self, queue: str, *, force: bool = False) -> int:
        """Drop a queue with its events, retries and dead letters. 1.

        force: whether its subscriptions go too. Default False: ConsumersAttachedError.
        """
        return self._run(value(int, "pgque.drop_queue(%s::text, %s::boolean)", queue, force))

    def set_queue_config(self, queue: str, config: QueueConfigChange) -> None:
        """Change settings of a queue, all or none; None sets the default again. See `QueueConfig`."""
        self._run(queries.set_queue_config(queue, config))

    def pause_queue(self, queue: str) -> int:
        """Stop the ticks of a queue; events are kept. 1."""
        return self._run(value(int, "pgque.pause_queue(%s::text)", queue))

    def resume_queue(self, queue: str) -> int:
        """Let a paused queue tick again. 1."""
        return self._run(value(int, "pgque.resume_queue(%s::text)", queue))

    def ticker(self) -> int:
        """Tick all queues that are due and return how many. Call it every second or more often, each time committed."""
        return self._run(value(int, "pgque.ticker()"))

    def tick(self, queue: str) -> int | None:
        """Tick one queue if it is due; return the tick id, or None."""
        return self._run(queries.ticker_of(queue))

    def external_tick(self, queue: str, tick_id: int, timestamp: datetime, event_seq: int) -> int:
        """Record a tick that an external ticker made, and return its id. Raises TickOutOfOrderError."""
        return self._run(queries.external_tick(queue, tick_id, timestamp, event_seq))

    def tick_pending(self, sleep_seconds: int = 0) -> PendingTicks:
        """Tick every queue that has events which no tick covers yet, at once. For tickers of one's own.

        sleep_seconds: the caller sleeps next, at most for so long, and listens to `pgque:doorbell`. Default 0.
        """
        return self._run(queries.tick_pending(sleep_seconds))

    def tick_and_receive(self, queue: str, consumer: str, max_messages: int = 100) -> list[Message]:
        """Receive, after a tick of the queue when it has something new. For consumers in the process of a ticker."""
        return self._run(tick_and_receive(queue, consumer, max_messages))

    def lead_ticker(self) -> bool:
        """Whether this session is the one that ticks, until it ends."""
        return self._run(value(bool, "pgque.lead_ticker()"))

    def force_next_tick(self, queue: str) -> int:
        """Make the next `ticker` tick this queue whatever its thresholds; return the id of the last tick. For tests."""
        return self._run(value(int, "pgque.force_next_tick(%s::text)", queue))

    def force_tick(self, queue: str) -> int:
        """Do what `force_next_tick` does: PgQ's name."""
        return self._run(value(int, "pgque.force_tick(%s::text)", queue))

    def maint(self) -> int:
        """Move the rotation of every log by one phase and return how many moved. Call it every few seconds."""
        return self._run(value(int, "pgque.maint()"))

    def maint_retry_events(self) -> int:
        """Bring back retries and delayed events that are due and return how many. Call it every few seconds."""
        return self._run(value(int, "pgque.maint_retry_events()"))

    def maint_deliver_delayed(self) -> int:
        """Do the same as `maint_retry_events`."""
        return self._run(value(int, "pgque.maint_deliver_delayed()"))

    def maint_rotate_tables_step1(self, queue: str) -> int:
        """Do the part of `maint` for the event log of one queue. For PgQ's schedule."""
        return self._run(value(int, "pgque.maint_rotate_tables_step1(%s::text)", queue))

    def maint_rotate_tables_step2(self) -> int:
        """Do the part of `maint` for the logs that all queues share. For PgQ's schedule."""
        return self._run(value(int, "pgque.maint_rotate_tables_step2()"))

    def rebase(self) -> int:
        """After a restore into another cluster, make what is stored fit its transaction ids; return how many queues."""
        return self._run(value(int, "pgque.rebase()"))

    def start(self) -> None:
        """Let pg_cron tick, bring retries and rotate. May be repeated. Raises PgCronNotInstalledError."""
        self._run(nothing("select pgque.start()::text"))

    def stop(self) -> None:
        """End what `start` began."""
        self._run(nothing("select pgque.stop()::text"))

    def set_tick_period_ms(self, ms: int) -> None:
        """Set the milliseconds between two ticks of `ticker_loop`, an exact divisor of 1000. 100 unless set."""
        self._run(nothing("select pgque.set_tick_period_ms(%s::integer)::text", ms))

    def ticker_loop(self, duration: Duration = 1.0) -> None:
        """Tick, bring retries and rotate for as long as that. Needs autocommit; keep it below `query_timeout`.

        Raises TransactionNotSupportedError.
        """
        self._run(queries.ticker_loop(duration))

    def dlq_purge(self, queue: str, older_than: Duration = timedelta(days=30)) -> int:
        """Delete old dead letters and return how many."""
        return self._run(queries.dlq_purge(queue, older_than))

    def uninstall(self) -> None:
        """Remove the schema with all queues. For its owner only."""
        self._run(nothing("select pgque.uninstall()::text"))
