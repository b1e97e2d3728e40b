# Generated from ../_async/source.py by scripts/derive_sync.py.
from __future__ import annotations

import logging

from .._consumer_settings import ConsumerSettings
from .._duty import Heartbeat, Place
from .._engine_errors import ConsumerIsCooperativeError, ConsumerIsNormalError, ConsumerNotRegisteredError
from .._message import Message
from .client import PgqueClient
from .server import Server

_logger = logging.getLogger("pgque.consumer")


class PlainSource:
    """A consumer that reads alone. Its batch stays open until it is settled, in whatever process."""

    def __init__(self, settings: ConsumerSettings, place: Place) -> None:
        self._settings = settings
        self._place = place

    @property
    def is_free(self) -> bool:
        """Whether this process may read."""
        return self._place.is_held

    def join(self, client: PgqueClient) -> None:
        """Subscribe when it is said where to begin; else the subscription must be there."""
        settings = self._settings
        names = _consumers(client, settings.queue)
        if any(name.startswith(f"{settings.name}.") for name in names):
            raise ConsumerIsCooperativeError(
                f"consumer is cooperative: {settings.queue}, {settings.name}",
                hint="It has members: start this one with a subconsumer too, or let the last of them leave.",
            )
        if settings.name in names:
            return
        if settings.start_at is None:
            raise ConsumerNotRegisteredError(
                f"consumer not registered: {settings.queue}, {settings.name}",
                hint='Say where it begins, start_at="latest" or "earliest", or subscribe it in a migration.',
            )
        client.subscribe(settings.queue, settings.name, settings.start_at)

    def receive(self, client: PgqueClient) -> list[Message]:
        """Open the next batch, or return the open one again."""
        return client.receive(self._settings.queue, self._settings.name, self._settings.page_size)

    def settling(self) -> None:
        """Before a batch is settled."""

    def poll_interval(self, *, is_hearing: bool) -> float:
        """Seconds after which to ask again although nobody has called."""
        return self._settings.idle_poll_interval if is_hearing else self._settings.poll_interval

    def leave(self, server: Server) -> None:
        """Nothing to give up: the place goes with its session."""


class MemberSource:
    """One member of a cooperative consumer. While it has a batch, a thread sends heartbeats for it."""

    is_free = True

    def __init__(self, settings: ConsumerSettings, heartbeat: Heartbeat) -> None:
        self._settings = settings
        self._heartbeat = heartbeat
        self._member = (settings.queue, settings.name, settings.subconsumer or "")

    def join(self, client: PgqueClient) -> None:
        """Register this member, and what is missing for it. A consumer that nobody reads is made cooperative."""
        settings = self._settings
        if settings.name not in _consumers(client, settings.queue):
            if settings.start_at is None:
                _logger.info("consumer %s is new and begins at the newest tick", settings.about())
            client.subscribe(settings.queue, settings.name, settings.start_at)
        client.register_subconsumer(*self._member, convert_normal=True)

    def receive(self, client: PgqueClient) -> list[Message]:
        """Open a batch, or return the open one again."""
        settings = self._settings
        try:
            messages = client.receive_coop(*self._member, settings.page_size, settings.dead_interval)
        except ConsumerIsNormalError:
            # It was removed for its silence, and then the last of the others left.
            client.register_subconsumer(*self._member, convert_normal=True)
            messages = client.receive_coop(*self._member, settings.page_size, settings.dead_interval)
        if messages:
            self._heartbeat.open(messages[0].batch_id)
        return messages

    def settling(self) -> None:
        """Before a batch is settled: no more heartbeats for it."""
        self._heartbeat.close()

    def poll_interval(self, *, is_hearing: bool) -> float:
        """Seconds after which to ask again: a batch of a process that died is announced by nobody."""
        return min(self._settings.poll_interval, self._settings.lease)

    def leave(self, server: Server) -> None:
        """Give the member up, and what it still holds."""
        with server.asked() as client:
            client.unregister_subconsumer(*self._member, batch_handling=1)


def _consumers(client: PgqueClient, queue: str) -> set[str]:
    """The names of the consumers of a queue. Raises QueueNotFoundError."""
    client.get_queue_config(queue)
    return {stats.consumer for stats in client.consumer_stats(queue)}
