from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, Generic, NoReturn, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
Row = tuple[Any, ...]

JSON = "json"
"""Marks a field that is parsed as JSON if it is any: `Annotated[Any, "payload", JSON]`."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclasses.dataclass(frozen=True)
class Statement(Generic[T]):
    """One call of the engine, and how its rows are read.

    Times and intervals travel as whole microseconds, JSON as text: what else columns look like depends on the settings
    of the session and on what the application has registered with its connection.
    """

    text: str
    parameters: Sequence[Any]
    read: Callable[[list[Row]], T]


def value(_kind: type[T], call: str, *parameters: Any) -> Statement[T]:
    """A function that returns one value of this type."""
    return Statement(f"select {call}", parameters, lambda rows: rows[0][0])


def value_or_none(_kind: type[T], call: str, *parameters: Any) -> Statement[T | None]:
    """The same, or NULL."""
    return Statement(f"select {call}", parameters, lambda rows: rows[0][0])


def nothing(text: str, *parameters: Any) -> Statement[None]:
    """A function whose result says nothing."""
    return Statement(text, parameters, lambda _rows: None)


def records(kind: type[T], call: str, *parameters: Any) -> Statement[list[T]]:
    """A function that returns rows."""
    text, build = _reader(kind)
    return Statement(f"select {text} from {call} r", parameters, lambda rows: [build(row) for row in rows])


def record(kind: type[T], call: str, *parameters: Any) -> Statement[T]:
    """A function that returns one row."""
    text, build = _reader(kind)
    return Statement(f"select {text} from {call} r", parameters, lambda rows: build(rows[0]))


def record_or_none(kind: type[T], call: str, *parameters: Any) -> Statement[T | None]:
    """A function that answers no row, or one of NULLs, when there is nothing."""
    text, build = _reader(kind)

    def read(rows: list[Row]) -> T | None:
        return build(rows[0]) if rows and rows[0][0] is not None else None

    return Statement(f"select {text} from {call} r", parameters, read)


_readers: dict[type[Any], tuple[str, Callable[[Row], Any]]] = {}


def _reader(kind: type[Any]) -> tuple[str, Callable[[Row], Any]]:
    """The columns of a record, named for its fields or by `Annotated[…, "column"]`, and what makes one of them."""
    if kind not in _readers:
        _readers[kind] = _make_reader(kind)
    return _readers[kind]


def _make_reader(kind: type[Any]) -> tuple[str, Callable[[Row], Any]]:
    columns: list[str] = []
    sources: list[int] = []
    decoders: list[tuple[int, Callable[[Any], Any]]] = []
    for index, (name, hint) in enumerate(get_type_hints(kind, include_extras=True).items()):
        expression, decode = _column(name, hint)
        if expression not in columns:
            columns.append(expression)
        sources.append(columns.index(expression))
        if decode is not None:
            decoders.append((index, decode))

    def build(row: Row) -> Any:
        values = [row[source] for source in sources]
        for index, decode in decoders:
            if values[index] is not None:
                values[index] = decode(values[index])
        return kind(*values)

    return ", ".join(columns), build


def _column(name: str, hint: Any) -> tuple[str, Callable[[Any], Any] | None]:
    marks: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *marks = get_args(hint)  # type: ignore[assignment]
    column = f"r.{marks[0] if marks else name}"
    kinds = {hint, get_origin(hint), *get_args(hint)}
    if JSON in marks:
        return column, parse_payload
    if datetime in kinds:
        return f"(extract(epoch from {column}) * 1000000)::bigint", _to_datetime
    if timedelta in kinds:
        return f"(extract(epoch from {column}) * 1000000)::bigint", _to_timedelta
    if dict in kinds:
        return f"{column}::text", json.loads
    return column, None


def parse_payload(text: str) -> Any:
    """The JSON value, or the text itself where it is no JSON."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return text


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _to_datetime(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _to_timedelta(microseconds: int) -> timedelta:
    return timedelta(microseconds=microseconds)
