from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from ._engine_errors import InvalidArgumentError


def encode_payload(payload: Any) -> str:
    """The JSON text that is stored."""
    try:
        text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgumentError(
            f"the payload has no JSON form: {error}", hint="Pass what json.dumps takes, without NaN and without cycles."
        ) from error
    # Half of a surrogate pair can be stored escaped only.
    return text if _is_storable(text) else json.dumps(payload, separators=(",", ":"))


def require_storable(name: str, value: str | None) -> str | None:
    """PostgreSQL stores neither NUL nor half of a surrogate pair."""
    if value is None or (isinstance(value, str) and "\0" not in value and _is_storable(value)):
        return value
    raise InvalidArgumentError(f"{name} must be a text without NUL and without half of a surrogate pair")


def to_reason(reason: str | None) -> str | None:
    """A reason is for people: what PostgreSQL cannot store of it is replaced, and never fails what it explains."""
    if reason is None:
        return None
    return reason.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def to_timestamp(value: datetime, name: str) -> str:
    """An instant; a datetime without a timezone could be any."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()
    raise InvalidArgumentError(f"{name} must be a datetime with a timezone")


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
