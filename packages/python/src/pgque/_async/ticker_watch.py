from __future__ import annotations

import logging
import math
from datetime import timedelta
from time import monotonic

from .client import AsyncPgqueClient

_logger = logging.getLogger("pgque.consumer")

_INTERVAL_SECONDS = 60.0
_LATE_INTERVAL_SECONDS = 5.0


class AsyncTickerWatch:
    """A queue that nobody ticks looks like an empty one.

    Looks once a minute, while nothing comes, whether the newest tick is much older than the slowest pace of the ticker,
    and warns once; from then on it looks more often.
    """

    def __init__(self, queue: str) -> None:
        self._queue = queue
        self._looked_at = -math.inf
        self.is_ticked = True
        """Whether something ticks the queue, as far as is known."""

    def note(self) -> None:
        """There was a message, and so a tick."""
        self.is_ticked = True

    async def look(self, client: AsyncPgqueClient) -> None:
        """Ask the server, if it is time."""
        if monotonic() - self._looked_at < (_INTERVAL_SECONDS if self.is_ticked else _LATE_INTERVAL_SECONDS):
            return
        self._looked_at = monotonic()
        for info in await client.get_queue_info(self._queue):
            slowest = info.ticker_idle_period + timedelta(seconds=_INTERVAL_SECONDS)
            is_late = not info.ticker_paused and not info.external_ticker and info.ticker_lag > slowest
            if is_late and self.is_ticked:
                _logger.warning(
                    "nothing ticks the queue %s, so nothing is delivered: run a ticker, or pg_cron with pgque.start()",
                    self._queue,
                )
            self.is_ticked = not is_late
