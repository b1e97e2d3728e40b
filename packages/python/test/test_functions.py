from __future__ import annotations

import re
from pathlib import Path

import pytest

import pgque

API = Path(__file__).parents[3] / "sql/api.md"

# Functions of one name that are told apart by their arguments in SQL, and by their names here.
MORE_METHODS = {
    "nack": {"nack_many"},
    "next_batch": {"next_batch_coop"},
    "next_batch_custom": {"next_batch_custom_coop"},
    "ticker": {"tick", "external_tick"},
}
OWN_METHODS = {"connect", "close", "pages"}
TRIGGERS = {"jsontriga", "logutriga", "sqltriga"}


def functions_of_the_engine() -> set[str]:
    blocks = re.findall(r"^```sql\n(.*?)^```$", API.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return {match[1] for line in lines if (match := re.match(r"(?:procedure )?(\w+)\(", line))}


@pytest.mark.parametrize("kind", [pgque.PgqueClient, pgque.AsyncPgqueClient])
def test_every_function_of_the_engine_has_its_method(kind: type) -> None:
    functions = functions_of_the_engine()
    assert len(functions) > 60
    methods = {name for name in dir(kind) if not name.startswith("_")}
    wanted = (functions - TRIGGERS) | set().union(*MORE_METHODS.values())
    assert methods - OWN_METHODS == wanted


def test_every_method_says_what_it_does() -> None:
    for kind in (pgque.PgqueClient, pgque.AsyncPgqueClient, pgque.Consumer, pgque.AsyncConsumer):
        for name in dir(kind):
            if not name.startswith("_"):
                assert getattr(kind, name).__doc__, f"{kind.__name__}.{name}"


def test_everything_that_is_exported_is_named_once_and_in_order() -> None:
    exported = {name for name in vars(pgque) if not name.startswith("_")}
    assert exported == set(pgque.__all__)
    assert sorted(pgque.__all__) == pgque.__all__


def test_every_error_is_exported_and_says_so_by_its_name() -> None:
    def descendants(kind: type) -> set[type]:
        return {kind}.union(*map(descendants, kind.__subclasses__()))

    for kind in descendants(pgque.PgqueError):
        assert kind.__name__.endswith("Error")
        assert getattr(pgque, kind.__name__) is kind
