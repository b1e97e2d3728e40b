# Generated from ../_async/operations.py by scripts/derive_sync.py.
from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeVar

from .._statement import Statement

T = TypeVar("T")


class Operations(ABC):
    """What the methods of the client stand on."""

    @abstractmethod
    def _run(self, statement: Statement[T]) -> T:
        """Runs a statement in the transaction of the connection, and reads its rows."""
