"""The Python client of PgQue, a queue in PostgreSQL.

`connect` gives a client for sending, receiving and operating; `Consumer` runs handlers. `AsyncPgqueClient` and
`AsyncConsumer` are the same for asyncio.
"""

from ._async.client import AsyncPgqueClient
from ._async.consumer import AsyncConsumer
from ._consumer_health import ConsumerHealth
from ._duration import Duration
from ._engine_errors import (
    BatchNotFoundError,
    BatchOpenError,
    ConsumerIsCooperativeError,
    ConsumerIsNormalError,
    ConsumerNotRegisteredError,
    ConsumersAttachedError,
    DeadLetterNotFoundError,
    InsertDisallowedError,
    InvalidArgumentError,
    InvalidQueueConfigError,
    InvalidQueueNameError,
    InvalidTriggerError,
    IsolationNotSupportedError,
    MessageNotFoundError,
    NewerVersionInstalledError,
    PgCronNotInstalledError,
    PositionNotHeldError,
    QueueNotFoundError,
    RebaseNeededError,
    RetriesPendingError,
    StateMissingError,
    TickNotAllowedError,
    TickOutOfOrderError,
    TransactionNotSupportedError,
)
from ._looking import (
    BatchInfo,
    ComponentStatus,
    ConsumerInfo,
    ConsumerStats,
    HealthFinding,
    Metric,
    OpenBatch,
    PendingTicks,
    QueueInfo,
    QueueStats,
    StuckConsumer,
    ThroughputBucket,
)
from ._message import BatchEvent, BatchWindow, DeadLetter, Event, Message, Nack, Page, ReplayResult
from ._pgque_error import (
    ConnectionError,  # noqa: A004
    ConsumerError,
    EngineNotInstalledError,
    PermissionDeniedError,
    PgqueError,
    QueryTimeoutError,
    SerializationError,
    is_retryable,
)
from ._queue_config import QueueConfig, QueueConfigChange
from ._retry import DeadLetterError, RetryLaterError, RetryPolicy, exponential, fixed, never
from ._sync.client import PgqueClient
from ._sync.consumer import Consumer

connect = PgqueClient.connect

__all__ = [
    "AsyncConsumer",
    "AsyncPgqueClient",
    "BatchEvent",
    "BatchInfo",
    "BatchNotFoundError",
    "BatchOpenError",
    "BatchWindow",
    "ComponentStatus",
    "ConnectionError",
    "Consumer",
    "ConsumerError",
    "ConsumerHealth",
    "ConsumerInfo",
    "ConsumerIsCooperativeError",
    "ConsumerIsNormalError",
    "ConsumerNotRegisteredError",
    "ConsumerStats",
    "ConsumersAttachedError",
    "DeadLetter",
    "DeadLetterError",
    "DeadLetterNotFoundError",
    "Duration",
    "EngineNotInstalledError",
    "Event",
    "HealthFinding",
    "InsertDisallowedError",
    "InvalidArgumentError",
    "InvalidQueueConfigError",
    "InvalidQueueNameError",
    "InvalidTriggerError",
    "IsolationNotSupportedError",
    "Message",
    "MessageNotFoundError",
    "Metric",
    "Nack",
    "NewerVersionInstalledError",
    "OpenBatch",
    "Page",
    "PendingTicks",
    "PermissionDeniedError",
    "PgCronNotInstalledError",
    "PgqueClient",
    "PgqueError",
    "PositionNotHeldError",
    "QueryTimeoutError",
    "QueueConfig",
    "QueueConfigChange",
    "QueueInfo",
    "QueueNotFoundError",
    "QueueStats",
    "RebaseNeededError",
    "ReplayResult",
    "RetriesPendingError",
    "RetryLaterError",
    "RetryPolicy",
    "SerializationError",
    "StateMissingError",
    "StuckConsumer",
    "ThroughputBucket",
    "TickNotAllowedError",
    "TickOutOfOrderError",
    "TransactionNotSupportedError",
    "connect",
    "exponential",
    "fixed",
    "is_retryable",
    "never",
]
