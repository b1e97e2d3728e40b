"""What several tests need."""

from __future__ import annotations

import pgque


def tick(client: pgque.PgqueClient, queue: str) -> None:
    """Makes deliverable what was sent. The client is in autocommit."""
    client.force_next_tick(queue)
    client.tick(queue)
