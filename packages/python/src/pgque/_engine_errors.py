"""The errors of the engine. Generated from sql/errors.json by scripts/generate_engine_errors.py."""

from __future__ import annotations

from ._pgque_error import PgqueError


class QueueNotFoundError(PgqueError):
    """No queue has this name.

    SQLSTATE QU001.
    """

    default_code = "queue_not_found"


class ConsumerNotRegisteredError(PgqueError):
    """This consumer has no subscription to the queue.

    SQLSTATE QU002.
    """

    default_code = "consumer_not_registered"


class BatchNotFoundError(PgqueError):
    """The batch id is unknown, or the batch is no longer open.

    SQLSTATE QU003.
    """

    default_code = "batch_not_found"


class MessageNotFoundError(PgqueError):
    """The batch does not contain this message.

    SQLSTATE QU004.
    """

    default_code = "message_not_found"


class InvalidArgumentError(PgqueError):
    """A parameter is NULL or out of range.

    SQLSTATE QU005.
    """

    default_code = "invalid_argument"


class ConsumersAttachedError(PgqueError):
    """The queue has subscriptions and drop_queue was called without force.

    SQLSTATE QU006.
    """

    default_code = "consumers_attached"


class InsertDisallowedError(PgqueError):
    """The queue's setting disable_insert is on.

    SQLSTATE QU007.
    """

    default_code = "insert_disallowed"


class InvalidQueueNameError(PgqueError):
    """The queue name is empty or longer than 57 bytes.

    SQLSTATE QU008.
    """

    default_code = "invalid_queue_name"


class DeadLetterNotFoundError(PgqueError):
    """There is no such dead letter, or another session replayed or purged it.

    SQLSTATE QU009.
    """

    default_code = "dead_letter_not_found"


class PgCronNotInstalledError(PgqueError):
    """start() needs pg_cron.

    SQLSTATE QU010.
    """

    default_code = "pg_cron_not_installed"


class RetriesPendingError(PgqueError):
    """unsubscribe would throw away retries that are not yet due.

    SQLSTATE QU011.
    """

    default_code = "retries_pending"


class InvalidQueueConfigError(PgqueError):
    """set_queue_config was given an unknown setting or a value out of range.

    SQLSTATE QU012.
    """

    default_code = "invalid_queue_config"


class IsolationNotSupportedError(PgqueError):
    """The function must see the newest commits and cannot run in REPEATABLE READ or SERIALIZABLE.

    SQLSTATE QU013.
    """

    default_code = "isolation_not_supported"


class TickNotAllowedError(PgqueError):
    """The queue is paused or has an external ticker (or has none, where one is needed).

    SQLSTATE QU014.
    """

    default_code = "tick_not_allowed"


class TickOutOfOrderError(PgqueError):
    """An external tick is not newer than the last one.

    SQLSTATE QU015.
    """

    default_code = "tick_out_of_order"


class StateMissingError(PgqueError):
    """The database was restored from a dump that was taken while the logs rotated.

    SQLSTATE QU016.
    """

    default_code = "state_missing"


class TransactionNotSupportedError(PgqueError):
    """The procedure commits as it goes, and must be called in autocommit.

    SQLSTATE QU022.
    """

    default_code = "transaction_not_supported"


class ConsumerIsCooperativeError(PgqueError):
    """A consumer with members, or a member, was used as a normal consumer.

    SQLSTATE QU017.
    """

    default_code = "consumer_is_cooperative"


class ConsumerIsNormalError(PgqueError):
    """A normal consumer was used as a cooperative one without being converted, or it has an open batch.

    SQLSTATE QU018.
    """

    default_code = "consumer_is_normal"


class BatchOpenError(PgqueError):
    """The call needs a consumer or member without an open batch.

    SQLSTATE QU019.
    """

    default_code = "batch_open"


class InvalidTriggerError(PgqueError):
    """A capture trigger has wrong arguments, or fires where it cannot do its work.

    SQLSTATE QU020.
    """

    default_code = "invalid_trigger"


class PositionNotHeldError(PgqueError):
    """The tick or time is older than what is kept, or not there yet; the oldest possible position is in DETAIL.

    SQLSTATE QU021.
    """

    default_code = "position_not_held"


class RebaseNeededError(PgqueError):
    """The database was restored into a cluster that has not come as far as the ids that are stored; rebase() repairs it.

    SQLSTATE QU023.
    """

    default_code = "rebase_needed"


class NewerVersionInstalledError(PgqueError):
    """The file is older than the install that it was run over.

    SQLSTATE QU024.
    """

    default_code = "newer_version_installed"


ENGINE_ERRORS: dict[str, type[PgqueError]] = {
    "QU001": QueueNotFoundError,
    "QU002": ConsumerNotRegisteredError,
    "QU003": BatchNotFoundError,
    "QU004": MessageNotFoundError,
    "QU005": InvalidArgumentError,
    "QU006": ConsumersAttachedError,
    "QU007": InsertDisallowedError,
    "QU008": InvalidQueueNameError,
    "QU009": DeadLetterNotFoundError,
    "QU010": PgCronNotInstalledError,
    "QU011": RetriesPendingError,
    "QU012": InvalidQueueConfigError,
    "QU013": IsolationNotSupportedError,
    "QU014": TickNotAllowedError,
    "QU015": TickOutOfOrderError,
    "QU016": StateMissingError,
    "QU022": TransactionNotSupportedError,
    "QU017": ConsumerIsCooperativeError,
    "QU018": ConsumerIsNormalError,
    "QU019": BatchOpenError,
    "QU020": InvalidTriggerError,
    "QU021": PositionNotHeldError,
    "QU023": RebaseNeededError,
    "QU024": NewerVersionInstalledError,
}
