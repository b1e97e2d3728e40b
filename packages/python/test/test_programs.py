"""The programs of the README and of the documentation page run as they stand."""

from __future__ import annotations

import inspect
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import pgque
from support import tick, wait_until

PACKAGE = Path(__file__).parents[1]
README = (PACKAGE / "README.md").read_text("utf-8")

# What the page shows, in its order.
PAGE_CLIENT = """\
import pgque
with pgque.connect("postgresql://localhost/mydb") as client:
    # One-time setup (run in a migration)
    client.conn.execute("select pgque.subscribe('orders', 'order_worker')")
    client.conn.commit()
    # Producer: commit once to publish atomically
    event_id = client.send("orders", {"order_id": 42}, type="order.created")
    batch_ids = client.send_batch("orders", "order.created", [
        {"order_id": 43},
        {"order_id": 44},
    ])
    client.conn.commit()
"""
PAGE_CONSUMER = """\
import pgque
consumer = pgque.Consumer(
    dsn="postgresql://localhost/mydb",
    queue="orders",
    name="order_worker",
)
@consumer.on("order.created")
def handle_order(msg: pgque.Message) -> None:
    print(f"got {msg.type}: {msg.payload}")
# Optional catch-all for unregistered types
@consumer.on("*")
def handle_unknown(msg: pgque.Message) -> None:
    print(f"unhandled type {msg.type!r}: {msg.payload}")
consumer.start() # blocks until SIGTERM / SIGINT
"""
PAGE_COOPERATIVE = """\
# worker-1 (run each worker in a separate process)
consumer = pgque.Consumer(
    dsn="postgresql://localhost/mydb",
    queue="orders",
    name="order_worker",
    subconsumer="worker-1",
    dead_interval="5 minutes",
)
@consumer.on("order.created")
def handle(msg):
    process(msg)
consumer.start()
"""
PAGE_COOPERATIVE_METHODS = """\
client.subscribe_subconsumer("orders", "order_worker", "worker-1")
msgs = client.receive_coop(
    "orders", "order_worker", "worker-1",
    max_messages=100, dead_interval="5 minutes",
)
client.ack(msgs[0].batch_id)
client.touch_subconsumer("orders", "order_worker", "worker-1")
client.unsubscribe_subconsumer(
    "orders", "order_worker", "worker-1", batch_handling=1,
)
"""
PAGE_OVERVIEW = """\
from pgque import Consumer, connect

with connect("postgresql://localhost/mydb") as client:
    client.send("orders", {"order_id": 42}, type="order.created")
    client.conn.commit()

consumer = Consumer(
    "postgresql://localhost/mydb",
    queue="orders",
    name="processor",
)

@consumer.on("order.created")
def handle_order(msg):
    process_order(msg.payload)

consumer.start()
"""


@pytest.fixture
def mydb() -> Iterator[pgque.PgqueClient]:
    """The database that the programs mean, with the queue "orders" and nothing else."""
    with pgque.connect(os.environ["PGQUE_TEST_PRIVATE_DSN"], autocommit=True) as client:
        client.create_queue("orders")
        yield client
        for info in client.get_queue_info():
            client.drop_queue(info.queue, force=True)


def programs_of(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


class Program:
    """A program of its own, with the server where libpq looks for what a URL lacks."""

    def __init__(self, client: pgque.PgqueClient, text: str) -> None:
        parameters = psycopg.conninfo.conninfo_to_dict(os.environ["PGQUE_TEST_PRIVATE_DSN"])
        server = {f"PG{name.upper()}": str(parameters[name]) for name in ("port", "user", "password")}
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-W", "error", "-c", text],
            env={**os.environ, **server},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._client = client

    def end(self) -> str:
        """What it has printed when it has come to its end."""
        output, errors = self._process.communicate(timeout=30)
        assert (self._process.returncode, errors) == (0, "")
        return output

    def end_by_signal(self, until: Callable[[], object]) -> str:
        """The same for one that runs until it is told to stop."""
        try:
            wait_until(lambda: self._process.poll() is not None or until())
        finally:
            self._process.send_signal(signal.SIGTERM)
        return self.end()


def is_done(client: pgque.PgqueClient, consumer: str) -> Callable[[], bool]:
    """Ticks what was sent, and says whether the consumer is subscribed and has nothing left, nor have its members."""

    def look() -> bool:
        client.tick_pending()
        infos = [info for info in client.get_consumer_info("orders") if info.consumer.split(".")[0] == consumer]
        return len(infos) > 0 and all(info.pending_events == 0 and info.current_batch_id is None for info in infos)

    return look


def test_the_client_and_the_consumer_of_the_page(mydb: pgque.PgqueClient) -> None:
    Program(mydb, PAGE_CLIENT).end()
    mydb.send("orders", 1, type="order.lost")
    tick(mydb, "orders")
    output = Program(mydb, PAGE_CONSUMER).end_by_signal(is_done(mydb, "order_worker"))
    assert output.splitlines() == [
        *(f"got order.created: {{'order_id': {number}}}" for number in (42, 43, 44)),
        "unhandled type 'order.lost': 1",
    ]


def test_the_cooperative_consumer_of_the_page(mydb: pgque.PgqueClient) -> None:
    # Where its consumer is there already, and where it is not.
    for is_there in (True, False):
        if is_there:
            mydb.subscribe("orders", "order_worker")
        program = Program(mydb, f"import pgque\ndef process(msg): print(msg.payload)\n{PAGE_COOPERATIVE}")
        wait_until(lambda: any(info.consumer == "order_worker.worker-1" for info in mydb.get_consumer_info("orders")))
        mydb.send("orders", 7, type="order.created")
        assert program.end_by_signal(is_done(mydb, "order_worker")) == "7\n"
        mydb.unsubscribe("orders", "order_worker")


def test_the_cooperative_methods_of_the_page(mydb: pgque.PgqueClient) -> None:
    mydb.subscribe_subconsumer("orders", "order_worker", "worker-1")
    mydb.send("orders", 1)
    tick(mydb, "orders")
    head = "import pgque\nclient = pgque.connect('postgresql://localhost/mydb')\n"
    Program(mydb, f"{head}{PAGE_COOPERATIVE_METHODS}\nclient.conn.commit()\nclient.close()\n").end()
    assert [info.pending_events for info in mydb.get_consumer_info("orders")] == [0]


def test_the_overview(mydb: pgque.PgqueClient) -> None:
    mydb.subscribe("orders", "processor")
    program = Program(mydb, f"process_order = print\n{PAGE_OVERVIEW}")
    wait_until(lambda: mydb.get_queue_info("orders")[0].new_events == 1)
    assert program.end_by_signal(is_done(mydb, "processor")) == "{'order_id': 42}\n"


def test_the_options_of_the_page_have_its_defaults() -> None:
    parameters = inspect.signature(pgque.Consumer).parameters
    assert list(parameters)[:3] == ["dsn", "queue", "name"]
    assert all(parameters[name].default is inspect.Parameter.empty for name in ("dsn", "queue", "name"))
    defaults = {name: parameters[name].default for name in parameters}
    assert (defaults["max_messages"], defaults["unknown_handler_policy"]) == (2**31 - 1, "nack")
    assert (defaults["subconsumer"], defaults["dead_interval"]) == (None, None)


def test_the_program_of_the_front_page(mydb: pgque.PgqueClient) -> None:
    [text] = programs_of((PACKAGE / "../../README.md").read_text("utf-8"))
    output = Program(mydb, text).end_by_signal(is_done(mydb, "billing"))
    assert output == "to be billed: {'order_id': 42}\n"


def test_the_programs_of_the_readme(mydb: pgque.PgqueClient) -> None:
    mydb.drop_queue("orders")
    programs = programs_of(README)
    assert len(programs) == 9
    for text in programs:
        program = Program(mydb, text)
        name = re.search(r'name="(\w+)"', text)
        if name and ".start()" in text:
            program.end_by_signal(is_done(mydb, name[1]))
        else:
            program.end()
        if mydb.queue_stats("orders"):
            tick(mydb, "orders")
    infos = {info.consumer: info.pending_events for info in mydb.get_consumer_info("orders")}
    assert infos.keys() == {"order_worker", "auditor", "mailer"}
    assert {letter.reason for letter in mydb.dlq_inspect("orders")} == {"the customer has no address"}
    assert mydb.queue_stats("invoices")


def test_the_readme_names_everything_there_is() -> None:
    words = set(re.findall(r"\w+", README))
    kinds = [pgque.PgqueClient, pgque.Consumer, pgque.ConsumerHealth]
    names = {*pgque.__all__, *pgque.QueueConfigChange.__annotations__}
    names |= {name for kind in kinds for name in dir(kind) if not name.startswith("_")}
    names -= {"conn", "close", "settings"}
    assert sorted(name for name in names if name not in words) == []


def test_the_readme_has_the_defaults_of_the_options() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` +\| (?:`([^`|]+)`|required) +\|", README, re.MULTILINE))
    for name, parameter in inspect.signature(pgque.Consumer).parameters.items():
        if parameter.default is inspect.Parameter.empty:
            assert rows[name] == ""
        elif name != "retry":
            assert rows[name] in (json.dumps(parameter.default), repr(parameter.default))


def test_the_readme_has_every_error_with_its_code() -> None:
    registry = json.loads((PACKAGE / "../../sql/errors.json").read_text("utf-8"))
    for error in registry:
        assert re.search(rf"^\| `\w+Error` +\| `{error['name']}` +\| {error['code']}\b", README, re.MULTILINE), error
