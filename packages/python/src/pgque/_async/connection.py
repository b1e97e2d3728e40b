from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from .._from_driver import AnswerTimeoutError

_moment: ContextVar[Callable[[], float] | None] = ContextVar("pgque_give_up_at", default=None)


@contextmanager
def give_up_at(moment: Callable[[], float]) -> Generator[None, None, None]:
    """Within it, a server that has not answered at this moment of the monotonic clock loses its connection."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


class AsyncTimedConnection(psycopg.AsyncConnection[TupleRow]):
    """A connection that heeds `give_up_at`: a network that swallows everything says nothing, and never would."""

    async def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        """Wait as psycopg does, and no longer than until the moment."""
        moment = _moment.get()
        return await super().wait(gen if moment is None else self._until(moment, gen), *args, **kwargs)

    def _until(self, moment: Callable[[], float], gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        # psycopg resumes a generator several times a second, also when nothing has come.
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and monotonic() >= moment():
                    self.pgconn.finish()
                    raise AnswerTimeoutError("the server did not answer in time")
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value
