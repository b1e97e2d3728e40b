"""A consumer in a process of its own: `worker.py dsn queue name [subconsumer]`. Each handler says so and blocks."""

from __future__ import annotations

import sys
import threading

import pgque

dsn, queue, name, *member = sys.argv[1:]
consumer = pgque.Consumer(dsn, queue, name, subconsumer=member[0] if member else None, stop_timeout=10)


@consumer.on("*")
def handle(message: pgque.Message) -> None:
    print(f"handling {message.payload}", flush=True)
    # Until it is told that a line has come: what the test wants to do meanwhile is done.
    sys.stdin.readline()


@consumer.on("forever")
def handle_forever(message: pgque.Message) -> None:
    print(f"handling {message.payload}", flush=True)
    threading.Event().wait()


consumer.start()
health = consumer.health()
print(f"{health.state} acked={health.acked} retried={health.retried}", flush=True)
