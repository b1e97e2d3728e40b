from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Literal, TypeAlias

from ._duration import Duration, to_seconds

RetryPolicy: TypeAlias = Callable[[int, BaseException], Duration | Literal["dead"]]
"""When a message comes back after its handler raised: a function of the attempt, from 1, and of the error.

It returns a delay, or "dead" for the dead letters.
"""


class DeadLetterError(Exception):
    """Raised by a handler: this message will never work, and goes to the dead letters at once."""


class RetryLaterError(Exception):
    """Raised by a handler: this message will work after this delay.

    retry_after: a timedelta, seconds, or a text such as "5 minutes".
    """

    def __init__(self, retry_after: Duration, reason: str = "") -> None:
        super().__init__(retry_after, reason)
        self.retry_after = to_seconds(retry_after, "retry_after")
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


def exponential(
    *,
    base: Duration = 1.0,
    max: Duration = "10 minutes",  # noqa: A002
    factor: float = 2.0,
    jitter: bool = True,
    max_attempts: int | None = None,
) -> RetryPolicy:
    """Delays that grow by a factor: 1 s, 2 s, 4 s and so on up to 10 min.

    base: delay after the first attempt. Default 1 second.
    max: longest delay. Default 10 minutes.
    factor: what each delay is multiplied by. Default 2.
    jitter: whether a delay is anything from half of it to all of it, so that what failed together does not come back
        together. Default True.
    max_attempts: after which a message is dead. Default None: as the queue is set, 6.
    """
    first, longest, most = to_seconds(base, "base"), to_seconds(max, "max"), _most(max_attempts)

    def policy(attempt: int, _error: BaseException) -> Duration | Literal["dead"]:
        if attempt >= most:
            return "dead"
        # No power beyond what a float holds.
        full = min(longest, first * factor ** min(attempt - 1, 64))
        return full * random.uniform(0.5, 1.0) if jitter else full  # noqa: S311

    return policy


def fixed(delay: Duration, *, max_attempts: int | None = None) -> RetryPolicy:
    """The same delay each time. max_attempts: after which a message is dead. Default None: as the queue is set, 6."""
    seconds, most = to_seconds(delay, "delay"), _most(max_attempts)
    return lambda attempt, _error: "dead" if attempt >= most else seconds


def never() -> RetryPolicy:
    """No second attempt."""
    return lambda _attempt, _error: "dead"


def _most(max_attempts: int | None) -> float:
    return math.inf if max_attempts is None else max_attempts
