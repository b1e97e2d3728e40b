# Generated from ../_async/consuming.py by scripts/derive_sync.py.
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from .._duration import Duration
from .._message import DeadLetter, Message, Nack, Page
from .._queries import consuming as queries
from .._statement import value
from .operations import Operations


class Consuming(Operations):
    """Receiving and acknowledging, for the role pgque_reader."""

    def subscribe(
        self, queue: str, consumer: str, start_at: Literal["latest", "earliest"] | datetime | None = None
    ) -> int:
        """Subscribe a consumer. 1 when it is new, 0 when it was there, and then nothing is changed.

        start_at: "latest", "earliest" (all that is still held), or a datetime with a timezone. Default "latest".
        Raises QueueNotFoundError.
        """
        return self._run(queries.subscribe(queue, consumer, start_at))

    def unsubscribe(self, queue: str, consumer: str, *, discard_retries: bool = False) -> int:
        """End a subscription. 1 when it ended, 0 when there was none.

        discard_retries: whether messages that wait for redelivery are thrown away. Default False: RetriesPendingError.
        """
        return self._run(queries.unsubscribe(queue, consumer, discard_retries))

    def receive(self, queue: str, consumer: str, max_messages: int = 100) -> list[Message]:
        """Open a batch of at most `max_messages`, or return the one that is open again.

        No messages: nothing is left up to the newest tick. The batch stays open until it is acknowledged.
        Raises QueueNotFoundError, ConsumerNotRegisteredError, ConsumerIsCooperativeError.
        """
        return self._run(queries.receive(queue, consumer, max_messages))

    def pages(self, queue: str, consumer: str, *, size: int = 1000) -> Iterator[Page]:
        """Receive page after page, each of at most `size` messages, until nothing is left up to the newest tick.

        A page is acknowledged when the loop goes on to the next. One whose body raises, or is left, is delivered again.
        """
        while messages := self.receive(queue, consumer, size):
            yield Page(messages[0].batch_id, messages)
            self.ack(messages[0].batch_id)

    def ack(self, batch_id: int) -> int:
        """Acknowledge exactly what `receive` returned. 1, or 0 when the batch is not open, or no longer."""
        return self._run(queries.ack(batch_id))

    def nack(
        self,
        batch_id: int,
        msg: Message | int,
        retry_after: Duration | None = None,
        reason: str | None = None,
        *,
        dead: bool = False,
    ) -> int:
        """Give one message of an open batch back. Ack the batch afterwards. 1, or 0 when it was given back before.

        msg: the message, or its id.
        retry_after: until it comes again, a timedelta, seconds, or a text such as "5 minutes". Default 60 seconds.
        reason: kept with the dead letter, which it is when it was given back `max_retries` times. Default None.
        dead: whether it goes to the dead letters now. Default False.
        Raises BatchNotFoundError, MessageNotFoundError.
        """
        msg_id = msg.msg_id if isinstance(msg, Message) else msg
        return self.nack_many(batch_id, [Nack(msg_id, retry_after, reason, dead)])

    def nack_many(self, batch_id: int, nacks: Sequence[Nack]) -> int:
        """Give many messages back in one statement; return how many were recorded now."""
        return self._run(queries.nack(batch_id, nacks))

    def settle(self, batch_id: int, nacks: Sequence[Nack] = ()) -> int:
        """`nack_many` and `ack` in one statement; return what `ack` returns."""
        return self._run(queries.settle(batch_id, nacks))

    def seek(self, queue: str, consumer: str, to: Literal["latest", "earliest"] | datetime | int) -> int:
        """Move a consumer without an open batch to a position, forward or back; return the tick that it stands at.

        to: "latest", "earliest", a datetime with a timezone, or a tick id. Its pending retries stay.
        Raises BatchOpenError, PositionNotHeldError.
        """
        return self._run(queries.seek(queue, consumer, to))

    def dlq_inspect(self, queue: str, limit: int = 100) -> list[DeadLetter]:
        """Return the newest dead letters of a queue."""
        return self._run(queries.dlq_inspect(queue, limit))

    def register_consumer(self, queue: str, consumer: str) -> int:
        """Subscribe: PgQ's name."""
        return self._run(value(int, "pgque.register_consumer(%s::text, %s::text)", queue, consumer))

    def register_consumer_at(self, queue: str, consumer: str, tick_id: int) -> int:
        """Subscribe from a tick on, or move a consumer that is there. 1 when it is new, else 0."""
        call = "pgque.register_consumer_at(%s::text, %s::text, %s::bigint)"
        return self._run(value(int, call, queue, consumer, tick_id))

    def unregister_consumer(self, queue: str, consumer: str) -> int:
        """Unsubscribe: PgQ's name."""
        return self._run(value(int, "pgque.unregister_consumer(%s::text, %s::text)", queue, consumer))
