from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import pgque
from support import AnyConsumer


@pytest.fixture(scope="session")
def dsn() -> str:
    """A database with the engine, on a server that is shared with other tests."""
    return os.environ["PGQUE_TEST_DSN"]


@pytest.fixture
def client(dsn: str) -> Iterator[pgque.PgqueClient]:
    """A client in autocommit."""
    with pgque.connect(dsn, autocommit=True) as client:
        yield client


@pytest.fixture
def queue(client: pgque.PgqueClient) -> Iterator[str]:
    """A queue of the test's own."""
    name = f"q_{uuid.uuid4().hex[:12]}"
    client.create_queue(name)
    yield name
    client.drop_queue(name, force=True)


MakeConsumer = Callable[..., AnyConsumer]


@pytest.fixture(params=["sync", "async"])
def make_consumer(request: pytest.FixtureRequest, dsn: str, queue: str) -> MakeConsumer:
    """Makes a consumer of the test's queue, of either kind; named "worker" unless told otherwise."""
    kind: type[AnyConsumer] = pgque.Consumer if request.param == "sync" else pgque.AsyncConsumer

    def make(name: str = "worker", **options: object) -> AnyConsumer:
        return kind(**{"dsn": dsn, "queue": queue, "name": name, **options})  # type: ignore[arg-type]

    return make


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tells each outcome to run-pytest.ts, a line of JSON each, in the file PGQUE_TEST_REPORT."""
    file = os.environ.get("PGQUE_TEST_REPORT")
    if file is None or (report.when != "call" and report.passed):
        return
    line = {"name": report.nodeid, "outcome": report.outcome, "text": report.longreprtext}
    with Path(file).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")
