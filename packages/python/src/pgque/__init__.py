from __future__ import annotations

from ._async.client import AsyncPgqueClient
from ._message import Event, Message
from ._pgque_error import PgqueError
from ._sync.client import PgqueClient

connect = PgqueClient.connect

__all__ = ["AsyncPgqueClient", "Event", "Message", "PgqueClient", "PgqueError", "connect"]
