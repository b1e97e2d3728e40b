from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeVar

from .._statement import Statement

T = TypeVar("T")


class AsyncOperations(ABC):
    """What the methods of the client stand on."""

    @abstractmethod
    async def _run(self, statement: Statement[T]) -> T:
        """Runs a statement in the transaction of the connection, and reads its rows."""
