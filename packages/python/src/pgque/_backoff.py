from __future__ import annotations

import random


class Backoff:
    """Pauses between tries that grow, with jitter, so that what failed together does not return together."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = self._next = first
        self._longest = longest

    def reset(self) -> None:
        """Begin with the first pause again."""
        self._next = self._first

    def next_pause(self) -> float:
        """Seconds to wait before the next try."""
        pause = self._next * random.uniform(0.5, 1.0)  # noqa: S311
        self._next = min(self._next * 2, self._longest)
        return pause


_PASSING = ("25006", "53", "55", "57", "58", "XX")


def is_passing_sqlstate(sqlstate: str | None) -> bool:
    """Whether it may pass by itself: the server is read-only, out of resources, not ready, or out of order."""
    return sqlstate is not None and sqlstate.startswith(_PASSING)
