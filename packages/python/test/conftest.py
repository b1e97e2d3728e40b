from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

import pgque


@pytest.fixture(scope="session")
def dsn() -> str:
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


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tells each outcome to python.once.test.ts, a line of JSON each, in the file PGQUE_TEST_REPORT."""
    file = os.environ.get("PGQUE_TEST_REPORT")
    if file is None or (report.when != "call" and report.passed):
        return
    line = {"name": report.nodeid, "outcome": report.outcome, "seconds": report.duration, "text": report.longreprtext}
    with Path(file).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line) + "\n")
