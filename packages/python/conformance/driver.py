"""The driver of pgque-py for the conformance suite: JSON lines on stdin and stdout, logs on stderr."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from wire import EVENT_FIELDS, Json, from_wire, to_wire

import pgque

CAPABILITIES = [
    "produce",
    "delay",
    "consume",
    "dead_letters",
    "cooperate",
    "operate",
    "look",
    "primitives",
    "transactions",
    "pages",
    "consumer",
    "exact_integers",
    "typed_nulls",
    "single_reader",
    "members",
    "busy_handlers",
    "handler_exit",
    "abort_signal",
    "listen",
    "pooled",
]
STATE_LOOK_SECONDS = 0.02

_output = threading.Lock()


def write(line: Json) -> None:
    """One line, whole."""
    with _output:
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()


def emit(event: str, **fields: Any) -> None:
    """Tell of an event."""
    write({"event": event, **fields})


class Driver:
    """One client at a time, its transactions, and consumers with scripted handlers."""

    def __init__(self) -> None:
        self.url = ""
        self.query_timeout: float = 30.0
        self.client: pgque.AsyncPgqueClient | None = None
        self.turn = asyncio.Lock()
        self.transactions: dict[str, pgque.AsyncPgqueClient] = {}
        self.consumers: dict[str, tuple[pgque.AsyncConsumer, asyncio.Task[None]]] = {}
        self.waiting: dict[str, asyncio.Future[Json]] = {}
        self.count = 0

    async def run(self, op: str, args: Json) -> Any:
        """Do one command."""
        own: Callable[..., Awaitable[Any]] | None = getattr(self, f"op_{op}", None)
        if own is not None:
            return await own(**args)
        tx = args.pop("tx", None)
        client = self.client if tx is None else self.transactions[tx]
        if not hasattr(client, op):
            raise pgque.PgqueError("unsupported", code="unsupported")
        converted = from_wire(op, args)
        if op == "send":
            extras = {key: converted.pop(key) for key in EVENT_FIELDS if key in converted}
            converted["payload"] = pgque.Event(converted["payload"], **extras)
        if op == "send_batch":
            converted["type"] = converted.pop("events")
        return to_wire(op, await getattr(client, op)(**converted))

    async def op_hello(self, **_args: Any) -> Json:
        try:
            installed = version("pgque-py")
        except PackageNotFoundError:
            installed = "source"
        return {
            "protocol": 1,
            "client": "python",
            "version": installed,
            "language": "python",
            "capabilities": CAPABILITIES,
        }

    async def op_connect(self, url: str, query_timeout_ms: int = 30_000, **_direct: Any) -> None:
        await self.op_close()
        self.url, self.query_timeout = url, query_timeout_ms / 1000
        self.client = await self.open(autocommit=True)

    async def open(self, *, autocommit: bool) -> pgque.AsyncPgqueClient:
        return await pgque.AsyncPgqueClient.connect(self.url, autocommit=autocommit, query_timeout=self.query_timeout)

    async def op_close(self) -> None:
        for consumer, _task in self.consumers.values():
            consumer.stop()
        await asyncio.gather(*(task for _consumer, task in self.consumers.values()), return_exceptions=True)
        self.consumers.clear()
        for client in [*self.transactions.values(), self.client]:
            if client is not None:
                await client.close()
        self.transactions.clear()
        self.client = None

    async def op_begin(self) -> str:
        self.count += 1
        name = f"tx{self.count}"
        self.transactions[name] = await self.open(autocommit=False)
        return name

    async def op_query(self, tx: str, text: str, values: list[str]) -> None:
        numbered = text
        for index in range(len(values), 0, -1):
            numbered = numbered.replace(f"${index}", "%s")
        await self.transactions[tx].conn.execute(numbered, values)

    async def op_commit(self, tx: str) -> None:
        async with self.transactions.pop(tx).conn as conn:
            await conn.commit()

    async def op_rollback(self, tx: str) -> None:
        async with self.transactions.pop(tx).conn as conn:
            await conn.rollback()

    async def op_pages(self, queue: str, consumer: str, size: int = 1000, fail_on_page: int = 0) -> list[list[str]]:
        assert self.client is not None
        pages: list[list[str]] = []
        async for page in self.client.pages(queue, consumer, size=size):
            if len(pages) + 1 == fail_on_page:
                break
            pages.append([str(message.msg_id) for message in page.messages])
        return pages

    async def op_consumer_start(self, handle: str, queue: str, name: str, **args: Any) -> None:
        options: Json = {
            key: args[key] for key in ("max_messages", "unknown_handler_policy", "start_at") if key in args
        }
        for key in ("dead_interval", "poll_interval", "idle_poll_interval", "stop_timeout"):
            if f"{key}_ms" in args:
                options[key] = args[f"{key}_ms"] / 1000
        if "member" in args:
            options["subconsumer"] = args["member"]
        if "retry_ms" in args:
            options["retry"] = pgque.fixed(args["retry_ms"] / 1000, max_attempts=args.get("max_attempts"))
        consumer = pgque.AsyncConsumer(self.url, queue, name, **options)
        for kind in args.get("types", ["*"]):
            consumer.on(kind, lambda message: self.handle(handle, message))
        task = asyncio.create_task(consumer.start(handle_signals=False))
        while not task.done() and consumer.health().state in ("idle", "starting", "failed", "recovering"):
            await asyncio.sleep(STATE_LOOK_SECONDS / 4)
        if task.done():
            task.result()
        self.consumers[handle] = (consumer, task)
        self.watcher = asyncio.create_task(watch(handle, consumer))

    async def op_consumer_stop(self, handle: str, timeout_ms: int | None = None) -> None:
        consumer, task = self.consumers[handle]
        consumer.stop(None if timeout_ms is None else timeout_ms / 1000)
        await task

    async def op_consumer_health(self, handle: str) -> Json:
        health = self.consumers[handle][0].health()
        return {key: getattr(health, key) for key in ("state", "is_healthy", "is_hearing", "acked", "retried", "dead")}

    async def op_answer(self, call: str, **instruction: Any) -> None:
        told = self.waiting.pop(call, None)
        if told is not None and not told.done():
            # The answer to this command comes first.
            asyncio.get_running_loop().call_soon(told.set_result, instruction)

    async def handle(self, handle: str, message: pgque.Message) -> None:
        """A handler that waits until the runner says how it ends."""
        self.count += 1
        call = f"{os.getpid()}-{self.count}"
        self.waiting[call] = asyncio.get_running_loop().create_future()
        emit("handler_enter", handle=handle, call=call, message=to_wire("", message))
        try:
            instruction = await self.waiting[call]
            how, ms, reason = instruction["do"], instruction.get("ms", 0), instruction.get("reason", "told to")
            if how == "exit":
                os._exit(ms)
            if how == "hang":
                await asyncio.Event().wait()
            if how == "busy_loop":
                block(ms / 1000)
        except asyncio.CancelledError:
            emit("handler_abort", handle=handle, call=call)
            raise
        emit("handler_exit", handle=handle, call=call, do=how)
        if how == "throw":
            raise RuntimeError(reason)
        if how == "retry_after":
            raise pgque.RetryLaterError(ms / 1000, reason)
        if how == "dead":
            raise pgque.DeadLetterError(reason)


def block(seconds: float) -> None:
    """Keep the event loop."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


async def watch(handle: str, consumer: pgque.AsyncConsumer) -> None:
    """Tell of each state that is seen."""
    last = ""
    while last not in ("stopped", "failed"):
        state = consumer.health().state
        if state != last:
            emit("consumer_state", handle=handle, state=state)
        last = state
        await asyncio.sleep(STATE_LOOK_SECONDS)
    emit("shutdown_complete", handle=handle)


async def serve() -> None:
    """Read commands until stdin ends, or SIGTERM comes."""
    driver = Driver()
    loop = asyncio.get_running_loop()
    stdin = asyncio.StreamReader(limit=2**26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    commands: set[asyncio.Task[None]] = set()

    async def run(command: Json) -> None:
        answer: Json = {"id": command["id"]}
        try:
            answer["ok"] = await driver.run(command["op"], command.get("args", {}))
        except Exception as error:  # noqa: BLE001 - whatever it is, the runner shall know
            print(repr(error), file=sys.stderr)
            answer["error"] = {
                "code": getattr(error, "code", "unexpected"),
                "sqlstate": getattr(error, "sqlstate", None),
            }
        write(answer)

    async def read() -> None:
        while line := await stdin.readline():
            task = asyncio.create_task(run(json.loads(line)))
            commands.add(task)
            task.add_done_callback(commands.discard)

    terminated = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, terminated.set)
    reading, ending = asyncio.create_task(read()), asyncio.create_task(terminated.wait())
    await asyncio.wait([reading, ending], return_when=asyncio.FIRST_COMPLETED)
    await driver.op_close()
    os._exit(0)


asyncio.run(serve())
