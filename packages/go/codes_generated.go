// Code generated from sql/errors.json by internal/generrors. DO NOT EDIT.

package pgque

// What the engine raises with a SQLSTATE of its own.
const (
	// ErrQueueNotFound: SQLSTATE QU001. No queue has this name.
	ErrQueueNotFound Code = "queue_not_found"
	// ErrConsumerNotRegistered: SQLSTATE QU002. This consumer has no subscription to the queue.
	ErrConsumerNotRegistered Code = "consumer_not_registered"
	// ErrBatchNotFound: SQLSTATE QU003. The batch id is unknown, or the batch is no longer open.
	ErrBatchNotFound Code = "batch_not_found"
	// ErrMessageNotFound: SQLSTATE QU004. The batch does not contain this message.
	ErrMessageNotFound Code = "message_not_found"
	// ErrInvalidArgument: SQLSTATE QU005. A parameter is NULL or out of range.
	ErrInvalidArgument Code = "invalid_argument"
	// ErrConsumersAttached: SQLSTATE QU006. The queue has subscriptions and drop_queue was called without force.
	ErrConsumersAttached Code = "consumers_attached"
	// ErrInsertDisallowed: SQLSTATE QU007. The queue's setting disable_insert is on.
	ErrInsertDisallowed Code = "insert_disallowed"
	// ErrInvalidQueueName: SQLSTATE QU008. The queue name is empty or longer than 57 bytes.
	ErrInvalidQueueName Code = "invalid_queue_name"
	// ErrDeadLetterNotFound: SQLSTATE QU009. There is no such dead letter, or another session replayed or purged it.
	ErrDeadLetterNotFound Code = "dead_letter_not_found"
	// ErrPgCronNotInstalled: SQLSTATE QU010. start() needs pg_cron.
	ErrPgCronNotInstalled Code = "pg_cron_not_installed"
	// ErrRetriesPending: SQLSTATE QU011. unsubscribe would throw away retries that are not yet due.
	ErrRetriesPending Code = "retries_pending"
	// ErrInvalidQueueConfig: SQLSTATE QU012. set_queue_config was given an unknown setting or a value out of range.
	ErrInvalidQueueConfig Code = "invalid_queue_config"
	// ErrIsolationNotSupported: SQLSTATE QU013. The function must see the newest commits and cannot run in REPEATABLE READ or SERIALIZABLE.
	ErrIsolationNotSupported Code = "isolation_not_supported"
	// ErrTickNotAllowed: SQLSTATE QU014. The queue is paused or has an external ticker (or has none, where one is needed).
	ErrTickNotAllowed Code = "tick_not_allowed"
	// ErrTickOutOfOrder: SQLSTATE QU015. An external tick is not newer than the last one.
	ErrTickOutOfOrder Code = "tick_out_of_order"
	// ErrStateMissing: SQLSTATE QU016. The database was restored from a dump that was taken while the logs rotated.
	ErrStateMissing Code = "state_missing"
	// ErrTransactionNotSupported: SQLSTATE QU022. The procedure commits as it goes, and must be called in autocommit.
	ErrTransactionNotSupported Code = "transaction_not_supported"
	// ErrConsumerIsCooperative: SQLSTATE QU017. A consumer with members, or a member, was used as a normal consumer.
	ErrConsumerIsCooperative Code = "consumer_is_cooperative"
	// ErrConsumerIsNormal: SQLSTATE QU018. A normal consumer was used as a cooperative one without being converted, or it has an open batch.
	ErrConsumerIsNormal Code = "consumer_is_normal"
	// ErrBatchOpen: SQLSTATE QU019. The call needs a consumer or member without an open batch.
	ErrBatchOpen Code = "batch_open"
	// ErrInvalidTrigger: SQLSTATE QU020. A capture trigger has wrong arguments, or fires where it cannot do its work.
	ErrInvalidTrigger Code = "invalid_trigger"
	// ErrPositionNotHeld: SQLSTATE QU021. The tick or time is older than what is kept, or not there yet; the oldest possible position is in DETAIL.
	ErrPositionNotHeld Code = "position_not_held"
	// ErrRebaseNeeded: SQLSTATE QU023. The database was restored into a cluster that has not come as far as the ids that are stored; rebase() repairs it.
	ErrRebaseNeeded Code = "rebase_needed"
	// ErrNewerVersionInstalled: SQLSTATE QU024. The file is older than the install that it was run over.
	ErrNewerVersionInstalled Code = "newer_version_installed"
)

var codeOfSQLState = map[string]Code{
	"QU001": ErrQueueNotFound,
	"QU002": ErrConsumerNotRegistered,
	"QU003": ErrBatchNotFound,
	"QU004": ErrMessageNotFound,
	"QU005": ErrInvalidArgument,
	"QU006": ErrConsumersAttached,
	"QU007": ErrInsertDisallowed,
	"QU008": ErrInvalidQueueName,
	"QU009": ErrDeadLetterNotFound,
	"QU010": ErrPgCronNotInstalled,
	"QU011": ErrRetriesPending,
	"QU012": ErrInvalidQueueConfig,
	"QU013": ErrIsolationNotSupported,
	"QU014": ErrTickNotAllowed,
	"QU015": ErrTickOutOfOrder,
	"QU016": ErrStateMissing,
	"QU022": ErrTransactionNotSupported,
	"QU017": ErrConsumerIsCooperative,
	"QU018": ErrConsumerIsNormal,
	"QU019": ErrBatchOpen,
	"QU020": ErrInvalidTrigger,
	"QU021": ErrPositionNotHeld,
	"QU023": ErrRebaseNeeded,
	"QU024": ErrNewerVersionInstalled,
}
