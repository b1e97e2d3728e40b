# Generated from ../_async/consumer_loop.py by scripts/derive_sync.py.
# Over 300 lines: the states of one loop, which are read together.
from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from time import monotonic

from .._backoff import Backoff, is_passing_sqlstate
from .._consumer_health import ConsumerHealth, ConsumerState, now
from .._consumer_settings import ConsumerSettings
from .._duty import Heartbeat, Place
from .._engine_errors import BatchNotFoundError, BatchOpenError, InvalidArgumentError
from .._message import Message, Nack
from .._outcome import DONE, Outcome, failed, released, to_nacks, unknown_type
from .._pgque_error import ConsumerError, PgqueError, is_retryable
from .._retry import DeadLetterError, RetryLaterError, RetryPolicy
from .._session_thread import SessionThread
from .platform import Attempt, Handler, HandlerCancelledError, Waker, in_thread
from .server import Server
from .source import MemberSource, PlainSource
from .ticker_watch import TickerWatch

_logger = logging.getLogger("pgque.consumer")
# A server that takes longer to say whether there is anything does not answer.
_ANSWER_SECONDS = 10.0
_LAST_WORD_SECONDS = 2.0
_HEALTHY = ("waiting", "working", "standing-by")
_ENDING = ("stopping", "stopped", "failed")
_IN_DOUBT = ("connection_lost", "query_timeout")


class ConsumerLoop:
    """The life of a consumer between its start and its stop.

        idle -> starting -> standing-by <-> waiting <-> working -> stopping -> stopped
                         -> failed (refused)     any of these <-> recovering

    - A batch is settled only when every message of it has an outcome, in one statement that gives back and
      acknowledges, and the next is received only when that is stored.
    - Whatever the server does, the loop goes on: it tries again with growing pauses, and says so. Only the start is
      refused, by what no retry will change.
    - A stop holds its bound, unless a handler blocks the thread. Afterwards no batch is open, unless the server could
      not be told.
    """

    def __init__(self, settings: ConsumerSettings, handlers: Mapping[str, tuple[Handler, RetryPolicy]]) -> None:
        self._settings = settings
        self._handlers = handlers
        self._health = ConsumerHealth()
        self._waker = Waker()
        self._attempt = Attempt()
        self._server = Server(settings)
        self._watch = TickerWatch(settings.queue)
        self._asked_at: float | None = None
        self._is_stopping = False
        self._abandoned_at = math.inf
        self._is_lost = False
        self._source: PlainSource | MemberSource
        duty: Place | Heartbeat
        if settings.subconsumer is None:
            duty = self._place = Place(settings.queue, settings.name, settings.lease, self._waker.wake)
            self._source = PlainSource(settings, duty)
        else:
            member = (settings.queue, settings.name, settings.subconsumer)
            duty = Heartbeat(member, settings.lease, self._lose)
            self._source = MemberSource(settings, duty)
        self._thread = SessionThread(settings, duty, self._waker.wake)

    @property
    def is_cancelled(self) -> bool:
        return self._is_lost or monotonic() >= self._abandoned_at

    def health(self) -> ConsumerHealth:
        health = self._health
        asked_at = self._asked_at
        is_answered = asked_at is None or monotonic() - asked_at < _ANSWER_SECONDS
        health.is_ticked = self._watch.is_ticked
        health.is_hearing = self._thread.is_hearing
        health.is_healthy = is_answered and health.is_ticked and health.state in _HEALTHY
        return health

    def stop(self, timeout: float) -> None:
        """From any thread, and from signal handlers."""
        last_word = min(_LAST_WORD_SECONDS, timeout / 5)
        over_at = monotonic() + timeout
        self._server.over_at = min(self._server.over_at, over_at)
        self._abandoned_at = min(self._abandoned_at, over_at - last_word)
        self._is_stopping = True
        if self._health.state not in ("idle", "stopped", "failed"):
            self._enter("stopping")
        self._waker.wake()
        self._attempt.cancel_in(timeout - last_word)

    def run(self, drain_until: float | None = None) -> int:
        """Works until the stop, or until nothing is left; returns how many messages there were."""
        self._waker.bind()
        self._enter("starting")
        is_joined = False
        try:
            is_joined = self._join()
            if not is_joined:
                return 0
            self._thread.start()
            return self._work(drain_until)
        finally:
            if self._health.state != "failed":
                self._enter("stopping")
            self._release(is_joined=is_joined)
            if self._health.state != "failed":
                self._enter("stopped")

    def _join(self) -> bool:
        """False when it was stopped before. Raises when the start is refused."""
        backoff = Backoff(0.1, 2.0)
        while not self._is_stopping:
            try:
                with self._server.asked() as client:
                    self._source.join(client)
            except PgqueError as error:
                if not _is_passing(error):
                    self._health.last_error = error
                    self._enter("failed")
                    raise
                self._recover(error, backoff)
            else:
                self._note_answer()
                return True
        return False

    def _work(self, drain_until: float | None) -> int:
        backoff = Backoff(0.1, 2.0)
        total = 0
        while not self._is_stopping:
            if drain_until is not None and monotonic() >= drain_until:
                raise ConsumerError(f"the queue was not empty in time: {self._settings.queue}", code="drain_timeout")
            try:
                self._waker.reset()
                if not self._source.is_free:
                    self._stand_by()
                    continue
                count = self._take()
                total += count
                backoff.reset()
                if count > 0:
                    continue
                if drain_until is not None:
                    break
                self._enter("waiting")
                with self._server.asked() as client:
                    self._watch.look(client)
                self._wait(self._source.poll_interval(is_hearing=self._thread.is_hearing))
            except Exception as error:  # noqa: BLE001 - a consumer does not die of what may pass
                if self._is_stopping:
                    break
                self._recover(error, backoff)
        return total

    def _stand_by(self) -> None:
        error = self._thread.last_error
        if error is not None:
            self._note_outage(error)
        elif self._place.is_taken and self._health.state != "standing-by":
            self._note_answer()
            self._enter("standing-by")
            _logger.info("another process reads for %s; this one stands by", self._settings.about())
        self._wait(0.2)

    def _take(self) -> int:
        """Receives a batch, handles it, and stores what became of it; returns how many messages it had."""
        self._is_lost = False
        self._asked_at = monotonic()
        with self._server.asked() as client:
            messages = self._source.receive(client)
        self._note_answer()
        if not messages:
            return 0
        self._watch.note()
        self._enter("working")
        outcomes = {message.msg_id: self._handle(message) for message in messages}
        self._source.settling()
        if self._settle(messages[0].batch_id, to_nacks(outcomes)):
            for outcome in outcomes.values():
                self._health.acked += outcome.kind == "ack"
                self._health.retried += outcome.kind == "retry"
                self._health.dead += outcome.kind == "dead"
        return len(messages)

    def _handle(self, message: Message) -> Outcome:
        if self._is_stopping or self._is_lost:
            return released("the consumer stopped")
        handler, retry = self._handlers.get(message.type or "") or self._handlers.get("*") or (None, None)
        if handler is None or retry is None:
            return self._handle_unknown(message)
        try:
            self._attempt.run(handler, message)
        except (DeadLetterError, RetryLaterError) as error:
            _logger.info("the handler of message %s of %s: %r", message.msg_id, self._settings.about(), error)
            return failed(message, error, retry)
        except HandlerCancelledError:
            return released("its handler was cut short")
        except Exception as error:
            _logger.warning(
                "the handler of message %s of %s raised", message.msg_id, self._settings.about(), exc_info=error
            )
            return failed(message, error, retry)
        return DONE

    def _handle_unknown(self, message: Message) -> Outcome:
        if self._settings.unknown_handler_policy == "nack":
            return unknown_type(message)
        _logger.warning(
            "message %s of %s has type %r, which no handler takes: it is acknowledged",
            message.msg_id,
            self._settings.about(),
            message.type,
        )
        return DONE

    def _settle(self, batch_id: int, nacks: list[Nack]) -> bool:
        """Stores what became of a batch, and does not rest before it is stored.

        What has been handled must not be handled again because the server was away for a moment. False when another
        process has the batch now, or the time is over. Settling twice is harmless: the second call finds that the batch
        is not open any more.
        """
        backoff = Backoff(0.05, 2.0)
        is_in_doubt = False
        while monotonic() < self._server.over_at:
            try:
                with self._server.asked() as client:
                    is_stored = client.settle(batch_id, nacks) == 1 or is_in_doubt
                return self._note_settled(is_stored=is_stored)
            except BatchNotFoundError:
                return self._note_settled(is_stored=is_in_doubt)
            except PgqueError as error:
                # An earlier try may have been stored, and its answer lost.
                is_in_doubt = is_in_doubt or error.code in _IN_DOUBT
                if isinstance(error, InvalidArgumentError):
                    # Something in a delay or a reason cannot be stored: the messages must come back all the same.
                    nacks = [Nack(nack.msg_id, dead=nack.dead) for nack in nacks]
                self._recover(error, backoff)
        return False

    def _note_settled(self, *, is_stored: bool) -> bool:
        self._note_answer()
        if not is_stored:
            _logger.warning("a batch of %s was lost to another process, or removed", self._settings.about())
        return is_stored

    def _note_outage(self, error: BaseException) -> None:
        # Told once for each.
        self._health.last_error = error
        if self._health.state != "recovering" and not self._is_stopping:
            self._enter("recovering")
            _logger.warning("the consumer %s cannot go on and tries again", self._settings.about(), exc_info=error)

    def _recover(self, error: BaseException, backoff: Backoff) -> None:
        self._note_outage(error)
        end = min(monotonic() + backoff.next_pause(), self._server.over_at)
        while (left := end - monotonic()) > 0:
            self._waker.wait(left)
            if self._is_stopping:
                end = min(end, monotonic() + 0.05)

    def _wait(self, seconds: float) -> None:
        if not self._is_stopping:
            self._waker.wait(seconds)

    def _release(self, *, is_joined: bool) -> None:
        left = min(_LAST_WORD_SECONDS, self._server.over_at - monotonic())
        self._server.over_at = min(self._server.over_at, monotonic() + max(0.5, left))
        if is_joined:
            try:
                self._source.leave(self._server)
            except PgqueError as error:
                _logger.warning("the consumer %s could not take its leave: %s", self._settings.about(), error)
            in_thread(lambda: self._thread.close(max(0.1, self._server.over_at - monotonic())))
        self._server.close()

    def _lose(self) -> None:
        """Another member has taken the batch over. Called by the thread."""
        self._is_lost = True
        self._attempt.cancel()

    def _note_answer(self) -> None:
        self._health.last_answer_at = now()
        self._asked_at = None

    def _enter(self, state: ConsumerState) -> None:
        if self._health.state == state or (self._is_stopping and state not in _ENDING):
            return
        if self._health.state == "recovering" and state in _HEALTHY:
            _logger.info("the consumer %s goes on", self._settings.about())
        self._health.state, self._health.since = state, now()


def _is_passing(error: PgqueError) -> bool:
    """Whether it may pass by itself. A queue that is missing, or a permission, somebody has to change first."""
    if is_retryable(error) or isinstance(error, BatchOpenError):
        return True
    return error.code == "database_error" and is_passing_sqlstate(error.sqlstate)
