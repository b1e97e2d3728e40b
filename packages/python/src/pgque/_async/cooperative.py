from __future__ import annotations

from .._duration import Duration
from .._message import BatchWindow, Message
from .._queries import cooperative as queries
from .operations import AsyncOperations


class AsyncCooperative(AsyncOperations):
    """Several processes share a consumer as its members: each message goes to one. For the role pgque_reader."""

    async def receive_coop(
        self,
        queue: str,
        consumer: str,
        subconsumer: str,
        max_messages: int = 100,
        dead_interval: Duration | None = None,
    ) -> list[Message]:
        """Receive as a member, which is registered if it is new.

        dead_interval: the batch of a member that was silent for so long is taken over first, under a new id; a
            timedelta, seconds, or a text such as "5 minutes". Default None: no batch is taken over.
        No messages: nothing is left, or another member's transaction holds the consumer.
        Raises QueueNotFoundError, ConsumerIsNormalError.
        """
        member = (queue, consumer, subconsumer)
        return await self._run(queries.receive_coop(member, max_messages, dead_interval))

    async def touch_subconsumer(self, queue: str, consumer: str, subconsumer: str) -> int:
        """Send the heartbeat of a member at work. 1, or 0 when it has no batch, or has lost it."""
        return await self._run(queries.touch_subconsumer((queue, consumer, subconsumer)))

    async def subscribe_subconsumer(
        self, queue: str, consumer: str, subconsumer: str, *, convert_normal: bool = False
    ) -> int:
        """Make a member. 1 when it is new, 0 when it was there.

        convert_normal: whether a consumer that was read as a normal one becomes cooperative. Default False:
            ConsumerIsNormalError.
        """
        member = (queue, consumer, subconsumer)
        return await self._run(queries.register("subscribe_subconsumer", member, convert_normal))

    async def unsubscribe_subconsumer(
        self, queue: str, consumer: str, subconsumer: str, *, batch_handling: int = 0
    ) -> int:
        """Remove a member. 1, or 0 when there is none. The last one to leave turns the consumer normal again.

        batch_handling: 1 gives the messages of its open batch back. Default 0: BatchOpenError.
        """
        member = (queue, consumer, subconsumer)
        return await self._run(queries.unregister("unsubscribe_subconsumer", member, batch_handling))

    async def register_subconsumer(
        self, queue: str, consumer: str, subconsumer: str, *, convert_normal: bool = False
    ) -> int:
        """Make a member: PgQ's name for `subscribe_subconsumer`."""
        member = (queue, consumer, subconsumer)
        return await self._run(queries.register("register_subconsumer", member, convert_normal))

    async def unregister_subconsumer(
        self, queue: str, consumer: str, subconsumer: str, *, batch_handling: int = 0
    ) -> int:
        """Remove a member: PgQ's name for `unsubscribe_subconsumer`."""
        member = (queue, consumer, subconsumer)
        return await self._run(queries.unregister("unregister_subconsumer", member, batch_handling))

    async def next_batch_coop(
        self, queue: str, consumer: str, subconsumer: str, dead_interval: Duration | None = None
    ) -> int | None:
        """Open the next window for a member and return the batch id; None when there is none. PgQ's primitive."""
        return await self._run(queries.next_batch_coop((queue, consumer, subconsumer), dead_interval))

    async def next_batch_custom_coop(
        self,
        queue: str,
        consumer: str,
        subconsumer: str,
        *,
        min_lag: Duration | None = None,
        min_count: int | None = None,
        min_interval: Duration | None = None,
        dead_interval: Duration | None = None,
    ) -> BatchWindow | None:
        """Do the same for a window that meets conditions; see `next_batch_custom`."""
        member = (queue, consumer, subconsumer)
        return await self._run(queries.next_batch_custom_coop(member, min_lag, min_count, min_interval, dead_interval))
